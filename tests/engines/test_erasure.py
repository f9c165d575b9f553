"""An erased person is in no table of either database any more, and what belongs to others is kept."""

import json

import pytest
from sqlalchemy import select

from crm_store import audit, inbox, inbox_parts
from crm_store.actions import communications, customers, deals, merges, needs, orders, tasks
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication
from crm_store.models.marketing import Suppression
from crm_store.models.people import User
from crm_store.models.plumbing import InboxRow
from crm_store.models.trade import Order
from crm_store.money import Money
from crm_store.privacy import certificate as certificates
from crm_store.privacy import erase as erasing
from crm_store.privacy import export as exporting
from crm_store.queries import suggestions
from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal, NewOrder, NewTask, Person
from tests.cast import gather

ZELDA = "zelda@quirrel.example"
SIGNS = ("zelda quirrel", ZELDA, "quirrel, zelda", "5557788", "тёмкин", "\\u0442\\u0451", "gooseberries", "plumtrees")


def live(work: Work) -> str:
    """Zelda as the store knows her: two records merged, a talk alone, a talk with Bob, a deal, an order, a task."""
    zelda = customers.add(work, NewCustomer("Zelda Quirrel", (ZELDA,), ("+49 30 5557788",), company="Acme")).row_id
    twin = customers.add(work, NewCustomer("Зелда Тёмкин", ("z.q@quirrel.example",), company="Acme")).row_id
    bob = customers.add(work, NewCustomer("Bob Ray", ("bob@acme.example",), company="Acme")).row_id
    say(work, "alone", "From me alone, Zelda Quirrel", (Person("from", "Zelda Quirrel", ZELDA, customer_id=zelda),))
    both = (Person("from", "Bob", customer_id=bob), Person("to", "Zelda Quirrel", ZELDA, customer_id=zelda))
    say(work, "shared", "Bob writes that Zelda Quirrel agrees", both)
    theirs = (Person("from", "Zelda Quirrel", ZELDA, customer_id=zelda), Person("to", "Bob", customer_id=bob))
    say(work, "theirs", "Only hers to say", theirs)
    needs.add(work, zelda, "40 seats for Zelda Quirrel")
    tasks.add(work, NewTask("Call Zelda Quirrel", None, "usr_ada", customer_id=zelda))
    tasks.add(work, NewTask("Ask Bob about Zelda Quirrel", None, "usr_ada", customer_id=bob))
    deals.add(work, NewDeal("Zelda Quirrel, seats", zelda, None, "usr_ada", Money(100, "EUR")))
    orders.add(work, NewOrder("one", zelda, work.now, Money(12_000, "EUR"), (), "chat"))
    customers.edit(work, zelda, {"title": "Head of Zelda Quirrel"})
    type_(work, "k1", 'task "ask about gooseberries" them fri')
    tasks.add(work, NewTask("ask about gooseberries", None, "usr_ada", customer_id=zelda))
    type_(work, "k2", "log them: she owns plumtrees")
    say(work, "gesture:k2", "she owns plumtrees", (Person("with", "Zelda Quirrel", ZELDA, customer_id=zelda),))
    type_(work, "k3", "log bob: he owns a barn")
    arrive_large(work, "k4", b"a list that ends with zelda quirrel")
    merges.merge(work, zelda, twin)
    return zelda


def arrive_large(work: Work, key: str, end: bytes) -> None:
    """A mail that was handled, whose last words stand in a part of their own."""
    raw = b"-" * inbox_parts.HEAD + end
    inbox.put(work, inbox.Arrival(work.team_id, "mail", key, raw, {}))
    (row,) = inbox.claim(work, ["mail"])
    assert inbox.finish(work, row.inbox_id, row.attempts, "filed")


def type_(work: Work, key: str, line: str) -> None:
    """A line in Slack that was done; it names whom it is about by `them`."""
    row = {"inbox_id": f"inb_{key}", "source": "slack", "key": key, "raw": line.encode(), "received_at": work.now}
    work.add(InboxRow(**row, not_before=work.now, state="done"))


def say(work: Work, key: str, text: str, people: tuple[Person, ...]) -> None:
    new = NewCommunication("mail", "incoming", work.now, text, "test", key, people, subject=f"About {key}")
    communications.log(work, new)


def everything(work: Work) -> str:
    """All rows of all tables but the audit's, as one text."""
    tables = [table for name, table in TeamRow.metadata.tables.items() if name != "audit"]
    rows = [str(dict(row)) for table in tables for row in work.connection.execute(select(table)).mappings()]
    return "\n".join(rows).lower()


@pytest.fixture
def admin(store: Store) -> Desk:
    """Ben, as an admin."""
    desk = gather(store).ben

    def raise_(work: Work) -> None:
        work.session.get_one(User, ("tea_rapport", "usr_ben")).role = "admin"

    desk.write_now(raise_)
    return desk


def test_no_table_names_an_erased_person_and_the_rest_stays(admin: Desk) -> None:
    admin.write_now(live)
    before = admin.read_now(everything)
    assert all(sign in before for sign in SIGNS[:2])
    done = admin.write_now(erasing.erase, ZELDA)
    after = admin.read_now(everything)
    assert [sign for sign in SIGNS if sign in after] == []
    assert done.removed["customers"] == 2
    assert "bob ray" in after
    assert "he owns a barn" in after
    texts = admin.read_now(lambda work: sorted(work.session.scalars(select(Communication.new_text))))
    assert texts == ["Bob writes that [erased] agrees", "[erased]"]
    assert admin.read_now(lambda work: work.session.scalars(select(Order.total_minor)).all()) == [12_000]
    assert admin.read_now(audit.verify).ok
    with pytest.raises(NotFound):
        admin.write_now(erasing.erase, ZELDA)


def test_a_certificate_can_be_worked_out_again_from_its_file(admin: Desk) -> None:
    admin.write_now(live)
    done = admin.write_now(erasing.erase, ZELDA)
    told = json.loads(admin.read_now(certificates.as_file, done.erasure_id))
    again = certificates.digest(told["erasure"], told["at"], told["marks"], told["counts"])
    assert again == told["certificate"] == done.certificate
    with pytest.raises(NotFound):
        admin.read_now(certificates.as_file, "era_none")


def test_whoever_was_erased_is_not_written_to_when_they_are_there_again(admin: Desk) -> None:
    admin.write_now(live)
    admin.write_now(erasing.erase, ZELDA)
    assert ZELDA not in admin.read_now(lambda work: str(work.session.scalars(select(Suppression.value_key)).all()))
    again = admin.write_now(customers.add, NewCustomer("Zelda Quirrel", (ZELDA,))).row_id
    assert admin.read_now(suggestions.standings, [again])[again].suppressed


def test_the_archive_holds_what_is_hers_and_nobody_elses_private_note(admin: Desk, store: Store) -> None:
    zelda = admin.write_now(live)
    private = NewCommunication(
        "note", "none", admin.store.clock.now(), "NOT FOR BEN", "test", "private",
        (Person("with", customer_id=zelda),), level="private",
    )  # fmt: skip
    store.team("tea_rapport", "usr_ada").write_now(communications.log, private)
    done = admin.write_now(exporting.export, zelda)
    assert done.records > 10
    assert b"NOT FOR BEN" not in done.content


def test_only_admins_erase_and_a_name_is_no_proof(admin: Desk, store: Store) -> None:
    admin.write_now(live)
    with pytest.raises(NotAllowed):
        store.team("tea_rapport", "usr_ada").write_now(erasing.erase, ZELDA)
    with pytest.raises(BadInput):
        admin.write_now(erasing.erase, "Zelda Quirrel")
    with pytest.raises(NotFound):
        store.team("tea_other").write_now(erasing.erase, ZELDA)
