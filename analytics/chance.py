"""Whether a yes-or-no outcome can be foreseen: a logistic model judged on later time, and rules for few outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from analytics import calibrate, drift, evaluate, explain, provenance
from analytics.calibrate import Calibration
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from crm_store.values.scores import Json, ModelRecord, Verdict

FEWEST_OUTCOMES = 10
_FEWEST_TO_LEARN = 5
_LUCK = 0.1
"""Largest chance of luck that passes; the Brier score must beat the base rate's as well."""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Past rows: x (n, p); y (n,); `day` features are as of and `known` the outcome is known by, as ordinals, (n,).

    A unit (a deal) may have several rows; the weights of a unit's rows sum to 1, so that sums of weights count units.
    """

    x: FloatArray
    y: BoolArray
    day: IntArray
    known: IntArray
    units: tuple[str, ...]
    weights: FloatArray

    def outcomes(self, keep: BoolArray | slice = slice(None)) -> tuple[float, float]:
        """How many units came out yes and no among the rows kept."""
        y, weights = self.y[keep], self.weights[keep]
        return float(weights[y].sum()), float(weights[~y].sum())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the kind of score, its columns, and words: `18 of 42 <things> <happened>`, score of <whom>."""

    kind: str
    columns: tuple[str, ...]
    things: str
    happened: str
    whom: str


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A judged model; `model` and `calibration` are there only where scores may be shown."""

    record: ModelRecord
    model: "LogisticChance | None" = None
    calibration: Calibration | None = None
    outcomes: int = 0


class LogisticChance:
    """Logistic regression on log(1 + x), standardised; missing values count as typical. Contributions are exact."""

    def __init__(self, C: float = 1.0) -> None:  # noqa: N803 - scikit-learn's own name for the inverse of shrinkage
        self.C = C

    def fit(self, x: FloatArray, y: BoolArray, sample_weight: FloatArray | None = None) -> Self:
        """Fit on (n, p) rows with finite or missing values and both outcomes present."""
        weights = np.ones(y.size) if sample_weight is None else sample_weight
        self.typical_ = np.array(
            [float(np.median(column[np.isfinite(column)])) if np.isfinite(column).any() else 0.0 for column in x.T]
        )
        logs = self._logs(x)
        self.mean_ = np.average(logs, axis=0, weights=weights)
        spread = np.sqrt(np.average((logs - self.mean_) ** 2, axis=0, weights=weights))
        self.spread_ = np.where(spread > 1e-9, spread, 1.0)
        model = LogisticRegression(C=self.C, max_iter=2_000).fit(
            (logs - self.mean_) / self.spread_, y, sample_weight=weights
        )
        self.coefficients_ = np.asarray(model.coef_[0], dtype=np.float64)
        self.intercept_ = float(model.intercept_[0])
        return self

    def contributions(self, x: FloatArray) -> FloatArray:
        """What each column adds to the log odds of the mean row, (n, p); with the intercept they sum to the odds."""
        return np.asarray((self._logs(x) - self.mean_) / self.spread_ * self.coefficients_, dtype=np.float64)

    def predict(self, x: FloatArray) -> FloatArray:
        """The chance, (n,)."""
        logs = self.contributions(x).sum(axis=1) + self.intercept_
        return np.asarray(1 / (1 + np.exp(-np.clip(logs, -50, 50))), dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        arrays = {name: getattr(self, f"{name}_").tolist() for name in ("typical", "mean", "spread", "coefficients")}
        return {"C": self.C, "intercept": self.intercept_, **arrays}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A fitted model from `to_json`."""
        model = cls(float(str(numbers["C"])))
        model.intercept_ = float(str(numbers["intercept"]))
        for name in ("typical", "mean", "spread", "coefficients"):
            setattr(model, f"{name}_", np.array(numbers[name], dtype=np.float64))
        return model

    def _logs(self, x: FloatArray) -> FloatArray:
        return np.log1p(np.maximum(np.where(np.isfinite(x), x, self.typical_), 0.0))


def answer(question: Question, found: Examples, cut_days: Sequence[date], now: FloatArray, day: date) -> Answer:
    """Judge whether the question can be answered for the rows `now`, (m, p): not, base rate only, bands or percent.

    Each cut learns from outcomes known by then and is tested on rows from then up to the next cut, one row a unit.
    """
    yes, no = found.outcomes()
    so_far = _so_far(question, yes, no)
    if min(yes, no) < FEWEST_OUTCOMES:
        sentence = f"No score of {question.whom} yet: {so_far}. {FEWEST_OUTCOMES} of either outcome are needed."
        return Answer(provenance.abstained(question.kind, day, sentence, found.y.size))
    said, came, plain = _backtest(found, [each.toordinal() for each in sorted(set(cut_days))])
    if min(int(came.sum()), int((~came).sum())) < _FEWEST_TO_LEARN:
        sentence = f"No score of {question.whom} yet: it cannot be tested on later time. So far: {so_far}."
        return Answer(provenance.abstained(question.kind, day, sentence, found.y.size))
    metrics = {
        "brier": evaluate.brier(came, said),
        "auc": evaluate.auc(came, said),
        "calibration_error": evaluate.calibration_error(came, said, 5 if said.size < 200 else 10),
        "luck": evaluate.chance_of_luck(came, said),
        "tested": float(came.size),
        "yes": yes,
        "no": no,
    }
    baseline = {"brier": evaluate.brier(came, plain), "auc": 0.5}
    moved = _drift(found, question.columns, now)
    metrics |= moved
    if metrics["brier"] >= baseline["brier"] or metrics["luck"] > _LUCK:
        sentence = (
            f"No score of {question.whom}: on later time the model did no better than the average. So far: {so_far}."
        )
        return Answer(_record(question, day, found, sentence, Verdict.BASE_RATE, (metrics, baseline), {}))
    model = LogisticChance().fit(found.x, found.y, found.weights)
    calibration = calibrate.calibrate(said, came, min(yes, no))
    manner = "in three bands" if calibration.banded else "as a percentage"
    errors = f"{metrics['brier']:.3f} against {baseline['brier']:.3f} for the average alone"
    sentence = (
        f"Score of {question.whom} {manner}, learnt from what is known: {so_far}. "
        f"On {came.size:,} later cases its error (Brier) was {errors}.{_moved_words(moved)}"
    )
    parameters: dict[str, Json] = {"logistic": model.to_json(), "calibration": calibration.to_json()}
    record = _record(question, day, found, sentence, Verdict.PUBLISHED, (metrics, baseline), parameters)
    return Answer(record, model, calibration, round(yes + no))


def _so_far(question: Question, yes: float, no: float) -> str:
    hits, n = round(yes), round(yes + no)
    if not n:
        return f"there are no {question.things} to learn from"
    low, high = evaluate.wilson(hits, n)
    share = f"{explain.percent(hits / n)} ({round(low * 100)}-{round(high * 100)} %)"
    return f"{hits:,} of {n:,} {question.things} {question.happened} = {share}"


def _backtest(found: Examples, cut_days: Sequence[int]) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Chances said, outcomes, and the base rate known then, (m,) each, over all cuts with enough to learn from."""
    parts: list[tuple[FloatArray, BoolArray, FloatArray]] = []
    for cut, following in zip(cut_days, [*cut_days[1:], int(found.day.max()) + 1], strict=True):
        learn = found.known <= cut
        test = _last_of_each_unit(found, (found.day >= cut) & (found.day < following))
        yes, no = found.outcomes(learn)
        if min(yes, no) < _FEWEST_TO_LEARN or not test.size:
            continue
        model = LogisticChance().fit(found.x[learn], found.y[learn], found.weights[learn])
        parts.append((model.predict(found.x[test]), found.y[test], np.full(test.size, yes / (yes + no))))
    if not parts:
        return np.zeros(0), np.zeros(0, dtype=np.bool_), np.zeros(0)
    return (
        np.concatenate([each[0] for each in parts]),
        np.concatenate([each[1] for each in parts]),
        np.concatenate([each[2] for each in parts]),
    )


def _last_of_each_unit(found: Examples, keep: BoolArray) -> IntArray:
    last: dict[str, int] = {}
    for row in np.flatnonzero(keep):
        unit = found.units[row]
        if unit not in last or found.day[row] >= found.day[last[unit]]:
            last[unit] = int(row)
    return np.array(sorted(last.values()), dtype=np.int64)


def _drift(found: Examples, columns: Sequence[str], now: FloatArray) -> dict[str, float]:
    """The late rate beside the earlier one, and the columns of `now` that look unlike those learnt from."""
    late = found.known > np.quantile(found.known, 0.75)
    figures = {"drift_errors": drift.base_rate(found.y[~late], found.y[late])}
    if late.any() and (~late).any():
        figures |= {"rate_before": float(found.y[~late].mean()), "rate_lately": float(found.y[late].mean())}
    strange = drift.strange_columns(columns, found.x, now)
    return figures | {f"drift_{name}": index for name, index in strange.items()}


def _moved_words(figures: Mapping[str, float]) -> str:
    if abs(figures["drift_errors"]) < drift.MOVED or "rate_lately" not in figures:
        return ""
    before, lately = (explain.percent(figures[name]) for name in ("rate_before", "rate_lately"))
    return f" The rate moved lately, from {before} to {lately}."


def _record(
    question: Question,
    day: date,
    found: Examples,
    sentence: str,
    verdict: Verdict,
    figures: tuple[Mapping[str, float], Mapping[str, float]],
    parameters: Mapping[str, Json],
) -> ModelRecord:
    return provenance.record(
        question.kind,
        day,
        sentence,
        verdict,
        rows=found.y.size,
        features=question.columns,
        parameters=parameters,
        metrics=figures[0],
        baseline_name="base rate",
        baseline_metrics=figures[1],
    )
