"""Rules that a person can check by hand: ranges of orders, spending and days since the last order, and their words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics import explain
from analytics.features import FloatArray, Table

COLUMNS = ("days_since_order", "orders", "spend")
"""What segments are made of, in the order in which rules name them."""


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


@dataclass(frozen=True, slots=True)
class Split:
    """One node of a grown tree: rows with `column` at most `cut` go to `left`; a leaf has no children."""

    column: int
    cut: float
    left: int
    right: int


def leaves(nodes: Sequence[Split]) -> tuple[Rule, ...]:
    """The rules of a tree's leaves with readable cut points, from left to right; together they cover everybody once."""
    found: list[Rule] = []
    waiting = [(0, Rule())]
    while waiting:
        at, rule = waiting.pop()
        node = nodes[at]
        if node.left < 0:
            found.append(rule)
            continue
        cut = readable(COLUMNS[node.column], node.cut)
        waiting.append((node.right, rule.narrowed(node.column, cut, below=False)))
        waiting.append((node.left, rule.narrowed(node.column, cut, below=True)))
    return tuple(found)


def readable(column: str, cut: float) -> float:
    """A cut point for people: whole orders and days, two digits of days and of amounts."""
    if column == "orders":
        return float(math.floor(cut))
    if cut <= 0:
        return math.floor(cut)
    digits = 1 - math.floor(math.log10(cut))
    return round(cut, digits) if column == "spend" else float(round(cut, min(digits, 0)))


def assign(rules: Sequence[Rule], table: Table) -> npt.NDArray[np.int64]:
    """The place of the rule that each row obeys, (n,); rules from `leaves` leave nobody out."""
    values = table.columns(COLUMNS)
    places = np.zeros(len(table.ids), dtype=np.int64)
    for place, rule in enumerate(rules):
        places[rule.holds(values)] = place
    return places


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
