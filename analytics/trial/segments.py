"""`crm analyze segments`: groups of the customers of an order file, each with a name and a rule in words."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from analytics import segment_choice, segments
from analytics.features import FloatArray, Table
from analytics.segment_choice import Evidence
from analytics.segments import LATER_WINDOWS, Learnt
from analytics.trial import tables
from analytics.trial.tables import OrderTable

_COLUMNS = ("days_since_order", "orders", "spend", "mean_order", "days_since_first", "spend_180")
_CHOSEN = {"tree": "a decision tree on expected revenue", "kmeans": "K-means on recency, frequency and money"}


def run(
    *, orders: Path, customer: str, date: str, amount: str, until: datetime.date, max_segments: int, out: Path
) -> dict[str, Any]:
    """Write each customer's segment, name and rule, and say what was fitted and how it did on later time."""
    found = tables.orders(orders, customer=customer, day=date, amount=amount, until=until)
    evidence = evidence_of(found, until)
    few = len(evidence.now.ids) < segments.FEWEST_BUYERS
    learnt = None if few else segments.best(learn(evidence, max_segments), evidence=evidence)
    rules = learnt.rules if learnt else segments.plain_rules(evidence.now, max_segments)
    method = learnt.method if learnt else "rule"
    groups = learnt.groups if learnt else segments.segments_of("rule", rules, evidence.now, "")
    where = {each: group for group in groups for each in group.members}
    rows = ([each, where[each].key, where[each].name, where[each].rule] for each in found.ids)
    tables.write(out, ("customer", "segment", "name", "rule"), rows)
    answer: dict[str, Any] = {
        "customers": len(found.ids),
        "rows": int(found.day.size),
        "skipped": sum(found.skipped.values()),
        "skipped_for_lack_of": dict(found.skipped),
        "model": _CHOSEN.get(method, "plain rules"),
        "segments": [{"segment": g.key, "name": g.name, "rule": g.rule, "customers": g.size} for g in groups],
    }
    return answer | (_figures(learnt, evidence) if learnt else {"error": "too few customers to learn from"})


def learn(evidence: Evidence, most: int) -> list[Learnt]:
    """What each method came to, with at most so many segments."""
    with np.errstate(all="ignore"):
        return [segments.learn(method, evidence, "", most=most) for method in segment_choice.METHODS]


def evidence_of(found: OrderTable, until: datetime.date) -> Evidence:
    """Buyers on the day before `until`, and on an earlier day with what they ordered after it, if the file reaches."""
    end = until.toordinal()
    now = buyers(found, end)
    for window in LATER_WINDOWS:
        cut = end - window
        if cut - int(found.day.min()) < window:
            continue
        earlier = buyers(found, cut)
        later = _between(found, cut, end)[np.isin(np.array(found.ids), np.array(earlier.ids))]
        if len(earlier.ids) >= segments.FEWEST_BUYERS and int((later > 0).sum()) >= 10:
            return Evidence(now, earlier, later, window)
    return Evidence(now)


def buyers(found: OrderTable, end: int) -> Table:
    """One row for each customer with an order before the day `end` (an ordinal), in the file's order.

    Returns count as orders of nothing, so that whoever is in the file gets a segment.
    """
    known = found.day < end
    who, day, amount = found.customer[known], found.day[known], np.maximum(found.amount[known], 0)
    n = len(found.ids)
    orders, total = np.bincount(who, minlength=n).astype(np.float64), np.bincount(who, amount, minlength=n)
    first, last = np.full(n, end), np.zeros(n, dtype=np.int64)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    lately = np.bincount(who, amount * (day >= end - 180), minlength=n)
    mean = total / np.maximum(orders, 1)
    values = np.column_stack([end - 1 - last, orders, total, mean, end - 1 - first, lately]).astype(np.float64)
    here = orders > 0
    ids = tuple(each for each, there in zip(found.ids, here, strict=True) if there)
    return Table(datetime.date.fromordinal(end - 1), ids, _COLUMNS, values[here])


def _between(found: OrderTable, start: int, end: int) -> FloatArray:
    """What each customer of the file ordered from `start` up to, but without, `end`, (n,)."""
    amount = np.maximum(found.amount, 0) * ((found.day >= start) & (found.day < end))
    return np.bincount(found.customer, amount, minlength=len(found.ids)).astype(np.float64)


def _figures(learnt: Learnt, evidence: Evidence) -> dict[str, Any]:
    figures = {name: round(value, 4) for name, value in learnt.choice.figures.items()}
    plain = {name: round(value, 4) for name, value in learnt.baseline.items()}
    return {"tested_on_days": evidence.window, "measured": figures, "plain_rules": plain}
