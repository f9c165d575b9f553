"""The night: analyse, publish, have ideas, divide audiences, propose; a night that fails changes nothing shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from analytics import child
from analytics.child import AnalysisOrder, Result
from campaigns import audience, calls, choose, contacts, grounds, ideas, kinds, learn, lifecycle
from campaigns.grounds import Buyer, Known
from crm_store.actions import patterns as goes_together
from crm_store.actions import score_history, send_times, staging, suggestions
from crm_store.actions import scores as acts
from crm_store.engine.store import Desk
from crm_store.queries import events as happened
from crm_store.queries import features, lift, patterns, reports, scores_shown, teams
from crm_store.queries import send_times as asked_times
from crm_store.queries import suggestions as asked
from crm_store.values.contacts import ContactOrder
from crm_store.values.history import Histories
from crm_store.values.history_pieces import Gathered, HistoryPiece
from crm_store.values.marketing import DrawnChart, Idea
from crm_store.values.patterns import CrossSell
from crm_store.values.score_batches import ScoreBatch
from crm_store.values.scores import ModelRecord, Score, SegmentResult
from crm_store.values.send_times import Judged, judge

Answer = TypeVar("Answer")
MOST: Final = 4
"""Suggestions a night, so that a channel is not flooded."""
FRESH: Final = timedelta(days=7)
"""An analysis of an older day is for looking back: nobody is written to for how things stood then."""


_PAGE: Final = 5000
_LIKELY: Final = 100
"""Of whom it is asked first whether an idea still reaches them, so that nobody waits while all are asked."""
_PAUSE: Final = 0.1
"""The longest pause between two units of many, in seconds."""

Progress = Callable[[str], None]


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
    waiting: tuple[str, ...] = ()
    """Sentences about ideas that are open already, so that nobody wonders why they do not come again."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store says by itself, found while the analyst loads and reads and a core is free."""

    replies: Judged
    cross: CrossSell | None


@dataclass(slots=True)
class _Told:
    """What came of the analysis, but for the scores, which nobody here looks at."""

    scores: int = 0
    charts: list[DrawnChart] = field(default_factory=list)
    records: list[ModelRecord] = field(default_factory=list)
    orders: list[ContactOrder] = field(default_factory=list)
    segments: int = 0
    read: Gathered = field(default_factory=Gathered)


async def run(
    desk: Desk,
    order: AnalysisOrder,
    progress: Progress,
    analyst: Analyst = child.run,
    beside: Callable[[], Awaitable[None]] | None = None,
) -> NightOutcome:
    """One night for one team; raises what stopped it, after saying so in the run. Yesterday's scores then stay.

    What is given `beside` is done while the analyst works, and before anything is shown.
    """
    run_id = await desk.write(acts.begin_run, order.as_of)
    is_fresh = desk.store.clock.now().date() - order.as_of <= FRESH
    meanwhile = asyncio.create_task(_meanwhile(desk, order.as_of, beside, is_fresh=is_fresh), name="night-meanwhile")
    try:
        told = await _publish(desk, run_id, order, progress, analyst)
        found = await meanwhile
        judged = await desk.write(acts.show_run, run_id)
    except BaseException as problem:
        if not isinstance(problem, Exception):
            meanwhile.cancel()
        await asyncio.gather(meanwhile, return_exceptions=True)
        # Whatever ends the run (a stop as well) must not leave it looking as if it still went on.
        await asyncio.shield(desk.write(acts.fail_run, run_id, str(problem)[:300] or type(problem).__name__))
        raise
    progress("showing what was found")
    shown = _show(desk, run_id, judged, order.as_of, told.charts)
    proposed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    if found is None:
        await shown
    else:
        past, _ = await asyncio.gather(_past(desk, order.as_of, told.read), shown)
        progress("suggestions")
        await desk.write(send_times.keep, found.replies)
        await desk.write(goes_together.keep, found.cross.pair if found.cross else None)
        proposed, waiting = await _propose(desk, run_id, past, told.orders, found.cross)
    sentences = tuple(record.sentence for record in told.records)
    return NightOutcome(run_id, order.as_of, told.scores, told.segments, len(told.charts), proposed, sentences, waiting)


async def _meanwhile(
    desk: Desk, as_of: date, beside: Callable[[], Awaitable[None]] | None, *, is_fresh: bool
) -> _Found | None:
    """What needs no score; for a day long past nobody is written to, and nothing is looked for."""
    if beside is not None:
        await beside()
    if not is_fresh:
        return None
    replies = await asyncio.to_thread(judge, await desk.read(asked_times.replies))
    return _Found(replies, await _cross_sell(desk, as_of))


async def _publish(
    desk: Desk, run_id: str, order: AnalysisOrder, progress: Callable[[str], None], analyst: Analyst
) -> _Told:
    told = _Told()
    results = analyst(order, progress)
    async with aclosing(results) as stream:  # type: ignore[type-var]
        async for result in stream:
            match result:
                case ScoreBatch():
                    told.scores += await calmly(desk.write(acts.publish, run_id, result))
                case ModelRecord():
                    told.records.append(result)
                    await desk.write(acts.publish_records, run_id, [result])
                case SegmentResult():
                    told.segments += 1
                    await _publish_segment(desk, run_id, result)
                case DrawnChart():
                    told.charts.append(result)
                case ContactOrder():
                    told.orders.append(result)
                case HistoryPiece():
                    told.read.add(result)
    return told


async def _show(desk: Desk, run_id: str, judged: list[str], as_of: date, charts: Sequence[DrawnChart]) -> None:
    """Put what a run said in the place of what was said before; who dies in it is carried on by the next run."""
    while await calmly(desk.write(staging.show_some, run_id)):
        pass
    after: str | None = ""
    while after is not None:
        after = await calmly(desk.write(staging.drop_some, run_id, judged, after))
    moved: str | None = "" if acts.has_segments(judged) else None
    while moved is not None:
        moved = await calmly(desk.write(score_history.note_moves, run_id, moved))
    await desk.write(acts.finish_run, run_id, None, None)
    while await calmly(desk.write(staging.forget_some, acts.LEARNT)):
        pass
    after = ""
    while after is not None:
        after = await calmly(desk.write(score_history.keep_some, after))
    await desk.write(score_history.predict, run_id, await desk.read(reports.horizon_days))
    for chart in charts:
        await desk.write(acts.publish_chart, run_id, as_of, chart)
    await desk.write(acts.forget_charts, run_id)


async def calmly(unit: Awaitable[Answer]) -> Answer:
    """A unit of many, and a pause a third as long, so that whoever uses the chat meanwhile comes in between."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer = await unit
    await asyncio.sleep(min((loop.time() - begun) / 3, _PAUSE))
    return answer


async def _publish_segment(desk: Desk, run_id: str, segment: SegmentResult) -> None:
    segment_id = await desk.write(acts.publish_segments, run_id, segment)
    for start in range(0, len(segment.members), acts.MOST):
        members = segment.members[start : start + acts.MOST]
        await calmly(desk.write(acts.publish_members, run_id, segment_id, members))


async def _past(desk: Desk, as_of: date, told: Gathered) -> tuple[Histories, list[Buyer]]:
    """What the analyst has read, so that it is read once a night; deals are few, and read anew."""
    deals, currency = await desk.read(features.all_deals, as_of), await desk.read(features.currency)
    known = told.histories(as_of, deals, currency)
    histories = known if known is not None else await desk.read(features.histories, as_of)
    return histories, await asyncio.to_thread(grounds.buyers, histories)


async def _propose(
    desk: Desk,
    run_id: str,
    past: tuple[Histories, list[Buyer]],
    orders: Sequence[ContactOrder],
    cross: CrossSell | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is new, and what is said of ideas that wait for a decision already."""
    scores, (histories, buyers) = await _scores(desk), past
    deals, lifts = await desk.read(scores_shown.of_deals), await desk.read(asked.lifts)
    made = await asyncio.to_thread(ideas.make, histories, scores, deals, lifts, cross, fewest=1, buyers=buyers)
    standings = await desk.read(asked.standings, _everybody(made))
    found = calls.instead(contacts.ordered(made, orders), standings, Known(histories, lifts=lifts))
    waiting = await _in_flight(desk, found)
    free = [one for one in found if await desk.read(happened.busy, one.kind, [one.target], suggestions.REST) is None]
    taken = await desk.read(asked.taken)
    fitting = tuple(dict.fromkeys(plan.idea.kind for plan in audience.allot(free, standings, taken)))
    known = learn.beliefs(fitting, await desk.read(lift.decided), lifts, desk.store.clock.now())
    # The run's id is the seed, so that a night that is carried on chooses as before.
    shown = {one.kind: one for one in choose.choose(fitting, known, MOST, Random(run_id))}  # noqa: S311 -- no secret
    proposed = []
    # People are allotted once more, so that none is kept back for a kind that is not shown.
    for plan in audience.allot([idea for idea in free if idea.kind in shown], standings, taken)[:MOST]:
        one = shown[plan.idea.kind]
        suggestion_id = await desk.write(
            suggestions.propose, plan.idea, run_id, one.chance, one.because, likely=plan.audience.treated[:_LIKELY]
        )
        if suggestion_id:
            proposed.append(suggestion_id)
    return tuple(proposed), waiting


async def _in_flight(desk: Desk, found: Sequence[Idea]) -> tuple[str, ...]:
    reviews, team = await desk.read(asked.reviews), await desk.read(teams.team)
    zone, now = ZoneInfo(team.time_zone if team else "UTC"), desk.store.clock.now()
    ideas_open = [one for idea in found if (one := reviews.get((idea.kind, idea.target))) is not None]
    return tuple(lifecycle.in_flight(title, since, now, zone) for title, since in ideas_open)


async def _cross_sell(desk: Desk, as_of: date) -> CrossSell | None:
    """The two products that go together most surely, and who has one of them alone."""
    pair = kinds.best_pair(await desk.read(patterns.pairs, as_of))
    if pair is None:
        return None
    return CrossSell(pair, await desk.read(patterns.without_other, pair, as_of, _PAGE))


async def _scores(desk: Desk) -> list[Score]:
    """The scores that ideas look at, read in pages."""
    found: list[Score] = []
    after = ""
    while page := await desk.read(features.next_page, after, _PAGE):
        found.extend(await desk.read(scores_shown.of_customers, ideas.KINDS, page))
        after = page.upto
    return found


def _everybody(found: Sequence[Idea]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for idea in found for one in idea.members))
