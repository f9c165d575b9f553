"""Logging: once, with its witnesses, and shown to whom it may be shown."""

from datetime import timedelta

import pytest

from crm_store.actions import communications
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import customers, receipts, tasks
from crm_store.queries.timeline import timeline
from crm_store.values.acts import NewCommunication, NewTask
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, call, customer, logged


def test_a_call_is_logged_with_its_need_and_task(cast: Cast) -> None:
    ann = customer(cast.ada)
    new = call(ann, needs=("40 seats",), tasks=(NewTask("Send quote", MORNING + timedelta(days=2), "usr_ada"),))
    receipt = cast.ada.write_now(communications.log, new)
    assert receipt.sentence == "Logged a call with Ann Lee"
    assert receipt.undo_id
    assert [task.title for task in cast.ada.read_now(tasks.due, "usr_ada")] == ["Send quote"]
    assert [task.title for task in cast.ada.read_now(receipts.filed, receipt.row_id).tasks] == ["Send quote"]
    entry = cast.ada.read_now(timeline, [ann]).entries[0]
    assert (entry.by, entry.customers, entry.witnesses, entry.text) == ("U_ADA", ("Ann Lee",), ("U_ADA",), new.text)


def test_the_same_thing_twice_is_one_log_with_two_witnesses(cast: Cast) -> None:
    ann = customer(cast.ada)
    first = logged(cast.ada, ann)
    second = logged(cast.ben, ann)
    assert second.row_id == first.row_id
    assert second.undo_id is None
    assert second.sentence.startswith("Already logged")
    page = cast.ada.read_now(timeline, [ann])
    assert [entry.witnesses for entry in page.entries] == [("U_ADA", "U_BEN")]


def test_only_a_later_contact_becomes_the_last_one(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, "b")
    logged(cast.ben, ann, "a", MORNING - timedelta(days=3))
    brief = cast.ada.read_now(customers.by_id, ann)
    assert (brief.last_touch_at, brief.last_touch_by) == (MORNING, "U_ADA")


def test_a_meeting_ahead_is_no_contact_yet(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, at=MORNING + timedelta(days=9))
    assert cast.ada.read_now(customers.by_id, ann).last_touch_at is None


def test_private_notes_of_others_are_only_counted(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(communications.log, call(ann, level="private"))
    assert len(cast.ada.read_now(timeline, [ann]).entries) == 1
    seen_by_ben = cast.ben.read_now(timeline, [ann])
    assert (seen_by_ben.entries, seen_by_ben.private) == ((), 1)


def test_confidential_words_stay_with_those_who_heard_them(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(communications.log, call(ann, level="confidential"))
    entry = cast.ben.read_now(timeline, [ann]).entries[0]
    assert (entry.hidden, entry.text) == (True, "")


def test_another_team_sees_nothing(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann)
    assert cast.cleo.read_now(timeline, [ann]).entries == ()


def test_an_edit_in_slack_is_followed_and_a_deletion_hides_the_words(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann)
    cast.ada.write_now(communications.follow_edit, "call-1", "wants two quotes")
    assert cast.ada.read_now(timeline, [ann]).entries[0].text == "wants two quotes"
    cast.ada.write_now(communications.hide, "call-1")
    assert cast.ada.read_now(timeline, [ann]).entries[0].text == "The message was deleted in Slack."


def test_a_log_moves_to_another_customer_and_takes_its_contact_along(cast: Cast) -> None:
    ann, bob = customer(cast.ada), customer(cast.ada, "Bob Stone", "bob@globex.example")
    receipt = logged(cast.ada, ann)
    moved = cast.ada.write_now(communications.move, receipt.row_id, bob)
    assert moved.sentence == "Moved to Bob Stone"
    assert cast.ada.read_now(customers.by_id, ann).last_touch_at is None
    assert cast.ada.read_now(customers.by_id, bob).last_touch_at == MORNING
    assert cast.ada.read_now(timeline, [ann]).entries == ()


def test_only_its_author_makes_a_log_private(cast: Cast) -> None:
    receipt = logged(cast.ada, customer(cast.ada))
    with pytest.raises(NotAllowed):
        cast.ben.write_now(communications.set_level, receipt.row_id, "private")
    cast.ada.write_now(communications.set_level, receipt.row_id, "private")
    assert cast.ben.read_now(timeline).entries == ()


def test_a_log_with_nobody_is_refused(cast: Cast) -> None:
    new = NewCommunication("note", "none", MORNING, "hm", "slack", "n", ())
    with pytest.raises(BadInput, match="who it was with"):
        cast.ada.write_now(communications.log, new)


def test_older_pages_go_on_where_the_last_one_ended(cast: Cast) -> None:
    ann = customer(cast.ada)
    for number in range(5):
        logged(cast.ada, ann, f"k{number}", MORNING - timedelta(hours=number))
    first = cast.ada.read_now(timeline, [ann], most=3)
    second = cast.ada.read_now(timeline, [ann], most=3, before=first.older)
    moments = [entry.happened_at for entry in (*first.entries, *second.entries)]
    assert moments == [MORNING - timedelta(hours=number) for number in range(5)]
    assert second.older is None


def test_a_timeline_is_searched_only_where_it_may_be_read(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(communications.log, call(ann, key="a", text="a quote for 100% wool"))
    cast.ada.write_now(communications.log, call(ann, key="b", text="a secret quote", level="confidential"))
    assert len(cast.ada.read_now(timeline, [ann], text="Quote").entries) == 2
    assert len(cast.ben.read_now(timeline, [ann], text="quote").entries) == 1
    assert len(cast.ben.read_now(timeline, [ann], text="100% quote").entries) == 1
    assert cast.ben.read_now(timeline, [ann], text="10_%").entries == ()
