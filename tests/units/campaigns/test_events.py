"""What just happened becomes a suggestion within the minute: once, to whom may be written to, and never a flood."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns import events
from campaigns.grounds import Known
from campaigns.jobs import JOBS, Scheduler
from crm_store.actions import deals, orders, suggestions
from crm_store.actions import patterns as pairs
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import Consent, Suggestion
from crm_store.models.trade import Order
from crm_store.money import Money
from crm_store.queries import events as queries
from crm_store.queries import patterns
from crm_store.queries import suggestions as asked
from crm_store.settings import read
from crm_store.values.acts import NewDeal, NewOrder
from crm_store.values.history import CustomerFact, Histories, OrderFact
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import stock
from tests.units.campaigns.test_kinds import shelves

TODAY = date(2026, 11, 25)


@pytest.fixture
async def team(cast: Cast) -> Cast:
    """A team with customers who never ordered, whose past was looked at."""
    await cast.ada.write(stock, Histories(TODAY, simulate(8).customers))
    await events.run(cast.ada)
    return cast


def order(work: Work, customer_id: str, number: str = "1", days_ago: int = 0) -> None:
    at = work.now - timedelta(days=days_ago)
    orders.add(work, NewOrder(number, customer_id, at, Money(5000, "EUR")))


def proposed(work: Work) -> list[tuple[str, list[str]]]:
    rows = work.session.scalars(select(Suggestion).order_by(Suggestion.created_at, Suggestion.suggestion_id))
    return [(row.kind, list(row.members)) for row in rows]


async def test_a_first_order_is_welcomed_within_the_minute_and_once(team: Cast) -> None:
    await team.ada.write(order, "cus_0001")
    assert await team.ada.read(events.anything)
    found = await events.run(team.ada)
    (view,) = [await team.ada.read(asked.view, one) for one in found.suggestions]
    assert (view.kind, view.n, view.holdout) == ("welcome", 1, 0)
    assert view.because == events.BECAUSE
    assert "nobody is held out" in view.expected
    assert await events.run(team.ada) == events.EventOutcome((), ())


async def test_an_order_asks_for_what_goes_with_it_by_the_pair_of_the_night(cast: Cast) -> None:
    shelf = {f"buy_{at:02}": ("Seat", "Training") if at < 12 else ("Seat",) for at in range(16)}
    await cast.ada.write(shelves, shelf)
    await events.run(cast.ada)
    await cast.ada.write(order, "buy_13", "before")
    assert "cross_sell" not in [kind for kind, _ in await _told(cast)]
    pair = next(one for one in await cast.ada.read(patterns.pairs, TODAY) if one.other == "Training")
    await cast.ada.write(pairs.keep, pair)
    for number, customer_id in enumerate(("buy_03", "buy_14")):
        await cast.ada.write(order, customer_id, f"after {number}")
    assert [members for kind, members in await _told(cast) if kind == "cross_sell"] == [["buy_14"]]


async def _told(cast: Cast) -> list[tuple[str, list[str]]]:
    await events.run(cast.ada)
    return await cast.ada.read(proposed)


async def test_a_second_trigger_says_that_one_is_in_flight(team: Cast) -> None:
    await team.ada.write(order, "cus_0001")
    await events.run(team.ada)

    def undone_and_ordered_again(work: Work) -> None:
        for row in work.session.scalars(select(Order)):
            row.removed_at = work.now
        work.flush()
        order(work, "cus_0001", "2")

    await team.ada.write(undone_and_ordered_again)
    found = await events.run(team.ada)
    assert found.suggestions == ()
    assert found.waiting[0].startswith("“Welcome a new customer” already has a review open since")


async def test_a_won_deal_is_an_event_and_changing_it_later_is_none(team: Cast, clock: MovableClock) -> None:
    def win(work: Work) -> str:
        deal_id = deals.add(work, NewDeal("Seats", "cus_0002", None, None)).row_id
        deals.win(work, deal_id)
        return deal_id

    deal_id = await team.ada.write(win)
    await events.run(team.ada)
    assert await team.ada.read(proposed) == [("welcome", ["cus_0002"])]
    clock.advance(3600)
    await team.ada.write(deals.change, deal_id, name="Seats and support")
    assert await events.run(team.ada) == events.EventOutcome((), ())


async def test_orders_of_long_ago_and_of_people_who_may_not_be_written_to_lead_to_nothing(team: Cast) -> None:
    def unsubscribed(work: Work) -> None:
        for one in work.session.scalars(select(Consent).where(Consent.customer_id == "cus_0003")):
            one.given = False
        order(work, "cus_0003")
        order(work, "cus_0004", "old", days_ago=9)

    await team.ada.write(unsubscribed)
    assert await events.run(team.ada) == events.EventOutcome((), ())
    assert await team.ada.read(proposed) == []


@pytest.mark.parametrize(("reason", "next_day"), [("not_worth_it", 0), ("wrong_time", 1)])
async def test_a_day_has_three_at_most_and_a_kind_that_nobody_wants_waits_for_the_night(
    team: Cast, clock: MovableClock, reason: str, next_day: int
) -> None:
    def busy(work: Work) -> None:
        for at in range(6):
            order(work, f"cus_000{at}", str(at))

    await team.ada.write(busy)
    found = await events.run(team.ada)
    assert len(found.suggestions) == events.A_DAY
    for one in found.suggestions:
        await team.ben.write(suggestions.decide, one, 1, "dismissed", reason)
    clock.advance(86_400)
    await team.ada.write(order, "cus_0007", "next day")
    assert len((await events.run(team.ada)).suggestions) == next_day


def test_who_is_due_or_fell_silent_today_and_nobody_else() -> None:
    def every(name: str, gap: int, count: int, last: int) -> list[OrderFact]:
        return [OrderFact(name, TODAY - timedelta(days=last + gap * at), 50.0) for at in range(count)]

    facts = [
        *every("due", 30, 4, 30), *every("tomorrow", 30, 4, 29), *every("often", 7, 9, 7), *every("twice", 30, 2, 30),
        *every("silent", 40, 3, 81), *every("long", 40, 3, 82), *every("soon", 40, 3, 80),
    ]  # fmt: skip
    names = sorted({one.customer_id for one in facts})
    shop = Histories(TODAY, tuple(CustomerFact(one, one, TODAY) for one in names), facts)
    found = {one.kind: one for one in events.crossings(Known(shop))}
    assert {kind: one.members for kind, one in found.items()} == {"renew": ("due",), "win_back": ("silent",)}
    assert {one.target for one in found.values()} == {events.CROSSED}


async def test_the_days_crossings_are_looked_for_once_and_not_before_its_morning(
    team: Cast, clock: MovableClock
) -> None:
    midnight = 86_400 - (clock.now().timestamp() % 86_400)
    clock.advance(midnight + 3600)
    assert await team.ada.read(queries.crossings_due) is None
    clock.advance(8 * 3600)
    day = await team.ada.read(queries.crossings_due)
    assert day == clock.now().date()
    await events.run(team.ada)
    assert await team.ada.read(queries.crossings_due) is None


async def test_the_scheduler_runs_it_where_something_happened(team: Cast, clock: MovableClock, tmp_path: Path) -> None:
    scheduler = Scheduler(team.store, read({"CRM_DATA": str(tmp_path)}), clock, jobs=JOBS)
    await team.ada.write(order, "cus_0001")
    told = await scheduler.run_now("tea_rapport", "events")
    assert told.ok
    assert told.sentence.startswith("1 suggestions from what just happened.")
