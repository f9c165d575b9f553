"""Finds columns that repeat one another (a city its postcode) from the table itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.duplicates.cells import Codes, Column

_SAMPLED: Final = 20_000
_LARGE_GROUP: Final = 20
_DOUBLES: Final = 2.0
_MEASURABLE: Final = 500.0
_REPEATS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Shares:
    """For a column's place: the column it repeats most, and the share of its bits that is news when both agree."""

    parents: Mapping[int, tuple[int, float]]

    @staticmethod
    def of(columns: Sequence[Column], rows: int, apart: Sequence[Collection[str]] = ()) -> "Shares":
        """Each column against all that tell more; a pair of columns is counted in one direction only.

        Columns whose labels are in one of `apart` are left alone with each other: somebody else counts them once.
        """
        sampled = np.random.default_rng(11).permutation(rows)[:_SAMPLED]
        codes = [column.codes[sampled] for column in columns]
        chance = [_chance(one) for one in codes]
        order = sorted(range(len(columns)), key=lambda at: chance[at])
        parents: dict[int, tuple[int, float]] = {}
        for turn, at in enumerate(order):
            if not 0 < chance[at] < 1:
                continue
            label = columns[at].label
            known = {other for group in apart if label in group for other in group}
            others = [parent for parent in order[:turn] if columns[parent].label not in known]
            shares = {parent: _share(codes[at], codes[parent], chance[at]) for parent in others}
            if shares:
                parent = min(shares, key=lambda one: shares[one])
                if shares[parent] < _REPEATS:
                    parents[at] = (parent, shares[parent])
        return Shares(parents)


def _chance(codes: Codes) -> float:
    """The chance that two rows agree."""
    counts = np.bincount(codes[codes >= 0]).astype(float)
    total = counts.sum()
    return float((counts * (counts - 1)).sum() / max(total * (total - 1), 1))


def _share(codes: Codes, parent: Codes, chance: float) -> float:
    """Bits of agreeing when the parent agrees, over bits of agreeing at all; 1 where the table cannot tell.

    Only large groups of the parent are read, and each of their rows may have two doubles: those prove no dependence.
    """
    both = (codes >= 0) & (parent >= 0)
    counts = np.bincount(parent[both], minlength=1)
    large = both & (counts[np.where(both, parent, 0)] >= _LARGE_GROUP)
    groups = np.bincount(parent[large]).astype(float)
    possible = float((groups * (groups - 1)).sum())
    if possible < _MEASURABLE:
        return 1.0
    joint = parent[large].astype(np.int64) * (int(codes.max()) + 1) + codes[large]
    cells = np.unique(joint, return_counts=True)[1].astype(float)
    agreeing = float((cells * (cells - 1)).sum()) - _DOUBLES * float(groups.sum())
    given = min(max(agreeing / possible, chance), 1.0)
    return float(np.log2(max(given, 1e-12)) / np.log2(chance))
