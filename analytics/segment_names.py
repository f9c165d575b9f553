"""Names of segments from what their members do: how lately they ordered, how often, and how much they spent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.evaluate import BoolArray
from analytics.features import Table

_LATELY = ("Active", "Cooling", "Quiet", "Silent", "Long silent")
_APART = 1.25
"""Groups whose days since the last order differ by this factor may differ in the word for it."""


@dataclass(frozen=True, slots=True)
class Habits:
    """A group's words, compared with all buyers, and the medians that tell groups with the same words apart."""

    lately: int
    people: str
    days: float
    spent: float


def habits(table: Table, members: BoolArray) -> Habits:
    """The habits of the rows where `members`, (n,), is true."""
    recency, orders, spent = (table.column(name) for name in ("days_since_order", "orders", "spend"))
    days, times, money = (float(np.median(each[members])) for each in (recency, orders, spent))
    # Days count for themselves as well: the latest third of a shop that nobody visited for a year is not active.
    active, quiet = np.clip(np.quantile(recency, [1 / 3, 2 / 3]), [30, 60], [120, 365])
    lately = 0 if days <= active else 2 if days <= quiet else 3
    return Habits(lately, _people(table, members, times, money), days, money)


def distinct(found: Sequence[Habits]) -> list[str]:
    """A name for each group in the same order, such as `Silent big spenders`; no two are the same."""
    lately = [each.lately for each in found]
    latest: dict[str, int] = {}
    for at in sorted(range(len(found)), key=lambda each: found[each].days):
        before = latest.get(found[at].people)
        if before is not None and lately[before] >= lately[at] and found[at].days > _APART * max(found[before].days, 1):
            lately[at] = min(lately[before] + 1, len(_LATELY) - 1)
        latest[found[at].people] = at
    names = [f"{_LATELY[late]} {each.people}" for late, each in zip(lately, found, strict=True)]
    return [_apart(at, names, found) for at in range(len(names))]


def _people(table: Table, members: BoolArray, times: float, money: float) -> str:
    orders, spent = table.column("orders"), table.column("spend")
    big = money > float(np.quantile(spent, 0.85))
    if (orders[members] <= 1).all():
        return "one-time big buyers" if big else "one-time buyers"
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


def slug(name: str) -> str:
    """The name as a key: lower case, with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
