"""Compares pairs column by column: a level of agreement and how rare the agreement is; unique value pairs only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.duplicates import addresses, measures, words
from analytics.duplicates.cells import Codes, Column
from analytics.duplicates.columns import Kind
from crm_store.matching import nicknames

MISSING, DIFFERENT, WEAK, MIDDLE, NEAR, EQUAL = range(6)
LEVELS: Final = 6
_STEPS: Final = (0.70, 0.85, 0.92)
_EDITS: Final = (0.70, 0.80, 0.86)
_WORDS: Final = (0.60, 0.75, 0.88)
_EDITED: Final = frozenset({Kind.DATE, Kind.NUMBER, Kind.PHONE, Kind.POSTCODE, Kind.HOUSE})
_WORDY: Final = frozenset({Kind.NAME, Kind.COMPANY, Kind.TEXT})
Levels = NDArray[np.int8]
Bits = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Levels (p,), similarities in 0..1 (p,), and rarity in bits (p,): log2 of how seldom others agree on as much."""

    levels: Levels
    rarity: Bits
    alike: Bits


def compare(column: Column, one: Codes, other: Codes, rows: int) -> Compared:
    """Compare the rows' values of one column; a missing value is neutral."""
    return compare_codes(column, column.codes[one], column.codes[other], rows)


def compare_codes(column: Column, left: Codes, right: Codes, rows: int) -> Compared:
    """Compare values by their codes, each distinct pair of values once."""
    levels = np.zeros(len(left), dtype=np.int8)
    rarity = np.zeros(len(left), dtype=np.float32)
    both = (left >= 0) & (right >= 0)
    equal = both & (left == right)
    bits = rarities(column, rows)
    alike = equal.astype(np.float32)
    levels[equal] = EQUAL
    rarity[equal] = bits[left[equal]]
    unlike = np.flatnonzero(both & ~equal)
    if len(unlike):
        size = len(column.values)
        low, high = np.minimum(left[unlike], right[unlike]), np.maximum(left[unlike], right[unlike])
        keys, back = _numbered(low.astype(np.int64) * size + high)
        one, other = keys // size, keys % size
        graded, similar, matched = _grade(column, one, other, rows)
        levels[unlike] = graded[back]
        alike[unlike] = similar[back]
        # A slip is rare where what was meant is common: the pair is as rare as the two together, half of each.
        common = (bits[one] + bits[other]) / 2 if matched is None else matched
        rarity[unlike] = common[back]
    return Compared(levels, rarity, alike)


def _numbered(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct keys, sorted, and where each key stands among them."""
    order = np.argsort(pairs, kind="stable")
    ordered = pairs[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    back = np.empty(len(pairs), dtype=np.int64)
    back[order] = np.cumsum(first) - 1
    return ordered[first], back


def rarities(column: Column, rows: int) -> Bits:
    """Bits of agreeing on each value: rows over the others that have it; unseen others count as a part of one.

    A person's whole name that nobody else has is as rare as its words are together.
    """
    unseen = UNSEEN[column.kind]
    others = np.maximum(column.counts.astype(np.float32) - 2, 0) + unseen
    bits = np.log2(max(rows, 2) / others)
    if column.kind is Kind.NAME:
        weights = words.word_bits(column, rows)
        spelled = np.array([sum(weights[word] for word in value.split()) for value in column.values])
        bits = np.where(column.counts <= 2, np.maximum(bits, spelled), bits)
    return np.clip(bits, 0, MOST[column.kind]).astype(np.float32)


def _grade(
    column: Column, one: NDArray[np.int64], other: NDArray[np.int64], rows: int
) -> tuple[Levels, Bits, Bits | None]:
    """Levels and similarities of unequal values, and the bits of the words that they share where words are read."""
    if column.kind is Kind.CODE:
        return np.full(len(one), DIFFERENT, dtype=np.int8), np.zeros(len(one), dtype=np.float32), None
    if column.kind is Kind.MEASURE:
        alike, crowd = measures.alike(column, one, other)
        return _steps(alike, measures.STEPS), alike, crowd
    left = [column.values[at] for at in one.tolist()]
    right = [column.values[at] for at in other.tolist()]
    if column.kind in _WORDY:
        alike, matched = words.alike(column, one, other, rows)
        return _steps(alike, _WORDS), alike, matched
    if column.kind is Kind.ADDRESS:
        alike = addresses.alike(left, right)
        return _steps(alike, _STEPS), alike, None
    if column.kind in _EDITED:
        alike = _similar(left, right, OSA.normalized_similarity)
        if column.kind is Kind.DATE:
            turned = [a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6] for a, b in zip(left, right, strict=True)]
            alike = np.where(turned, np.maximum(alike, _EDITS[2]), alike).astype(np.float32)
        return _steps(alike, _EDITS), alike, None
    alike = _similar(left, right, JaroWinkler.normalized_similarity)
    levels = _steps(alike, _STEPS)
    if column.kind in {Kind.FIRST, Kind.LAST}:
        _known_forms(levels, column, one, other)
    return levels, alike, None


def _similar(left: list[str], right: list[str], scorer: Callable[..., Any]) -> NDArray[np.float32]:
    return np.asarray(process.cpdist(left, right, scorer=scorer, dtype=np.float32))


def _steps(alike: NDArray[np.float32], steps: tuple[float, float, float]) -> Levels:
    """Similarities as levels from different to near; only equal values are equal."""
    reached = np.searchsorted(np.array(steps, dtype=np.float32), alike, side="right")
    levels: Levels = (DIFFERENT + reached).astype(np.int8)
    return levels


def _known_forms(levels: Levels, column: Column, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
    """Nicknames are near, an initial is in the middle."""
    single = np.array([len(text) == 1 for text in column.values])
    known = np.array([text in nicknames.known() for text in column.values])
    worth = (known[left] & known[right]) | single[left] | single[right]
    for at in np.flatnonzero((levels < NEAR) & worth).tolist():
        one, other = column.values[left[at]], column.values[right[at]]
        if nicknames.are_related(one, other):
            levels[at] = NEAR
        elif one[0] == other[0] and (len(one) == 1 or len(other) == 1):
            levels[at] = MIDDLE


UNSEEN: Final = {
    Kind.FIRST: 0.5, Kind.LAST: 0.5, Kind.NAME: 0.1, Kind.COMPANY: 0.1, Kind.EMAIL: 0.05, Kind.DOMAIN: 0.3,
    Kind.PHONE: 0.05,
    Kind.ADDRESS: 0.1, Kind.HOUSE: 1.0, Kind.CITY: 1.0, Kind.POSTCODE: 1.0, Kind.DATE: 0.5, Kind.NUMBER: 0.05,
    Kind.MEASURE: 1.0, Kind.CODE: 1.0, Kind.TEXT: 0.3,
}  # fmt: skip
MOST: Final = {
    Kind.FIRST: 11.0, Kind.LAST: 13.0, Kind.NAME: 18.0, Kind.COMPANY: 15.0, Kind.EMAIL: 18.0, Kind.DOMAIN: 13.0,
    Kind.PHONE: 16.0,
    Kind.ADDRESS: 15.0, Kind.HOUSE: 8.0, Kind.CITY: 8.0, Kind.POSTCODE: 10.0, Kind.DATE: 14.0, Kind.NUMBER: 18.0,
    Kind.MEASURE: 10.0, Kind.CODE: 5.0, Kind.TEXT: 12.0,
}  # fmt: skip
