"""Likeness of long texts, such as descriptions: by the words they share, where the rare ones count for most."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LONG: Final = 12.0
_LEFT_OVER: Final = 0.45
_WITHIN: Final = 0.7


def are_long(values: Sequence[str]) -> bool:
    """True where texts have more than twelve words on average: too many for their slips to be looked for."""
    return sum(value.count(" ") + 1 for value in values) > _LONG * max(len(values), 1)


def alike(
    values: Sequence[str], one: NDArray[np.int64], other: NDArray[np.int64], weights: Mapping[str, float],
    rare: Mapping[str, float],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:  # fmt: skip
    """Similarities in 0..1 (p,) of pairs of texts, and the bits (p,) of the words that they share.

    `weights` and `rare` are the weight and the bits of each word. Of what is left over on one side less is held against
    the pair than of what both sides have besides, as with names of a few words.
    """
    words = [frozenset(value.split()) for value in values]
    heavy = np.array([sum(weights[word] for word in each) for each in words])
    telling = np.array([sum(rare[word] for word in each) for each in words])
    agreed, bits = np.zeros(len(one)), np.zeros(len(one))
    for at, (left, right) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        shared = words[left] & words[right]
        if shared:
            agreed[at] = sum([weights[word] for word in shared])
            bits[at] = sum([rare[word] for word in shared])
    mine, theirs = heavy[one] - agreed, heavy[other] - agreed
    total = agreed + _LEFT_OVER * np.abs(mine - theirs) + 2 * np.minimum(mine, theirs)
    least = np.minimum(telling[one], telling[other])
    within = _WITHIN * np.minimum(1, bits / np.maximum(least, 1e-9))
    score = np.maximum(agreed / np.maximum(total, 1e-9), within)
    return score.astype(np.float32), bits.astype(np.float32)
