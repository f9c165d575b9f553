"""Deals, orders and tasks: what changes, and what is said of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import deals, needs, orders, tasks
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.models.trade import DealEvent
from crm_store.money import Money
from crm_store.queries import deals as deal_queries
from crm_store.queries import tasks as task_queries
from crm_store.values.acts import NewDeal, NewOrder, NewOrderLine, NewTask
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, customer

EUR = "EUR"


def deal(cast: Cast, customer_id: str, name: str = "Renewal", amount: int = 1_000_000) -> str:
    new = NewDeal(name, customer_id, None, "usr_ada", Money(amount, EUR), "prop")
    return cast.ada.write_now(deals.add, new).row_id


def events(work: Work, deal_id: str) -> list[tuple[str, str | None, str | None]]:
    rows = work.session.scalars(select(DealEvent).where(DealEvent.deal_id == deal_id).order_by(DealEvent.event_id))
    return [(row.field, row.old, row.new) for row in rows]


def test_a_deal_moves_to_the_stage_that_was_meant(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    receipt = cast.ada.write_now(deals.move, renewal, "negotation")
    assert receipt.sentence == "Renewal: Proposal → Negotiation"
    assert ("stage", "Proposal", "Negotiation") in cast.ada.read_now(events, renewal)


def test_an_unknown_stage_is_answered_with_those_there_are(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    with pytest.raises(NotFound, match="Lead, Qualified, Proposal"):
        cast.ada.write_now(deals.move, renewal, "xyzzy")


def test_amount_and_day_change_together(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    receipt = cast.ada.write_now(deals.change, renewal, amount=Money(1_200_000, EUR), close_on=date(2026, 12, 31))
    assert receipt.sentence == "Renewal: €10,000 → €12,000, closing no day → 31 Dec 2026"
    again = cast.ada.write_now(deals.change, renewal, amount=Money(1_200_000, EUR))
    assert again.undo_id is None


def test_a_lost_deal_keeps_why_and_leaves_the_open_ones(cast: Cast) -> None:
    ann = customer(cast.ada)
    renewal = deal(cast, ann)
    assert [one.name for one in cast.ada.read_now(deal_queries.open_for, ann)] == ["Renewal"]
    cast.ada.write_now(deals.lose, renewal, "too dear")
    assert cast.ada.read_now(deal_queries.open_for, ann) == ()
    assert ("state", "open", "lost") in cast.ada.read_now(events, renewal)
    view = cast.ada.read_now(deal_queries.by_id, renewal)
    assert view is not None
    assert (view.state, view.stage) == ("lost", "Lost")


def test_moving_to_the_won_stage_wins(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    cast.ada.write_now(deals.move, renewal, "won")
    view = cast.ada.read_now(deal_queries.by_id, renewal)
    assert view is not None
    assert view.state == "won"
    assert cast.ada.write_now(deals.win, renewal).undo_id is None


def test_a_deal_is_found_by_its_words_or_its_customer(cast: Cast) -> None:
    ann = customer(cast.ada)
    deal(cast, ann)
    deal(cast, ann, "Second hall")
    assert [one.name for one in cast.ada.read_now(deal_queries.by_name, "ann renewl")] == ["Renewal"]
    assert len(cast.ada.read_now(deal_queries.by_name, "lee")) == 2
    assert cast.ada.read_now(deal_queries.by_name, "zebra") == ()


def test_the_pipeline_sums_by_stage(cast: Cast) -> None:
    ann = customer(cast.ada)
    deal(cast, ann)
    deal(cast, ann, "Second hall", 50_000)
    by_stage = {line.stage.name: line for line in cast.ada.read_now(deal_queries.pipeline)}
    assert by_stage["Proposal"].totals == (Money(1_050_000, EUR),)
    assert "Won" not in by_stage


def test_a_negative_amount_is_refused(cast: Cast) -> None:
    renewal = deal(cast, customer(cast.ada))
    with pytest.raises(BadInput):
        cast.ada.write_now(deals.change, renewal, amount=Money(-1, EUR))


def test_an_order_with_a_known_number_is_kept_once(cast: Cast) -> None:
    ann = customer(cast.ada)
    new = NewOrder("A-1", ann, MORNING, Money(36_000, EUR), (NewOrderLine("Seat", 3, Money(36_000, EUR)),))
    first = cast.ada.write_now(orders.add, new)
    second = cast.ada.write_now(orders.add, new)
    assert first.undo_id
    assert (second.row_id, second.undo_id) == (first.row_id, None)
    assert second.sentence == "Order A-1 is kept already (€360)"


def test_tasks_are_due_in_order_and_keep_their_numbers_for_a_day(cast: Cast) -> None:
    later = cast.ada.write_now(tasks.add, NewTask("Visit", MORNING + timedelta(days=3), "usr_ada")).row_id
    soon = cast.ada.write_now(tasks.add, NewTask("Call", MORNING + timedelta(days=1), "usr_ada")).row_id
    due = cast.ada.read_now(task_queries.due, "usr_ada")
    assert [one.task_id for one in due] == [soon, later]
    assert due[0].owner == "U_ADA"
    cast.ada.write_now(tasks.remember_list, [one.task_id for one in due])
    cast.ada.write_now(tasks.done, soon)
    assert [one.title for one in cast.ada.read_now(task_queries.numbered, [2])] == ["Visit"]
    with pytest.raises(NotFound, match="no number 3"):
        cast.ada.read_now(task_queries.numbered, [3])
    cast.store.clock.advance(90_000)  # type: ignore[attr-defined]  # the tests' clock can be moved
    with pytest.raises(NotFound, match="within the last day"):
        cast.ada.read_now(task_queries.numbered, [2])


def test_a_task_is_put_off_finished_and_taken_up_again(cast: Cast) -> None:
    task = cast.ada.write_now(tasks.add, NewTask("Call", MORNING, "usr_ada")).row_id
    cast.ada.write_now(tasks.snooze, task, MORNING + timedelta(days=7))
    assert cast.ada.read_now(task_queries.due, "usr_ada", MORNING + timedelta(days=1)) == ()
    assert cast.ada.write_now(tasks.done, task).undo_id
    assert cast.ada.write_now(tasks.done, task).sentence == "Already done: Call"
    cast.ada.write_now(tasks.reopen, task)
    assert len(cast.ada.read_now(task_queries.due)) == 1


def test_a_need_is_kept_until_it_is_met(cast: Cast) -> None:
    receipt = cast.ada.write_now(needs.add, customer(cast.ada), "40  seats")
    assert receipt.sentence == "Need of Ann Lee: 40 seats"
    assert cast.ada.write_now(needs.met, receipt.row_id).sentence == "Met: 40 seats"
