"""Forms the pairs worth comparing: rows that share one telling key, or two coarse ones."""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.cells import Codes, Column
from analytics.duplicates.columns import Kind

_ALL_PAIRS: Final = 160_000
_LARGEST_BLOCK: Final = 120
_TELLING_TOKEN: Final = 40
_AT_ONCE: Final = 4_000_000
_LEAST_OF_A_PASS: Final = 60_000
_WORDY: Final = frozenset({Kind.NAME, Kind.COMPANY, Kind.TEXT, Kind.ADDRESS})
_EXACT: Final = frozenset(
    {Kind.EMAIL, Kind.PHONE, Kind.DATE, Kind.NUMBER, Kind.ADDRESS, Kind.NAME, Kind.COMPANY, Kind.TEXT}
)
_START: Final = 3
Keys = NDArray[np.int64]
Places = NDArray[np.int64]


def pairs(columns: Sequence[Column], sides: NDArray[np.int8]) -> tuple[Codes, Codes]:
    """Places (i, j), i before j, of all candidate pairs; with two tables only pairs across them.

    A block of more than 120 rows is left out, and of each pass the largest blocks beyond its budget: what so many share
    tells too little by itself.
    """
    count = len(sides)
    crossed = bool(sides.any())
    if (int(sides.sum()) * int((sides == 0).sum()) if crossed else count * (count - 1) // 2) <= _ALL_PAIRS:
        one, other = np.triu_indices(count, 1)
        kept = sides[one] != sides[other] if crossed else np.ones(len(one), dtype=bool)
        return one[kept].astype(np.int32), other[kept].astype(np.int32)
    found: list[Keys] = []
    waiting = 0
    for rows, keys in _passes(columns, count):
        one, other = _within(rows, keys, max(_LEAST_OF_A_PASS, count))
        if crossed:
            kept = sides[one] != sides[other]
            one, other = one[kept], other[kept]
        found.append(np.minimum(one, other) * count + np.maximum(one, other))
        waiting += len(one)
        if waiting > _AT_ONCE:
            found, waiting = [_distinct(found)], 0
    every = _distinct(found)
    return (every // count).astype(np.int32), (every % count).astype(np.int32)


def _distinct(found: Sequence[Keys]) -> Keys:
    """Each key once; sorting is several times faster here than numpy's hashing."""
    keys = np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def _passes(columns: Sequence[Column], count: int) -> Iterable[tuple[Places, Keys]]:
    """(rows, keys) a pass; a row may stand several times with several keys."""
    everyone = np.arange(count, dtype=np.int64)
    for column in columns:
        if column.kind in _EXACT:
            filled = column.codes >= 0
            yield everyone[filled], column.codes[filled].astype(np.int64)
        if column.kind in _WORDY:
            yield _tokens(column, everyone)
        if column.kind is Kind.PHONE:
            yield _numbered([value[-7:] for value in column.values], column, everyone)
    coarse = [key for column in columns for key in _coarse(column)]
    for (one_column, one), (other_column, other) in combinations(coarse, 2):
        if one_column is not other_column:
            both = (one >= 0) & (other >= 0)
            yield everyone[both], one[both] * (int(other.max(initial=0)) + 1) + other[both]
    people = [column for column in columns if column.kind in {Kind.FIRST, Kind.LAST}]
    if len(people) == 2:
        yield from _either_order(people[0], people[1], everyone)


def _coarse(column: Column) -> list[tuple[Column, Keys]]:
    """Coarse keys of one column: beginnings of words, ends of numbers, whole values of groups."""
    if column.kind is Kind.DATE:
        cuts = [[value[:6] for value in column.values], [value[4:] for value in column.values]]
    elif column.kind is Kind.PHONE:
        cuts = [[value[-4:] for value in column.values]]
    elif column.kind in {Kind.CITY, Kind.EMAIL}:
        cuts = [[value[:4] for value in column.values]]
    elif column.kind in {Kind.NUMBER}:
        cuts = [[value[:4] for value in column.values], [value[-4:] for value in column.values]]
    elif column.kind is Kind.CODE:
        return []
    elif column.kind is Kind.ADDRESS:
        cuts = [[_first_word(value) for value in column.values], [_long_word(value) for value in column.values]]
    else:
        cuts = [[value[:_START] for value in column.values]]
    return [(column, _spread(cut, column)) for cut in cuts]


def _first_word(value: str) -> str:
    return value.partition(" ")[0]


def _long_word(value: str) -> str:
    return max(value.split(), key=len)[:5]


def _spread(cut: Sequence[str], column: Column) -> Keys:
    """The keys of all rows, -1 where there is none."""
    places: dict[str, int] = {}
    numbers = np.array([places.setdefault(text, len(places)) if text else -1 for text in cut] + [-1], dtype=np.int64)
    return numbers[column.codes]


def _numbered(cut: Sequence[str], column: Column, everyone: Places) -> tuple[Places, Keys]:
    keys = _spread(cut, column)
    return everyone[keys >= 0], keys[keys >= 0]


def _tokens(column: Column, everyone: Places) -> tuple[Places, Keys]:
    """Rows under each of their rare words, and under each two neighbouring words."""
    vocabulary: dict[str, int] = {}
    words_of: list[list[int]] = []
    for value in column.values:
        words = value.split()
        keyed = [*words, *(f"{a} {b}" for a, b in pairwise(words)), value.replace(" ", "")]
        words_of.append([vocabulary.setdefault(word, len(vocabulary)) for word in dict.fromkeys(keyed)])
    used = np.zeros(len(vocabulary), dtype=np.int64)
    for numbers, times in zip(words_of, column.counts.tolist(), strict=True):
        used[numbers] += times
    rare = [[word for word in numbers if 1 < used[word] <= _TELLING_TOKEN] for numbers in words_of] + [[]]
    lengths = np.array([len(words) for words in rare], dtype=np.int64)[column.codes]
    flat = [word for code in column.codes.tolist() for word in rare[code]]
    return np.repeat(everyone, lengths), np.array(flat, dtype=np.int64)


def _either_order(first: Column, last: Column, everyone: Places) -> Iterable[tuple[Places, Keys]]:
    """First and last name in either order: whole, and one whole with the beginning of the other."""
    names: dict[str, int] = {}
    firsts = np.array([names.setdefault(value, len(names)) for value in first.values] + [-1], dtype=np.int64)[
        first.codes
    ]
    lasts = np.array([names.setdefault(value, len(names)) for value in last.values] + [-1], dtype=np.int64)[last.codes]
    starts: dict[str, int] = {}
    cut = np.array([starts.setdefault(name[:2], len(starts)) for name in names] + [-1], dtype=np.int64)
    width = len(names) + 1
    both = (firsts >= 0) & (lasts >= 0)
    low, high = np.minimum(firsts, lasts)[both], np.maximum(firsts, lasts)[both]
    yield everyone[both], low * width + high
    one, other = firsts[both] * width + cut[lasts[both]], lasts[both] * width + cut[firsts[both]]
    yield np.concatenate([everyone[both], everyone[both]]), np.concatenate([one, other])
    alone = ~both & ((firsts >= 0) | (lasts >= 0))
    yield (
        np.concatenate([everyone[both], everyone[both], everyone[alone]]),
        np.concatenate([firsts[both], lasts[both], np.maximum(firsts, lasts)[alone]]),
    )


def _within(rows: Places, keys: Keys, most: int) -> tuple[Places, Places]:
    """All pairs of rows with an equal key, the largest blocks left out so that there are at most about `most` pairs."""
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, dtype=np.int64)
    )
    sizes = np.diff(np.append(starts, len(keys)))
    within = sizes * (sizes - 1) // 2
    by_size = np.argsort(sizes, kind="stable")
    affordable = np.zeros(len(sizes), dtype=bool)
    affordable[by_size] = np.cumsum(within[by_size]) <= most
    kept = np.repeat(affordable & (sizes > 1) & (sizes <= _LARGEST_BLOCK), sizes)
    rows, keys = rows[kept], keys[kept]
    one: list[Places] = []
    other: list[Places] = []
    for step in range(1, min(_LARGEST_BLOCK, len(keys))):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(same):
            break
        one.append(rows[same])
        other.append(rows[same + step])
    if not one:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    left, right = np.concatenate(one), np.concatenate(other)
    apart = left != right
    return left[apart], right[apart]
