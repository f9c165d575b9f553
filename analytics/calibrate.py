"""Says how far a chance can be trusted: what came of similar chances in the backtest, as bands or as deciles."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analytics.evaluate import BoolArray, beta_interval
from analytics.features import FloatArray
from analytics.ridge import chance, log_odds
from crm_store.values.scores import Band, Json

BANDS = (Band.LOWER, Band.USUAL, Band.HIGHER)
ENOUGH_FOR_PERCENT = 200
_FEWEST_IN_DECILE = 20


@dataclass(frozen=True, slots=True)
class Similar:
    """What came of backtest rows with similar chances: mean `said`, rate `came`, its 80 % interval, and how many."""

    said: float
    came: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Groups of similar chances, split at `edges`; with `banded` people read bands, otherwise percentages."""

    edges: tuple[float, ...]
    groups: tuple[Similar, ...]
    banded: bool

    def place(self, said: FloatArray) -> npt.NDArray[np.int64]:
        """The group of each chance, (n,)."""
        return np.searchsorted(np.array(self.edges), said).astype(np.int64)

    def judge(self, said: float) -> tuple[float, float, float, Band | None]:
        """Point, low, high and band of one chance; in bands the point is the rate of the band, not the model's."""
        return self._judged(said, int(self.place(np.array([said]))[0]))

    def _judged(self, said: float, place: int) -> tuple[float, float, float, Band | None]:
        group = self.groups[place]
        if self.banded:
            return group.came, group.low, group.high, BANDS[place]
        return said, min(group.low, said), max(group.high, said), None

    def judge_all(self, said: FloatArray) -> list[tuple[float, float, float, Band | None]]:
        """Point, low, high and band of each chance, (n,)."""
        places = self.place(said).tolist()
        return [self._judged(chance, place) for chance, place in zip(said.tolist(), places, strict=True)]

    def to_json(self) -> Json:
        """Edges and groups, for the report card."""
        groups: list[Json] = [
            {"said": each.said, "came": each.came, "low": each.low, "high": each.high, "n": each.n}
            for each in self.groups
        ]
        return {"edges": list(self.edges), "groups": groups, "banded": self.banded}


def from_json(told: Mapping[str, Any]) -> Calibration:
    """A calibration from `to_json`."""
    groups = tuple(
        Similar(float(each["said"]), float(each["came"]), float(each["low"]), float(each["high"]), int(each["n"]))
        for each in told["groups"]
    )
    return Calibration(tuple(float(each) for each in told["edges"]), groups, bool(told["banded"]))


def calibrate(
    said: FloatArray, came: BoolArray, rarer: float, level: float = 0.8, part: npt.NDArray[np.int64] | None = None
) -> Calibration:
    """Groups from a backtest's chances and outcomes, (n,): thirds below 200 of the rarer outcome, then up to tenths.

    The intervals hold `level`. In bands, neighbours whose rates stand in the wrong order share one rate, so that
    higher never means less. Where the `part` of the backtest of each row is told, (n,), the intervals are wider by
    how far the rate strayed from what was said from part to part, beyond chance.
    """
    banded = rarer < ENOUGH_FOR_PERCENT
    bins = 3 if banded else int(np.clip(said.size // _FEWEST_IN_DECILE, 3, 10))
    edges = np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1])
    places = np.searchsorted(edges, said)
    hits = np.array([float(came[places == each].sum()) for each in range(bins)])
    counts = np.array([float((places == each).sum()) for each in range(bins)])
    if banded:
        hits, counts = _in_order(hits, counts)
    groups = tuple(
        _similar(
            float(said[places == each].mean()) if (places == each).any() else float("nan"),
            hits[each],
            counts[each],
            level,
        )
        for each in range(bins)
    )
    strays = 0.0 if part is None else _strays(said, came, part, level)
    if strays:
        groups = tuple(_widened(group, strays) for group in groups)
    return Calibration(tuple(float(each) for each in edges), groups, banded)


def _similar(said: float, hits: float, n: float, level: float) -> Similar:
    low, high = beta_interval(hits, n, level)
    came = float((hits + 0.5) / (n + 1))
    return Similar(said if np.isfinite(said) else came, came, low, high, int(n))


def _strays(said: FloatArray, came: BoolArray, part: npt.NDArray[np.int64], level: float) -> float:
    """How far, in log odds, the next part's rate may stray from what is said, for all rows alike.

    The shift of each part that explains its rate is estimated by one Newton step; its spread beyond chance is that of
    DerSimonian & Laird 1986, and the range of the next one that of Higgins, Thompson & Spiegelhalter 2009.
    """
    weights = np.bincount(part, said * (1 - said))
    weights, missed = weights[weights > 0], np.bincount(part, came - said)[weights > 0]
    if weights.size < 3:
        return 0.0
    shifts = missed / weights
    apart = float((weights * (shifts - np.average(shifts, weights=weights)) ** 2).sum())
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    variance = max(0.0, (apart - (weights.size - 1)) / scale)
    return float(stdtrit(weights.size - 1, (1 + level) / 2)) * float(np.sqrt(variance * (1 + 1 / weights.size)))


def _widened(group: Similar, strays: float) -> Similar:
    """The group with both ends further off in log odds; the two uncertainties add as squares."""
    middle, low, high = (float(log_odds(np.array([each]))[0]) for each in (group.came, group.low, group.high))
    ends = np.array([middle - np.hypot(middle - low, strays), middle + np.hypot(high - middle, strays)])
    low, high = chance(ends).tolist()
    return replace(group, low=low, high=high)


def _in_order(hits: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pool adjacent groups whose rates fall, and give each member of a pool the pool's hits and count."""
    pools: list[list[int]] = []
    for each in range(hits.size):
        pools.append([each])
        while len(pools) > 1 and _rate(hits, counts, pools[-2]) >= _rate(hits, counts, pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    pooled_hits, pooled_counts = hits.copy(), counts.copy()
    for pool in pools:
        pooled_hits[pool], pooled_counts[pool] = hits[pool].sum(), counts[pool].sum()
    return pooled_hits, pooled_counts


def _rate(hits: FloatArray, counts: FloatArray, pool: list[int]) -> float:
    return float((hits[pool].sum() + 0.5) / (counts[pool].sum() + 1))
