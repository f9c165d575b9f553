"""Pairs that may be one person: proposed once, decided for good, asked again only when something new speaks for it."""

from dataclasses import replace

import pytest

from crm_store.actions import customers, duplicates, merges
from crm_store.engine.store import Desk
from crm_store.lookup import duplicate_check
from crm_store.queries import duplicates as queries
from crm_store.values.acts import NewCustomer
from crm_store.values.duplicates import FoundPair, PairView, Record
from tests.cast import Cast

ANN = NewCustomer("Ann Lee", ("ann@globex.example",), ("+44 7911 123456",), company="Globex", owner="usr_ada")
A_LEE = NewCustomer("A. Lee", ("a.lee@globex.example",), ("+44 7911 123456",), company="Globex", owner="usr_ada")
BOB = NewCustomer("Bob Stone", ("bob@globex.example",), company="Globex", owner="usr_ben")


def made(desk: Desk, *people: NewCustomer) -> list[str]:
    return [desk.write_now(customers.add, one).row_id for one in people]


def found(one: str, other: str, weight: float = 9.0, facts: tuple[str, ...] = ("name 3", "abc")) -> FoundPair:
    a, b = sorted((one, other))
    return FoundPair(a, b, 1 / (1 + 2**-weight), weight, ("same mobile (+9.0)",), facts)


def shown(desk: Desk) -> PairView:
    pair = desk.read_now(queries.next_pair)
    assert pair is not None
    return pair


def test_a_pair_is_proposed_once(cast: Cast) -> None:
    ann, other = made(cast.ada, ANN, A_LEE)
    assert cast.ada.write_now(duplicates.propose, [found(ann, other)]) == 1
    assert cast.ada.write_now(duplicates.propose, [found(other, ann)]) == 0
    pair = shown(cast.ada)
    assert {pair.a.customer.name, pair.b.customer.name} == {"Ann Lee", "A. Lee"}
    assert pair.why == ("same mobile (+9.0)",)
    assert cast.cleo.read_now(queries.next_pair) is None


@pytest.mark.parametrize("verdict", ["different", "later"])
def test_an_answer_lasts_until_there_is_new_evidence(cast: Cast, verdict: str) -> None:
    ann, other = made(cast.ada, ANN, A_LEE)
    cast.ada.write_now(duplicates.propose, [found(ann, other)])
    cast.ada.write_now(merges.decide_pair, ann, other, verdict)
    assert cast.ada.write_now(duplicates.propose, [found(ann, other, 12.0)]) == 0
    assert cast.ada.read_now(queries.next_pair) is None
    assert cast.ada.write_now(duplicates.propose, [found(ann, other, 12.0, ("name 3", "abc", "new mail"))]) == 1
    assert shown(cast.ada).weight == 12.0


def test_an_answer_given_before_the_pass_found_the_pair_holds_as_well(cast: Cast) -> None:
    ann, other = made(cast.ada, ANN, A_LEE)
    cast.ada.write_now(merges.decide_pair, other, ann, "different")
    assert cast.ada.write_now(duplicates.propose, [found(ann, other)]) == 0
    assert cast.ada.read_now(queries.next_pair) is None
    assert cast.ada.read_now(queries.verdicts) == {(min(ann, other), max(ann, other)): False}


def test_the_same_leaves_the_tray_and_counts_in_the_record(cast: Cast) -> None:
    ann, other, bob = made(cast.ada, ANN, A_LEE, BOB)
    cast.ada.write_now(duplicates.propose, [found(ann, other), found(ann, bob, 2.0)])
    cast.ada.write_now(merges.decide_pair, ann, other, "same")
    record = cast.ada.read_now(queries.record)
    assert (record.decided, record.same) == (1, 1)


def test_the_record_tells_of_those_that_looked_as_much_alike(cast: Cast) -> None:
    ann, other, bob = made(cast.ada, ANN, A_LEE, BOB)
    cast.ada.write_now(duplicates.propose, [found(ann, other, 9.0), found(ann, bob, 2.0)])
    cast.ada.write_now(merges.decide_pair, ann, bob, "different")
    asked = cast.ada.read_now(queries.next_with_record)
    assert asked[0] is not None
    assert asked[1] == Record(1, 0)
    assert cast.ada.read_now(queries.record, weight=4.0) == Record(1, 0, 1, 0)


def test_own_customers_come_first_and_a_rep_is_not_asked_about_others(cast: Cast) -> None:
    ann, other, bob = made(cast.ada, ANN, A_LEE, BOB)
    (bobby,) = made(cast.ben, replace(BOB, name="Bobby Stone", emails=("bobby@globex.example",)))
    cast.ada.write_now(duplicates.propose, [found(bob, bobby, 20.0), found(ann, other, 3.0)])
    assert "Ann Lee" in {shown(cast.ada).a.customer.name, shown(cast.ada).b.customer.name}
    assert shown(cast.ada).others == 0
    assert "Bob Stone" in {shown(cast.ben).a.customer.name, shown(cast.ben).b.customer.name}
    assert shown(cast.ben).others == 1


def test_a_pair_that_is_found_no_more_is_let_go_and_comes_back_if_it_is(cast: Cast) -> None:
    ann, other = made(cast.ada, ANN, A_LEE)
    cast.ada.write_now(duplicates.propose, [found(ann, other)])
    assert cast.ada.write_now(duplicates.close_others, []) == 1
    assert cast.ada.read_now(queries.next_pair) is None
    assert cast.ada.write_now(duplicates.propose, [found(ann, other)]) == 1


@pytest.mark.parametrize(
    ("name", "company", "email", "phone", "zone"),
    [
        ("Anne Lee", "Globex", "", "+44 7911 123456", "identity"),
        ("Ann Lee", "", "ANN@globex.example", "", "identity"),
        ("Lee, Ann", "Globex Ltd", "", "", "review"),
        ("Ann Lee", "Initech", "", "+44 7911 123456", "review"),
        ("Ann Lee", "Globex Trading", "", "", "review"),
    ],
)
def test_somebody_known_is_seen_before_they_are_added(
    cast: Cast, name: str, company: str, email: str, phone: str, zone: str
) -> None:
    (ann,) = made(cast.ada, ANN)
    made(cast.ada, BOB)
    emails, phones = ((email,) if email else ()), ((phone,) if phone else ())
    like = cast.ada.read_now(duplicate_check.like, name, company, emails, phones)
    assert [(one.customer.customer_id, one.zone) for one in like] == [(ann, zone)]
    assert like[0].why


@pytest.mark.parametrize("name", ["Jhon Stone", "John Stoen", "Stone, Jon", "John Stonne"])
def test_a_mistyped_name_in_the_same_company_is_asked_about_before_it_is_added(cast: Cast, name: str) -> None:
    john, _ = made(cast.ada, NewCustomer("John Stone", company="Globex"), BOB)
    assert [one.customer.customer_id for one in cast.ada.read_now(duplicate_check.like, name, "Globex")] == [john]
    mistyped = cast.ada.write_now(customers.add, NewCustomer(name, company="Globex")).row_id
    (pair,) = cast.ada.read_now(duplicate_check.pairs_of, [mistyped])
    assert {pair.a, pair.b} == {john, mistyped}


@pytest.mark.parametrize(
    ("name", "company", "email"),
    [("Ann Smith", "Globex", ""), ("Peter Lee", "Globex", "peter@globex.example"), ("Cy Young", "Umbrella", "")],
)
def test_colleagues_and_namesakes_are_no_duplicates(cast: Cast, name: str, company: str, email: str) -> None:
    made(cast.ada, ANN, BOB)
    assert cast.ada.read_now(duplicate_check.like, name, company, (email,) if email else ()) == ()


def test_the_private_customers_of_a_colleague_are_not_given_away(cast: Cast) -> None:
    made(cast.ada, replace(ANN, level="private"))
    assert cast.ben.read_now(duplicate_check.like, "Ann Lee", "Globex", ("ann@globex.example",)) == ()
    assert len(cast.ada.read_now(duplicate_check.like, "Ann Lee", "Globex", ("ann@globex.example",))) == 1
