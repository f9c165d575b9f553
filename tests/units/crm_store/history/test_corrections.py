"""A log is put right in one act, by whoever may read it, and the act can be taken back."""

from datetime import timedelta

import pytest

from crm_store.actions import communications, corrections, needs, threads, undo
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import corrections as correction_queries
from crm_store.queries import customers, tasks
from crm_store.queries.timeline import timeline
from crm_store.values.acts import NewTask
from crm_store.values.corrections import Correction
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, call, customer, logged
from tests.units.crm_store.history.test_threads import heard, message


def test_kind_day_words_and_customer_change_in_one_act_that_is_taken_back(cast: Cast) -> None:
    ann, bo = customer(cast.ada), customer(cast.ada, "Bo Roth", "bo@acme.example")
    done = logged(cast.ada, ann)
    before = MORNING - timedelta(days=2)
    put_right = Correction("meeting", "incoming", before, "met", bo, "private")
    corrected = cast.ada.write_now(corrections.correct, done.row_id, put_right)
    assert corrected.sentence.startswith("Corrected: a meeting, from them, on 23 Nov 2026")
    entry = cast.ada.read_now(timeline, [bo]).entries[0]
    assert (entry.kind, entry.direction, entry.happened_at, entry.text) == ("meeting", "incoming", before, "met")
    assert (entry.level, entry.customers) == ("private", ("Bo Roth",))
    assert cast.ada.read_now(customers.by_id, ann).last_touch_at is None
    assert corrected.undo_id is not None
    cast.ada.write_now(undo.undo, corrected.undo_id)
    entry = cast.ada.read_now(timeline, [ann]).entries[0]
    assert (entry.kind, entry.happened_at, entry.text, entry.level) == ("call", MORNING, "wants a quote", "team")
    assert cast.ada.read_now(customers.by_id, ann).last_touch_at == MORNING


def test_nothing_put_right_is_no_act(cast: Cast) -> None:
    done = logged(cast.ada, customer(cast.ada))
    assert cast.ada.write_now(corrections.correct, done.row_id, Correction()).undo_id is None


def test_a_private_log_is_put_right_by_its_author_alone(cast: Cast) -> None:
    ann = customer(cast.ada)
    done = cast.ada.write_now(communications.log, call(ann, level="private"))
    with pytest.raises(NotAllowed):
        cast.ben.write_now(corrections.correct, done.row_id, Correction(kind="meeting"))
    with pytest.raises(NotAllowed):
        cast.ben.read_now(correction_queries.view, done.row_id)


def test_only_its_author_hides_a_log_from_the_team(cast: Cast) -> None:
    done = logged(cast.ada, customer(cast.ada))
    with pytest.raises(NotAllowed):
        cast.ben.write_now(corrections.correct, done.row_id, Correction(level="private"))
    assert cast.ben.write_now(corrections.correct, done.row_id, Correction(kind="meeting")).undo_id


def test_the_words_of_a_message_are_those_of_slack(cast: Cast) -> None:
    ann = customer(cast.ada)
    said = [heard("wants a quote")]
    done = cast.ada.write_now(
        threads.log, message(ann), said, channel="C_SALES", root_ts=said[0].root_ts, whole=True
    )  # fmt: skip
    assert cast.ada.read_now(correction_queries.view, done.row_id).follows_slack
    with pytest.raises(BadInput):
        cast.ada.write_now(corrections.correct, done.row_id, Correction(text="wants two"))


def test_what_was_made_of_a_log_is_dropped_alone(cast: Cast) -> None:
    ann = customer(cast.ada)
    new = call(ann, needs=("40 seats",), tasks=(NewTask("Send quote", MORNING, "usr_ada"),))
    _log, need, task = cast.ada.write_now(communications.log, new).made
    for row_id in (need, task):
        assert cast.ada.write_now(corrections.drop_made, row_id).sentence.startswith("Dropped")
    assert cast.ada.read_now(tasks.due, "usr_ada") == ()
    assert cast.ada.read_now(customers.card, ann).needs == ()
    again = cast.ada.write_now(needs.add, ann, "50 seats")
    gone = cast.ada.write_now(corrections.drop_made, again.row_id)
    assert gone.undo_id is not None
    cast.ada.write_now(undo.undo, gone.undo_id)
    assert [one.text for one in cast.ada.read_now(customers.card, ann).needs] == ["50 seats"]
