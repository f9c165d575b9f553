"""Turns facts into numbers as they were known on a day; everything that looks at the past goes through `known_by`."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from crm_store.values.history import CustomerFact, DealFact, Histories, OrderFact, TouchFact

FloatArray = npt.NDArray[np.float64]
LARGEST_ORDER = 1e12
LONG_AGO = 365
"""Days since a touch are capped here; never touched counts as this long ago."""

CUSTOMER_COLUMNS = (
    "orders", "spend", "mean_order", "days_since_order", "days_since_first", "orders_30", "orders_90", "orders_180",
    "spend_30", "spend_90", "spend_180", "touches_in_90", "touches_out_90", "days_since_touch", "open_deals",
    "deals_won", "deals_lost", "days_known",
)  # fmt: skip
DEAL_COLUMNS = (
    "amount", "days_open", "stage_index", "touches", "touches_in_30", "touches_out_30", "days_since_touch",
    "earlier_orders", "earlier_won", "earlier_lost",
)  # fmt: skip

_Fact = TypeVar("_Fact", OrderFact, TouchFact)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Numbers as known on a day: `values` is (len(ids), len(names)), days and whole currency units."""

    as_of: date
    ids: tuple[str, ...]
    names: tuple[str, ...]
    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """One column, (n,)."""
        return self.values[:, self.names.index(name)]

    def columns(self, names: Sequence[str]) -> FloatArray:
        """Several columns in the order asked for, (n, len(names))."""
        return self.values[:, [self.names.index(name) for name in names]]

    def rows(self, keep: npt.NDArray[np.bool_]) -> "Table":
        """The rows where `keep`, (n,), is true."""
        ids = tuple(each for each, kept in zip(self.ids, keep, strict=True) if kept)
        return Table(self.as_of, ids, self.names, self.values[keep])


def known_by(histories: Histories, day: date) -> Histories:
    """The histories as they looked at the end of `day`: later facts are gone, deals closed later are open again.

    Orders with a negative or an absurd amount are left out, since a refund is no order; a free order is one. Facts
    come out in a fixed order, since sums of floating numbers depend on it.
    """
    day = min(day, histories.as_of)
    orders = sorted((each for each in histories.orders if each.day <= day and _is_order(each.amount)), key=_order_key)
    touches = sorted((each for each in histories.touches if each.day <= day), key=_touch_key)
    deals = sorted((_deal_as_of(each, day) for each in histories.deals if each.opened_on <= day), key=_deal_key)
    seen = {each.customer_id for each in orders} | {each.customer_id for each in touches}
    seen |= {each.customer_id for each in deals if each.customer_id}
    customers = tuple(
        each for each in _each_once(histories.customers) if each.created_on <= day or each.customer_id in seen
    )
    return Histories(day, customers, tuple(orders), tuple(touches), tuple(deals), histories.currency)


def order_days(orders: Iterable[OrderFact]) -> dict[str, list[tuple[date, float]]]:
    """Each customer's days with orders, oldest first, with the sum of each day."""
    sums: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for order in orders:
        sums[order.customer_id][order.day] += order.amount
    return {customer_id: sorted(days.items()) for customer_id, days in sums.items()}


def customers(histories: Histories, day: date) -> Table:
    """One row a customer known by `day`, sorted by id, with CUSTOMER_COLUMNS.

    Without orders, `days_since_order` and `days_since_first` are not a number and the other order columns 0.
    """
    past = known_by(histories, day)
    orders = order_days(past.orders)
    touches = _grouped(past.touches)
    deals = _deals_by_customer(past.deals)
    found = sorted(past.customers, key=lambda each: each.customer_id)
    rows = [
        [
            *_order_numbers(orders.get(each.customer_id, []), past.as_of),
            *_touch_numbers(touches.get(each.customer_id, []), past.as_of, 90),
            *_deal_counts(deals.get(each.customer_id, [])),
            _days_known(each, orders.get(each.customer_id, []), touches.get(each.customer_id, []), past.as_of),
        ]
        for each in found
    ]
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(CUSTOMER_COLUMNS))
    return Table(past.as_of, tuple(each.customer_id for each in found), CUSTOMER_COLUMNS, values)


def buyers(histories: Histories, day: date) -> Table:
    """The rows of `customers` that had ordered by `day`."""
    table = customers(histories, day)
    return table.rows(table.column("orders") > 0)


def deals(histories: Histories, moments: Sequence[tuple[str, date]]) -> Table:
    """One row for each (deal id, day), as known that day, with DEAL_COLUMNS; the rows keep the order given.

    `stage_index` is not a number where the deal's moves do not tell its stage on that day.
    """
    by_id = {each.deal_id: each for each in histories.deals}
    past = known_by(histories, histories.as_of)
    index = _DealIndex(order_days(past.orders), _grouped(past.touches), _deals_by_customer(histories.deals))
    rows = [_deal_numbers(_deal_as_of(by_id[deal_id], day), day, index) for deal_id, day in moments]
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(DEAL_COLUMNS))
    return Table(past.as_of, tuple(deal_id for deal_id, _ in moments), DEAL_COLUMNS, values)


def revenue_between(histories: Histories, ids: Sequence[str], after: date, until: date) -> FloatArray:
    """What each customer ordered after `after` up to and including `until`, (len(ids),): a target, never a feature."""
    sums: dict[str, float] = defaultdict(float)
    for order in known_by(histories, until).orders:
        if order.day > after:
            sums[order.customer_id] += order.amount
    return np.array([sums[each] for each in ids], dtype=np.float64)


def buys_between(histories: Histories, ids: Sequence[str], after: date, until: date) -> npt.NDArray[np.bool_]:
    """Whether each customer ordered or won a deal after `after` up to and including `until`, (len(ids),)."""
    past = known_by(histories, until)
    bought = {order.customer_id for order in past.orders if order.day > after}
    bought |= {
        d.customer_id for d in past.deals if d.state == "won" and d.closed_on and d.closed_on > after and d.customer_id
    }
    return np.array([each in bought for each in ids], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _DealIndex:
    orders: Mapping[str, list[tuple[date, float]]]
    touches: Mapping[str, list[TouchFact]]
    deals: Mapping[str, list[DealFact]]


def _is_order(amount: float) -> bool:
    return math.isfinite(amount) and 0 <= amount <= LARGEST_ORDER


def _order_key(order: OrderFact) -> tuple[str, date, float]:
    return order.customer_id, order.day, order.amount


def _touch_key(touch: TouchFact) -> tuple[str, date, str, str]:
    return touch.customer_id, touch.day, touch.kind, touch.direction


def _deal_key(deal: DealFact) -> str:
    return deal.deal_id


def _each_once(found: Iterable[CustomerFact]) -> list[CustomerFact]:
    return list({each.customer_id: each for each in found}.values())


def _deal_as_of(deal: DealFact, day: date) -> DealFact:
    moves = tuple(sorted((each for each in deal.moves if each.day <= day), key=lambda each: each.day))
    closed = deal.state != "open" and deal.closed_on is not None and deal.closed_on <= day
    if moves:
        amounts = [each.amount for each in moves if each.amount is not None]
        amount = amounts[-1] if amounts else None if deal.moves[-1].amount is not None else deal.amount
        deal = replace(deal, stage=moves[-1].stage, stage_index=moves[-1].stage_index, amount=amount, moves=moves)
    elif not closed and deal.state != "open":
        # The last stage of a closed deal tells its outcome; what it was before is not known.
        deal = replace(deal, stage="", stage_index=-1, moves=())
    return deal if closed else replace(deal, state="open", closed_on=None)


def _grouped(facts: Iterable[_Fact]) -> dict[str, list[_Fact]]:
    groups: dict[str, list[_Fact]] = defaultdict(list)
    for each in facts:
        groups[each.customer_id].append(each)
    for group in groups.values():
        group.sort(key=lambda each: each.day)
    return groups


def _deals_by_customer(found: Iterable[DealFact]) -> dict[str, list[DealFact]]:
    groups: dict[str, list[DealFact]] = defaultdict(list)
    for each in found:
        if each.customer_id:
            groups[each.customer_id].append(each)
    return groups


def _order_numbers(days: list[tuple[date, float]], as_of: date) -> list[float]:
    if not days:
        return [0, 0, 0, math.nan, math.nan, 0, 0, 0, 0, 0, 0]
    spend = sum(amount for _, amount in days)
    starts = [bisect_right(days, as_of - timedelta(days=back), key=lambda each: each[0]) for back in (30, 90, 180)]
    return [
        len(days), spend, spend / len(days), (as_of - days[-1][0]).days, (as_of - days[0][0]).days,
        *[len(days) - start for start in starts], *[sum(amount for _, amount in days[start:]) for start in starts],
    ]  # fmt: skip


def _touch_numbers(touches: list[TouchFact], as_of: date, back: int) -> list[float]:
    """Came in and went out within `back` days up to `as_of`, and days since the last; `touches` are sorted by day."""
    end = bisect_right(touches, as_of, key=lambda each: each.day)
    start = bisect_right(touches, as_of - timedelta(days=back), key=lambda each: each.day)
    recent = touches[start:end]
    came = sum(each.direction == "in" for each in recent)
    since = min((as_of - touches[end - 1].day).days, LONG_AGO) if end else LONG_AGO
    return [came, len(recent) - came, since]


def _touches_between(touches: list[TouchFact], first: date, last: date) -> int:
    return sum(first <= each.day <= last for each in touches)


def _deal_counts(found: list[DealFact]) -> list[float]:
    return [sum(each.state == state for each in found) for state in ("open", "won", "lost")]


def _days_known(customer: CustomerFact, orders: list[tuple[date, float]], touches: list[TouchFact], as_of: date) -> int:
    first = [customer.created_on, *[day for day, _ in orders[:1]], *[each.day for each in touches[:1]]]
    return max((as_of - min(first)).days, 0)


def _deal_numbers(deal: DealFact, day: date, index: _DealIndex) -> list[float]:
    customer_id = deal.customer_id or ""
    orders, touches = index.orders.get(customer_id, []), index.touches.get(customer_id, [])
    others = [_deal_as_of(each, day) for each in index.deals.get(customer_id, []) if each.deal_id != deal.deal_id]
    others = [each for each in others if each.opened_on <= day]
    amount = deal.amount if deal.amount is not None and _is_order(deal.amount) else math.nan
    stage = float(deal.stage_index) if deal.moves or (deal.state == "open" and deal.stage_index >= 0) else math.nan
    return [
        amount, (day - deal.opened_on).days, stage, _touches_between(touches, deal.opened_on, day),
        *_touch_numbers(touches, day, 30),
        bisect_right(orders, day, key=lambda each: each[0]),
        sum(each.state == "won" for each in others), sum(each.state == "lost" for each in others),
    ]  # fmt: skip
