"""Which model answers a question, by rolling cuts inside the known rows, and how its chances are corrected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from analytics import challengers, design, drift, evaluate, fitted, ridge
from analytics.challengers import Lesson
from analytics.design import Design
from analytics.drift import Correction
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Fitted, Mix, Model, Rows
from analytics.ridge import IntArray

BASE: Final = "base rate"
BLEND: Final = "blend"
COMMITTEE: Final = "committee"
ENOUGH_TO_CHOOSE: Final = 200
"""Outcomes of the rarer kind from which more models than the logistic may win."""
ENOUGH_FOR_TREES: Final = 1_000
"""Outcomes of the rarer kind from which boosting, the blend and the committee may win."""
_MOST_FOR_KERNEL: Final = 3_000
_MOST_TO_LEARN: Final = 12_000
_SIMPLEST_FIRST: Final = (
    "logistic", "naive Bayes", "decision tree", "linear SVM", "kernel SVM", "boosting", BLEND, COMMITTEE
)  # fmt: skip
_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    BLEND: ("logistic", "boosting"),
    COMMITTEE: ("logistic", "naive Bayes", "linear SVM", "boosting"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Rows to learn from and later rows to be tested on, as places, both in time order."""

    learn: IntArray
    test: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """What the rolling cuts showed: the champion, each candidate's figures, and what the champion said then.

    `odds` are the champion's before `correction`, `came` the outcomes and `part` the number of the cut, all (m,);
    `plain` is the base rate known at each cut. `moved` tells whether the rate moved between the cuts.
    """

    champion: str
    figures: Mapping[str, Mapping[str, float]]
    odds: FloatArray
    came: BoolArray
    part: IntArray
    plain: FloatArray
    correction: Correction
    moved: bool
    strength: float

    def said(self) -> FloatArray:
        """The champion's chances, (m,), each part corrected by the parts before it alone."""
        return ridge.chance(drift.foreseen(self.odds, self.came, self.part))


def rolling(size: int, parts: Sequence[float] = (0.5, 0.6, 0.7, 0.8, 0.9)) -> list[Cut]:
    """Cuts of rows that stand in time order: each learns from all before it and is tested up to the next."""
    ends = [int(part * size) for part in parts] + [size]
    rows = np.arange(size)
    return [Cut(rows[:start], rows[start:stop]) for start, stop in pairwise(ends)]


def candidates(y: BoolArray, weights: FloatArray | None = None) -> tuple[str, ...]:
    """The models that are tried, by how many outcomes of the rarer kind there are; the first is always eligible."""
    w = np.ones(y.size) if weights is None else weights
    rarer = min(float(w[y].sum()), float(w[~y].sum()))
    if rarer < ENOUGH_TO_CHOOSE:
        return ("logistic", "naive Bayes")
    found = ["logistic", "naive Bayes", "decision tree", "linear SVM"]
    if y.size <= _MOST_FOR_KERNEL:
        found.append("kernel SVM")
    if rarer >= ENOUGH_FOR_TREES:
        found += ["boosting", BLEND, COMMITTEE]
    return tuple(found)


def recency(size: int) -> FloatArray:
    """Weights of rows in time order, (size,): from 1,000 rows on, one half as far back as all counts half as much."""
    if size < 1_000:
        return np.ones(size)
    return np.asarray(0.5 ** (2 * (size - 1 - np.arange(size)) / size), dtype=np.float64)


def contest(
    frame: Frame,
    y: BoolArray,
    weights: FloatArray,
    cuts: Sequence[Cut],
    *,
    aging: bool = True,
    barred: Collection[str] = (),
    units: IntArray | None = None,
) -> Contest:
    """Fit every candidate on each cut's past, score its later rows, and choose by the mean Brier score.

    The simplest model within one standard error of the best wins; but where the rate moves, the best itself, since
    the standard error of rows says little about the next cut then. Below 200 of the rarer outcome the logistic alone
    is eligible. Naive Bayes is always shown as the peer. `weights`, (n,), are multiplied by age where
    `aging`; the `barred` are shown but cannot win. `units`, (n,), name the customer or deal of each row.
    """
    names = candidates(y, weights)
    said: dict[str, list[FloatArray]] = {name: [] for name in names}
    strength = 0.0
    for cut in cuts:
        lesson, known = _lesson(frame, y, weights, cut.learn, strength, aging=aging, units=units)
        strength = lesson.strength
        test = fitted.rows_of(known, frame.take(cut.test))
        for name, odds in _all(names, lesson.thinned(_MOST_TO_LEARN), test).items():
            said[name].append(odds)
    came = np.concatenate([y[cut.test] for cut in cuts])
    part = np.repeat(np.arange(len(cuts)), [cut.test.size for cut in cuts])
    plain = np.concatenate(
        [np.full(cut.test.size, np.average(y[cut.learn], weights=weights[cut.learn])) for cut in cuts]
    )
    odds_by_name = {name: np.concatenate(parts) for name, parts in said.items()}
    moved = drift.moves(came, part, plain)
    eligible = names if min(*_outcomes(y, weights)) >= ENOUGH_TO_CHOOSE else names[:1]
    eligible = tuple(name for name in eligible if name not in barred)
    best = _choose({name: odds_by_name[name] for name in eligible}, came, moved=moved)
    correction = drift.correction(odds_by_name[best], came, part)
    return Contest(
        best, _figures(odds_by_name, came, plain), odds_by_name[best], came, part, plain, correction, moved, strength,
    )  # fmt: skip


def fit(
    name: str,
    frame: Frame,
    y: BoolArray,
    weights: FloatArray,
    strength: float = 0.0,
    *,
    aging: bool = True,
    units: IntArray | None = None,
) -> Model:
    """The named model on all rows of a frame; the logistic's shrinkage is chosen anew where none is given."""
    rows = np.arange(frame.size)
    lesson, known = _lesson(frame, y, weights, rows, strength, aging=aging, units=units)
    return Model(name, known, _fit(name, lesson))


def _lesson(
    frame: Frame,
    y: BoolArray,
    weights: FloatArray,
    learn: IntArray,
    strength: float,
    *,
    aging: bool,
    units: IntArray | None,
) -> tuple[Lesson, Design]:
    part = frame.take(learn)
    known = design.learn(part)
    rows = fitted.rows_of(known, part)
    counts = weights[learn] * recency(learn.size) if aging else weights[learn]
    of = None if units is None else units[learn]
    found = strength or ridge.strength(rows.matrix, y[learn], counts, 3 if learn.size < 500 else 1, of)
    return Lesson(known, rows, y[learn], counts, found, of), known


def _fit(name: str, lesson: Lesson) -> Fitted:
    if name in _MEMBERS:
        members = tuple(challengers.CHALLENGERS[each](lesson) for each in _MEMBERS[name])
        return Mix(members)
    return challengers.CHALLENGERS[name](lesson)


def _all(names: Sequence[str], lesson: Lesson, test: Rows) -> dict[str, FloatArray]:
    single = {name: challengers.CHALLENGERS[name](lesson).log_odds(test) for name in names if name not in _MEMBERS}
    mixed = {name: fitted.mean_odds([single[each] for each in _MEMBERS[name]]) for name in names if name in _MEMBERS}
    return {name: {**single, **mixed}[name] for name in names}


def _outcomes(y: BoolArray, weights: FloatArray) -> tuple[float, float]:
    return float(weights[y].sum()), float(weights[~y].sum())


def _choose(odds: Mapping[str, FloatArray], came: BoolArray, *, moved: bool) -> str:
    errors = {name: (ridge.chance(each) - came) ** 2 for name, each in odds.items()}
    best = min(errors, key=lambda name: float(errors[name].mean()))
    if moved:
        return best
    for name in _SIMPLEST_FIRST:
        if name not in errors:
            continue
        more = errors[name] - errors[best]
        if float(more.mean()) <= float(more.std()) / np.sqrt(came.size):
            return name
    return best


def _figures(odds: Mapping[str, FloatArray], came: BoolArray, plain: FloatArray) -> dict[str, dict[str, float]]:
    said = {BASE: plain, **{name: ridge.chance(each) for name, each in odds.items()}}
    return {
        name: {
            "brier": round(evaluate.brier(came, each), 5),
            "auc": round(evaluate.auc(came, each), 4),
            "calibration_error": round(evaluate.calibration_error(came, each), 4),
        }
        for name, each in said.items()
    }
