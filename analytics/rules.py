"""Rules that a person can check by hand: ranges of orders, spending and days since the last order, and their words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics import explain
from analytics.features import FloatArray, Table
from crm_store.values.scores import Json

COLUMNS = ("days_since_order", "orders", "spend")
"""What segments are made of, in the order in which rules name them."""

_DAYS: Final[Mapping[float, int]] = {
    3: 2, 7: 1, 14: 2, 21: 2, 30: 0, 45: 2, 60: 1, 75: 2, 90: 0, 120: 1, 150: 2, 180: 0, 210: 2, 240: 2, 270: 1,
    300: 2, 365: 0, 450: 2, 540: 1, 630: 2, 730: 0, 900: 2, 1095: 1, 1460: 1, 1825: 1, 2555: 2, 3650: 1,
}  # fmt: skip
_ORDERS: Final = (*range(1, 11), 12, 14, 16, 18, 20, 25, 30, 35, 40, 50, 60, 80, 100, 150, 200, 300, 500, 1000)
_ROUND_ORDERS: Final = frozenset((1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))
_STEPS: Final[Mapping[float, int]] = {1: 0, 1.2: 3, 1.5: 2, 2: 1, 2.5: 2, 3: 2, 4: 3, 5: 1, 6: 3, 8: 3}
"""Ten even steps to a tenfold amount, with two digits at most."""
_POWERS: Final = range(-2, 11)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Cut points that people can keep in mind, ascending, and how far from round each is (0: roundest), (n,) both."""

    at: FloatArray
    unround: npt.NDArray[np.int64]

    @classmethod
    def of(cls, found: Mapping[float, int]) -> "Points":
        """From a point's value to how far from round it is."""
        at = sorted(found)
        return cls(np.array(at, dtype=np.float64), np.array([found[each] for each in at], dtype=np.int64))


READABLE: Final[tuple[Points, ...]] = (
    Points.of(_DAYS),
    Points.of({each: int(each not in _ROUND_ORDERS) for each in _ORDERS}),
    Points.of({step * 10.0**power: unround for power in _POWERS for step, unround in _STEPS.items()}),
)
"""The cut points that a rule may use, for each of COLUMNS: few enough to stay put from month to month."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Half-open ranges (above, up to], one for each of COLUMNS."""

    above: tuple[float, ...] = (-math.inf,) * len(COLUMNS)
    up_to: tuple[float, ...] = (math.inf,) * len(COLUMNS)

    def holds(self, values: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether each row of (n, 3) obeys, (n,)."""
        inside = (values > np.array(self.above)) & (values <= np.array(self.up_to))
        return np.asarray(inside.all(axis=1), dtype=np.bool_)

    def narrowed(self, column: int, cut: float, *, below: bool) -> "Rule":
        """The rule with one more cut."""
        above, up_to = list(self.above), list(self.up_to)
        if below:
            up_to[column] = min(up_to[column], cut)
        else:
            above[column] = max(above[column], cut)
        return Rule(tuple(above), tuple(up_to))

    def sentence(self, currency: str) -> str:
        """The rule in at most 15 words."""
        words = (_days(self.above[0], self.up_to[0]), _orders(self.above[1], self.up_to[1]))
        parts = [each for each in (*words, _spend(self.above[2], self.up_to[2], currency)) if each]
        sentence = ", ".join(parts) or "everybody who ordered"
        return sentence[0].upper() + sentence[1:]

    def to_json(self) -> dict[str, Json]:
        """The ranges, with null where there is no end."""
        ends = (("above", self.above), ("up_to", self.up_to))
        return {name: [each if math.isfinite(each) else None for each in bounds] for name, bounds in ends}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> "Rule":
        """A rule from `to_json`; raises ValueError where it does not fit COLUMNS."""
        return cls(_bounds(numbers.get("above"), -math.inf), _bounds(numbers.get("up_to"), math.inf))


def assign(rules: Sequence[Rule], table: Table) -> npt.NDArray[np.int64]:
    """The place of the rule that each row obeys, (n,); rules grown together leave nobody out and overlap nowhere."""
    values = table.columns(COLUMNS)
    places = np.zeros(len(table.ids), dtype=np.int64)
    for place, rule in enumerate(rules):
        places[rule.holds(values)] = place
    return places


def _bounds(found: Json, endless: float) -> tuple[float, ...]:
    if not isinstance(found, list) or len(found) != len(COLUMNS):
        raise ValueError("a rule needs one bound for each column")
    return tuple(endless if each is None else float(str(each)) for each in found)


def _days(above: float, up_to: float) -> str:
    low, high = round(above) + 1 if math.isfinite(above) else 0, up_to
    if low <= 0:
        return f"last order at most {high:.0f} days ago" if math.isfinite(high) else ""
    if not math.isfinite(high):
        return f"last order over {low - 1} days ago"
    return f"last order {low}–{high:.0f} days ago" if low < high else f"last order {low} days ago"


def _orders(above: float, up_to: float) -> str:
    low = int(above) + 1 if math.isfinite(above) else 1
    if not math.isfinite(up_to):
        return f"at least {low} orders" if low > 1 else ""
    high = int(up_to)
    return f"{low}–{high} orders" if low < high else explain.count(high, "order")


def _spend(above: float, up_to: float, currency: str) -> str:
    low, high = (explain.amount(each, currency) if math.isfinite(each) else "" for each in (above, up_to))
    if low and high:
        return f"spent over {low} to {high}"
    if low:
        return f"spent over {low}"
    return f"spent at most {high}" if high else ""
