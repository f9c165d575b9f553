"""Who here knows somebody is told from heads alone, alike on both engines, and nothing private counts."""

from datetime import timedelta

import pytest

from crm_store.actions import communications, companies, customers
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.queries import knows
from crm_store.values.acts import NewCommunication, NewCustomer, Person
from crm_store.values.knows import WhoKnows
from tests.cast import Cast, gather


@pytest.fixture
def cast_here(store: Store) -> Cast:
    """Ada, Ben and Cleo."""
    return gather(store)


def add(work: Work, name: str, company: str = "Acme") -> str:
    address = f"{name.partition(' ')[0].lower()}@acme.example"
    return customers.add(work, NewCustomer(name, (address,), company=company)).row_id


def say(work: Work, customer_id: str, user_id: str, kind: str, direction: str, days: int, level: str = "team") -> None:
    sides = {"outgoing": ("from", "to"), "incoming": ("to", "from")}.get(direction, ("with", "with"))
    communications.log(
        work,
        NewCommunication(
            kind, direction, work.now - timedelta(days=days), "MARKED words", "test",
            f"{customer_id}:{user_id}:{kind}:{direction}:{days}",
            (Person(sides[0], user_id=user_id), Person(sides[1], customer_id=customer_id)), level=level,
        ),
    )  # fmt: skip


def of(desk: Desk, customer_id: str) -> WhoKnows:
    return desk.read_now(knows.of_customer, customer_id)


def test_who_is_answered_knows_somebody_better_than_who_only_writes(cast_here: Cast) -> None:
    ann = cast_here.ada.write_now(add, "Ann Lee")
    for days in range(1, 6):
        cast_here.ada.write_now(say, ann, "usr_ada", "mail", "outgoing", days)
    for days in range(1, 4):
        cast_here.ben.write_now(say, ann, "usr_ben", "mail", "incoming", days)
    found = of(cast_here.ada, ann).found
    assert [one.slack_user_id for one in found] == ["U_BEN", "U_ADA"]
    assert (found[1].from_us, found[1].from_them) == (5, 0)


def test_what_is_long_ago_counts_little(cast_here: Cast) -> None:
    ann = cast_here.ada.write_now(add, "Ann Lee")
    for days in range(700, 705):
        cast_here.ada.write_now(say, ann, "usr_ada", "mail", "incoming", days)
    cast_here.ben.write_now(say, ann, "usr_ben", "call", "outgoing", 2)
    assert [one.slack_user_id for one in of(cast_here.ada, ann).found] == ["U_BEN", "U_ADA"]


def test_a_private_note_is_not_told_not_even_to_its_author(cast_here: Cast) -> None:
    ann = cast_here.ada.write_now(add, "Ann Lee")
    cast_here.ada.write_now(say, ann, "usr_ada", "call", "outgoing", 2, level="private")
    assert of(cast_here.ben, ann).found == ()
    assert of(cast_here.ada, ann).found == ()


def test_of_a_company_the_best_known_person_is_the_way_in(cast_here: Cast) -> None:
    ann = cast_here.ada.write_now(add, "Ann Lee")
    bob = cast_here.ada.write_now(add, "Bob Ray")
    cast_here.ben.write_now(say, ann, "usr_ben", "mail", "incoming", 5)
    cast_here.ben.write_now(say, bob, "usr_ben", "meeting", "outgoing", 5)
    company_id = cast_here.ada.read_now(lambda work: companies.by_name(work, "Acme")) or ""
    known = cast_here.ada.read_now(knows.of_company, company_id, "Acme")
    assert known.people == 2
    assert known.found[0].best.name == "Bob Ray"


def test_another_team_is_told_nothing(store: Store, cast_here: Cast) -> None:
    ann = cast_here.ada.write_now(add, "Ann Lee")
    cast_here.ada.write_now(say, ann, "usr_ada", "mail", "incoming", 1)
    assert of(cast_here.cleo, ann).found == ()
