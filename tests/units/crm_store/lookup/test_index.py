"""The index in memory finds whom the tables find, at once after every change, and never who is gone."""

from collections.abc import Iterator
from random import Random

import pytest

from crm_store.actions import customers, merges
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup import holding, index_build
from crm_store.lookup.index import CAUGHT_UP_AT_ONCE, TeamIndex
from crm_store.lookup.search import search
from crm_store.lookup.sql_candidates import SQL
from crm_store.privacy import erase
from crm_store.values.acts import NewCustomer
from crm_store.values.people import LookUp
from tests.cast import Cast

FIRST = ("Ann", "Jon", "Katherine", "José", "Robert", "Li", "Дмитрий", "Ana Maria", "O'Neil", "Steven", "محمد")
LAST = ("Lee", "Smith", "Müller", "De la Rosa", "Mac Donald", "Wang", "Kowalczyk", "Petrov", "Smythe", "Ng")
FIRMS = ("Acme Corporation", "Globex", "The Raine Group", "Ashby & Partners GmbH", "", "Initech S.r.l.", "Umbra Labs")
TYPED = (
    "ann lee", "jhon smiht", "muler ashby", "kat mull", "k muller ashbyy", "bob smith", "delarosa", "macdonald globex",
    "dmitri petrov", "555 01", "ann.lee@acme", "lee", "s", "rayn group", "jose@globex.example", "nobody at all", "pepe",
    "kowalzcyk initch", "mohamed wang", "smit", "umbra", "anamaria lee",
)  # fmt: skip


def invented(dice: Random) -> NewCustomer:
    name, firm = f"{dice.choice(FIRST)} {dice.choice(LAST)}", dice.choice(FIRMS)
    site = firm.split()[0].lower() if firm else "mail"
    first, last = name.lower().split(maxsplit=1)
    address = f"{first}.{last.replace(' ', '')}{dice.randrange(9)}@{site}.example"
    phones = (f"+1 646 555 01{dice.randrange(10, 99)}",) if dice.random() < 0.5 else ()
    return NewCustomer(name, (address,) if address.isascii() else (), phones, company=firm or None)


def indexed(desk: Desk) -> TeamIndex:
    return TeamIndex(desk.read_now(index_build.build))


@pytest.fixture
def dice() -> Random:
    return Random(11)


@pytest.fixture
def people(cast: Cast, dice: Random) -> list[str]:
    def add(work: Work) -> list[str]:
        return [customers.add(work, invented(dice)).row_id for _ in range(30)]

    return cast.ada.write_now(add)


@pytest.fixture
def index(cast: Cast, people: list[str]) -> Iterator[TeamIndex]:
    assert people
    made = indexed(cast.ada)
    holding.hold(cast.store, cast.ada.team_id, made)
    yield made
    holding.let_go(cast.store)


def shown(answer: LookUp) -> list[tuple[str, float, str]]:
    return [(one.customer.customer_id, one.score, one.why) for one in answer.found]


def assert_alike(desk: Desk) -> None:
    for typed in TYPED:
        assert shown(desk.read_now(search, typed)) == shown(desk.read_now(search, typed, retriever=SQL)), typed


def test_the_index_answers_as_the_tables_do(cast: Cast, index: TeamIndex) -> None:
    assert_alike(cast.ada)
    assert index.changed == 0


@pytest.mark.parametrize("seed", range(2))
def test_after_any_changes_it_still_answers_as_the_tables_do(
    cast: Cast, people: list[str], index: TeamIndex, seed: int
) -> None:
    dice = Random(seed)
    for _ in range(3):
        cast.ada.write_now(change, people, dice)
        assert_alike(cast.ada)
    assert index.changed
    assert not index.spent


def change(work: Work, people: list[str], dice: Random) -> None:
    for _ in range(6):
        what, one = dice.random(), people.pop(dice.randrange(len(people)))
        if what < 0.3:
            people += [customers.add(work, invented(dice)).row_id, one]
        elif what < 0.6:
            new = invented(dice)
            customers.edit(work, one, {"name": new.name, "company": new.company})
            people.append(one)
        elif what < 0.8:
            customers.remove(work, one)
        else:
            merges.merge(work, people[0], one)


def test_what_is_written_is_found_by_the_next_reading_and_what_is_removed_by_none(cast: Cast, index: TeamIndex) -> None:
    made = cast.ben.write_now(customers.add, NewCustomer("Zuzanna Quux", company="Vexel")).row_id
    assert [one.customer.customer_id for one in cast.ada.read_now(search, "zuzana quux").found] == [made]
    cast.ben.write_now(customers.edit, made, {"name": "Zuzanna Blorp"})
    assert cast.ada.read_now(search, "quux").found == ()
    assert cast.ada.read_now(search, "blorp vexel").found[0].customer.name == "Zuzanna Blorp"
    cast.ben.write_now(customers.remove, made)
    assert cast.ada.read_now(search, "blorp").found == ()
    assert index.changed == 0


def test_what_a_unit_wrote_is_found_in_it_and_forgotten_with_it(cast: Cast, index: TeamIndex) -> None:
    def regretted(work: Work) -> None:
        customers.add(work, NewCustomer("Zuzanna Quux"))
        assert search(work, "quux").found
        raise LookupError

    with pytest.raises(LookupError):
        cast.ada.write_now(regretted)
    assert cast.ada.read_now(search, "quux").found == ()
    cast.ada.write_now(customers.add, NewCustomer("Yolanda Frobnitz"))
    assert cast.ada.read_now(search, "frobnitz").found
    assert not index.spent


def test_an_erased_person_is_not_found_and_the_index_is_to_be_made_anew(
    cast: Cast, people: list[str], index: TeamIndex
) -> None:
    last = cast.ada.write_now(customers.add, NewCustomer("Zuzanna Quux", company="Vexel")).row_id
    assert cast.ada.read_now(search, "quux").found
    cast.store.team(cast.ada.team_id).write_now(erase.erase, last)
    assert cast.ada.read_now(search, "zuzanna quux vexel").found == ()
    assert index.spent
    cast.ada.write_now(customers.edit, people[0], {"name": "Wilhelmina Thwaite"})
    assert cast.ada.read_now(search, "thwaite").found
    assert b"Quux" not in indexed(cast.ada)._frozen.arrays.texts.tobytes()


def test_a_private_customer_is_found_by_their_owner_alone_though_nothing_of_their_words_changed(
    cast: Cast, people: list[str], index: TeamIndex
) -> None:
    made = cast.ada.write_now(customers.add, NewCustomer("Zuzanna Quux")).row_id
    assert cast.ben.read_now(search, "quux").found
    cast.ada.write_now(set_private, made)
    assert cast.ben.read_now(search, "quux").found == ()
    assert cast.ada.read_now(search, "quux").found
    assert people
    assert index.changed == 1


def set_private(work: Work, customer_id: str) -> None:
    from crm_store.models.people import Customer  # noqa: PLC0415 -- the row is set past the actions, as a sync might

    row = work.session.get_one(Customer, (work.team_id, customer_id))
    row.level, row.owner = "private", work.actor


def test_another_team_never_sees_the_index(cast: Cast, index: TeamIndex) -> None:
    assert cast.cleo.read_now(search, "ann lee").found == ()
    assert index.changed == 0


def test_many_changes_are_taken_in_while_nobody_waits_and_sql_answers_until_then(cast: Cast, index: TeamIndex) -> None:
    def many(work: Work) -> None:
        for at in range(CAUGHT_UP_AT_ONCE + 1):
            customers.add(work, NewCustomer(f"Quux Nr{at}"))

    cast.ada.write_now(many)
    assert cast.ada.read_now(search, "quux nr7").found
    assert index.changed == 0
    while cast.ada.read_now(index.advance):
        pass
    assert index.changed == CAUGHT_UP_AT_ONCE + 1
    assert cast.ada.read_now(search, "quux nr7").found[0].customer.name == "Quux Nr7"


def test_of_many_who_fit_alike_the_askers_own_comes_first_whatever_their_name(cast: Cast) -> None:
    first_names = ("Ana", "Bea", "Cyd", "Dov", "Eve", "Flo", "Gus", "Hal", "Ida", "Jed", "Zoe")
    made = {name: cast.ada.write_now(customers.add, NewCustomer(f"{name} Quimby")).row_id for name in first_names}
    cast.ada.write_now(set_own, made["Zoe"])
    holding.hold(cast.store, cast.ada.team_id, indexed(cast.ada))
    for retriever in (None, SQL):
        first = cast.ada.read_now(search, "quimby", retriever=retriever).found[0]
        assert first.customer.customer_id == made["Zoe"]
        assert cast.ben.read_now(search, "quimby", retriever=retriever).found[0].customer.name == "Ana Quimby"
    holding.let_go(cast.store)


def set_own(work: Work, customer_id: str) -> None:
    from crm_store.models.people import Customer  # noqa: PLC0415 -- the row is set past the actions, as a sync might

    work.session.get_one(Customer, (work.team_id, customer_id)).owner = work.actor
