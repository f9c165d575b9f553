"""A thread is one log, in step with whatever is heard of it, in whatever order."""

from itertools import permutations

import pytest

from crm_store.actions import threads, undo
from crm_store.engine.store import Desk
from crm_store.queries import threads as thread_queries
from crm_store.queries.timeline import timeline
from crm_store.queries.undo import of_source
from crm_store.values.acts import NewCommunication, Person, Receipt
from crm_store.values.threads import Heard
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, customer

ROOT = "1764057600.000100"
REPLY = "1764057660.000200"
EDIT = "1764057700.000300"


def heard(text: str, ts: str = ROOT, *, by: str = "Ada Lovell", stamp: str = "", gone: bool = False) -> Heard:
    return Heard("C_SALES", ts, ROOT, f"U_{by[:3].upper()}", by, text, stamp or ts, gone)


def message(customer_id: str, ts: str = ROOT) -> NewCommunication:
    return NewCommunication(
        kind="message",
        direction="outgoing",
        happened_at=MORNING,
        text="wants a quote",
        source="slack",
        source_key=thread_queries.key("C_SALES", ts),
        people=(Person("to", customer_id=customer_id),),
    )


def logged(
    desk: Desk, customer_id: str, *said: Heard, whole: bool = True, root_ts: str = ROOT
) -> Receipt:  # fmt: skip
    new = message(customer_id, root_ts)
    return desk.write_now(threads.log, new, said, channel="C_SALES", root_ts=root_ts, whole=whole)


def told(desk: Desk, customer_id: str) -> list[str]:
    return [one.text for one in desk.read_now(timeline, [customer_id]).entries]


def test_a_thread_is_one_entry_that_says_who_said_what(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"), heard("I have one", REPLY, by="Ben Okafor"))
    assert told(cast.ada, ann) == ["Ada Lovell: wants a quote\nBen Okafor: I have one"]


_LATER = (
    heard("I have one", REPLY, by="Ben Okafor"),
    heard("I have two", REPLY, by="Ben Okafor", stamp=EDIT),
    heard("needs a quote", stamp=EDIT),
)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_what_comes_later_is_followed_in_whatever_order_it_is_heard(cast: Cast, order: tuple[int, ...]) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"))
    for number in (*order, *order):
        cast.ben.write_now(threads.follow, _LATER[number])
    assert told(cast.ada, ann) == ["Ada Lovell: needs a quote\nBen Okafor: I have two"]


@pytest.mark.parametrize("first", ["the deletion", "the message"])
def test_what_its_author_deleted_stays_gone(cast: Cast, first: str) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"))
    events = [heard("the secret", REPLY, by="Ben Okafor"), heard("", REPLY, by="Ben Okafor", stamp=EDIT, gone=True)]
    for one in events if first == "the message" else reversed(events):
        cast.ben.write_now(threads.follow, one)
    assert told(cast.ada, ann) == [f"Ada Lovell: wants a quote\nBen Okafor: {threads.GONE_LINE}"]
    cast.ada.write_now(threads.follow, heard("", stamp=EDIT, gone=True))
    assert told(cast.ada, ann) == ["The message was deleted in Slack."]


def test_the_same_thing_heard_twice_changes_nothing(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"))
    assert cast.ben.write_now(threads.follow, _LATER[0]) == threads.FOLLOWED
    assert cast.ben.write_now(threads.follow, _LATER[0]) == threads.KNOWN


def test_a_message_that_nobody_logged_is_not_followed(cast: Cast) -> None:
    ann = customer(cast.ada)
    assert cast.ben.write_now(threads.follow, _LATER[0]) == threads.NOT_FOLLOWED
    assert told(cast.ada, ann) == []
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=True)
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=False)


def test_of_one_logged_message_the_answers_are_none_of_our_business(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"), whole=False)
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=True)
    assert cast.ben.write_now(threads.follow, _LATER[0]) == threads.NOT_FOLLOWED
    assert cast.ada.write_now(threads.follow, _LATER[2]) == threads.FOLLOWED
    assert told(cast.ada, ann) == ["needs a quote"]


def test_an_answer_that_comes_while_the_log_is_written_is_in_it(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(threads.watch, "C_SALES", ROOT)
    assert cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=True)
    cast.ben.write_now(threads.follow, _LATER[0])
    logged(cast.ada, ann, heard("wants a quote"))
    assert told(cast.ada, ann) == ["Ada Lovell: wants a quote\nBen Okafor: I have one"]


def test_a_thread_that_was_not_logged_after_all_is_forgotten(cast: Cast) -> None:
    cast.ada.write_now(threads.watch, "C_SALES", ROOT)
    cast.ben.write_now(threads.follow, _LATER[0])
    cast.ada.write_now(threads.unwatch, "C_SALES", ROOT)
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=False)


def test_one_message_that_becomes_its_thread_stays_one_entry(cast: Cast) -> None:
    ann = customer(cast.ada)
    first = logged(cast.ada, ann, heard("wants a quote"), whole=False)
    second = logged(cast.ben, ann, heard("wants a quote"), _LATER[0])
    assert second.row_id == first.row_id
    assert second.undo_id is not None
    found = cast.ben.read_now(of_source, thread_queries.key("C_SALES", ROOT), "usr_ben")
    assert found is not None
    assert found.undo_id == second.undo_id
    assert told(cast.ada, ann) == ["Ada Lovell: wants a quote\nBen Okafor: I have one"]
    cast.ben.write_now(undo.undo, second.undo_id)
    assert told(cast.ada, ann) == ["wants a quote"]


def test_who_logs_it_with_somebody_else_adds_that_person(cast: Cast) -> None:
    ann, bo = customer(cast.ada), customer(cast.ada, "Bo Roth", "bo@acme.example")
    logged(cast.ada, ann, heard("wants a quote"))
    again = logged(cast.ben, bo, heard("wants a quote"))
    entry = cast.ada.read_now(timeline, [bo]).entries[0]
    assert entry.customers == ("Ann Lee", "Bo Roth")
    third = logged(cast.ben, bo, heard("wants a quote"))
    assert (third.row_id, third.undo_id) == (again.row_id, None)
    found = cast.ben.read_now(of_source, thread_queries.key("C_SALES", ROOT), "usr_ben")
    assert found is not None
    assert found.undo_id == again.undo_id


def test_a_reply_of_a_logged_thread_is_in_its_entry_already(cast: Cast) -> None:
    ann = customer(cast.ada)
    first = logged(cast.ada, ann, heard("wants a quote"), _LATER[0])
    second = logged(cast.ben, ann, _LATER[0], whole=False, root_ts=REPLY)
    assert (second.row_id, second.undo_id) == (first.row_id, None)
    assert len(told(cast.ada, ann)) == 1


def test_the_entry_of_a_reply_goes_into_that_of_its_thread_and_comes_back_with_its_undo(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, _LATER[0], whole=False, root_ts=REPLY)
    whole = logged(cast.ada, ann, heard("wants a quote"), _LATER[0])
    assert told(cast.ada, ann) == ["Ada Lovell: wants a quote\nBen Okafor: I have one"]
    assert whole.undo_id is not None
    cast.ada.write_now(undo.undo, whole.undo_id)
    assert len(told(cast.ada, ann)) == 1
    cast.ben.write_now(threads.follow, _LATER[1])
    assert told(cast.ada, ann) == ["I have two"]


def test_a_log_that_is_taken_back_leaves_no_words_behind(cast: Cast) -> None:
    ann = customer(cast.ada)
    done = logged(cast.ada, ann, heard("wants a quote"))
    cast.ben.write_now(threads.follow, _LATER[0])
    assert done.undo_id is not None
    outcome = cast.ada.write_now(undo.undo, done.undo_id)
    assert (outcome.restored, outcome.conflicts) == (True, ())
    assert told(cast.ada, ann) == []
    assert not cast.ada.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=False)


def test_another_team_hears_nothing(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, heard("wants a quote"))
    assert not cast.cleo.read_now(thread_queries.concerns, "C_SALES", REPLY, ROOT, new=True)
    assert cast.cleo.write_now(threads.follow, _LATER[0]) == threads.NOT_FOLLOWED
