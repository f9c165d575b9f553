"""Turns weights into probabilities, moved by people's decisions where there are some."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_ROUNDS: Final = 25
_SLOPE: Final = float(np.log(2))
_TRUST: Final = 4.0


def calibrated(
    weights: NDArray[np.float64], decided: NDArray[np.float64], answers: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weights (p,) on a scale where 0 bits is an even chance, from decided weights (d,) and their answers (d,).

    A logistic line on the weight (Platt 1999), shrunk to the line that the weights stand for: with no decisions nothing
    moves, and a few move it a little. The order of pairs never changes.
    """
    if not len(decided):
        return weights
    slope, offset = 1.0, 0.0
    shown = np.clip(decided, -20, 20)
    wanted = answers.astype(float)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-_SLOPE * (slope * shown + offset)))
        error = _SLOPE * (wanted - chance)
        spread = _SLOPE**2 * chance * (1 - chance)
        gradient = np.array([(error * shown).sum() - 20 * _TRUST * (slope - 1), error.sum() - _TRUST * offset / 16])
        curve = np.array(
            [
                [(spread * shown**2).sum() + 20 * _TRUST, (spread * shown).sum()],
                [(spread * shown).sum(), spread.sum() + _TRUST / 16],
            ]
        )
        step = np.linalg.solve(curve, gradient)
        slope, offset = float(np.clip(slope + step[0], 0.2, 3.0)), float(np.clip(offset + step[1], -20, 20))
    moved: NDArray[np.float64] = slope * weights + offset
    return moved
