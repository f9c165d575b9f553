"""Measures, intervals, calibration, drift and reasons say what they should on cases that can be checked by hand."""

from datetime import date

import numpy as np
import pytest

from analytics import calibrate, drift, evaluate, explain
from crm_store.values.scores import Band, Reason


def test_three_of_twenty_is_five_to_thirty_six_percent() -> None:
    low, high = evaluate.wilson(3, 20)
    assert (round(low * 100), round(high * 100)) == (5, 36)
    assert evaluate.wilson(0, 0) == (0.0, 1.0)


def test_windows_do_not_overlap_and_end_by_the_day() -> None:
    found = evaluate.cuts(date(2025, 1, 1), date(2026, 1, 1), 90)
    assert [(date(2026, 1, 1) - each).days for each in found] == [270, 180, 90]
    assert evaluate.cuts(date(2025, 10, 1), date(2026, 1, 1), 90) == ()


def test_auc_counts_pairs_in_order() -> None:
    truth = np.array([True, True, False, False])
    assert evaluate.auc(truth, np.array([0.9, 0.4, 0.5, 0.1])) == 0.75
    assert evaluate.auc(truth, np.zeros(4)) == 0.5
    assert evaluate.auc(np.array([True, True]), np.array([0.1, 0.2])) == 0.5


def test_luck_is_told_from_skill() -> None:
    random = np.random.default_rng(3)
    score = random.random(80)
    assert evaluate.chance_of_luck(score + random.normal(0, 0.2, 80) > 0.5, score) < 0.01
    assert evaluate.chance_of_luck(random.random(80) > 0.5, score) > 0.05


def test_errors_of_amounts_show_size_total_and_rank() -> None:
    error = evaluate.amounts_error(np.array([0.0, 10.0, 20.0]), np.array([0.0, 20.0, 40.0]))
    assert error["total"] == 1.0
    assert error["spearman"] == pytest.approx(1.0)
    assert error["rmse"] == pytest.approx((500 / 3) ** 0.5)


def test_a_narrow_interval_that_misses_costs_more_than_a_wide_one() -> None:
    came = np.array([10.0, 10.0])
    narrow = evaluate.interval_score(came, np.array([1.0, 1.0]), np.array([2.0, 2.0]))
    wide = evaluate.interval_score(came, np.array([0.0, 0.0]), np.array([20.0, 20.0]))
    assert narrow == pytest.approx(1 + 10 * 8)
    assert wide == pytest.approx(20)


def test_groups_that_tell_later_revenue_explain_it() -> None:
    later = np.array([0.0, 0.0, 10.0, 10.0])
    assert evaluate.explained(np.array([0, 0, 1, 1]), later) == pytest.approx(1)
    assert evaluate.explained(np.array([0, 1, 0, 1]), later) == pytest.approx(0)
    assert evaluate.explained(np.array([0, 1, 0, 1]), np.ones(4)) == 0


def test_the_best_fifth_takes_part_of_a_group_that_is_too_large() -> None:
    groups = np.array([0] * 5 + [1] * 5)
    later = np.array([10.0] * 5 + [0.0] * 5)
    assert evaluate.best_fifth([0, 1], groups, later) == pytest.approx(0.4)
    assert evaluate.best_fifth([1, 0], groups, later) == 0


def test_few_outcomes_give_three_bands_in_order() -> None:
    random = np.random.default_rng(0)
    said = random.random(90)
    found = calibrate.calibrate(said, random.random(90) < said, 40)
    points = [found.judge(each) for each in (0.05, 0.5, 0.95)]
    assert [each[3] for each in points] == [Band.LOWER, Band.USUAL, Band.HIGHER]
    assert points[0][0] <= points[1][0] <= points[2][0]
    assert all(low <= point <= high for point, low, high, _ in points)


def test_bands_in_the_wrong_order_share_one_rate() -> None:
    said = np.linspace(0.1, 0.9, 30)
    came = np.array([True] * 10 + [False] * 10 + [True] * 10)
    found = calibrate.calibrate(said, came, 12)
    assert found.groups[0].came == found.groups[1].came < found.groups[2].came
    assert found.groups[0].n == 20


def test_many_outcomes_give_a_percentage_inside_its_interval() -> None:
    random = np.random.default_rng(0)
    said = random.random(1000)
    found = calibrate.calibrate(said, random.random(1000) < said, 450)
    point, low, high, band = found.judge(0.62)
    assert (point, band) == (0.62, None)
    assert 0.5 < low <= point <= high < 0.75


def test_a_rate_that_moved_is_noticed() -> None:
    before, after = np.arange(400) % 20 == 0, np.arange(200) % 7 == 0
    assert drift.base_rate(before, after) > drift.MOVED
    assert abs(drift.base_rate(before, before)) < 1e-9
    assert drift.base_rate(before, np.zeros(0, dtype=np.bool_)) == 0


def test_a_column_that_changed_is_named() -> None:
    random = np.random.default_rng(0)
    trained, now = random.normal(0, 1, (300, 2)), random.normal(0, 1, (300, 2))
    now[:, 1] += 2
    assert list(drift.strange_columns(("orders", "amount"), trained, now)) == ["amount"]


def test_a_contact_of_the_same_day_is_said_in_its_own_words() -> None:
    found = explain.in_words(
        ("days_since_touch", "days_since_order"), np.array([0.2, 0.0]), np.array([68.0, 50.0]), np.array([1.0, 0.8]), ""
    )
    assert [each.text for each in found] == ["in touch today (typical: 68 days)", "ordered today (typical: 50 days)"]


def test_reasons_carry_their_number_and_what_is_typical() -> None:
    found = explain.in_words(
        ("orders_90", "days_since_order", "mean_order"),
        np.array([3.0, 12.0, 1200.0]),
        np.array([1.0, 90.0, 400.0]),
        np.array([0.8, 0.5, -0.6]),
        "EUR",
    )
    assert found == (
        Reason("3 orders in the last 90 days (typical: 1 order)", 0.8),
        Reason("an average order of €1,200 (typical: €400)", -0.6),
        Reason("last order 12 days ago (typical: 90 days)", 0.5),
    )


@pytest.mark.parametrize(
    ("value", "effect"),
    [(5.0, -0.7), (1.0, 0.9), (2.0, 0.9), (float("nan"), 0.9), (5.0, 0.001)],
    ids=["more is no minus", "fewer is no plus", "typical", "missing", "tiny"],
)
def test_absurd_and_empty_reasons_are_left_out(value: float, effect: float) -> None:
    names, typical = ("touches_in_90", "amount"), np.array([2.0, 10.0])
    found = explain.in_words(names, np.array([value, 50.0]), typical, np.array([effect, 1.0]), "")
    assert [each.text for each in found] == ["worth 50 (typical: 10)"]


def test_at_most_three_reasons_are_given_each_way() -> None:
    effects = [0.1, 0.2, 0.3, 0.4, -0.1, -0.2, -0.3, -0.5]
    found = explain.strongest([Reason(str(each), each) for each in effects])
    assert [each.effect for each in found] == [-0.5, 0.4, 0.3, -0.3, 0.2, -0.2]
