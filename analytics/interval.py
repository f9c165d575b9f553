"""80 % intervals of revenue: quantiles of a fitted process, or of what came beside what was said, by size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import gammaincinv, ndtri

from analytics.features import FloatArray
from crm_store.values.scores import Json

LOW, HIGH = 0.1, 0.9
_GROUPS = 20
_FEWEST_IN_GROUP = 25
_NARROWEST = 0.05
SHAPES = ("lognormal", "gamma")
FACTORS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
"""By how much the upper end may be moved where the backtest shows that a process errs."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What a process says of each customer's revenue, (n,) each: the mean, its square's mean, the chance of none."""

    mean: FloatArray
    square: FloatArray
    none: FloatArray

    def around(self, mean: FloatArray) -> "Spread":
        """The same spread in proportion around another mean."""
        share = mean / np.maximum(self.mean, 1e-12)
        return Spread(mean, self.square * share**2, self.none)


@dataclass(frozen=True, slots=True)
class Interval:
    """How intervals are made: `shape` of the positive part with a `factor` on the upper end, or, with `edges`,
    quantiles of came / said in groups by size.
    """

    shape: str = SHAPES[0]
    factor: float = 1.0
    edges: tuple[float, ...] = ()
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()

    def of(self, spread: Spread) -> tuple[FloatArray, FloatArray]:
        """Low and high of each customer, (n,); the mean lies between."""
        mean = spread.mean
        if self.lows:
            place = np.searchsorted(np.array(self.edges), mean)
            low, high = np.array(self.lows)[place] * mean, np.array(self.highs)[place] * mean
        else:
            low, high = (_quantile(spread, each, self.shape) for each in (LOW, HIGH))
            high = high * self.factor
        return np.minimum(low, mean), np.maximum(high, mean)

    def to_json(self) -> dict[str, Json]:
        """The rule as numbers."""
        return {
            "shape": self.shape,
            "factor": self.factor,
            "edges": list(self.edges),
            "lows": list(self.lows),
            "highs": list(self.highs),
        }

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A rule from `to_json`."""
        edges, lows, highs = (_floats(numbers[name]) for name in ("edges", "lows", "highs"))
        return cls(str(numbers["shape"]), float(str(numbers["factor"])), edges, lows, highs)


def by_size(said: FloatArray, came: FloatArray) -> Interval:
    """Quantiles of came / said among customers of similar size, both (n,): split conformal by group."""
    groups = int(np.clip(said.size // _FEWEST_IN_GROUP, 1, _GROUPS))
    edges = np.quantile(said, np.linspace(0, 1, groups + 1)[1:-1])
    place = np.searchsorted(edges, said)
    ratio = came / np.maximum(said, 1e-9)
    whole = np.quantile(ratio, [LOW, HIGH])
    ends = [
        np.quantile(ratio[place == each], [LOW, HIGH]) if (place == each).any() else whole for each in range(groups)
    ]
    lows, highs = (tuple(float(each[side]) for each in ends) for side in (0, 1))
    return Interval("groups", 1.0, tuple(float(each) for each in edges), lows, highs)


def _quantile(spread: Spread, share: float, shape: str) -> FloatArray:
    """The quantile of a sum that is nought with chance `none` and else has the mean and variance that are left."""
    some = np.maximum(1 - spread.none, 1e-9)
    mean = np.maximum(spread.mean / some, 1e-12)
    variance = np.maximum(spread.square / some - mean**2, (_NARROWEST * mean) ** 2)
    inside = np.clip((share - spread.none) / some, 1e-9, 1 - 1e-9)
    if shape == "gamma":
        found = gammaincinv(mean**2 / variance, inside) * variance / mean
    else:
        width = np.log1p(variance / mean**2)
        found = np.exp(np.log(mean) - width / 2 + np.sqrt(width) * ndtri(inside))
    return np.where(share > spread.none, found, 0.0)


def _floats(numbers: Json) -> tuple[float, ...]:
    found: Sequence[Json] = numbers if isinstance(numbers, list) else ()
    return tuple(float(str(each)) for each in found)
