"""Notices that the world moved: the base rate of late outcomes, and columns that no longer look as in training."""

from collections.abc import Sequence

import numpy as np

from analytics.evaluate import BoolArray
from analytics.features import FloatArray

MOVED = 2.58
"""Standard errors from which a difference of rates is told to people: 1 in 100 by chance."""
STRANGE = 0.25
"""Population stability index from which a column counts as changed, the usual rule of thumb."""


def base_rate(before: BoolArray, lately: BoolArray) -> float:
    """Standard errors between the rates of two groups of outcomes, above 0 where the late rate is higher."""
    if not before.size or not lately.size:
        return 0.0
    pooled = (before.sum() + lately.sum()) / (before.size + lately.size)
    error = np.sqrt(pooled * (1 - pooled) * (1 / before.size + 1 / lately.size))
    return float((lately.mean() - before.mean()) / error) if error > 0 else 0.0


def stability(trained: FloatArray, now: FloatArray, bins: int = 5) -> float:
    """Population stability index of one column, (n,) and (m,); missing values are left out."""
    trained, now = trained[np.isfinite(trained)], now[np.isfinite(now)]
    if min(trained.size, now.size) < 10 * bins:
        return 0.0
    edges = np.unique(np.quantile(trained, np.linspace(0, 1, bins + 1)[1:-1]))
    shares = [
        (np.bincount(np.searchsorted(edges, each), minlength=edges.size + 1) + 0.5)
        / (each.size + 0.5 * (edges.size + 1))
        for each in (trained, now)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def strange_columns(names: Sequence[str], trained: FloatArray, now: FloatArray) -> dict[str, float]:
    """The columns of (n, p) and (m, p) that changed, with their index."""
    found = {name: stability(trained[:, at], now[:, at]) for at, name in enumerate(names)}
    return {name: round(index, 3) for name, index in found.items() if index >= STRANGE}
