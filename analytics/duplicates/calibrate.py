"""Turns weights into probabilities, moved by people's decisions where there are some."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_ROUNDS: Final = 25
_SLOPE: Final = float(np.log(2))
_TRUST: Final = 4.0
_HOLD_SLOPE: Final = 20 * _TRUST
_HOLD_OFFSET: Final = _TRUST / 16
_LEAST_STEP: Final = 1e-4
_LIKELY: Final = 0.95
_ENOUGH_DECISIONS: Final = 200
"""From so many answers on the probabilities are the team's own, and the queue is cut by them."""
_WANTED_PRECISION: Final = 0.97
"""A little above the .95 that is meant, since a line fitted to 200 answers promises a little too much."""


def calibrated(
    weights: NDArray[np.float64], decided: NDArray[np.float64], answers: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weights (p,) on a scale where 0 bits is an even chance, from decided weights (d,) and their answers (d,).

    A logistic line on the weight (Platt 1999), shrunk to the line that the weights stand for: with no decisions nothing
    moves, and a few move it a little. The order of pairs never changes.
    """
    if not len(decided):
        return weights
    shown, wanted = np.clip(decided, -20, 20), answers.astype(float)
    line = np.array([1.0, 0.0])
    for _ in range(_ROUNDS):
        step = _newton(line, shown, wanted)
        before, share = _loss(line, shown, wanted), 1.0
        # A whole step may leap over the best line where the answers lie far from what the weights promise.
        while share > _LEAST_STEP and _loss(line + share * step, shown, wanted) > before:
            share /= 2
        line = line + share * step
    slope, offset = float(np.clip(line[0], 0.2, 3.0)), float(np.clip(line[1], -20, 20))
    moved: NDArray[np.float64] = slope * weights + offset
    return moved


def _newton(line: NDArray[np.float64], shown: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """The step (2,) of slope and offset to where the loss would be least if it were a parabola."""
    chance = _chance(line, shown)
    error = _SLOPE * (wanted - chance)
    spread = _SLOPE**2 * chance * (1 - chance)
    gradient = np.array([(error * shown).sum() - _HOLD_SLOPE * (line[0] - 1), error.sum() - _HOLD_OFFSET * line[1]])
    curve = np.array(
        [
            [(spread * shown**2).sum() + _HOLD_SLOPE, (spread * shown).sum()],
            [(spread * shown).sum(), spread.sum() + _HOLD_OFFSET],
        ]
    )
    step: NDArray[np.float64] = np.linalg.solve(curve, gradient)
    return step


def _loss(line: NDArray[np.float64], shown: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """Minus the likelihood of the answers, and how far the line is from the one the weights stand for."""
    scale = _SLOPE * (line[0] * shown + line[1])
    likely = np.logaddexp(0.0, scale) - wanted * scale
    return float(likely.sum() + _HOLD_SLOPE * (line[0] - 1) ** 2 / 2 + _HOLD_OFFSET * line[1] ** 2 / 2)


def _chance(line: NDArray[np.float64], shown: NDArray[np.float64]) -> NDArray[np.float64]:
    chance: NDArray[np.float64] = 1 / (1 + np.exp(-_SLOPE * (line[0] * shown + line[1])))
    return chance


def worth_asking(probabilities: Sequence[float], decisions: int) -> int:
    """How many of the pairs, the most probable first, are asked of: all, until a team has decided of 200.

    From then on as many as keep the expected share of right proposals at .97, and all that are likely by themselves,
    so that nobody is worn out by the rest.
    """
    if decisions < _ENOUGH_DECISIONS or not len(probabilities):
        return len(probabilities)
    expected = np.cumsum(probabilities) / np.arange(1, len(probabilities) + 1)
    likely = int(np.count_nonzero(np.asarray(probabilities) >= _LIKELY))
    return max(likely, int(np.count_nonzero(expected >= _WANTED_PRECISION)))
