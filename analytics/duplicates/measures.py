"""Likeness of sizes, prices, years and co-ordinates: by how many rows lie as near, so that no unit need be known."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.cells import Column

STEPS: Final = (0.80, 0.95, 0.99)
"""Likenesses from which two numbers are weakly, fairly and closely alike: a fifth, a twentieth, a hundredth of all."""
_ITSELF: Final = 2.0
_UNSEEN: Final = 1.0


def alike(
    column: Column, one: NDArray[np.int64], other: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of pairs of values: 1 less the share of rows that lie as near (p,), and the bits (p,) of lying so near.

    Near means no farther than the two are from each other, counted around both of them.
    """
    numbers = np.array([float(value) for value in column.values], dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    below = np.concatenate([[0], np.cumsum(column.counts[order])]).astype(np.float64)
    rows = max(below[-1], 2.0)
    left, right = numbers[one], numbers[other]
    apart = np.abs(left - right) * (1 + 1e-9)
    near = np.zeros(len(left))
    for middle in (left, right):
        first = np.searchsorted(ordered, middle - apart, side="left")
        last = np.searchsorted(ordered, middle + apart, side="right")
        near += (below[last] - below[first]) / 2
    others = np.maximum(near - _ITSELF, 0)
    return (1 - others / rows).astype(np.float32), np.log2(rows / (others + _UNSEEN)).astype(np.float32)
