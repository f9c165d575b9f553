"""Grows segments as a decision tree over readable cut points, the most telling cut first."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.features import FloatArray, Table
from analytics.rules import COLUMNS, READABLE, Rule

_AS_GOOD = 0.9
"""A cut that gains this share of the best cut's gain is as good, and the roundest of them is taken.

Near ties would otherwise be decided by a few customers, so that rules would change from month to month.
"""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The best cut of a leaf: what it gains, by which column, after which readable point."""

    gain: float
    column: int
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class _Leaf:
    rows: IntArray
    rule: Rule
    cut: _Cut | None


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Rows ready for growing: the place of each value among the readable points, (n, 3), and the targets, (n, m)."""

    places: IntArray
    target: FloatArray

    @classmethod
    def of(cls, table: Table, target: FloatArray) -> "Ground":
        """From a table and a target of one column, (n,), or several, (n, m)."""
        values = table.columns(COLUMNS)
        places = [np.searchsorted(points.at, values[:, at], side="left") for at, points in enumerate(READABLE)]
        return cls(np.stack(places, axis=1).astype(np.int64), target.reshape(len(table.ids), -1))

    def only(self, rows: npt.NDArray[np.bool_]) -> "Ground":
        """Some of the rows."""
        return Ground(self.places[rows], self.target[rows])


def grow(ground: Ground, most: int, smallest: float) -> tuple[Rule, ...]:
    """Rules of a tree with at most `most` leaves, none with less than the share `smallest` of the rows.

    Each step cuts the leaf where the squared error of the target falls most (with 0/1 targets: Gini's impurity;
    Breiman et al. 1984), so the rules for fewer segments are unions of those for more. Cut points are `READABLE`.
    """
    n = ground.places.shape[0]
    least = max(1, int(np.ceil(smallest * n)))
    every = np.arange(n, dtype=np.int64)
    leaves = [_Leaf(every, Rule(), _best(ground, every, least))]
    while len(leaves) < most:
        gains = [leaf.cut.gain if leaf.cut else 0.0 for leaf in leaves]
        at = int(np.argmax(gains))
        cut = leaves[at].cut
        if cut is None:
            break
        leaves[at : at + 1] = _parted(ground, leaves[at], cut, least)
    return tuple(leaf.rule for leaf in leaves)


def clusters(labels: IntArray) -> FloatArray:
    """The target that tells clusters apart: a 0/1 column for each, (n, k)."""
    return np.asarray(labels[:, None] == np.unique(labels)[None, :], dtype=np.float64)


def _parted(ground: Ground, leaf: _Leaf, cut: _Cut, least: int) -> list[_Leaf]:
    below = ground.places[leaf.rows, cut.column] <= cut.place
    point = float(READABLE[cut.column].at[cut.place])
    parts = []
    for is_below in (True, False):
        rows = leaf.rows[below == is_below]
        rule = leaf.rule.narrowed(cut.column, point, below=is_below)
        parts.append(_Leaf(rows, rule, _best(ground, rows, least)))
    return parts


def _best(ground: Ground, rows: IntArray, least: int) -> _Cut | None:
    """The cut that gains most, or none where no cut leaves enough rows on both sides and gains anything."""
    n = rows.size
    if n < 2 * least:
        return None
    target = ground.target[rows]
    total = target.sum(axis=0)
    plain = float((total**2).sum()) / n
    spread = float(((target - total / n) ** 2).sum())
    best: _Cut | None = None
    for column, points in enumerate(READABLE):
        places = ground.places[rows, column]
        width = points.at.size + 1
        below = np.cumsum(np.bincount(places, minlength=width))[:-1]
        sums = np.cumsum(np.stack([np.bincount(places, each, minlength=width) for each in target.T], axis=1), axis=0)[
            :-1
        ]
        allowed = (below >= least) & (n - below >= least)
        if not allowed.any():
            continue
        above = np.maximum(n - below, 1)
        gains = (sums**2).sum(axis=1) / np.maximum(below, 1) + ((total - sums) ** 2).sum(axis=1) / above - plain
        gains = np.where(allowed, gains, -1.0)
        gain = float(gains.max())
        # A gain that is nothing but rounding would split people who are alike.
        if gain > 1e-9 * max(spread, 1e-12) and (best is None or gain > best.gain):
            near = np.flatnonzero(gains >= _AS_GOOD * gain)
            place = min(near.tolist(), key=lambda each: (points.unround[each], -gains[each]))
            best = _Cut(gain, column, place)
    return best
