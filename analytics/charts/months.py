"""Charts over months: who of each month's new buyers came back, and how many of the closed deals were won."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics import columns, explain, features
from analytics.charts.data import Chart, Shape, chart, day_said
from analytics.columns import DailyOrders
from crm_store.values.history import Histories

COHORTS: Final = 12
"""Months of first orders that are shown, the latest ones."""
_FOLLOWED: Final = 6
_LATE: Final = 3
_FEWEST: Final = 5
_EPOCH: Final = date(1970, 1, 1)


def cohorts(histories: Histories) -> Chart | None:
    """Of the buyers whose first order fell into a month, the share that ordered in each later month.

    Only whole months are counted, so the month of the day itself is left out. Nothing where no month has passed.
    """
    past = features.known_by(histories, histories.as_of)
    now = _month(past.as_of)
    began, back = _came_back(columns.daily(past.orders))
    firsts = np.unique(began[began < now - 1])[-COHORTS:].tolist()
    if not firsts:
        return None
    cells, shown, labels = [], [], []
    for first in firsts:
        members = back[began == first]
        labels.append(f"{_named(first)}, n {len(members):,}")
        shares = members.mean(axis=0).tolist()
        row = [share if first + after < now else None for after, share in enumerate(shares, 1)]
        cells.append([each or 0.0 for each in row])
        shown.append(["" if each is None else explain.percent(each) for each in row])
    n = int(np.isin(began, firsts).sum())
    near = back[np.isin(began, firsts) & (began + _LATE < now), :_LATE].any(axis=1)
    title = (
        f"{explain.percent(float(near.mean()))} of new buyers ordered again within the {_LATE} months that followed"
        if near.size
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


def _came_back(orders: DailyOrders) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Each buyer's month of the first order, (n,), and in which months after it they ordered, (n, _FOLLOWED)."""
    # Months since the year 0: numpy counts days and months from 1970 on.
    days = (orders.days.astype(np.int64) - _EPOCH.toordinal()).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) + _month(_EPOCH)
    began = months[orders.starts[:-1]]
    after = months - began[orders.owners]
    back = np.zeros((began.size, _FOLLOWED), dtype=np.bool_)
    seen = (after >= 1) & (after <= _FOLLOWED)
    back[orders.owners[seen], after[seen] - 1] = True
    return began, back


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _named(month: int) -> str:
    return day_said(date(month // 12, month % 12 + 1, 1)).partition(" ")[2]
