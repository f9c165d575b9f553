"""The arrays of orders say of every day what the plain facts said, and nothing of what came later."""

from datetime import date, timedelta

import numpy as np
import pytest

from analytics import features, ledger
from analytics.ledger import Ledger
from crm_store.values.history import Histories, OrderFact
from tests.units.analytics.simulated import TODAY, simulate

COLUMNS = [each for each in ledger.COLUMNS if each != "log_gaps"]


@pytest.fixture(scope="module")
def team() -> Histories:
    return simulate(120, with_deals=False)


@pytest.mark.parametrize("back", [0, 90, 400])
def test_buyers_are_those_of_the_feature_table(team: Histories, back: int) -> None:
    day = TODAY - timedelta(days=back)
    ours = ledger.of_facts(team.orders, TODAY).buyers(day.toordinal())
    plain = features.buyers(team, day)
    assert ours.ids == plain.ids
    assert ours.columns(COLUMNS) == pytest.approx(plain.columns(COLUMNS))


def test_orders_of_one_day_are_one_and_refunds_are_none() -> None:
    day = date(2026, 3, 1)
    facts = [OrderFact("b", day, 10.0), OrderFact("b", day, 5.0), OrderFact("b", day, -3.0), OrderFact("a", day, -1.0)]
    found = ledger.of_facts(facts, day)
    assert (found.ids, found.day.tolist(), found.amount.tolist()) == (("b",), [day.toordinal()], [15.0])


def test_the_order_of_the_facts_changes_nothing(team: Histories) -> None:
    one, other = ledger.of_facts(team.orders, TODAY), ledger.of_facts(team.orders[::-1], TODAY)
    assert one.ids == other.ids
    assert np.array_equal(one.amount, other.amount)


def test_later_orders_are_not_seen(team: Histories) -> None:
    day = TODAY - timedelta(days=200)
    cut = ledger.of_facts(team.orders, day)
    assert np.array_equal(cut.buyers(day.toordinal()).values, _all(team).buyers(day.toordinal()).values)
    assert int(cut.day.max()) <= day.toordinal()


def test_what_came_is_counted_from_the_next_day_on(team: Histories) -> None:
    day = TODAY - timedelta(days=100)
    known = _all(team)
    orders, revenue = known.came(day.toordinal(), TODAY.toordinal())
    ids = known.buyers(day.toordinal()).ids
    assert revenue == pytest.approx(features.revenue_between(team, ids, day, TODAY))
    assert orders.sum() == len(
        {(e.customer_id, e.day) for e in team.orders if e.day > day and e.customer_id in set(ids)}
    )


def test_a_sample_keeps_the_same_customers_when_others_come(team: Histories) -> None:
    known = _all(team)
    some = known.sample(30)
    grown = ledger.of_facts([*team.orders, OrderFact("cus_9999", TODAY, 5.0)], TODAY)
    assert len(some.ids) == 30
    assert len(set(some.ids) & set(grown.sample(30).ids)) >= 29
    assert some.buyers(TODAY.toordinal()).values.shape == (30, len(ledger.COLUMNS))


def test_no_orders_are_an_empty_table() -> None:
    assert ledger.of_facts([], TODAY).buyers(TODAY.toordinal()).ids == ()


def _all(team: Histories) -> Ledger:
    return ledger.of_facts(team.orders, TODAY)
