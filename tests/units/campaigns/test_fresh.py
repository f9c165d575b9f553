"""Between two nights: whoever something happened to is scored anew, and nobody else."""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analytics import child
from analytics.child import AnalysisFailed, AnalysisOrder, Result
from campaigns import fresh
from campaigns.jobs import JOBS, JobCall, JobSpec, Scheduler
from campaigns.night import Analyst
from crm_store.actions import features as feature_acts
from crm_store.actions import score_history
from crm_store.actions import scores as acts
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.plumbing import JobRun, OutboxRow
from crm_store.models.scoring import CustomerFeatures, Score
from crm_store.models.trade import Order
from crm_store.queries import features
from crm_store.settings import read
from crm_store.values import scores as said
from crm_store.values.fresh import Fresh
from crm_store.values.score_batches import pack
from crm_store.values.scores import ScoreKind
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, noon, stock

SHOP = simulate(12)


def silent(_words: str) -> None:
    """Nobody listens."""


def chance(customer_id: str, point: float) -> said.Score:
    return said.Score(customer_id, ScoreKind.POTENTIAL, point, point - 0.1, point + 0.1)


class Answering:
    """An analyst that gives everybody asked about one chance, or fails."""

    def __init__(self, point: float = 0.9, problem: Exception | None = None) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.point, self.problem = point, problem

    async def __call__(self, order: AnalysisOrder, _progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        self.asked.append(order.customers)
        if self.problem:
            raise self.problem
        yield Fresh(order.customers, ("potential",), tuple(chance(one, self.point) for one in order.customers))


def as_analyst(answering: Answering) -> Analyst:
    return answering


@pytest.fixture
def shop(cast: Cast) -> Cast:
    """A shop after its first night: everybody has a chance, and nobody waits."""
    cast.ada.write_now(stock, SHOP)

    def night(work: Work) -> None:
        run_id = acts.begin_run(work, TODAY)
        record = said.ModelRecord("potential", TODAY, 3, "hash", (), said.Verdict.PUBLISHED, "Judged.")
        acts.publish_records(work, run_id, [record])
        acts.publish(work, run_id, pack(chance(one.customer_id, 0.2) for one in SHOP.customers))
        acts.finish_run(work, run_id)
        score_history.keep_some(work, "")

    cast.ada.write_now(night)
    seen = cast.ada.read_now(features.dirty)
    cast.ada.write_now(feature_acts.clean, seen)
    return cast


def order(work: Work, customer_id: str = "cus_0003", order_id: str = "ord_new") -> None:
    row = Order(order_id=order_id, external_key=order_id, customer_id=customer_id, ordered_at=work.now)
    row.total_minor, row.currency = 9_900, "EUR"
    work.add(row)


def shown(work: Work) -> dict[str, float]:
    return {row.about: row.point for row in work.session.scalars(select(Score).where(Score.kind == "potential"))}


async def test_a_score_changes_after_an_order_and_only_that_one(shop: Cast) -> None:
    await shop.ada.write(order)
    analyst = Answering()
    found = await fresh.run(shop.ada, TODAY, "", silent, as_analyst(analyst))
    assert (found.customers, found.changed, found.answered) == (1, 1, True)
    assert analyst.asked == [("cus_0003",)]
    points = await shop.ada.read(shown)
    assert {one for one, point in points.items() if point == 0.9} == {"cus_0003"}
    assert await shop.ada.read(features.dirty) == ()

    def last_order(work: Work) -> Any:
        row = work.session.get(CustomerFeatures, (work.team_id, "cus_0003"))
        return row.last_order_on if row else None

    assert await shop.ada.read(last_order) == TODAY


def _told(work: Work) -> list[tuple[str, str]]:
    rows = work.session.scalars(
        select(OutboxRow).where(OutboxRow.kind == "score_moves").order_by(OutboxRow.outbox_id)
    ).all()
    return [(str(row.payload["user_id"]), str(one["about"])) for row in rows for one in row.payload["changes"]]


async def test_a_jump_is_told_at_the_refresh_and_not_only_by_the_night(shop: Cast, clock: MovableClock) -> None:
    """A week after the night an order comes in; the job that the clock puts down within the minute tells its owner."""

    async def score(call: JobCall) -> tuple[str, dict[str, Any]]:
        await fresh.run(call.store.team(call.team_id), call.as_of, "", call.progress, as_analyst(Answering()))
        return "", {}

    due = JobSpec("scores", "schedule_scores", "latest", score, fresh.anything)
    scheduler = Scheduler(shop.store, read({}, schedule_scores="every 30s"), clock, jobs=(due,))
    clock.advance(timedelta(days=8).total_seconds())
    assert await scheduler.run_waiting() is None
    await shop.ada.write(order)
    clock.advance(31)
    assert await scheduler.tick("scores") == 1
    assert shop.ada.read_now(_told) == []
    done = await scheduler.run_waiting()
    assert done is not None
    assert done.ok
    assert shop.ada.read_now(_told) == [("usr_ada", "cus_0003")]
    assert shop.cleo.read_now(_told) == []


async def test_two_jumps_of_one_day_are_both_told_and_each_only_once(shop: Cast, clock: MovableClock) -> None:
    clock.advance(timedelta(days=8).total_seconds())
    day = clock.now().date()
    await shop.ada.write(order)
    await fresh.run(shop.ada, day, "", silent, as_analyst(Answering()))
    await shop.ada.write(order, "cus_0004", "ord_other")
    await fresh.run(shop.ada, day, "", silent, as_analyst(Answering()))
    await shop.ada.write(order, "cus_0003", "ord_third")
    await fresh.run(shop.ada, day, "", silent, as_analyst(Answering(0.85)))
    assert shop.ada.read_now(_told) == [("usr_ada", "cus_0003"), ("usr_ada", "cus_0004")]


async def test_nobody_is_asked_where_nothing_happened(shop: Cast) -> None:
    analyst = Answering()
    assert (await fresh.run(shop.ada, TODAY, "", silent, as_analyst(analyst))).customers == 0
    assert analyst.asked == []
    assert not await shop.ada.read(fresh.anything)


async def test_an_analyst_that_fails_leaves_scores_and_turn(shop: Cast) -> None:
    await shop.ada.write(order)
    found = await fresh.run(shop.ada, TODAY, "", silent, as_analyst(Answering(problem=AnalysisFailed("No."))))
    assert not found.answered
    assert set((await shop.ada.read(shown)).values()) == {0.2}
    assert [one for one, _ in await shop.ada.read(features.dirty)] == ["cus_0003"]


async def test_who_changed_during_a_night_is_scored_once_more_after_it(shop: Cast) -> None:
    run_id = await shop.ada.write(acts.begin_run, TODAY)
    await shop.ada.write(order)
    await fresh.run(shop.ada, TODAY, "", silent, as_analyst(Answering()))
    assert (await shop.ada.read(shown))["cus_0003"] == 0.9
    assert [one for one, _ in await shop.ada.read(features.dirty)] == ["cus_0003"]
    await shop.ada.write(acts.fail_run, run_id, "Stopped.")
    await fresh.run(shop.ada, TODAY, "", silent, as_analyst(Answering(0.7)))
    assert (await shop.ada.read(shown))["cus_0003"] == 0.7
    assert await shop.ada.read(features.dirty) == ()


async def test_a_slot_without_anybody_to_score_leaves_no_run(shop: Cast, clock: MovableClock) -> None:
    settings = read({}, schedule_nightly="never", schedule_upkeep="never", schedule_scores="every 30s")
    scheduler = Scheduler(shop.store, settings, clock, jobs=JOBS)
    runs = select(JobRun.job)
    clock.advance(31)
    assert await scheduler.tick("scores") == 0
    await shop.ada.write(order)
    clock.advance(30)
    assert await scheduler.tick("scores") == 1
    assert shop.ada.read_now(lambda work: list(work.session.scalars(runs))) == ["scores"]


async def test_scores_follow_while_the_teams_day_is_ahead_of_utc(shop: Cast, clock: MovableClock) -> None:
    """At a quarter to midnight by UTC it is tomorrow in Berlin, and the night has scored by that day."""
    now = clock.now()
    clock.advance((now.replace(hour=23, minute=45, second=0) - now).total_seconds())
    await shop.ada.write(order)
    days: list[date] = []

    async def score(call: JobCall) -> tuple[str, dict[str, Any]]:
        days.append(call.day)
        return "", {}

    due = JobSpec("scores", "schedule_scores", "latest", score, fresh.anything)
    berlin = read({}, schedule_scores="every 30s", time_zone="Europe/Berlin")
    scheduler = Scheduler(shop.store, berlin, clock, jobs=(due,))
    await scheduler.tick("scores")
    clock.advance(31)
    await scheduler.tick("scores")
    await scheduler.run_waiting()
    assert days == [now.date() + timedelta(days=1)]


async def test_features_are_built_once_and_then_kept_up(shop: Cast) -> None:
    words: list[str] = []
    await fresh.keep_up(shop.ada, TODAY, words.append)
    assert words == ["features of 12 customers"]
    await shop.ada.write(order)
    await fresh.keep_up(shop.ada, TODAY + timedelta(days=1), words.append)
    assert len(words) == 1


async def test_the_real_child_answers_for_the_customers_named(shop: Cast, tmp_path: Path) -> None:
    asked = AnalysisOrder("tea_rapport", TODAY, f"sqlite:///{tmp_path / 'crm.db'}", ("cus_0001", "cus_0002"))
    found = [one async for one in child.run(asked, silent)]
    assert [type(one) for one in found] == [Fresh]
    told = found[0]
    assert isinstance(told, Fresh)
    assert told.customers == ("cus_0001", "cus_0002")
    assert {one.customer_id for one in told.scores} <= set(told.customers)


def test_the_clock_of_the_shop_stands_at_its_day(clock: MovableClock) -> None:
    assert clock.now().date() == noon(TODAY).date()
