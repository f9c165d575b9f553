"""An analysis of a team's histories in two halves: scores, segments, charts, and the record of how each was judged.

Odd or little data gives records that abstain, never an error. The same histories give the same analysis.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np

from analytics import features, potential, provenance, segments, value
from analytics.charts import data, months, talks
from analytics.charts.data import Chart
from analytics.lines import lacking
from analytics.potential import PotentialResult
from analytics.segments import SegmentsResult
from analytics.value import ValueResult
from crm_store.values.history import Histories
from crm_store.values.scores import DealScore, Json, ModelRecord, Score, ScoreKind, SegmentMethod, SegmentResult

Result = TypeVar("Result", ValueResult, PotentialResult, SegmentsResult)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a run, or half of one, found; `shown_method` are the segments to show first, 0 `horizon_days` are none."""

    as_of: date
    scores: tuple[Score, ...] = ()
    deals: tuple[DealScore, ...] = ()
    segments: tuple[SegmentResult, ...] = ()
    shown_method: SegmentMethod | None = None
    horizon_days: int = 0
    records: tuple[ModelRecord, ...] = ()
    charts: tuple[Chart, ...] = ()


def of_value(histories: Histories, progress: Progress) -> Analysis:
    """What customers are worth by `histories.as_of`, and the charts that need no other score: one half of an analysis.

    `progress` is told in words what is under way.
    """
    past = features.known_by(histories, histories.as_of)
    with np.errstate(all="ignore"):
        progress("what customers are worth")
        worth = _guarded(
            lambda: value.analyse(past), lambda why: ValueResult((), (_failed("value", past.as_of, why),), 0)
        )
        progress("charts of orders")
        expected = [each for each in worth.scores if each.kind is ScoreKind.VALUE]
        charts = (
            data.recency_frequency(past),
            data.pipeline(past),
            data.value_distribution(expected, past, worth.horizon),
            data.activity(past),
            months.cohorts(past),
            months.win_rate(past),
            talks.silence(past),
        )
    return Analysis(
        past.as_of,
        scores=worth.scores,
        horizon_days=worth.horizon,
        records=_hashed(past, worth.records),
        charts=tuple(each for each in charts if each and not lacking(each.cells)),
    )


def of_chances(histories: Histories, progress: Progress, shown: Mapping[str, Json] | None = None) -> Analysis:
    """Who will buy, which deals will be won, which groups there are, and their charts: the other half.

    `shown` are the parameters of the segments that people see now, which new ones must clearly beat.
    """
    past = features.known_by(histories, histories.as_of)
    with np.errstate(all="ignore"):
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
        charts = _charts(past, chances, groups)
    return Analysis(
        past.as_of,
        scores=chances.scores,
        deals=chances.deals,
        segments=groups.segments,
        shown_method=groups.shown,
        records=_hashed(past, (*chances.records, *groups.records)),
        charts=charts,
    )


def _guarded(work: Callable[[], Result], instead: Callable[[str], Result]) -> Result:
    """The result, or a record that says which numbers could not be worked with, or which came out as none."""
    try:
        found = work()
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as problem:
        return instead(str(problem))
    place = lacking(found.records) or lacking(getattr(found, "segments", ()), "segments") or _unsaid(found)
    return instead(f"{place} is no number") if place else found


def _unsaid(found: ValueResult | PotentialResult | SegmentsResult) -> str:
    """How many scores are none; there are too many of them to look for the place in each."""
    scores = (*getattr(found, "scores", ()), *getattr(found, "deals", ()))
    said = np.array([(each.point, each.low, each.high) for each in scores], dtype=np.float64).reshape(-1, 3)
    odd = int((~np.isfinite(said).all(axis=1)).sum())
    return f"what {odd} of {len(scores)} scores say" if odd else ""


def _failed(kind: str, day: date, why: str) -> ModelRecord:
    return provenance.abstained(kind, day, f"This could not be worked out from the numbers there are: {why[:200]}")


def _hashed(past: Histories, records: tuple[ModelRecord, ...]) -> tuple[ModelRecord, ...]:
    seen = provenance.data_hash(past)
    return tuple(replace(each, data_hash=seen) for each in records)


def _charts(past: Histories, chances: PotentialResult, groups: SegmentsResult) -> tuple[Chart, ...]:
    found = [
        data.segments(past, [each for each in groups.segments if each.method == groups.shown]),
        *(
            judged(each.record.kind, question.whom, each.calibration, past.as_of)
            for question, each in zip(potential.QUESTIONS, chances.answers, strict=False)
            if each.calibration
            for judged in (data.reliability, data.lift)
        ),
    ]
    return tuple(each for each in found if each and not lacking(each.cells))
