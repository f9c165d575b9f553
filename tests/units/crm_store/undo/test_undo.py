"""Taking an act back: once, wholly, and never over what somebody did since."""

from datetime import timedelta

import pytest

from crm_store import audit
from crm_store.actions import communications, deals, tasks, undo
from crm_store.errors import NotFound, NotUndoable
from crm_store.money import Money
from crm_store.queries import customers
from crm_store.queries import deals as deal_queries
from crm_store.queries import tasks as task_queries
from crm_store.queries.timeline import timeline
from crm_store.queries.undo import recent
from crm_store.values.acts import NewDeal, NewTask
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, call, customer, logged


def test_an_undone_log_leaves_nothing_behind(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, "before", MORNING - timedelta(days=1))
    task = NewTask("Send quote", None, "usr_ada")
    receipt = cast.ada.write_now(communications.log, call(ann, needs=("40 seats",), tasks=(task,)))
    outcome = cast.ada.write_now(undo.undo, receipt.undo_id or "")
    assert outcome.restored
    assert outcome.conflicts == ()
    assert len(cast.ada.read_now(timeline, [ann]).entries) == 1
    assert cast.ada.read_now(task_queries.due) == ()
    assert cast.ada.read_now(customers.by_id, ann).last_touch_at == MORNING - timedelta(days=1)
    assert cast.ada.read_now(audit.verify).ok


def test_an_undo_works_once_and_the_second_hears_who_was_quicker(cast: Cast) -> None:
    receipt = logged(cast.ada, customer(cast.ada))
    cast.ben.write_now(undo.undo, receipt.undo_id or "")
    with pytest.raises(NotUndoable, match="Ben Okafor took that back at 09:00"):
        cast.ada.write_now(undo.undo, receipt.undo_id or "")


def test_a_log_that_is_undone_can_be_logged_again(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(undo.undo, logged(cast.ada, ann).undo_id or "")
    assert logged(cast.ada, ann).undo_id


def test_a_change_that_somebody_changed_again_stays_and_says_who(cast: Cast) -> None:
    new = NewDeal("Renewal", customer(cast.ada), None, "usr_ada", Money(100, "EUR"), "proposal")
    renewal = cast.ada.write_now(deals.add, new).row_id
    first = cast.ada.write_now(deals.change, renewal, amount=Money(200, "EUR"))
    cast.store.clock.advance(60)  # type: ignore[attr-defined]  # the tests' clock can be moved
    cast.ben.write_now(deals.change, renewal, amount=Money(300, "EUR"))
    outcome = cast.ada.write_now(undo.undo, first.undo_id or "")
    view = cast.ada.read_now(deal_queries.by_id, renewal)
    assert view is not None
    assert view.amount == Money(300, "EUR")
    assert "Ben Okafor changed the amount" in outcome.conflicts[0]


def test_a_stage_is_put_back_with_its_state(cast: Cast) -> None:
    new = NewDeal("Renewal", customer(cast.ada), None, "usr_ada", None, "proposal")
    renewal = cast.ada.write_now(deals.add, new).row_id
    won = cast.ada.write_now(deals.win, renewal)
    cast.ada.write_now(undo.undo, won.undo_id or "")
    view = cast.ada.read_now(deal_queries.by_id, renewal)
    assert view is not None
    assert (view.state, view.stage) == ("open", "Proposal")


def test_a_new_deal_that_somebody_moved_since_stays(cast: Cast) -> None:
    new = NewDeal("Renewal", customer(cast.ada), None, "usr_ada", None, "proposal")
    made = cast.ada.write_now(deals.add, new)
    cast.ben.write_now(deals.move, made.row_id, "negotiation")
    outcome = cast.ada.write_now(undo.undo, made.undo_id or "")
    assert not outcome.restored
    assert outcome.conflicts == ("The deal Renewal stays: Ben Okafor changed it since.",)


def test_a_log_that_another_has_seen_too_stays_for_the_other(cast: Cast) -> None:
    ann = customer(cast.ada)
    first = logged(cast.ada, ann)
    logged(cast.ben, ann)
    outcome = cast.ada.write_now(undo.undo, first.undo_id or "")
    assert outcome.conflicts
    entries = cast.ben.read_now(timeline, [ann]).entries
    assert [entry.witnesses for entry in entries] == [("U_BEN",)]
    assert entries[0].customers == ("Ann Lee",)


def test_what_is_listed_is_ones_own_and_not_taken_back_yet(cast: Cast) -> None:
    ann = customer(cast.ada)
    kept = logged(cast.ada, ann, "a")
    gone = logged(cast.ada, ann, "b")
    logged(cast.ben, ann, "c")
    cast.ada.write_now(undo.undo, gone.undo_id or "")
    listed = [one.undo_id for one in cast.ada.read_now(recent, "usr_ada")]
    assert kept.undo_id in listed
    assert gone.undo_id not in listed
    assert len(listed) == 2  # The customer and the first log.


def test_after_ninety_days_nothing_is_taken_back(cast: Cast) -> None:
    task = cast.ada.write_now(tasks.add, NewTask("Call", None, "usr_ada"))
    cast.store.clock.advance(91 * 86_400)  # type: ignore[attr-defined]  # the tests' clock can be moved
    with pytest.raises(NotUndoable, match="90 days"):
        cast.ada.write_now(undo.undo, task.undo_id or "")


def test_another_team_finds_nothing_to_take_back(cast: Cast) -> None:
    receipt = logged(cast.ada, customer(cast.ada))
    with pytest.raises(NotFound):
        cast.cleo.write_now(undo.undo, receipt.undo_id or "")
