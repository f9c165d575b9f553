"""Whether a yes-or-no outcome can be foreseen: the champion of later time, and rules for few outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from analytics import calibrate, challengers, champion, drift, encode, evaluate, explain, fitted, provenance
from analytics.champion import Contest, Cut
from analytics.chance import Answer, Chance, Examples, IntArray, Question
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Model
from analytics.lines import lacking
from crm_store.values.scores import Json, ModelRecord, Verdict

FEWEST_OUTCOMES = 10
_FEWEST_TO_LEARN = 5
_LUCK = 0.1
"""Largest chance of luck that passes; the Brier score must beat the base rate's as well."""

_MOST_ROWS = 20_000
_CANNOT_BE_KEPT = ("kernel SVM",)


def answer(question: Question, found: Examples, cut_days: Sequence[date], now: FloatArray, day: date) -> Answer:
    """The judgement of a question; one in which a figure came out as no number is none, and says which it was."""
    judged = _answered(question, found, cut_days, now, day)
    place = lacking(judged.record)
    if not place:
        return judged
    sentence = f"No score of {question.whom}: {place} could not be worked out from the numbers there are."
    return Answer(provenance.abstained(question.kind, day, sentence, found.y.size))


def _answered(question: Question, found: Examples, cut_days: Sequence[date], now: FloatArray, day: date) -> Answer:
    """Judge whether the question can be answered for the rows `now`, (m, p): not, base rate only, bands or percent.

    Each cut learns from outcomes known by then and is tested on rows from then up to the next cut, one row a unit.
    """
    yes, no = found.outcomes()
    so_far = _so_far(question, yes, no)
    if min(yes, no) < FEWEST_OUTCOMES:
        sentence = f"No score of {question.whom} yet: {so_far}. {FEWEST_OUTCOMES} of either outcome are needed."
        return Answer(provenance.abstained(question.kind, day, sentence, found.y.size))
    some = _ordered(_thinned(found))
    judged = _backtest(question, some, [each.toordinal() for each in sorted(set(cut_days))])
    if judged is None or min(int(judged.came.sum()), int((~judged.came).sum())) < _FEWEST_TO_LEARN:
        sentence = f"No score of {question.whom} yet: it cannot be tested on later time. So far: {so_far}."
        return Answer(provenance.abstained(question.kind, day, sentence, found.y.size))
    metrics, baseline = _measured(judged, (yes, no))
    moved = _drift(found, question.columns, now)
    metrics |= moved
    if metrics["brier"] >= baseline["brier"] or metrics["luck"] > _LUCK:
        sentence = (
            f"No score of {question.whom}: on later time the model did no better than the average. So far: {so_far}."
        )
        return Answer(_record(question, day, found, sentence, Verdict.BASE_RATE, (metrics, baseline), {}))
    model = _final(question, some, judged)
    calibration = calibrate.calibrate(judged.said(), judged.came, min(yes, no), part=judged.part)
    manner = "in three bands" if calibration.banded else "as a percentage"
    errors = f"{metrics['brier']:.3f} against {baseline['brier']:.3f} for the average alone"
    sentence = (
        f"Score of {question.whom} {manner}, learnt from what is known: {so_far}. "
        f"On {judged.came.size:,} later cases its error (Brier) was {errors}.{_moved_words(moved)}"
    )
    parameters: dict[str, Json] = {
        "chance": model.to_json(),
        "calibration": calibration.to_json(),
        "outcomes": round(yes + no),
        "candidates": {name: dict(each) for name, each in judged.figures.items()},
    }
    record = _record(question, day, found, sentence, Verdict.PUBLISHED, (metrics, baseline), parameters)
    return Answer(record, model, calibration, round(yes + no))


def _thinned(found: Examples) -> Examples:
    """At most 20,000 rows, whole units, drawn the same way each time whatever the order they come in."""
    if found.y.size <= _MOST_ROWS:
        return found
    units = sorted(set(found.units))
    share = _MOST_ROWS / found.y.size
    chosen = np.random.default_rng(0).random(len(units)) < share
    kept = {unit for unit, each in zip(units, chosen, strict=True) if each}
    return _rows(found, np.flatnonzero([unit in kept for unit in found.units]))


def _ordered(found: Examples) -> Examples:
    """The rows by the day on which their outcome was known."""
    return _rows(found, np.lexsort((found.day, found.known)))


def _rows(found: Examples, rows: IntArray) -> Examples:
    return replace(
        found,
        x=found.x[rows],
        y=found.y[rows],
        day=found.day[rows],
        known=found.known[rows],
        units=tuple(found.units[row] for row in rows.tolist()),
        weights=found.weights[rows],
    )


def _measured(judged: Contest, outcomes: tuple[float, float]) -> tuple[dict[str, float], dict[str, float]]:
    said, came = judged.said(), judged.came
    metrics = {
        "brier": evaluate.brier(came, said),
        "auc": evaluate.auc(came, said),
        "calibration_error": evaluate.calibration_error(came, said, 5 if said.size < 200 else 10),
        "luck": evaluate.chance_of_luck(came, said),
        "tested": float(came.size),
        "yes": outcomes[0],
        "no": outcomes[1],
    }
    return metrics, {"brier": evaluate.brier(came, judged.plain), "auc": 0.5}


def _final(question: Question, some: Examples, judged: Contest) -> Chance:
    frame = encode.numeric(question.columns, some.x)
    model = champion.fit(judged.champion, frame, some.y, some.weights, units=_numbered(some))
    kept = challengers.plain(model.fitted, fitted.rows_of(model.design, frame.take(slice(0, 200))))
    return Chance(question.columns, Model(model.name, model.design, kept), judged.correction)


def _so_far(question: Question, yes: float, no: float) -> str:
    hits, n = round(yes), round(yes + no)
    if not n:
        return f"there are no {question.things} to learn from"
    low, high = evaluate.wilson(hits, n)
    share = f"{explain.percent(hits / n)} ({round(low * 100)}-{round(high * 100)} %)"
    return f"{hits:,} of {n:,} {question.things} {question.happened} = {share}"


def _backtest(question: Question, found: Examples, cut_days: Sequence[int]) -> Contest | None:
    """The contest over all cuts with enough to learn from; None where there are none."""
    cuts: list[Cut] = []
    for cut, following in zip(cut_days, [*cut_days[1:], int(found.day.max()) + 1], strict=True):
        learn = np.flatnonzero(found.known <= cut)
        test = _last_of_each_unit(found, (found.day >= cut) & (found.day < following))
        if min(*found.outcomes(found.known <= cut)) >= _FEWEST_TO_LEARN and test.size:
            cuts.append(Cut(learn, test))
    if not cuts:
        return None
    frame = encode.numeric(question.columns, found.x)
    return champion.contest(frame, found.y, found.weights, cuts, barred=_CANNOT_BE_KEPT, units=_numbered(found))


def _numbered(found: Examples) -> IntArray:
    """The unit of each row as a number, (n,)."""
    return np.unique(np.array(found.units), return_inverse=True)[1].astype(np.int64)


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
