"""Values that strangers share together less often than apart: a whole address, a name in one company."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.cells import Codes

_MOST: Final = 8.0
_TRUST: Final = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Pairs that agree in several columns at once (p,), and how many of all pairs of a table do.

    `seen` is the number of pairs of rows that agree, `expected` how many strangers would if the columns had nothing to
    do with each other, and `start` the share of these that experience expects.
    """

    agree: NDArray[np.bool_]
    seen: float
    expected: float
    start: float

    def bits(self, likely: NDArray[np.float64] | None) -> float:
        """What agreeing in all is worth beyond the columns one by one, at most 8 bits.

        `likely` (p,) are the chances that the pairs are one. Those that agree and are not one are strangers; a table
        in which they are fewer than independent columns would make them shows that what is in the columns is given to
        one alone. Fifty strangers are as good as experience.
        """
        same = self.seen * (1 - self.start) if likely is None else float(likely[self.agree].sum())
        strangers = max(self.seen - same, 0.0)
        rate = (strangers + _TRUST * self.start) / (self.expected + _TRUST)
        return float(np.clip(-np.log2(rate), 0, _MOST))


def of(agree: NDArray[np.bool_], codes: Sequence[Codes], joint: Codes, start: float) -> Together:
    """Count over a table: `codes` (n,) of the columns, and of what stands in all of them at once, `joint` (n,).

    Rows without a joint code, -1, count on neither side.
    """
    filled = joint >= 0
    counts = np.bincount(joint[filled]).astype(float)
    others = float(filled.sum()) * np.ones(int(filled.sum()))
    for code in codes:
        used = np.bincount(code[code >= 0], minlength=int(code.max(initial=0)) + 1)
        known = code[filled] >= 0
        others[known] *= used[code[filled][known]] / max(used.sum(), 1)
    return Together(agree, float((counts * (counts - 1)).sum() / 2), float(others.sum() / 2), start)


def joined(codes: Sequence[Codes]) -> Codes:
    """One code (n,) for each combination, -1 where one of them is missing."""
    filled = np.all([code >= 0 for code in codes], axis=0)
    joint = np.full(len(codes[0]), -1, dtype=np.int32)
    if filled.any():
        rows = np.stack([code[filled] for code in codes], axis=1)
        joint[filled] = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    return joint
