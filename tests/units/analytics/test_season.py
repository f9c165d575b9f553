"""Busy months and customers of before are told apart from habits."""

from itertools import pairwise

import numpy as np
import pytest

from analytics import backtest, candidates, habits, purchase, season
from analytics.habits import Habits
from analytics.ledger import Ledger, ledger
from analytics.season import PLAIN, Clock
from crm_store.values.scores import Json
from tests.units.analytics.regimes import START, Company


def _learnt(known: Ledger, day: int, horizon: int) -> Habits:
    table = known.buyers(day)
    shapes = purchase.shapes(purchase.counts(table), float(table.column("log_gaps").sum()))
    return habits.learn(known, day, horizon, purchase.likeliest(shapes))


def test_a_clock_runs_fast_in_busy_spans_and_plainly_outside_them() -> None:
    clock = Clock(100, (2.0, 0.5))
    assert clock.at(np.array([90, 100, 115, 130, 160, 170])).tolist() == [-10.0, 0.0, 30.0, 60.0, 75.0, 85.0]
    assert clock.ahead(100, 30) == 60
    assert PLAIN.ahead(5, 7) == 7
    assert Clock.from_json(clock.to_json()) == clock


def test_a_quiet_season_is_foreseen_after_a_busy_one() -> None:
    known = Company(customers=900, season=0.5, days=1100, joins=600, seed=4).ledger()
    day = START + 730
    table = known.buyers(day)
    came = known.came(day, day + 150)[0].sum()
    seasonal = _learnt(known, day, 150)
    blind = Habits(seasonal.process.__class__().fit(purchase.counts(table)))
    wrong = abs(blind.ahead(table, 150).orders.sum() / came - 1)
    assert abs(seasonal.ahead(table, 150).orders.sum() / came - 1) < wrong / 2


def test_where_there_is_no_season_months_are_nearly_alike() -> None:
    known = Company(customers=900, days=760, seed=2).ledger()
    found = _learnt(known, START + 730, 180)
    assert found.clock.ahead(START + 730, 180) == pytest.approx(180, rel=0.05)


def test_what_changes_from_year_to_year_is_no_season() -> None:
    months = np.arange(26)
    wave = 0.4 * np.cos(2 * np.pi * months * season.STEP / season.YEAR)
    open_all_along = np.zeros(26, dtype=np.bool_)
    found = season._without_drift(wave - 0.05 * months, open_all_along)
    assert found - found.mean() == pytest.approx(wave - wave.mean(), abs=0.03)
    one_year = (wave - 0.05 * months)[:12]
    assert np.array_equal(season._without_drift(one_year, open_all_along[:12]), one_year)


def test_a_steady_change_is_seen_before_two_whole_years_are_known() -> None:
    slower = -0.05 * np.arange(20.0)
    assert np.ptp(season._without_drift(slower, np.zeros(20, dtype=np.bool_))) < 0.02
    uneven = np.where(np.arange(20) % 2, 0.3, -0.3) * np.arange(20) / 10
    assert np.array_equal(season._without_drift(uneven, np.zeros(20, dtype=np.bool_)), uneven)


def test_months_in_which_the_shop_was_shut_once_are_no_season() -> None:
    company = Company(customers=900, days=900, joins=600, seed=3).ledger()
    day = START + 700
    shut = _without(company, START + 400, START + 490)
    found = _learnt(shut, day, 180)
    assert found.clock.at(START + 490) - found.clock.at(START + 400) < 30, "time stands still while nobody can order"
    came = shut.came(day, day + 180)[0].sum()
    assert found.ahead(shut.buyers(day), 180).orders.sum() == pytest.approx(came, rel=0.2)


def test_months_in_which_the_shop_is_shut_each_year_are_a_season() -> None:
    logs = np.zeros(26)
    logs[[1, 2, 13, 14]] = -4.0
    assert not season._shut_once(logs).any()
    logs[[1, 2]] = 0.0
    assert np.flatnonzero(season._shut_once(logs)).tolist() == [13, 14]
    logs[2] = -1.0
    assert not season._shut_once(logs).any(), "beside a quiet month it may be the edge of a season"
    assert not season._shut_once(np.full(26, -4.0)).any()


def test_a_short_history_has_no_season() -> None:
    known = Company(days=300, joins=100).ledger()
    assert _learnt(known, START + 250, 90).clock == PLAIN


def test_customers_of_before_are_fitted_apart_where_records_begin_in_mid_business() -> None:
    known = Company(customers=1600, days=500, joins=400, before=700, leaving=20, seed=1).ledger()
    found = _learnt(known, START + 300, 90)
    assert found.early is not None
    table = known.buyers(START + 300)
    again = Habits.from_json(found.to_json())
    assert np.array_equal(again.ahead(table, 90).orders, found.ahead(table, 90).orders)
    assert np.array_equal(again.alive(table), found.alive(table))


def test_customers_of_one_kind_are_fitted_together() -> None:
    known = Company(customers=900, days=400, joins=250, seed=5).ledger()
    assert _learnt(known, START + 300, 90).early is None


def test_both_processes_say_variance_and_the_chance_of_none_as_a_simulation_does() -> None:
    random = np.random.default_rng(0)
    for k in (1, 3):
        numbers: dict[str, Json] = {"r": 2.0, "alpha": 20.0 * k, "a": 1.0, "b": 4.0, "log_likelihood": 0.0, "k": k}
        model = purchase.MbgCnbd.from_json(numbers)
        said = model.ahead(np.array([[0.0, 0.0, 0.0]]), 60)
        # The first order stands at 0; before each further one somebody may leave.
        paces, leaves = random.gamma(2.0, 1 / (20.0 * k), 20_000), random.beta(1.0, 4.0, 20_000)
        drawn = np.array([_orders(random, k, pace, leave) for pace, leave in zip(paces, leaves, strict=True)])
        assert said.orders[0] == pytest.approx(drawn.mean(), rel=0.04)
        assert said.variance[0] == pytest.approx(drawn.var(), rel=0.1)
        assert said.none[0] == pytest.approx(float(np.mean(drawn == 0)), abs=0.015)


def _orders(random: np.random.Generator, k: int, pace: float, leave: float) -> int:
    day, count = 0.0, 0
    while random.random() >= leave:
        day += random.gamma(k, 1 / pace)
        if day > 60:
            break
        count += 1
    return count


def test_windows_of_the_test_do_not_overlap_and_end_by_the_day() -> None:
    known = Company(customers=150, days=500, seed=3).ledger()
    day, window = START + 400, 60
    trials = backtest._trials(backtest.Learner(known, window), day, window, seasonal=False)
    assert [after.day - before.day for before, after in pairwise(trials)] == [window, window]
    assert trials[-1].day + window == day
    assert set(trials[-1].said) == {*candidates.PROCESSES, *candidates.CHALLENGERS, candidates.OWN}


def _without(known: Ledger, since: int, until: int) -> Ledger:
    """The same orders but for those of some days."""
    kept = (known.day < since) | (known.day >= until)
    return ledger(known.ids, known.who[kept], known.day[kept], known.amount[kept])
