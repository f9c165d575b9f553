"""What a team answers makes the queue its own: after 200 answers nearly all that is asked is the same person."""

import numpy as np
import pytest

from analytics.duplicates.calibrate import calibrated, worth_asking


@pytest.mark.parametrize(("slope", "offset"), [(0.7, -4.0), (0.8, -4.0), (1.0, 0.0)])
def test_after_two_hundred_answers_the_queue_is_right(slope: float, offset: float) -> None:
    """Weights that promise too much, as a table of families or branches makes them, are seen through."""
    right, found = zip(*(_asked_of(seed, slope, offset) for seed in range(8)), strict=True)
    assert np.mean(right) >= 0.94
    assert np.mean(found) >= 0.5


def _asked_of(seed: int, slope: float, offset: float) -> tuple[float, float]:
    """Of what is asked after 200 answers, the share that is right; and the share of all that is right and is asked."""
    dice = np.random.default_rng(seed)
    weights = dice.uniform(0, 16, 4_000)
    truth = dice.random(4_000) < 1 / (1 + 2 ** -(slope * weights + offset))
    answered = dice.choice(4_000, 200, replace=False)
    rest = np.setdiff1d(np.arange(4_000), answered)
    moved = calibrated(weights, weights[answered], truth[answered])
    best = rest[np.argsort(-moved[rest])]
    asked = best[: worth_asking((1 / (1 + 2 ** -moved[best])).tolist(), 200)]
    return float(truth[asked].mean()), float(truth[asked].sum() / truth[rest].sum())


def test_answers_far_from_the_promise_are_followed_and_not_leapt_over() -> None:
    weights = np.linspace(0, 16, 200)
    moved = calibrated(weights, weights, weights > 8)
    even = weights[np.argmin(np.abs(moved))]
    assert 7 <= even <= 9


def test_a_team_that_has_answered_little_is_asked_of_everything() -> None:
    assert worth_asking([0.9, 0.6, 0.5], 199) == 3
    assert worth_asking([0.99, 0.97, 0.5], 200) == 2
    assert worth_asking([0.96, 0.9, 0.5], 200) == 1
    assert worth_asking([], 500) == 0
