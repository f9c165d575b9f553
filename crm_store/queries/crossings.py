"""Who is due today by their own pace, or fell silent today: found by days of orders alone, a row for each buyer."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from sqlalchemy import ColumnElement, func, select

from crm_store.engine.work import Work
from crm_store.models.trade import Order
from crm_store.queries.features import currency

REGULAR: Final = 3
"""Days of orders from which on somebody has a pace that can be waited for."""
LEAST_GAP: Final = 20
SILENT: Final = 60
"""So many days without an order are silence, unless twice the usual gap is longer."""
_PAGE: Final = 2000


def today(work: Work, day: date) -> tuple[str, ...]:
    """Customers whose next order is due on that day, and those who are silent for too long since that day.

    Whole histories cost six times as much; whoever ordered a few days ago is left out by the database already.
    """
    rows = work.session.execute(
        select(Order.customer_id, _listed(work))
        .where(
            Order.removed_at.is_(None),
            Order.currency == currency(work),
            Order.total_minor >= 0,
            Order.ordered_on <= day,
        )
        .group_by(Order.customer_id)
        .having(func.max(Order.ordered_on) <= day - timedelta(days=LEAST_GAP))
    )
    found = [str(one) for part in rows.partitions(_PAGE) for one, days in part if _crosses(days, day)]
    return tuple(sorted(found))


def _listed(work: Work) -> ColumnElement[str]:
    """The days in one text: a row for each order would cost more to hand over than to find."""
    if work.dialect == "sqlite":
        return func.group_concat(Order.ordered_on, ",")
    return func.string_agg(func.to_char(Order.ordered_on, "YYYY-MM-DD"), ",")


def _crosses(listed: str, day: date) -> bool:
    days = sorted(set(listed.split(",")))
    if len(days) < 2:
        return False
    since = (day - date.fromisoformat(days[-1])).days
    span = (day - date.fromisoformat(days[0])).days - since
    # Half of the gaps are as long as the middle one at least, which bounds it before any of them is looked at.
    if since != SILENT + 1 and since > 4 * span // (len(days) - 1) + 2:
        return False
    places = [date.fromisoformat(one).toordinal() for one in days]
    gap = median([later - earlier for earlier, later in pairwise(places)])
    return is_due(len(days), gap, since) or is_silent(gap, since)


def is_due(days: int, gap: float, since: int) -> bool:
    """Whether the next order of somebody with so many days of orders is due after just so many days."""
    return days >= REGULAR and gap >= LEAST_GAP and round(gap) == since


def is_silent(gap: float, since: int) -> bool:
    """Whether so many days are just one more than the longest wait that is usual."""
    return since == int(max(SILENT, 2 * gap)) + 1
