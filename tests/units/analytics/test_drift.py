"""A rate that moves from part to part is followed as far as the parts seen vouch for it."""

import numpy as np
import pytest

from analytics import drift, evaluate, ridge
from analytics.features import FloatArray

PARTS = np.repeat(np.arange(6), 500)


def _after(levels: FloatArray, seed: int) -> tuple[float, float]:
    """Mean squared errors of the sixth part, corrected by the five before it and left alone."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1, 1, PARTS.size)
    came = random.random(PARTS.size) < ridge.chance(odds + levels[PARTS])
    past = PARTS < 5
    found = drift.correction(odds[past], came[past], PARTS[past])
    said = (found.apply(odds[~past]), odds[~past])
    first, second = (evaluate.brier(came[~past], ridge.chance(each)) for each in said)
    return first, second


@pytest.mark.parametrize(
    ("levels", "least"),
    [
        (np.zeros(6), -0.002),
        (0.3 * np.arange(6), 0.05),
        (-0.3 * np.arange(6), 0.02),
        (np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0]), 0.01),
        (np.array([0.0, 0.4, -0.4, 0.3, -0.4, 0.0]), -0.01),
    ],
    ids=["still", "rising", "falling", "stepped", "to and fro"],
)
def test_a_rate_is_followed_where_it_moves_and_left_where_it_stands(levels: FloatArray, least: float) -> None:
    errors = np.mean([_after(levels, seed) for seed in range(4)], axis=0)
    assert errors[1] - errors[0] > least


def test_what_would_have_been_said_of_a_part_does_not_know_its_outcomes() -> None:
    random = np.random.default_rng(1)
    odds = random.normal(-1, 1, PARTS.size)
    came = random.random(PARTS.size) < ridge.chance(odds + 0.2 * PARTS)
    turned = np.where(PARTS == 5, ~came, came)
    said, again = (drift.foreseen(odds, each, PARTS) for each in (came, turned))
    assert np.array_equal(said, again)
    assert np.array_equal(said[PARTS < 3], odds[PARTS < 3])


def test_fewer_than_three_parts_correct_nothing() -> None:
    odds = np.zeros(100)
    part = np.repeat([0, 1], 50)
    assert drift.correction(odds, np.ones(100, dtype=np.bool_), part) == drift.Correction()


def test_parts_of_one_outcome_alone_give_finite_corrections() -> None:
    part = np.repeat(np.arange(4), 20)
    for came in (np.ones(80, dtype=np.bool_), np.zeros(80, dtype=np.bool_)):
        found = drift.correction(np.zeros(80), came, part)
        assert np.isfinite([found.slope, found.shift]).all()
        assert abs(found.shift) < 6
