"""Says how far a chance can be trusted: what came of similar chances in the backtest, as bands or as deciles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.evaluate import BoolArray, beta_interval
from analytics.features import FloatArray
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
        place = int(self.place(np.array([said]))[0])
        group = self.groups[place]
        if self.banded:
            return group.came, group.low, group.high, BANDS[place]
        return said, min(group.low, said), max(group.high, said), None

    def to_json(self) -> Json:
        """Edges and groups, for the report card."""
        groups: list[Json] = [
            {"said": each.said, "came": each.came, "low": each.low, "high": each.high, "n": each.n}
            for each in self.groups
        ]
        return {"edges": list(self.edges), "groups": groups, "banded": self.banded}


def calibrate(said: FloatArray, came: BoolArray, rarer: float) -> Calibration:
    """Groups from a backtest's chances and outcomes, (n,): thirds below 200 of the rarer outcome, then up to tenths.

    In bands, neighbours whose rates stand in the wrong order share one rate, so that higher never means less.
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
            float(said[places == each].mean()) if (places == each).any() else float("nan"), hits[each], counts[each]
        )
        for each in range(bins)
    )
    return Calibration(tuple(float(each) for each in edges), groups, banded)


def _similar(said: float, hits: float, n: float) -> Similar:
    low, high = beta_interval(hits, n)
    came = float((hits + 0.5) / (n + 1))
    return Similar(said if np.isfinite(said) else came, came, low, high, int(n))


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
