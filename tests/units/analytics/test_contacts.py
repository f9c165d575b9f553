"""Whom to contact first: a group that reacts is found from a team's own hold-outs, and luck is not taken for one."""

from datetime import date, timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import contacts  # noqa: E402 - the marker must stand first
from crm_store.values.contacts import PastCampaign, PastContact  # noqa: E402 - the same
from crm_store.values.history import CustomerFact, Histories, OrderFact  # noqa: E402 - the same
from crm_store.values.scores import Verdict  # noqa: E402 - the same

TODAY = date(2026, 11, 25)
PEOPLE = 1500
BUSY = frozenset(f"cus_{at:04}" for at in range(0, PEOPLE, 3))
"""Every third orders often; only they react to a letter where anybody does."""


def shop(seed: int) -> Histories:
    random = np.random.default_rng(seed)
    names = [f"cus_{at:04}" for at in range(PEOPLE)]
    orders = [
        OrderFact(name, TODAY - timedelta(days=int(day)), float(random.lognormal(4, 1)))
        for name in names
        for day in random.integers(1, 900, 8 if name in BUSY else 2)
    ]
    return Histories(TODAY, tuple(CustomerFact(name, name, date(2024, 1, 1)) for name in names), orders)


def year(seed: int, more: float, kinds: tuple[str, ...] = ("win_back",), per_campaign: int = 500) -> list[PastCampaign]:
    """Six campaigns; of those written to, busy buyers order more often by so much."""
    random = np.random.default_rng(seed + 1)
    found = []
    for at in range(6):
        people = []
        for place in random.permutation(PEOPLE)[:per_campaign]:
            name, treated = f"cus_{place:04}", bool(random.random() < 0.6)
            chance = 0.1 + (more if treated and name in BUSY else 0.0)
            people.append(PastContact(name, treated, bool(random.random() < chance)))
        began = TODAY - timedelta(days=40 * (at + 1))
        found.append(PastCampaign(f"cmp_{at}", kinds[at % len(kinds)], began, tuple(people)))
    return found


def test_a_team_whose_busy_buyers_react_has_them_written_to_first() -> None:
    record, orders = contacts.learn(shop(1), year(1, more=0.25))
    order = orders[0]
    assert order.kinds == ("win_back",)
    assert order.name
    assert record.verdict is Verdict.PUBLISHED
    assert record.parameters["policies"] == {"win_back": order.name, "other": orders[1].name}
    best = sorted(zip(order.scores, order.ids, strict=True), reverse=True)[: len(BUSY)]
    assert len({one for _, one in best} & BUSY) > 0.8 * len(BUSY)
    assert "learnt from 3,000 people of your own campaigns" in order.sentence


@pytest.mark.parametrize("seed", range(4))
def test_a_team_in_which_nobody_reacts_keeps_the_simple_rule(seed: int) -> None:
    record, (order, _) = contacts.learn(shop(seed), year(seed, more=0.0, per_campaign=200))
    assert order.name == ""
    assert order.ids == ()
    assert record.verdict is Verdict.BASE_RATE
    assert "simple rule “most recent first”" in order.sentence


def test_too_few_held_out_is_said_with_the_count_and_nothing_is_learnt() -> None:
    few = year(1, more=0.25, per_campaign=12)
    smaller = contacts.fewest(few)
    record, (order,) = contacts.learn(shop(1), few)
    assert order.name == ""
    assert order.kinds == ("win_back", "")
    assert record.verdict is Verdict.ABSTAINED
    assert f"there are {smaller} so far" in order.sentence


def test_a_kind_with_little_of_its_own_learns_from_all_kinds_together() -> None:
    past = year(1, more=0.25)
    past.append(PastCampaign("cmp_new", "expand", TODAY - timedelta(days=35), past[0].people[:20]))
    _, orders = contacts.learn(shop(1), past)
    assert [one.kinds for one in orders] == [("win_back",), ("expand", "")]
    assert orders[1].name


def test_kinds_too_small_to_learn_from_alone_are_told_apart_where_they_learn_together() -> None:
    kinds = tuple("abcdef")
    past = year(1, more=0.6, kinds=kinds, per_campaign=100)
    _, orders = contacts.learn(shop(1), past)
    assert [one.kinds for one in orders] == [*((kind,) for kind in kinds), ("",)]
    assert all(
        "600 people of your own campaigns of all kinds, the kind being one of the facts" in one.sentence
        for one in orders
    )
    best = sorted(zip(orders[0].scores, orders[0].ids, strict=True), reverse=True)[: len(BUSY)]
    assert len({one for _, one in best} & BUSY) > 0.7 * len(BUSY)


def test_the_kind_stands_behind_what_is_known_of_the_person() -> None:
    past = year(1, more=0.0, kinds=("a", "b"), per_campaign=60)
    known, _ = contacts._campaign(shop(1), past, ("a", "b"))
    kinds = known.x[:, len(contacts.NAMES) :] > 0
    assert kinds.sum(axis=0).tolist() == [180, 180]
    assert kinds.any(axis=1).all()
    assert contacts._as_facts("unheard of", ("a", "b"), past) == (0.5, 0.5)


def test_what_happened_after_a_campaign_began_is_not_known_of_its_people() -> None:
    past = year(1, more=0.25)[:1]
    before = shop(1)
    day = past[0].began
    after = Histories(TODAY, before.customers, [*before.orders, *(OrderFact(one, day, 9.0) for one in BUSY)])
    first, _ = contacts._campaign(before, past)
    second, _ = contacts._campaign(after, past)
    assert np.array_equal(first.x, second.x)


def test_a_person_is_weighed_by_the_share_that_their_own_campaign_wrote_to() -> None:
    half, most = (
        PastCampaign(
            "cmp", "renew", TODAY, tuple(PastContact(f"cus_{at:04}", at % 10 < share, False) for at in range(10))
        )
        for share in (5, 9)
    )
    known, _ = contacts._campaign(shop(1), [half, most])
    assert known.share.tolist() == [0.5] * 10 + [0.9] * 10
