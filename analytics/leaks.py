"""Names columns that know the outcome too well: filled in after it, they are worthless for what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics import evaluate, ridge
from analytics.encode import Column, Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.ridge import IntArray

_BINS: Final = 20
_FEWEST: Final = 40
_LEAN: Final = 2.0
"""How many cases of the average rate each value's rate leans on."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How well one column alone tells the outcome: AUC on rows held out, and the share of the outcome's spread told."""

    name: str
    auc: float
    told: float


_TOO_GOOD: Final = 0.25
"""Share of the outcome's spread that one column alone may tell before it is suspected."""
_TOO_SHARP: Final = 0.85
"""Area under the curve that one column alone may reach before it is suspected."""
_SURE: Final = (0.8, 0.97)
"""The same two from which a column is the outcome in other words."""
_EMPTIER: Final = 0.3
"""How much emptier a suspect must be where the outcome is still open to be left out for sure."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A column that knows too much, how it shows in words, and whether it is left out."""

    name: str
    why: str
    sure: bool


def suspects(frame: Frame, y: BoolArray, later: Frame | None = None) -> tuple[Suspect, ...]:
    """The columns that know y, (n,), too well, the most knowing first.

    A suspect is left out only if it is the outcome in other words, or if it is mostly filled in where the outcome is
    known and empty in the `later` rows, where it is open.
    """
    if y.size < _FEWEST or y.all() or not y.any():
        return ()
    empty_later = {column.name: _emptiness(column) for column in later.columns} if later and later.size else {}
    found = []
    for each, column in zip(knowledge(frame, y), frame.columns, strict=True):
        if each.told < _TOO_GOOD and each.auc < _TOO_SHARP:
            continue
        emptier = empty_later.get(each.name, 0.0) - _emptiness(column)
        why = f"alone it tells {each.told:.0%} of the outcome and ranks {each.auc:.0%} of pairs rightly"
        if emptier >= _EMPTIER:
            why += f", and it is empty in {empty_later[each.name]:.0%} of the rows still open"
        sure = each.told >= _SURE[0] or each.auc >= _SURE[1] or emptier >= _EMPTIER
        found.append((each.told, Suspect(each.name, why, sure)))
    return tuple(suspect for _, suspect in sorted(found, key=lambda pair: -pair[0]))


def _emptiness(column: Column) -> float:
    lost = column.codes < 0 if column.is_words else ~np.isfinite(column.numbers)
    return float(lost.mean())


def knowledge(frame: Frame, y: BoolArray) -> tuple[Knowledge, ...]:
    """What each column alone knows of y, (n,), on shuffled folds."""
    parts = ridge.folds(y, 5, 0)
    return tuple(_alone(column, y, parts) for column in frame.columns)


def bins(column: Column, like: Column | None = None) -> IntArray:
    """The place of each row's value among the column's values, (n,): words by level, numbers by twentieths; 0 missing.

    The edges of numbers are those of `like` where it is given.
    """
    if column.is_words:
        return column.codes + 1
    source = column.numbers if like is None else like.numbers
    seen = source[np.isfinite(source)]
    edges = np.unique(np.quantile(seen, np.linspace(0, 1, _BINS + 1)[1:-1])) if seen.size else np.zeros(0)
    places = np.searchsorted(edges, column.numbers, side="right") + 1
    return np.where(np.isfinite(column.numbers), places, 0).astype(np.int64)


def _alone(column: Column, y: BoolArray, parts: Sequence[IntArray]) -> Knowledge:
    places = bins(column)
    said = np.empty(y.size)
    size = int(places.max()) + 1
    for held in parts:
        learn = np.ones(y.size, dtype=np.bool_)
        learn[held] = False
        said[held] = _rates(places[learn], y[learn], size)[places[held]]
    spread = float(y.mean() * (1 - y.mean()))
    told = 1 - evaluate.brier(y, said) / spread if spread > 0 else 0.0
    return Knowledge(column.name, evaluate.auc(y, said), told)


def _rates(places: IntArray, y: BoolArray, size: int) -> FloatArray:
    counts = np.bincount(places, minlength=size)
    hits = np.bincount(places, y.astype(np.float64), minlength=size)
    return np.asarray((hits + _LEAN * y.mean()) / (counts + _LEAN), dtype=np.float64)
