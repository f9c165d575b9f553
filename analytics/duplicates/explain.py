"""Says for each pair which fields speak for and against it: `same phone (+6.1)`."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.compare import DIFFERENT, EQUAL
from analytics.duplicates.evidence import Bits, Field

_TOLD: Final = 0.05


def reasons(fields: Sequence[Field], parts: Sequence[Bits], at: NDArray[np.int64]) -> list[tuple[str, ...]]:
    """A tuple of reasons for each pair at the places `at`, the heaviest first; what says nothing is left out."""
    levels = np.stack([field.compared.levels[at] for field in fields], axis=1)
    bits = np.stack([part[at] for part in parts], axis=1)
    order = np.argsort(-np.abs(bits), axis=1, kind="stable")
    labels = [field.label for field in fields]
    told: list[tuple[str, ...]] = []
    for row_levels, row_bits, row_order in zip(levels.tolist(), bits.tolist(), order.tolist(), strict=True):
        told.append(
            tuple(
                f"{_phrase(labels[field], row_levels[field], row_bits[field])} ({row_bits[field]:+.1f})"
                for field in row_order
                if abs(row_bits[field]) >= _TOLD
            )
        )
    return told


def _phrase(label: str, level: int, bits: float) -> str:
    if level == EQUAL:
        return f"same {label}"
    if bits > 0 and level <= DIFFERENT:
        return f"{label} swapped"
    return f"other {label}" if level == DIFFERENT else f"similar {label}"
