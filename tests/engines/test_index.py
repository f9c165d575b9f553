"""The look-up's index in memory answers as the token tables do, on both databases, and is never behind them."""

import threading
from random import Random

import pytest

from crm_store.actions import customers
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.lookup.index.retriever import IndexRetriever
from crm_store.lookup.search import search
from crm_store.models.people import Customer
from crm_store.values.acts import NewCustomer
from tests.cast import Cast, gather

PEOPLE = (
    NewCustomer("Ann Lee", ("ann.lee@globex.example",), ("+44 20 7946 0917",), company="Globex"),
    NewCustomer("Katherine Müller", ("k.muller@ashbypartners.example",), company="Ashby & Partners GmbH"),
    NewCustomer("Ximena De la Rosa", ("ximena9469@mail.example",), company="Caldera Foods"),
    NewCustomer("دانيال كوهين", company="Initech"),
    NewCustomer("Freya Delaney", ("freya@raine.example",), company="The Raine Group"),
)
TYPED = {
    "kahterine muler ashby": "Katherine Müller",
    "kate muller": "Katherine Müller",
    "k muller ashbyy": "Katherine Müller",
    "kat mull ashb": "Katherine Müller",
    "kathrine muelelr ashby": "Katherine Müller",
    "k.mulller@ashbypartners.example": "Katherine Müller",
    "946 0917": "Ann Lee",
    "0207946 0917": "Ann Lee",
    "delarosa caldera": "Ximena De la Rosa",
    "iximena9469": "Ximena De la Rosa",
    "daniel cohen": "دانيال كوهين",
    "rayn group": "Freya Delaney",
}


@pytest.fixture
def cast(store: Store) -> Cast:
    return gather(store)


def _take_in(cast: Cast) -> dict[str, str]:
    return {person.name: cast.ada.write_now(customers.add, person).row_id for person in PEOPLE}


def _first(cast: Cast, index: IndexRetriever, typed: str) -> str | None:
    found = cast.ada.read_now(search, typed, retriever=index).found
    return found[0].customer.customer_id if found else None


@pytest.mark.parametrize("before", [True, False], ids=["in the arrays", "in the delta"])
def test_the_index_answers_as_the_tables_do(cast: Cast, before: bool) -> None:
    index = IndexRetriever()
    if before:
        ids = _take_in(cast)
        assert index.warm(cast.ada) > 0
    else:
        assert index.warm(cast.ada) > 0
        ids = _take_in(cast)
    for typed, meant in TYPED.items():
        by_tables = cast.ada.read_now(search, typed)
        by_index = cast.ada.read_now(search, typed, retriever=index)
        assert by_index.found[0].customer.customer_id == ids[meant], typed
        assert [one.customer for one in by_index.found] == [one.customer for one in by_tables.found], typed
    assert index.answered == len(TYPED)


def test_a_change_and_a_removal_are_seen_at_the_next_look_up(cast: Cast) -> None:
    ids = _take_in(cast)
    index = IndexRetriever()
    index.warm(cast.ada)
    cast.ada.write_now(customers.edit, ids["Ann Lee"], {"name": "Ann Zuckerfeld"})
    assert _first(cast, index, "zukerfeld") == ids["Ann Lee"]
    cast.ada.write_now(customers.remove, ids["Ann Lee"])
    assert _first(cast, index, "zukerfeld") is None
    assert _first(cast, index, "946 0917") is None


def test_what_is_rolled_back_never_reaches_the_index(cast: Cast) -> None:
    ids = _take_in(cast)
    index = IndexRetriever()
    index.warm(cast.ada)

    def rename_and_fail(work: Work) -> None:
        work.session.get_one(Customer, (work.team_id, ids["Ann Lee"])).name = "Ann Zuckerfeld"
        tokens.refresh(work, ids["Ann Lee"])
        inside = search(work, "zukerfeld", retriever=index)
        assert inside.found[0].customer.customer_id == ids["Ann Lee"]
        raise RuntimeError("the rest of the action failed")

    with pytest.raises(RuntimeError, match="the rest"):
        cast.ada.write_now(rename_and_fail)
    assert _first(cast, index, "zukerfeld") is None
    assert _first(cast, index, "ann lee") == ids["Ann Lee"]
    assert index.answered == 2


def test_an_open_transaction_of_another_writer_hides_no_change(cast: Cast) -> None:
    ids = _take_in(cast)
    index = IndexRetriever()
    index.warm(cast.ada)
    written, go_on = threading.Event(), threading.Event()

    def slowly(work: Work) -> None:
        work.session.get_one(Customer, (work.team_id, ids["Ann Lee"])).name = "Ann Zuckerfeld"
        tokens.refresh(work, ids["Ann Lee"])
        written.set()
        assert go_on.wait(20)

    first = threading.Thread(target=cast.ada.write_now, args=(slowly,))
    second = threading.Thread(
        target=cast.ben.write_now, args=(customers.edit, ids["Freya Delaney"], {"name": "Freya Wolkenstein"})
    )
    first.start()
    assert written.wait(20)
    second.start()
    assert _first(cast, index, "zukerfeld") is None
    go_on.set()
    first.join(20)
    second.join(20)
    assert _first(cast, index, "wolkenstien") == ids["Freya Delaney"]
    assert _first(cast, index, "zukerfeld") == ids["Ann Lee"]


def test_two_writers_never_make_a_look_up_stale(cast: Cast) -> None:
    ids = list(_take_in(cast).values())
    index = IndexRetriever()
    index.warm(cast.ada)
    dice = Random(11)
    letters = "bdfgklmnprstvz"
    for turn in range(60):
        desk = (cast.ada, cast.ben)[turn % 2]
        name = "".join(dice.choice(letters) + dice.choice("aeiou") for _ in range(5)).capitalize()
        customer_id = dice.choice(ids)
        desk.write_now(customers.edit, customer_id, {"name": f"Ann {name}"})
        assert _first(cast, index, name.lower()) == customer_id
    assert index.answered == 60


def test_each_team_has_an_index_of_its_own(cast: Cast) -> None:
    ids = _take_in(cast)
    index = IndexRetriever()
    index.warm(cast.ada)
    index.warm(cast.cleo)
    assert _first(cast, index, "katherine muller") == ids["Katherine Müller"]
    assert cast.cleo.read_now(search, "katherine muller", retriever=index).found == ()
