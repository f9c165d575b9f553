"""Likeness of postal addresses: the numbers have to agree, the words may be written in many ways."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

_NUMBER: Final = re.compile(r"\b\d+[a-z]?\b")
_PART: Final = 0.97
_OTHER_NUMBER: Final = 0.80


def alike(left: Sequence[str], right: Sequence[str]) -> NDArray[np.float32]:
    """Similarities in 0..1 (p,) of pairs of folded addresses; another house in the same street is hardly alike."""
    whole: NDArray[np.float32] = process.cpdist(left, right, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
    partly = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100 * _PART
    found: NDArray[np.float32] = np.maximum(whole, partly).astype(np.float32)
    numbers = {text: frozenset(_NUMBER.findall(text)) for text in {*left, *right}}
    for at in np.flatnonzero(found >= _OTHER_NUMBER).tolist():
        one, other = numbers[left[at]], numbers[right[at]]
        if one and other and one.isdisjoint(other):
            found[at] *= _OTHER_NUMBER
    return found
