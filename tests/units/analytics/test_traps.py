"""Each way in which a model can seem better than it is, is put in by hand and must change nothing."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import calibrate, champion, evaluate, features, potential, ridge  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.chance import Question  # noqa: E402 - the same
from analytics.encode import numeric  # noqa: E402 - the same
from crm_store.values.history import CustomerFact, DealFact, DealMove, Histories, OrderFact, TouchFact  # noqa: E402 - the same
from tests.units.analytics.simulated import TODAY, simulate  # noqa: E402 - the same


def _one(*orders: date) -> Histories:
    facts = tuple(OrderFact("ann", each, 50.0) for each in orders)
    return Histories(TODAY, (CustomerFact("ann", "Ann", TODAY - timedelta(days=600)),), facts, (), (), "EUR")


def _examples(past: Histories, question: Question, *, bought: bool) -> tuple[list[str], list[bool]]:
    days = [past.as_of - timedelta(days=potential.WINDOW * back) for back in (3, 2, 1)]
    tables = [potential._population(features.customers(past, each), bought=bought) for each in days]
    found = potential._window_examples(past, question, tables)
    return list(found.units), found.y.tolist()


def test_rows_of_one_deal_are_never_on_both_sides_of_a_fold() -> None:
    units = np.repeat(np.arange(40), 4)
    y = np.repeat(np.arange(40) % 3 == 0, 4)
    parts = ridge.folds(y, 5, 0, units)
    assert sorted(np.concatenate(parts).tolist()) == list(range(160))
    assert all(y[part].any() and not y[part].all() for part in parts)
    sides = [set(units[part].tolist()) for part in parts]
    assert sum(len(side) for side in sides) == 40


def test_a_column_that_only_names_the_deal_is_not_believed_because_its_rows_repeat() -> None:
    """Four rows of each deal share random numbers and an outcome: told as such, they are shrunk harder."""
    random = np.random.default_rng(0)
    x, y, units = (
        random.normal(size=(60, 12)).repeat(4, axis=0),
        (np.arange(60) % 2 == 0).repeat(4),
        np.arange(60).repeat(4),
    )
    assert ridge.strength(x, y, units=units) < 0.3 * ridge.strength(x, y)


def test_windows_that_are_learnt_from_do_not_overlap_nor_reach_past_the_day() -> None:
    past = simulate(120)
    starts = [TODAY - timedelta(days=potential.WINDOW * back) for back in (3, 2, 1)]
    tables = [potential._population(features.customers(past, each), bought=True) for each in starts]
    found = potential._window_examples(past, potential.AGAIN, tables)
    days = np.unique(found.day)
    assert np.all(np.diff(days) >= potential.WINDOW)
    assert int(found.known.max()) <= TODAY.toordinal()


def test_a_first_order_is_a_leads_and_never_a_repeat() -> None:
    past = _one(TODAY - timedelta(days=100))
    assert _examples(past, potential.AGAIN, bought=True) == (["ann"], [False])
    assert _examples(past, potential.FIRST, bought=False) == (["ann", "ann"], [False, True])


def test_a_second_order_is_a_repeat_only_in_the_window_it_falls_into() -> None:
    past = _one(TODAY - timedelta(days=220), TODAY - timedelta(days=30))
    assert _examples(past, potential.AGAIN, bought=True) == (["ann", "ann"], [False, True])


def test_a_fact_after_the_window_begins_changes_no_column() -> None:
    past = simulate(60)
    day = TODAY - timedelta(days=potential.WINDOW)
    later = replace(
        past,
        orders=(*past.orders, OrderFact("cus_0001", TODAY - timedelta(days=3), 9_999.0)),
        touches=(*past.touches, TouchFact("cus_0001", TODAY - timedelta(days=2), "mail", "in")),
    )
    before, after = (features.customers(each, day).columns(potential.AGAIN.columns) for each in (past, later))
    assert np.array_equal(before, after, equal_nan=True)


def test_what_is_entered_on_the_closing_day_teaches_nothing_of_a_deal() -> None:
    closed = TODAY - timedelta(days=30)
    opened = closed - timedelta(days=60)
    plain = DealFact("d1", opened, "won", "Won", 3, "ann", None, 500.0, closed, (DealMove(opened, "New", 0, 500.0),))
    moved = replace(plain, moves=(*plain.moves, DealMove(closed, "Negotiation", 3, 9_000.0)))
    learnt = [potential._deal_examples(replace(_one(), deals=(each,)), [each]) for each in (plain, moved)]
    assert np.array_equal(learnt[0].x, learnt[1].x, equal_nan=True)


def test_models_are_judged_on_rows_after_those_they_learnt_from() -> None:
    cuts = champion.rolling(500)
    assert all(int(cut.learn.max()) < int(cut.test.min()) for cut in cuts)
    tested = np.concatenate([cut.test for cut in cuts])
    assert np.unique(tested).size == tested.size


def test_a_pattern_that_random_folds_believe_in_is_not_shown_when_it_ends() -> None:
    """A column that told the outcome in the first half only: what is said stays near the base rate."""
    random = np.random.default_rng(2)
    x, y = random.normal(size=(1_200, 1)), random.random(1_200) < 0.5
    y[:600] = x[:600, 0] > 0
    judged = champion.contest(numeric(("x",), x), y, np.ones(1_200), champion.rolling(1_200))
    assert judged.figures["logistic"]["brier"] > judged.figures["base rate"]["brier"]
    assert float(ridge.chance(judged.correction.apply(judged.odds)).std()) < 0.05
    # What would have been said at the time is judged, and it was no better than the base rate.
    assert evaluate.brier(judged.came, judged.said()) > evaluate.brier(judged.came, judged.plain)


def test_intervals_are_wider_where_the_rate_strays_from_part_to_part() -> None:
    random = np.random.default_rng(3)
    said, part = np.full(5_000, 0.2), np.repeat(np.arange(5), 1_000)
    steady = random.random(5_000) < 0.2
    straying = random.random(5_000) < np.array([0.1, 0.2, 0.3, 0.15, 0.25])[part]
    (still, moved) = (calibrate.calibrate(said, each, 500, 0.8, part).groups[0] for each in (steady, straying))
    assert moved.low < 0.13
    assert moved.high > 0.3
    assert still.high - still.low < 0.06
