"""Charts over months: who of each month's new buyers came back, and how many of the closed deals were won."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from analytics import explain, features
from analytics.charts.data import Chart, Shape, chart, day_said
from crm_store.values.history import Histories

COHORTS: Final = 12
"""Months of first orders that are shown, the latest ones."""
_FOLLOWED: Final = 6
_LATE: Final = 3
_FEWEST: Final = 5


def cohorts(histories: Histories) -> Chart | None:
    """Of the buyers whose first order fell into a month, the share that ordered in each later month.

    Only whole months are counted, so the month of the day itself is left out. Nothing where no month has passed.
    """
    past = features.known_by(histories, histories.as_of)
    now = _month(past.as_of)
    months = {each: sorted({_month(day) for day, _ in days}) for each, days in features.order_days(past.orders).items()}
    firsts = sorted({found[0] for found in months.values() if found[0] < now - 1})[-COHORTS:]
    if not firsts:
        return None
    cells, shown, labels = [], [], []
    near: list[float] = []
    for first in firsts:
        members = [found for found in months.values() if found[0] == first]
        labels.append(f"{_named(first)}, n {len(members):,}")
        row = [_back(members, first + after) if first + after < now else None for after in range(1, _FOLLOWED + 1)]
        cells.append([each or 0.0 for each in row])
        shown.append(["" if each is None else explain.percent(each) for each in row])
        followed = [found for found in members if first + _LATE < now]
        near.extend(any(first < month <= first + _LATE for month in found) for found in followed)
    n = sum(found[0] in firsts for found in months.values())
    title = (
        f"{explain.percent(float(np.mean(near)))} of new buyers ordered again within the {_LATE} months that followed"
        if near
        else "How many of each month's new buyers order again"
    )
    return chart(
        "cohorts",
        Shape.HEAT_MAP,
        title,
        f"share that ordered in the month; {explain.count(n, 'buyer')} by month of the first order, "
        f"{_named(firsts[0])} to {_named(now - 1)}",
        ("first order", tuple(labels), tuple(f"{after} mo. later" for after in range(1, _FOLLOWED + 1))),
        cells,
        shown,
    )


def win_rate(histories: Histories) -> Chart | None:
    """The share of deals won among those closed in each of the last twelve months; nothing below five closed deals.

    A month in which nothing was closed has no share and is left out.
    """
    past = features.known_by(histories, histories.as_of)
    last = _month(past.as_of)
    closed = [
        (_month(each.closed_on), each.state == "won")
        for each in past.deals
        if each.state != "open" and each.closed_on is not None and last - COHORTS < _month(each.closed_on) <= last
    ]
    if len(closed) < _FEWEST:
        return None
    months = sorted({month for month, _ in closed})
    won = [[is_won for month, is_won in closed if month == at] for at in months]
    return chart(
        "win_rate",
        Shape.LINES,
        _compared(closed, last),
        f"{explain.count(len(closed), 'closed deal')} by month of closing, share won in %, {_named(months[0])} to "
        f"{day_said(past.as_of)}",
        ("month", tuple(_named(month) for month in months), ("won",)),
        [[100.0 * sum(each) / len(each)] for each in won],
        [[f"{explain.percent(sum(each) / len(each))} ({sum(each)} of {len(each)})"] for each in won],
    )


def _compared(closed: Sequence[tuple[int, bool]], last: int) -> str:
    late = [is_won for month, is_won in closed if month > last - _LATE]
    before = [is_won for month, is_won in closed if last - 2 * _LATE < month <= last - _LATE]
    if not late:
        return f"No deal was closed in the last {_LATE} months"
    said = f"{explain.percent(sum(late) / len(late))} of deals closed in the last {_LATE} months were won"
    return said + (f", {explain.percent(sum(before) / len(before))} in the {_LATE} before" if before else "")


def _back(members: Sequence[Sequence[int]], month: int) -> float:
    return sum(month in found for found in members) / len(members)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _named(month: int) -> str:
    return day_said(date(month // 12, month % 12 + 1, 1)).partition(" ")[2]
