"""Forms the pairs worth comparing: rows that share one telling key, or two coarse ones."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.cells import Codes, Column
from analytics.duplicates.columns import Kind

_ALL_PAIRS: Final = 160_000
_LARGEST_BLOCK: Final = 120
_TELLING_TOKEN: Final = 40
_AT_ONCE: Final = 2_000_000
_LEAST_OF_A_PASS: Final = 60_000
_OF_A_ROW: Final = 6
"""Pairs that one pass may form for each row; what is over is parted by a further key."""
_KEPT_OF_A_ROW: Final = 12
"""Pairs for each row that are compared in the end: those that share most."""
_MOST_KEYS: Final = 4
_NONE_SHARED: Final = -3.0
_WORDY: Final = frozenset({Kind.NAME, Kind.COMPANY, Kind.TEXT, Kind.ADDRESS})
_EXACT: Final = frozenset(
    {Kind.EMAIL, Kind.PHONE, Kind.DATE, Kind.NUMBER, Kind.ADDRESS, Kind.NAME, Kind.COMPANY, Kind.TEXT}
)
_START: Final = 3
Keys = NDArray[np.int64]
Places = NDArray[np.int64]


def pairs(columns: Sequence[Column], sides: NDArray[np.int8]) -> tuple[Codes, Codes]:
    """Places (i, j), i before j, of all candidate pairs; with two tables only pairs across them.

    A block of more than 120 rows, and of each pass the largest blocks beyond its budget, are parted by a further coarse
    key, up to four. In the end at most some twelve pairs a row are kept, those whose keys are shared by fewest.
    """
    count = len(sides)
    crossed = bool(sides.any())
    if (int(sides.sum()) * int((sides == 0).sum()) if crossed else count * (count - 1) // 2) <= _ALL_PAIRS:
        one, other = np.triu_indices(count, 1)
        kept = sides[one] != sides[other] if crossed else np.ones(len(one), dtype=bool)
        return one[kept].astype(np.int32), other[kept].astype(np.int32)
    coarse = [key for column in columns for key in _coarse(column)]
    most = max(_LEAST_OF_A_PASS, _OF_A_ROW * count)
    found = _Found(sides if crossed else None, count, _Shared(columns, coarse, count))
    for rows, keys in _passes(columns, count):
        found.add(*_within(rows, keys, most)[:2])
    everyone = np.arange(count, dtype=np.int64)
    for one_of, (column, keys) in enumerate(coarse):
        filled = keys >= 0
        _conjoin(found, coarse, one_of, (column,), everyone[filled], keys[filled], most)
    every = found.best()
    return (every // count).astype(np.int32), (every % count).astype(np.int32)


def _conjoin(
    found: "_Found", coarse: Sequence[tuple[Column, Keys]], after: int, used: tuple[Column, ...], rows: Places,
    keys: Keys, most: int,
) -> None:  # fmt: skip
    """Pairs that share these keys and one more of another column; blocks too large for it share yet one more."""
    for at in range(after + 1, len(coarse)):
        column, further = coarse[at]
        if any(column is each for each in used):
            continue
        filled = further[rows] >= 0
        both, joint = rows[filled], keys[filled] * (int(further.max(initial=0)) + 1) + further[rows[filled]]
        one, other, left = _within(both, joint, most)
        found.add(one, other)
        if len(used) + 2 <= _MOST_KEYS and len(left):
            _conjoin(found, coarse, at, (*used, column), both[left], _renumbered(joint[left]), most)


def _renumbered(keys: Keys) -> Keys:
    """The same keys as small numbers, so that a further one has room."""
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


class _Shared:
    """How much a pair shares: bits of each column's rarest key that both rows have, less some where they share none."""

    def __init__(self, columns: Sequence[Column], coarse: Sequence[tuple[Column, Keys]], count: int) -> None:
        self._signs: list[list[tuple[Codes, NDArray[np.float32]]]] = []
        for column in columns:
            some = [keys.astype(np.int32) for owner, keys in coarse if owner is column]
            signs = [(codes, _bits(codes, count)) for codes in (column.codes, *some)]
            if column.kind is Kind.EMAIL:
                # An address mostly begins as its owner is called, which the names have told already.
                signs = [signs[0], *((codes, np.zeros_like(bits)) for codes, bits in signs[1:])]
            self._signs.append(signs)

    def bits(self, one: Places, other: Places) -> NDArray[np.float32]:
        """Bits (p,) of pairs of rows (p,)."""
        total = np.zeros(len(one), dtype=np.float32)
        for signs in self._signs:
            whole = signs[0][0]
            best = np.where((whole[one] >= 0) & (whole[other] >= 0), np.float32(_NONE_SHARED), np.float32(0))
            for codes, bits in signs:
                left = codes[one]
                np.maximum(best, bits[left], out=best, where=(left == codes[other]) & (left >= 0))
            total += best
        return total


def _bits(codes: Codes, count: int) -> NDArray[np.float32]:
    """Bits (codes,) of sharing each code; the last stands for no code."""
    used = np.bincount(codes[codes >= 0], minlength=int(codes.max(initial=-1)) + 2)
    return np.log2(count / np.maximum(used, 1)).astype(np.float32)


class _Found:
    """Pairs found so far, each once; where they are too many, those that share most."""

    def __init__(self, sides: NDArray[np.int8] | None, count: int, shared: _Shared) -> None:
        self._sides, self._count, self._shared = sides, count, shared
        self._most = max(_ALL_PAIRS, _KEPT_OF_A_ROW * count)
        self._waiting: list[Keys] = []
        self._size = 0

    def add(self, one: Places, other: Places) -> None:
        """Take in pairs of rows in either order."""
        if self._sides is not None:
            across = self._sides[one] != self._sides[other]
            one, other = one[across], other[across]
        self._waiting.append(np.minimum(one, other) * self._count + np.maximum(one, other))
        self._size += len(one)
        if self._size > 2 * self._most + _AT_ONCE:
            self.best()

    def best(self) -> Keys:
        """The pairs kept, as numbers: the first row times all rows, and the second."""
        every = _distinct(self._waiting)
        if len(every) > self._most:
            shared = self._shared.bits(every // self._count, every % self._count)
            # The place is kept in order, so that equal shares are cut alike in every run.
            every = np.sort(every[np.argsort(-shared, kind="stable")[: self._most]])
        self._waiting, self._size = [every], len(every)
        return every


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
        if column.kind is Kind.NAME:
            cuts.append([value.rpartition(" ")[2][:_START] for value in column.values])
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


def _within(rows: Places, keys: Keys, most: int) -> tuple[Places, Places, Places]:
    """All pairs of rows with an equal key, the largest blocks left out so that there are at most about `most` pairs.

    Beside them the places, in `rows`, of what stands in a block that was left out.
    """
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, dtype=np.int64)
    )
    sizes = np.diff(np.append(starts, len(keys)))
    within = sizes * (sizes - 1) // 2
    by_size = np.argsort(sizes, kind="stable")
    affordable = np.zeros(len(sizes), dtype=bool)
    affordable[by_size] = np.cumsum(within[by_size]) <= most
    affordable &= sizes <= _LARGEST_BLOCK
    left = order[np.repeat(~affordable, sizes)]
    kept = np.repeat(affordable & (sizes > 1), sizes)
    rows, keys = rows[order[kept]], keys[kept]
    one: list[Places] = []
    other: list[Places] = []
    for step in range(1, min(_LARGEST_BLOCK, len(keys))):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(same):
            break
        one.append(rows[same])
        other.append(rows[same + step])
    if not one:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), left
    first, second = np.concatenate(one), np.concatenate(other)
    apart = first != second
    return first[apart], second[apart], left
