"""Two companies that may be one: shown, joined with all that hangs on them, and taken apart again."""

from analytics.duplicates.__main__ import lines
from crm_store.actions import customers, deals, duplicates, merges, unmerge
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.queries import company_pairs, merging
from crm_store.queries import duplicates as queries
from crm_store.queries.customers import card
from crm_store.values.acts import NewCustomer, NewDeal
from crm_store.values.duplicates import FoundPair
from tests.cast import Cast

ANN = NewCustomer("Ann Lee", ("ann@globex-example.com",), company="Globex Deutschland")
BOB = NewCustomer("Bob Stone", company="Globex Nordics")
EVE = NewCustomer("Eve Wolf", ("eve@initech-example.com",), company="Initech")


def moved_in(desk: Desk) -> tuple[str, str, str]:
    """Ann, Bob with a deal of his company, and Eve; Bob's address, which would have told his company, came later."""
    desk.write_now(deals.add_pipeline, "Sales")
    ann, bob, eve = (desk.write_now(customers.add, one).row_id for one in (ANN, BOB, EVE))
    desk.write_now(customers.edit, bob, {"email": "bob@globex-example.com"})
    desk.write_now(deals.add, NewDeal("Renewal", None, None, None, company="Globex Nordics"))
    return ann, bob, eve


def searched(cast: Cast) -> list[FoundPair]:
    found = []
    for line in lines(cast.store, cast.ada.team_id):
        for row in line.get("rows", ()):
            found.append(FoundPair(**{**row, "why": tuple(row["why"]), "evidence": tuple(row["evidence"])}))
    return found


def company(desk: Desk, customer_id: str) -> str | None:
    return desk.read_now(card, customer_id).customer.company


def test_the_pass_finds_companies_beside_people_and_the_tray_shows_them_apart(cast: Cast) -> None:
    moved_in(cast.ada)
    found = searched(cast)
    assert [one.a[:3] for one in found] == ["com"]
    assert cast.ada.write_now(duplicates.propose, found) == 1
    shown = cast.ada.read_now(company_pairs.next_pair)
    assert shown is not None
    assert {shown.a.name, shown.b.name} == {"Globex Deutschland", "Globex Nordics"}
    assert (shown.a.people + shown.b.people, shown.a.deals + shown.b.deals, shown.others) == (2, 1, 0)
    assert cast.ada.read_now(queries.next_pair) is None
    assert cast.cleo.read_now(company_pairs.next_pair) is None
    assert cast.ada.read_now(company_pairs.waiting) == 1


def test_joined_companies_bring_their_people_together_and_return_them(cast: Cast, clock: MovableClock) -> None:
    ann, bob, eve = moved_in(cast.ada)
    clock.advance(60)
    (pair,) = searched(cast)
    cast.ada.write_now(duplicates.propose, [pair])
    cast.ada.write_now(merges.decide_pair, pair.a, pair.b, "same")
    assert company(cast.ada, ann) == company(cast.ada, bob) == "Globex Deutschland"
    assert cast.ada.read_now(company_pairs.next_pair) is None
    assert cast.ada.read_now(queries.record).decided == 0
    (edge,) = cast.ada.read_now(merging.standing, pair.a)
    cast.ada.write_now(unmerge.unmerge, edge.merge_id)
    assert [company(cast.ada, one) for one in (ann, bob, eve)] == ["Globex Deutschland", "Globex Nordics", "Initech"]
    assert searched(cast) == []


def test_companies_that_stay_two_are_not_asked_of_again(cast: Cast) -> None:
    moved_in(cast.ada)
    (pair,) = searched(cast)
    cast.ada.write_now(duplicates.propose, [pair])
    cast.ada.write_now(merges.decide_pair, pair.a, pair.b, "different")
    assert cast.ada.read_now(company_pairs.next_pair) is None
    assert cast.ada.write_now(duplicates.propose, [pair]) == 0
    assert searched(cast) == []


def test_the_one_known_longer_comes_first(cast: Cast) -> None:
    moved_in(cast.ada)
    (pair,) = searched(cast)
    assert cast.ada.read_now(company_pairs.older_first, pair.b, pair.a) == (pair.a, pair.b)
