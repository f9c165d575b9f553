"""Tests of models in later time: days to cut at, measures of error, intervals of a rate, and a test for chance."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, rankdata, spearmanr

from analytics.features import FloatArray

BoolArray = npt.NDArray[np.bool_]


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a rate of `hits` in `n`; (0, 1) where n is 0. Wilson 1927."""
    if n <= 0:
        return 0.0, 1.0
    rate = hits / n
    spread = z * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    middle, scale = rate + z * z / (2 * n), 1 + z * z / n
    return max(0.0, float((middle - spread) / scale)), min(1.0, float((middle + spread) / scale))


def beta_interval(hits: float, n: float, level: float = 0.8) -> tuple[float, float]:
    """The interval of a rate of `hits` in `n` under Jeffreys' prior."""
    tail = (1 - level) / 2
    low, high = beta.ppf([tail, 1 - tail], hits + 0.5, n - hits + 0.5)
    return float(low), float(high)


def cuts(first: date, as_of: date, horizon: int, most: int = 3) -> tuple[date, ...]:
    """Days to cut at, oldest first: target windows of `horizon` days that do not overlap and end by `as_of`.

    A cut needs at least a horizon of history before it, so that there is something to learn from.
    """
    days = [as_of - timedelta(days=horizon * back) for back in range(1, most + 1)]
    return tuple(sorted(day for day in days if (day - first).days >= horizon))


def brier(truth: BoolArray, chance: FloatArray) -> float:
    """Mean squared error of chances, both (n,)."""
    return float(np.mean((chance - truth) ** 2))


def auc(truth: BoolArray, score: FloatArray) -> float:
    """Chance that a hit is ranked above a miss, ties half; .5 where there is only one class."""
    hits = int(truth.sum())
    misses = truth.size - hits
    if not hits or not misses:
        return 0.5
    ranks = rankdata(score)
    return float((ranks[truth].sum() - hits * (hits + 1) / 2) / (hits * misses))


def chance_of_luck(truth: BoolArray, score: FloatArray, draws: int = 999) -> float:
    """How often shuffled outcomes are ranked as well as these: the one-sided p-value of the AUC by permutation."""
    random = np.random.default_rng(0)
    # With the ranks fixed, the AUC grows with the hits' sum of ranks, so that the sums can be compared instead.
    ranks = rankdata(score)
    reached = float(ranks[truth].sum()) - 1e-9
    lucky = sum(float(ranks[random.permutation(truth)].sum()) >= reached for _ in range(draws))
    return (lucky + 1) / (draws + 1)


def calibration_error(truth: BoolArray, chance: FloatArray, bins: int = 10) -> float:
    """Mean distance of said from happened over bins of equal size (expected calibration error)."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, order.size)) if part.size]
    return float(sum(abs(chance[part].mean() - truth[part].mean()) * part.size for part in parts) / order.size)


def amounts_error(truth: FloatArray, said: FloatArray) -> dict[str, float]:
    """Error of amounts, both (n,): rmse, total (share too much), spearman, and the share the top tenth held."""
    total = float(truth.sum())
    flat = np.ptp(truth) == 0 or np.ptp(said) == 0
    top = np.argsort(-said, kind="stable")[: max(1, said.size // 10)]
    return {
        "rmse": float(np.sqrt(np.mean((truth - said) ** 2))),
        "total": float(said.sum()) / total - 1 if total > 0 else 0.0,
        "spearman": 0.0 if flat else float(spearmanr(truth, said).statistic),
        "top_tenth": float(truth[top].sum()) / total if total > 0 else 0.0,
    }


def interval_score(truth: FloatArray, low: FloatArray, high: FloatArray, level: float = 0.8) -> float:
    """Mean width plus the penalty for misses, all (n,). Gneiting & Raftery 2007."""
    penalty = 2 / (1 - level)
    return float(np.mean(high - low + penalty * (np.maximum(low - truth, 0) + np.maximum(truth - high, 0))))


def explained(groups: npt.NDArray[np.int64], later: FloatArray) -> float:
    """Share of later revenue's variance between groups (eta squared), with revenue capped at its 99th percentile."""
    capped = np.minimum(later, np.quantile(later, 0.99)) if later.size else later
    spread = float(((capped - capped.mean()) ** 2).sum()) if later.size else 0.0
    if spread <= 0:
        return 0.0
    _, place, size = np.unique(groups, return_inverse=True, return_counts=True)
    fitted = (np.bincount(place, capped) / size)[place]
    return float(((fitted - capped.mean()) ** 2).sum()) / spread


def best_fifth(order: Sequence[int], groups: npt.NDArray[np.int64], later: FloatArray) -> float:
    """Share of later revenue in the best fifth of customers, group by group in `order`; the last group in part."""
    total, room, held = float(later.sum()), 0.2 * later.size, 0.0
    for group in order:
        members = later[groups == group]
        if room <= 0 or not members.size:
            continue
        part = min(1.0, room / members.size)
        held += part * float(members.sum())
        room -= members.size
    return held / total if total > 0 else 0.0
