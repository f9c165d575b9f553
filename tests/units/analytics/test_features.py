"""Features never look past their day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics import columns, features
from crm_store.values.history import CustomerFact, DealFact, DealMove, Histories, OrderFact, TouchFact
from tests.units.analytics.simulated import TODAY, simulate

CUT = TODAY - timedelta(days=200)
LATER = CUT + timedelta(days=1)


def _future_order(past: Histories) -> Histories:
    return replace(past, orders=(*past.orders, *(OrderFact(each.customer_id, LATER, 9e6) for each in past.customers)))


def _future_touch(past: Histories) -> Histories:
    more = tuple(TouchFact(each.customer_id, LATER, "mail", "in") for each in past.customers)
    return replace(past, touches=(*past.touches, *more))


def _future_customer(past: Histories) -> Histories:
    return replace(past, customers=(*past.customers, CustomerFact("cus_zzz", "Late", LATER)))


def _future_deal(past: Histories) -> Histories:
    more = tuple(
        DealFact(f"dea_z{n}", LATER, "won", "Won", 4, each.customer_id) for n, each in enumerate(past.customers)
    )
    return replace(past, deals=(*past.deals, *more))


def _other_outcomes(past: Histories) -> Histories:
    def turned(deal: DealFact) -> DealFact:
        later = deal.closed_on is not None and deal.closed_on > CUT
        return replace(deal, state="lost" if deal.state == "won" else "won") if later else deal

    return replace(past, deals=tuple(turned(each) for each in past.deals))


@pytest.mark.parametrize("inject", [_future_order, _future_touch, _future_customer, _future_deal, _other_outcomes])
def test_later_facts_change_no_feature(inject: Callable[[Histories], Histories]) -> None:
    past = simulate(60)
    before, after = features.customers(past, CUT), features.customers(inject(past), CUT)
    assert after.ids == before.ids
    assert np.array_equal(after.values, before.values, equal_nan=True)
    assert len(before.ids) > 10


@pytest.mark.parametrize("inject", [_future_order, _future_touch, _future_deal, _other_outcomes])
def test_later_facts_change_no_feature_of_a_deal(inject: Callable[[Histories], Histories]) -> None:
    past = simulate(120)
    moments = [(each.deal_id, CUT) for each in past.deals if each.opened_on <= CUT]
    before, after = features.deals(past, moments), features.deals(inject(past), moments)
    assert np.array_equal(after.values, before.values, equal_nan=True)
    assert len(moments) > 10


def test_a_fact_of_the_day_itself_is_known() -> None:
    past = simulate(60)
    today = replace(past, orders=(*past.orders, OrderFact("cus_0000", CUT, 5.0)))
    row = features.customers(today, CUT)
    assert row.column("days_since_order")[row.ids.index("cus_0000")] == 0


def test_several_orders_on_one_day_are_one_and_refunds_are_none() -> None:
    day = date(2026, 5, 1)
    orders = (
        OrderFact("a", day, 10.0),
        OrderFact("a", day, 5.0),
        OrderFact("a", day, -15.0),
        OrderFact("a", day, float("nan")),
    )
    table = features.customers(Histories(TODAY, (CustomerFact("a", "Ann", day),), orders), TODAY)
    assert table.column("orders")[0] == 1
    assert table.column("spend")[0] == 15


def test_an_imported_customer_is_known_since_the_first_fact() -> None:
    orders = (OrderFact("a", date(2025, 1, 1), 10.0),)
    past = Histories(TODAY, (CustomerFact("a", "Ann", TODAY),), orders)
    assert features.customers(past, date(2025, 2, 1)).column("days_known")[0] == 31


def test_a_closed_deal_is_seen_at_the_stage_and_amount_it_had() -> None:
    opened = date(2026, 1, 1)
    moves = (DealMove(opened, "New", 0, 100.0), DealMove(date(2026, 2, 1), "Proposal", 2, 900.0))
    deal = DealFact("d", opened, "won", "Won", 5, "a", None, 900.0, date(2026, 3, 1), moves)
    past = Histories(TODAY, (CustomerFact("a", "Ann", opened),), deals=(deal,))
    then = features.known_by(past, date(2026, 1, 15)).deals[0]
    assert (then.state, then.stage, then.amount, then.closed_on) == ("open", "New", 100.0, None)
    row = features.deals(past, [("d", date(2026, 1, 15)), ("d", date(2026, 2, 15))])
    assert row.column("stage_index").tolist() == [0, 2]
    assert row.column("amount").tolist() == [100, 900]


def test_the_last_stage_of_a_closed_deal_without_moves_is_not_told() -> None:
    deal = DealFact("d", date(2026, 1, 1), "lost", "Lost", 5, "a", None, 900.0, date(2026, 3, 1))
    past = Histories(TODAY, (CustomerFact("a", "Ann", date(2026, 1, 1)),), deals=(deal,))
    assert np.isnan(features.deals(past, [("d", date(2026, 2, 1))]).column("stage_index")[0])
    assert features.known_by(past, date(2026, 2, 1)).deals[0].stage == ""


def test_targets_count_from_the_day_after_the_cut() -> None:
    orders = (OrderFact("a", CUT, 1.0), OrderFact("a", LATER, 2.0), OrderFact("a", CUT + timedelta(days=31), 4.0))
    past = Histories(TODAY, (CustomerFact("a", "Ann", CUT),), orders)
    until = CUT + timedelta(days=30)
    assert features.revenue_between(past, ("a", "b"), CUT, until).tolist() == [2.0, 0.0]
    assert features.buys_between(past, ("a", "b"), CUT, until).tolist() == [True, False]


def test_the_facts_of_some_customers_are_picked_out_in_their_order() -> None:
    day = date(2026, 5, 1)
    orders = [OrderFact(name, day, amount) for amount, name in enumerate(("b", "a", "c", "a", "b"), start=1)]
    touches = [TouchFact("b", day, "call", "out"), TouchFact("a", day, "mail", "in")]
    assert columns.orders_of(orders, {"b", "c"}) == [one for one in orders if one.customer_id != "a"]
    assert columns.touches_of(touches, {"a"}) == [touches[1]]
    assert len(columns.orders_of(orders, set())) == len(columns.touches_of([], {"a"})) == 0
