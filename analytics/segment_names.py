"""Names of segments that fit their rules: when the last order was, how often they ordered, how much they spent."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.evaluate import BoolArray
from analytics.features import Table
from analytics.rules import Rule

_COOLING_DAYS = 60
"""A last order this many days ago, or less, is no reason to call somebody lapsed."""


@dataclass(frozen=True, slots=True)
class Habits:
    """A group's words, and the medians that tell groups with the same words apart."""

    lately: str
    people: str
    days: float
    spent: float


def habits(rule: Rule, table: Table, members: BoolArray) -> Habits:
    """The habits of a rule's members: rows of the table where `members`, (n,), is true."""
    recency, orders, spent = (table.column(name) for name in ("days_since_order", "orders", "spend"))
    days, times, money = (float(np.median(each[members])) for each in (recency, orders, spent))
    return Habits(_lately(rule), _people(table, members, times, money), days, money)


def distinct(found: Sequence[Habits]) -> list[str]:
    """A name for each group in the same order, such as `Lapsed big spenders`; no two are the same."""
    names = [" ".join(each for each in (one.lately, one.people) if each).capitalize() for one in found]
    return [_apart(at, names, found) for at in range(len(names))]


def slug(name: str) -> str:
    """The name as a key: lower case, with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _lately(rule: Rule) -> str:
    """What the rule says of the last order; nothing where it does not ask when that was."""
    above, up_to = rule.above[0], rule.up_to[0]
    if not math.isfinite(above):
        return "recent" if math.isfinite(up_to) else ""
    if math.isfinite(up_to):
        return "cooling"
    return "lapsed" if above > _COOLING_DAYS else "quiet"


def _people(table: Table, members: BoolArray, times: float, money: float) -> str:
    orders, spent = table.column("orders"), table.column("spend")
    big = money > float(np.quantile(spent, 0.85))
    if (orders[members] <= 1).all():
        return "one-time big buyers" if big else "one-time buyers"
    if money > float(np.quantile(spent, 0.95)):
        return "top spenders"
    if big:
        return "big spenders"
    if times > float(np.quantile(orders, 0.75)):
        return "frequent buyers"
    return "regular buyers" if money > float(np.quantile(spent, 0.5)) else "small buyers"


def _apart(at: int, names: Sequence[str], found: Sequence[Habits]) -> str:
    """Groups that still share a name differ by what they spent: more, less, or their rank where there are several."""
    same = sorted(
        (each for each in range(len(names)) if names[each] == names[at]), key=lambda each: (-found[each].spent, each)
    )
    if len(same) == 1:
        return names[at]
    if len(same) == 2:
        return f"{names[at]}, {('higher', 'lower')[same.index(at)]} spend"
    return f"{names[at]}, spend rank {same.index(at) + 1}"
