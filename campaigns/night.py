"""The night: analyse, publish, have ideas, divide audiences, propose; a night that fails changes nothing shown."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Final, Protocol

from analytics import child
from analytics.child import AnalysisOrder, Result
from campaigns import audience, ideas
from crm_store.actions import scores as acts
from crm_store.actions import suggestions
from crm_store.engine.store import Desk
from crm_store.queries import features
from crm_store.queries import suggestions as asked
from crm_store.values.marketing import DrawnChart, Idea
from crm_store.values.scores import DealScore, ModelRecord, Score, SegmentResult

MOST: Final = 4
"""Suggestions a night, so that a channel is not flooded."""
FRESH: Final = timedelta(days=7)
"""An analysis of an older day is for looking back: nobody is written to for how things stood then."""


class Analyst(Protocol):
    """Who answers an order: the child process, or made-up results in a test."""

    def __call__(self, order: AnalysisOrder, on_progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        """Results as they come."""
        ...


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """What a night did."""

    run_id: str
    as_of: date
    scores: int
    segments: int
    charts: int
    suggestions: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(slots=True)
class _Told:
    """What came of the analysis; scores are kept for the ideas that rest on them."""

    scores: list[Score] = field(default_factory=list)
    deals: list[DealScore] = field(default_factory=list)
    charts: list[DrawnChart] = field(default_factory=list)
    records: list[ModelRecord] = field(default_factory=list)
    segments: int = 0


async def run(
    desk: Desk, order: AnalysisOrder, progress: Callable[[str], None], analyst: Analyst = child.run
) -> NightOutcome:
    """One night for one team; raises what stopped it, after saying so in the run. Yesterday's scores then stay."""
    run_id = await desk.write(acts.begin_run, order.as_of)
    try:
        told = await _publish(desk, run_id, order, progress, analyst)
        await desk.write(acts.finish_run, run_id)
    except BaseException as problem:
        # Whatever ends the run (a stop as well) must not leave it looking as if it still went on.
        await asyncio.shield(desk.write(acts.fail_run, run_id, str(problem)[:300] or type(problem).__name__))
        raise
    for chart in told.charts:
        await desk.write(acts.publish_chart, run_id, order.as_of, chart)
    proposed: tuple[str, ...] = ()
    if desk.store.clock.now().date() - order.as_of <= FRESH:
        progress("suggestions")
        proposed = await _propose(desk, run_id, order.as_of, told)
    sentences = tuple(record.sentence for record in told.records)
    count = len(told.scores) + len(told.deals)
    return NightOutcome(run_id, order.as_of, count, told.segments, len(told.charts), proposed, sentences)


async def _publish(
    desk: Desk, run_id: str, order: AnalysisOrder, progress: Callable[[str], None], analyst: Analyst
) -> _Told:
    told = _Told()
    waiting: list[Score | DealScore] = []
    results = analyst(order, progress)
    async with aclosing(results) as stream:  # type: ignore[type-var]
        async for result in stream:
            match result:
                case Score() | DealScore():
                    (told.scores if isinstance(result, Score) else told.deals).append(result)  # type: ignore[arg-type]
                    waiting.append(result)
                case ModelRecord():
                    told.records.append(result)
                    await desk.write(acts.publish_records, run_id, [result])
                case SegmentResult():
                    told.segments += 1
                    await _publish_segment(desk, run_id, result)
                case DrawnChart():
                    told.charts.append(result)
            if len(waiting) == acts.MOST:
                await desk.write(acts.publish, run_id, tuple(waiting))
                waiting.clear()
    await desk.write(acts.publish, run_id, tuple(waiting))
    return told


async def _publish_segment(desk: Desk, run_id: str, segment: SegmentResult) -> None:
    segment_id = await desk.write(acts.publish_segments, run_id, segment)
    for start in range(0, len(segment.members), acts.MOST):
        members = segment.members[start : start + acts.MOST]
        await desk.write(acts.publish_members, run_id, segment_id, members)


async def _propose(desk: Desk, run_id: str, as_of: date, told: _Told) -> tuple[str, ...]:
    histories = await desk.read(features.histories, as_of)
    lifts = await desk.read(asked.lifts)
    found = await asyncio.to_thread(ideas.make, histories, told.scores, told.deals, lifts)
    standings = await desk.read(asked.standings, _everybody(found))
    planned = audience.allot(found, standings, await desk.read(asked.taken))
    proposed = []
    for plan in islice(planned, MOST):
        suggestion_id = await desk.write(suggestions.propose, plan.idea, run_id)
        if suggestion_id:
            proposed.append(suggestion_id)
    return tuple(proposed)


def _everybody(found: Sequence[Idea]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for idea in found for one in idea.members))
