"""Lifts: published intervals, sides too small to speak, and sentences that can be checked."""

import math
from random import Random

import pytest

from campaigns import lift as told
from crm_store.values.lift import Arm, Finding, from_json, means_apart, measure, shares_apart


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((10, 10, 0, 20), 0.7156, 1.0),
        ((0, 10, 0, 10), -0.2879, 0.2879),
    ],
)
def test_the_interval_of_two_shares_is_that_of_the_literature(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Newcombe 1998 (Stat. Med. 17:873), table II, method 5."""
    assert shares_apart(*counts, z=1.96) == pytest.approx((low, high), abs=2e-4)


def test_changing_sides_changes_the_sign_alone() -> None:
    low, high = shares_apart(7, 60, 1, 9)
    assert shares_apart(1, 9, 7, 60) == pytest.approx((-high, -low), abs=1e-9)


def test_the_interval_of_shares_covers_the_truth_as_often_as_it_says() -> None:
    chance = Random("coverage")
    hits = 0
    for _ in range(400):
        treated = sum(chance.random() < 0.15 for _ in range(90))
        held = sum(chance.random() < 0.10 for _ in range(10))
        low, high = shares_apart(treated, 90, held, 10)
        hits += low <= 0.05 <= high
    assert 0.86 <= hits / 400 <= 0.97


def test_a_hold_out_in_which_nobody_bought_does_not_make_the_revenue_certain() -> None:
    treated = Arm(90, 12, 1200.0, 160_000.0)
    low, high = means_apart(treated, Arm(10, 0))
    assert low < 0 < high
    assert high - low > 20


def test_large_sides_each_keep_their_own_spread() -> None:
    wide, narrow = Arm(400, 80, 8000.0, 4_000_000.0), Arm(250, 25, 250.0, 2500.0)
    low, high = means_apart(wide, narrow)
    assert (high - low) / 2 == pytest.approx(1.65 * math.sqrt(wide.variance / 400 + narrow.variance / 250), rel=0.01)


@pytest.mark.parametrize(
    ("treated", "holdout", "finding"),
    [
        (Arm(40, 3), Arm(5, 1), Finding.TOO_FEW),
        (Arm(200, 60), Arm(100, 10), Finding.MORE),
        (Arm(200, 10), Arm(100, 30), Finding.FEWER),
        (Arm(200, 30), Arm(100, 15), Finding.NO_DIFFERENCE),
        (Arm(200, 30), Arm(0, 0), Finding.NOBODY_HELD_OUT),
        (Arm(0, 0), Arm(0, 0), Finding.NOBODY_HELD_OUT),
    ],
)
def test_each_finding_follows_from_its_counts(treated: Arm, holdout: Arm, finding: Finding) -> None:
    found = measure(treated, holdout, "EUR")
    assert found.finding is finding
    assert from_json(found.to_json()) == found


def test_too_few_is_said_with_its_counts() -> None:
    assert told.headline(measure(Arm(40, 3), Arm(5, 1))) == "Too few to say: 3 of 40 vs 1 of 5."


def test_where_nobody_ordered_nothing_is_claimed_of_the_revenue() -> None:
    said = " ".join(told.sentences(measure(Arm(40, 0), Arm(8, 0))))
    assert "0 of 40 vs 0 of 8" in said
    assert "(90 % interval)" in said, "how far apart the shares may be is said all the same"
    assert "Revenue" not in said


def test_an_effect_is_said_with_interval_and_revenue() -> None:
    said = " ".join(told.sentences(measure(Arm(200, 60, 6000.0, 700_000.0), Arm(100, 10, 900.0, 90_000.0))))
    assert said.startswith("+20.0 points in the share that ordered: 60 of 200 vs 10 of 100.")
    assert "30.0% of those written to, 10.0% of those held out" in said
    assert "Revenue a person: +€21" in said
    assert said.count("(90 % interval)") == 2


def test_a_loss_and_no_difference_are_said_as_plainly() -> None:
    assert "ordered less often" in " ".join(told.sentences(measure(Arm(200, 10), Arm(100, 30))))
    assert "No difference is shown" in " ".join(told.sentences(measure(Arm(200, 30), Arm(100, 15))))
    assert "Nobody was held out" in told.sentences(measure(Arm(200, 30), Arm(0, 0)))[0]
