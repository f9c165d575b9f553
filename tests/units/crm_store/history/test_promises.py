"""A promise is a task that remembers its word: made once, kept by Done, let go by Drop."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from crm_store.actions import communications, promises, tasks, undo
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import promises as promise_queries
from crm_store.values.acts import NewTask, Person
from crm_store.values.promises import NewPromise
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, call, customer, logged


def _promise(customer_id: str, communication_id: str, owner: str = "usr_ada") -> NewPromise:
    due = MORNING + timedelta(days=2)
    return NewPromise("send the quote", due, owner, customer_id, communication_id=communication_id)


def test_a_promise_is_made_once_and_is_open_until_it_is_kept(cast: Cast) -> None:
    ann = customer(cast.ada)
    said = logged(cast.ada, ann)
    made = cast.ada.write_now(promises.make, _promise(ann, said.row_id))
    again = cast.ada.write_now(promises.make, _promise(ann, said.row_id))
    assert (again.row_id, again.undo_id) == (made.row_id, None)
    (one,) = cast.ada.read_now(promise_queries.open_for, "usr_ada")
    assert (one.title, one.customer, one.owner, one.promised_at) == ("send the quote", "Ann Lee", "U_ADA", MORNING)
    cast.ada.write_now(tasks.done, made.row_id)
    assert cast.ada.read_now(promise_queries.open_for, "usr_ada") == ()
    assert cast.ada.read_now(promise_queries.made_of, said.row_id) == ("send the quote",)


def test_a_dropped_promise_is_open_no_more_until_that_is_taken_back(cast: Cast) -> None:
    ann = customer(cast.ada)
    made = cast.ada.write_now(promises.make, _promise(ann, logged(cast.ada, ann).row_id))
    dropped = cast.ada.write_now(promises.drop, made.row_id)
    assert cast.ada.read_now(promise_queries.open_for, "usr_ada") == ()
    assert cast.ada.write_now(promises.drop, made.row_id).undo_id is None
    assert dropped.undo_id is not None
    cast.ada.write_now(undo.undo, dropped.undo_id)
    assert len(cast.ada.read_now(promise_queries.open_for, "usr_ada")) == 1


def test_open_promises_are_told_apart_by_owner_customer_and_day(cast: Cast) -> None:
    ann, bo = customer(cast.ada), customer(cast.ada, "Bo Roth", "bo@acme.example")
    said = logged(cast.ada, ann)
    cast.ada.write_now(promises.make, _promise(ann, said.row_id))
    cast.ada.write_now(promises.make, _promise(bo, said.row_id, "usr_ben"))
    cast.ada.write_now(tasks.add, NewTask("an ordinary task", MORNING, "usr_ada"))
    assert len(cast.ada.read_now(promise_queries.open_for)) == 2
    assert [one.customer for one in cast.ada.read_now(promise_queries.open_for, "usr_ben")] == ["Bo Roth"]
    assert [one.owner for one in cast.ada.read_now(promise_queries.open_for, customer_id=ann)] == ["U_ADA"]
    assert cast.ada.read_now(promise_queries.open_for, until=MORNING + timedelta(days=1)) == ()
    assert cast.cleo.read_now(promise_queries.open_for) == ()


def test_a_promise_of_a_colleague_becomes_their_task_and_they_are_told(cast: Cast) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(promises.make, _promise(ann, logged(cast.ada, ann).row_id, "usr_ben"))
    told = cast.ada.read_now(lambda work: [row.payload for row in work.session.scalars(select(OutboxRow))])
    assert told == [{"user_id": "usr_ben", "text": "Ada Lovell noted a promise of yours as a task: send the quote."}]


def test_of_a_mail_the_words_of_its_writer_and_of_the_note_above_it_are_read(cast: Cast) -> None:
    ann = customer(cast.ada)
    people = (Person("from", "Ada Lovell", user_id="usr_ada"), Person("to", customer_id=ann))
    mail = replace(call(ann, key="mail-1"), kind="mail", source="mail", text="I'll send it", people=people)
    filed = cast.ada.write_now(communications.log, mail)
    note = replace(call(ann, key="note:usr_ada:mail-1"), kind="note", source="mail", text="I'll call her")
    cast.ada.write_now(communications.log, note)
    read = cast.ada.read_now(promise_queries.words_of, filed.row_id, "usr_ada")
    assert [text for text, _at in read] == ["I'll send it", "I'll call her"]
    assert cast.ben.read_now(promise_queries.words_of, filed.row_id, "usr_ben") == ()
    hers = replace(mail, source_key="mail-2", direction="incoming", people=(Person("from", customer_id=ann),))
    theirs = cast.ada.write_now(communications.log, hers)
    assert cast.ada.read_now(promise_queries.words_of, theirs.row_id, "usr_ada") == ()


def test_what_is_promised_in_a_line_of_a_log_is_a_promise_at_once(cast: Cast) -> None:
    ann = customer(cast.ada)
    new = call(ann, tasks=(NewTask("send quote", None, "usr_ada", promised=True), NewTask("think", None, "usr_ada")))
    cast.ada.write_now(communications.log, new)
    assert [one.title for one in cast.ada.read_now(promise_queries.open_for, "usr_ada")] == ["send quote"]
