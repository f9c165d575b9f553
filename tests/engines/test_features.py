"""Features made in the store: what the analyst's own arithmetic says, never later than their day, kept up in part."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import inspect, select, update

from analytics import features as counted
from analytics import reading
from crm_store.actions import features as acts
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer, Team
from crm_store.models.scoring import CustomerFeatures, DirtyCustomer, FeatureState
from crm_store.models.trade import Deal, Order
from crm_store.queries import features
from crm_store.values.history import Histories
from tests.cast import Cast, gather
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, letter, noon, stock

SHOP = simulate(16)
CUT = TODAY - timedelta(days=100)
PAIRS = {
    "orders": "order_days", "orders_30": "order_days_30", "orders_90": "order_days_90", "orders_180": "order_days_180",
    "touches_in_90": "touches_in_90", "touches_out_90": "touches_out_90", "open_deals": "open_deals",
    "deals_won": "won_deals", "deals_lost": "lost_deals",
}  # fmt: skip
MONEY = {"spend": "spent", "spend_30": "spent_30", "spend_90": "spent_90", "spend_180": "spent_180"}


@pytest.fixture
def desk(store: Store) -> Desk:
    cast: Cast = gather(store)
    cast.ada.write_now(stock, SHOP)
    return cast.ada


def keep_up(desk: Desk, as_of: date, most: int = 7) -> int:
    """What the job does: build or roll, then work out anew who is marked; says how many were marked."""
    desk.write_now(acts.begin, as_of)
    while desk.write_now(acts.build_some, most):
        pass
    seen = desk.read_now(features.dirty, 10_000)
    for start in range(0, len(seen), acts.MOST):
        some = seen[start : start + acts.MOST]
        desk.write_now(acts.refresh, [one for one, _ in some])
        desk.write_now(acts.clean, some)
    return len(seen)


def rows(work: Work) -> dict[str, dict[str, Any]]:
    names = [each.key for each in inspect(CustomerFeatures).attrs if each.key != "team_id"]
    found = work.session.scalars(select(CustomerFeatures).order_by(CustomerFeatures.customer_id))
    return {row.customer_id: {name: getattr(row, name) for name in names} for row in found}


def anew(desk: Desk, as_of: date) -> dict[str, dict[str, Any]]:
    """The features as a build from nothing makes them."""

    def forget(work: Work) -> None:
        for row in (*work.session.scalars(select(FeatureState)), *work.session.scalars(select(CustomerFeatures))):
            work.session.delete(row)

    desk.write_now(forget)
    keep_up(desk, as_of)
    return desk.read_now(rows)


def order(customer_id: str, day: date, total: int, currency: str = "EUR") -> Callable[[Work], None]:
    def add(work: Work) -> None:
        moment = noon(day)
        new_id = f"ord_{customer_id}_{day}_{total}_{currency}"
        row = Order(order_id=new_id, external_key=new_id, customer_id=customer_id, ordered_at=moment)
        row.total_minor, row.currency = total, currency
        work.add(row)

    return add


@pytest.mark.parametrize("day", [TODAY, CUT, TODAY - timedelta(days=700)])
def test_the_store_counts_as_the_analyst_counts(desk: Desk, day: date) -> None:
    keep_up(desk, day)
    stored = desk.read_now(rows)
    known: Histories = desk.read_now(features.histories, day)
    table = counted.customers(known, day)
    assert set(table.ids) <= set(stored)
    mine = [stored[one] for one in table.ids]
    for theirs, ours in PAIRS.items():
        assert [row[ours] for row in mine] == table.column(theirs).tolist(), theirs
    for theirs, ours in MONEY.items():
        assert np.allclose([row[ours] / 100 for row in mine], table.column(theirs)), theirs
    since = [(day - row["last_order_on"]).days if row["last_order_on"] else np.nan for row in mine]
    assert np.array_equal(since, table.column("days_since_order"), equal_nan=True)
    silent = [min((day - row["last_touch_on"]).days, 365) if row["last_touch_on"] else 365 for row in mine]
    assert silent == table.column("days_since_touch").tolist()


def test_an_increment_leaves_what_a_whole_build_leaves(desk: Desk) -> None:
    keep_up(desk, CUT)
    day = CUT
    for step in (1, 2, 29, 40, 28):
        day += timedelta(days=step)
        desk.write_now(order("cus_0003", day, 700 + step))
        keep_up(desk, day)
    assert day == TODAY
    before = desk.read_now(rows)
    desk.write_now(acts.roll)
    kept = desk.read_now(rows)
    assert before != kept
    desk.write_now(acts.roll)
    assert desk.read_now(rows) == kept
    assert kept == anew(desk, TODAY)
    assert kept["cus_0003"]["order_days_30"] >= 2


def test_only_who_changed_is_worked_out_again(desk: Desk) -> None:
    keep_up(desk, TODAY)
    assert keep_up(desk, TODAY) == 0
    desk.write_now(order("cus_0001", TODAY, 900))
    assert keep_up(desk, TODAY) == 1
    assert desk.read_now(rows)["cus_0001"]["last_order_on"] == TODAY


def later_order(work: Work) -> None:
    order("cus_0001", CUT + timedelta(days=1), 99_000)(work)


def later_letter(work: Work) -> None:
    letter(work, "cmm_late", "cus_0001", noon(CUT + timedelta(days=1)), incoming=True)


def later_deal(work: Work) -> None:
    work.add(Deal(deal_id="dea_late", name="Late", customer_id="cus_0001", stage_id="stg_Won", state="won",
                  opened_at=noon(CUT + timedelta(days=1)), closed_at=noon(CUT + timedelta(days=2))))  # fmt: skip


def later_outcome(work: Work) -> None:
    """Whoever closes a deal after the day turns no count of that day."""
    for deal in work.session.scalars(select(Deal).where(Deal.closed_at > noon(CUT))):
        deal.state = "lost" if deal.state == "won" else "won"


def later_customer(work: Work) -> None:
    moment = noon(CUT + timedelta(days=1))
    work.add(Customer(customer_id="cus_late", name="Late", created_at=moment))


def foreign_order(work: Work) -> None:
    order("cus_0001", CUT, 5_000, "USD")(work)


def refund(work: Work) -> None:
    order("cus_0001", CUT, -5_000)(work)


def private_note(work: Work) -> None:
    letter(work, "cmm_private", "cus_0001", noon(CUT), incoming=True)
    work.session.execute(
        update(Communication).where(Communication.communication_id == "cmm_private").values(level="private")
    )


COUNTED_APART = {"foreign_orders", "returns", "returned"}


@pytest.mark.parametrize(
    "inject",
    [later_order, later_letter, later_deal, later_outcome, later_customer, foreign_order, refund, private_note],
)
def test_no_feature_looks_past_its_day_or_at_what_does_not_count(desk: Desk, inject: Callable[[Work], None]) -> None:
    keep_up(desk, CUT)
    before = desk.read_now(rows)
    desk.write_now(inject)
    keep_up(desk, CUT)
    after = desk.read_now(rows)

    def plain(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {
            one: {name: value for name, value in row.items() if name not in COUNTED_APART} for one, row in found.items()
        }

    assert plain(after) == plain(before)
    assert anew(desk, CUT) == after


def test_returns_and_orders_in_another_currency_are_counted_apart(desk: Desk) -> None:
    desk.write_now(refund)
    desk.write_now(foreign_order)
    keep_up(desk, TODAY)
    row = desk.read_now(rows)["cus_0001"]
    assert (row["returns"], row["returned"], row["foreign_orders"]) == (1, 5_000, 1)


def test_what_was_future_counts_once_its_day_has_come(desk: Desk) -> None:
    soon = TODAY + timedelta(days=5)
    desk.write_now(order("cus_0002", soon, 4_400))
    keep_up(desk, TODAY)
    assert desk.read_now(rows)["cus_0002"]["last_order_on"] != soon
    keep_up(desk, soon)
    assert desk.read_now(rows)["cus_0002"]["last_order_on"] == soon


def test_replies_are_timed_both_ways(desk: Desk) -> None:
    def talk(work: Work) -> None:
        work.add(Customer(customer_id="cus_new", name="Ann", created_at=noon(TODAY)))
        start = datetime(2026, 11, 20, 9, tzinfo=UTC)
        for number, (hours, incoming) in enumerate([(0, True), (2, False), (3, False), (27, True), (28, False)]):
            letter(work, f"cmm_t{number}", "cus_new", start + timedelta(hours=hours), incoming=incoming)

    desk.write_now(talk)
    keep_up(desk, TODAY)
    row = desk.read_now(rows)["cus_new"]
    assert (row["their_replies"], row["their_reply_seconds"]) == (1, 24 * 3600)
    assert (row["our_replies"], row["our_reply_seconds"]) == (2, 3 * 3600)


def test_a_removed_customer_has_no_row_left(desk: Desk) -> None:
    keep_up(desk, TODAY)

    def remove(work: Work) -> None:
        customer = work.session.get(Customer, (work.team_id, "cus_0005"))
        assert customer is not None
        customer.removed_at = work.now

    desk.write_now(remove)
    keep_up(desk, TODAY)
    assert "cus_0005" not in desk.read_now(rows)


def test_another_currency_builds_anew(desk: Desk) -> None:
    keep_up(desk, TODAY)

    def change(work: Work) -> None:
        team = work.session.get(Team, (work.team_id,))
        assert team is not None
        team.settings = {**team.settings, "currency": "USD"}

    desk.write_now(change)
    assert desk.write_now(acts.begin, TODAY)
    keep_up(desk, TODAY)
    assert sum(row["order_days"] for row in desk.read_now(rows).values()) == 0


def marked(work: Work) -> set[str]:
    return set(work.session.scalars(select(DirtyCustomer.customer_id)))


def moved_by_statement(work: Work) -> None:
    statement = update(Order).where(Order.customer_id == "cus_0001").values(customer_id="cus_0002")
    work.session.execute(statement)


def moved_by_row(work: Work) -> None:
    deal = work.session.scalars(select(Deal).where(Deal.customer_id == "cus_0001")).first()
    assert deal is not None
    deal.customer_id = "cus_0002"


def taken_back(work: Work) -> None:
    spoken = select(Participant.communication_id).where(Participant.customer_id.in_(["cus_0001", "cus_0002"]))
    for row in work.session.scalars(select(Communication).where(Communication.communication_id.in_(spoken))):
        row.removed_at = work.now


def taken_back_at_once(work: Work) -> None:
    spoken = select(Participant.communication_id).where(Participant.customer_id.in_(["cus_0001", "cus_0002"]))
    statement = update(Communication).where(Communication.communication_id.in_(spoken))
    work.session.execute(statement.values(removed_at=work.now).execution_options(synchronize_session=False))


@pytest.mark.parametrize("change", [moved_by_statement, moved_by_row, taken_back, taken_back_at_once])
def test_whoever_writes_marks_whom_it_concerns(desk: Desk, change: Callable[[Work], None]) -> None:
    keep_up(desk, TODAY)
    desk.write_now(change)
    assert desk.read_now(marked) == {"cus_0001", "cus_0002"}
    keep_up(desk, TODAY)
    kept = desk.read_now(rows)
    assert kept == anew(desk, TODAY)


def test_a_new_title_marks_nobody(desk: Desk) -> None:
    keep_up(desk, TODAY)
    desk.write_now(
        lambda work: work.session.execute(
            update(Customer).where(Customer.customer_id == "cus_0001").values(title="CFO")
        )
    )
    assert desk.read_now(marked) == set()


def test_who_is_marked_again_meanwhile_stays_marked(desk: Desk, clock: MovableClock) -> None:
    keep_up(desk, TODAY)
    desk.write_now(order("cus_0001", TODAY, 100))
    seen = desk.read_now(features.dirty, 10)
    clock.advance(1)
    desk.write_now(order("cus_0001", TODAY, 200))
    desk.write_now(acts.clean, seen)
    assert desk.read_now(marked) == {"cus_0001"}


def test_pages_and_lists_hold_what_the_whole_holds(desk: Desk) -> None:
    whole: Histories = desk.read_now(features.histories, TODAY)
    seen, after = [], ""
    while page := desk.read_now(features.next_page, after, 7):
        seen.append(desk.read_now(features.histories, TODAY, page))
        after = page.upto
    assert [one for part in seen for one in part.customers] == list(whole.customers)
    assert [one for part in seen for one in part.orders] == list(whole.orders)
    assert [one for part in seen for one in part.touches] == list(whole.touches)
    assert sorted(one.deal_id for part in seen for one in part.deals) == [one.deal_id for one in whole.deals]
    few: Histories = desk.read_now(features.histories, TODAY, ["cus_0001", "cus_0007"])
    assert {one.customer_id for one in few.orders} == {"cus_0001", "cus_0007"}


def test_what_the_child_reads_in_pages_is_the_whole(desk: Desk) -> None:
    whole: Histories = desk.read_now(features.histories, TODAY)
    words: list[str] = []
    assert reading.everything(desk, TODAY, words.append, most=5) == whole
    assert len(words) >= 2
