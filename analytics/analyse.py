"""One whole analysis of a team's histories: scores, segments, charts, and the record of how each was judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np

from analytics import features, potential, provenance, segments, value
from analytics.charts import data, months, talks
from analytics.charts.data import Chart
from analytics.potential import PotentialResult
from analytics.segments import SegmentsResult
from analytics.value import ValueResult
from crm_store.values.history import Histories
from crm_store.values.scores import DealScore, Json, ModelRecord, Score, ScoreKind, SegmentMethod, SegmentResult

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that a run found; `shown_method` names the segments to show first, `horizon_days` the value's (0: none)."""

    as_of: date
    scores: tuple[Score, ...]
    deals: tuple[DealScore, ...]
    segments: tuple[SegmentResult, ...]
    shown_method: SegmentMethod | None
    horizon_days: int
    records: tuple[ModelRecord, ...]
    charts: tuple[Chart, ...]


def analyse(histories: Histories, progress: Callable[[str], None], shown: Mapping[str, Json] | None = None) -> Analysis:
    """Analyse what is known by `histories.as_of`; odd or little data gives records that abstain, never an error.

    `progress` is told in words what is under way; `shown` are the parameters of the segments that people see now. The
    same histories give the same analysis.
    """
    past = features.known_by(histories, histories.as_of)
    with np.errstate(all="ignore"):
        progress("what customers are worth")
        worth = _guarded(
            lambda: value.analyse(past), lambda why: ValueResult((), (_failed("value", past.as_of, why),), 0)
        )
        progress("who will buy and which deals will be won")
        chances = _guarded(
            lambda: potential.analyse(past),
            lambda why: PotentialResult((), (), (_failed("potential", past.as_of, why),), ()),
        )
        progress("which groups there are")
        groups = _guarded(
            lambda: segments.analyse(past, shown),
            lambda why: SegmentsResult((), None, (_failed("segments", past.as_of, why),)),
        )
        progress("charts")
        charts = _charts(past, worth, chances, groups)
    seen = provenance.data_hash(past)
    records = (*worth.records, *chances.records, *groups.records)
    return Analysis(
        as_of=past.as_of,
        scores=(*worth.scores, *chances.scores),
        deals=chances.deals,
        segments=groups.segments,
        shown_method=groups.shown,
        horizon_days=worth.horizon,
        records=tuple(replace(each, data_hash=seen) for each in records),
        charts=charts,
    )


def _guarded(work: Callable[[], Result], instead: Callable[[str], Result]) -> Result:
    """The result, or a record that says which numbers could not be worked with."""
    try:
        return work()
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as problem:
        return instead(str(problem))


def _failed(kind: str, day: date, why: str) -> ModelRecord:
    return provenance.abstained(kind, day, f"This could not be worked out from the numbers there are: {why[:200]}")


def _charts(past: Histories, worth: ValueResult, chances: PotentialResult, groups: SegmentsResult) -> tuple[Chart, ...]:
    shown = [each for each in groups.segments if each.method == groups.shown]
    expected = [each for each in worth.scores if each.kind is ScoreKind.VALUE]
    found = [
        data.segments(past, shown),
        data.recency_frequency(past),
        data.pipeline(past),
        data.value_distribution(expected, past, worth.horizon),
        data.activity(past),
        months.cohorts(past),
        months.win_rate(past),
        talks.silence(past),
        *(
            judged(each.record.kind, question.whom, each.calibration, past.as_of)
            for question, each in zip(potential.QUESTIONS, chances.answers, strict=False)
            if each.calibration
            for judged in (data.reliability, data.lift)
        ),
    ]
    return tuple(each for each in found if each)
