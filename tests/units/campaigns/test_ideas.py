"""Ideas say who, why with numbers, and never more than is known; audiences leave out whom they must."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import audience, drafts, ideas, lifecycle
from crm_store.values.history import CustomerFact, DealFact, Histories, OrderFact, TouchFact
from crm_store.values.marketing import Idea, LiftView, Split, Standing, split
from crm_store.values.scores import Score, ScoreKind
from tests.units.analytics.simulated import TODAY, simulate

FINE = Standing(consented=True, has_address=True)


def history(
    orders: dict[str, list[int]], deals: tuple[DealFact, ...] = (), touches: tuple[TouchFact, ...] = ()
) -> Histories:
    """Orders by customer as days before today."""
    people = tuple(CustomerFact(one, one.title(), TODAY - timedelta(days=900)) for one in orders)
    bought = tuple(OrderFact(one, ago(days), 100.0) for one, when in orders.items() for days in when)
    return Histories(TODAY, people, bought, touches, deals, "EUR")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def by_kind(found: list[Idea]) -> dict[str, Idea]:
    return {idea.kind: idea for idea in found}


@pytest.mark.parametrize(
    ("kind", "days"),
    [("win_back", [400, 370, 340, 200]), ("renew", [125, 95, 65, 33]), ("welcome", [12])],
)
def test_each_kind_finds_the_people_its_rule_names(kind: str, days: list[int]) -> None:
    others = {"never": [], "steady": [200, 190, 40], "once": [300]}
    found = by_kind(ideas.make(history({**{f"fit{at}": days for at in range(3)}, **others})))
    assert set(found[kind].members) == {"fit0", "fit1", "fit2"}
    assert any(char.isdigit() for char in found[kind].why[0])


def test_fewer_than_three_people_make_no_idea() -> None:
    assert ideas.make(history({"one": [12], "two": [14]})) == []
    assert ideas.make(history({})) == []


def test_who_ordered_last_comes_first() -> None:
    found = by_kind(ideas.make(history({"late": [20], "soon": [2], "mid": [10]})))
    assert found["welcome"].members == ("soon", "mid", "late")


def test_orders_after_the_day_change_nothing() -> None:
    now = history({f"fit{at}": [12] for at in range(3)})
    later = Histories(TODAY, now.customers, (*now.orders, OrderFact("fit0", ago(-5), 1.0)), (), (), "EUR")
    assert ideas.make(later) == ideas.make(now)


def test_open_deals_of_which_nobody_speaks_are_brought_up() -> None:
    deals = tuple(
        DealFact(f"dea_{at}", ago(60), "open", "Proposal", 2, f"cus_{at}", None, 1000.0 * at) for at in range(5)
    )
    spoken = (TouchFact("cus_4", ago(3), "call", "in"),)
    found = by_kind(ideas.make(history({f"cus_{at}": [] for at in range(5)}, deals, spoken)))["nudge_deal"]
    assert found.members == ("cus_3", "cus_2", "cus_1", "cus_0"), "the largest first, as their card says"
    assert found.personal
    assert "€6,000" in found.why[0]


def test_without_a_control_group_nothing_is_claimed() -> None:
    shop = history({f"fit{at}": [12] for at in range(3)})
    scores = [Score(f"fit{at}", ScoreKind.POTENTIAL, 0.5, 0.3, 0.7, n=40) for at in range(3)]
    said = by_kind(ideas.make(shop, scores))["welcome"].expected
    assert "No evidence yet" in said
    assert "about 2 of 3 order within 90 days (1–2)" in said


def test_with_a_control_group_its_lift_and_interval_are_said() -> None:
    shop = history({f"fit{at}": [12] for at in range(3)})
    lift = LiftView("welcome", 2, 180, 20, 0.5, -0.1, 0.9)
    said = by_kind(ideas.make(shop, lifts={"welcome": lift}))["welcome"].expected
    assert "+2 orders of 3" in said
    assert "(-0 to +3)" in said
    assert "180 written to and 20 held out" in said


def test_every_letter_can_be_filled_in() -> None:
    for subject, body in drafts.LETTERS.values():
        drafts.check(subject, body)
    assert {idea.kind for idea in ideas.make(simulate(300))} <= set(drafts.LETTERS)


def test_nobody_is_in_two_suggestions() -> None:
    found = ideas.make(simulate(300))
    everybody = {one: FINE for idea in found for one in idea.members}
    planned = audience.allot(found, everybody, taken=[found[0].members[0]])
    reached = [one for plan in planned for one in (*plan.audience.treated, *plan.audience.holdout)]
    assert len(reached) == len(set(reached))
    assert found[0].members[0] not in reached
    assert planned[0].idea.elsewhere == 1, "who is in another suggestion is told of"
    whole = {idea.kind: len(idea.members) for idea in found}
    assert all(len(plan.idea.members) + plan.idea.elsewhere == whole[plan.idea.kind] for plan in planned)


PEOPLE = st.lists(st.text("abc", min_size=1, max_size=3), max_size=30)
STANDINGS = st.builds(Standing, *(st.booleans() for _ in range(5)))


@given(PEOPLE, st.dictionaries(st.text("abc", min_size=1, max_size=3), STANDINGS), st.integers(1, 20), st.booleans())
def test_an_audience_counts_everybody_once_and_reaches_no_one_it_must_not(
    members: list[str], standings: dict[str, Standing], cap: int, personal: bool
) -> None:
    found = split(members, standings, salt="s", cap=cap, personal=personal)
    parts = [*found.treated, *found.holdout, *(one for one, _ in found.excluded)]
    assert sorted(parts) == sorted(set(members))
    assert sum(count for _, count in found.left_out) == len(found.excluded)
    reached = [*found.treated, *found.holdout]
    assert len(reached) <= cap
    for one in reached:
        standing = standings[one]
        assert standing.has_address
        assert not standing.suppressed
        assert not standing.written_lately
        assert personal or (standing.consented and not standing.open_deal)


def test_the_control_group_is_a_tenth_and_stays_the_same() -> None:
    people = [f"cus_{at}" for at in range(5000)]
    standings = dict.fromkeys(people, FINE)
    first = split(people, standings, salt="a", cap=10_000)
    again = split([*people[::-1], "cus_new"], standings, salt="a", cap=10_000)
    assert 420 < len(first.holdout) < 580
    assert set(first.holdout) == set(again.holdout)
    assert set(first.holdout) != set(split(people, standings, salt="b", cap=10_000).holdout)


def test_reasons_are_told_the_largest_first() -> None:
    assert Split((), (), (("a", "y"), ("b", "x"), ("c", "x"))).left_out == (("x", 2), ("y", 1))


def test_what_was_decided_cannot_be_decided_again() -> None:
    assert lifecycle.allowed("proposed", "approved")
    assert lifecycle.allowed("edited", "dismissed")
    assert not lifecycle.allowed("dismissed", "approved")
    assert not lifecycle.allowed("expired", "approved")
    assert not lifecycle.allowed("unheard of", "approved")


@pytest.mark.parametrize(("days", "said"), [(0, "since 10:12."), (2, "since 10:12 on 25 Nov.")])
def test_what_would_be_proposed_twice_is_said_to_wait_with_its_time(days: int, said: str) -> None:
    since = datetime(2026, 11, 25, 9, 12, tzinfo=UTC)
    told = lifecycle.in_flight("Win back", since, since + timedelta(days=days, hours=3), ZoneInfo("Europe/Berlin"))
    assert told == f"“Win back” already has a review open {said}"
