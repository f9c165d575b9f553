"""Turns facts into numbers as they were known on a day; everything that looks at the past goes through `known_by`."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analytics import columns
from analytics.columns import DailyOrders
from crm_store.values.history import (
    CustomerFact,
    DealFact,
    Histories,
    OrderColumns,
    OrderFact,
    TouchColumns,
    TouchFact,
)

FloatArray = npt.NDArray[np.float64]
LARGEST_ORDER = columns.LARGEST_ORDER
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
    if histories.is_cut and day == histories.as_of:
        return histories
    orders = columns.orders_known(histories.orders, day)
    touches = columns.touches_known(histories.touches, day)
    deals = sorted((_deal_as_of(each, day) for each in histories.deals if each.opened_on <= day), key=_deal_key)
    seen = columns.present(orders) | columns.present(touches)
    seen |= {each.customer_id for each in deals if each.customer_id}
    customers = tuple(
        each for each in _each_once(histories.customers) if each.created_on <= day or each.customer_id in seen
    )
    return Histories(day, customers, orders, touches, tuple(deals), histories.currency, is_cut=True)


def order_days(orders: Sequence[OrderFact]) -> dict[str, list[tuple[date, float]]]:
    """Each customer's days with orders, oldest first, with the sum of each day; `columns.daily` gives arrays."""
    table = columns.daily(orders)
    pairs = [
        (date.fromordinal(day), amount) for day, amount in zip(table.days.tolist(), table.amounts.tolist(), strict=True)
    ]
    starts = table.starts.tolist()
    return {each: pairs[starts[at] : starts[at + 1]] for at, each in enumerate(table.ids)}


def customers(histories: Histories, day: date) -> Table:
    """One row a customer known by `day`, sorted by id, with CUSTOMER_COLUMNS.

    Without orders, `days_since_order` and `days_since_first` are not a number and the other order columns 0.
    """
    past = known_by(histories, day)
    found = sorted(past.customers, key=lambda each: each.customer_id)
    places = {each.customer_id: at for at, each in enumerate(found)}
    bought = _order_columns(columns.daily(past.orders), places, past.as_of)
    talked, first_touch = _touch_columns(TouchColumns.of(past.touches), places, past.as_of, 90)
    closed = _deal_columns(past.deals, places)
    made = np.array([each.created_on.toordinal() for each in found], dtype=np.float64)
    first_order = past.as_of.toordinal() - bought[:, 4]
    known = np.maximum(past.as_of.toordinal() - np.fmin(np.fmin(made, first_order), first_touch), 0)
    values = np.column_stack([bought, talked, closed, known])
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
    wanted = {person for deal_id, _ in moments if (person := by_id[deal_id].customer_id)}
    orders = order_days(columns.of_customers(OrderColumns.of(past.orders), wanted))
    index = _DealIndex(orders, _grouped(past.touches, wanted), _deals_by_customer(histories.deals))
    rows = [_deal_numbers(_deal_as_of(by_id[deal_id], day), day, index) for deal_id, day in moments]
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(DEAL_COLUMNS))
    return Table(past.as_of, tuple(deal_id for deal_id, _ in moments), DEAL_COLUMNS, values)


def revenue_between(histories: Histories, ids: Sequence[str], after: date, until: date) -> FloatArray:
    """What each customer ordered after `after` up to and including `until`, (len(ids),): a target, never a feature."""
    table = columns.daily(known_by(histories, until).orders)
    late = table.days > after.toordinal()
    sums = np.bincount(table.owners[late], weights=table.amounts[late], minlength=len(table.ids)).tolist()
    found = dict(zip(table.ids, sums, strict=True))
    return np.array([found.get(each, 0.0) for each in ids], dtype=np.float64)


def buys_between(histories: Histories, ids: Sequence[str], after: date, until: date) -> npt.NDArray[np.bool_]:
    """Whether each customer ordered or won a deal after `after` up to and including `until`, (len(ids),)."""
    past = known_by(histories, until)
    table = columns.daily(past.orders)
    bought = {table.ids[place] for place in np.unique(table.owners[table.days > after.toordinal()])}
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


def _grouped(touches: Sequence[TouchFact], wanted: set[str]) -> dict[str, list[TouchFact]]:
    groups: dict[str, list[TouchFact]] = defaultdict(list)
    table = TouchColumns.of(touches)
    kept = {place for place, each in enumerate(table.customers) if each in wanted}
    for at, place in enumerate(table.places):
        if place in kept:
            groups[table.customers[place]].append(table[at])
    for group in groups.values():
        group.sort(key=lambda each: each.day)
    return groups


def _deals_by_customer(found: Iterable[DealFact]) -> dict[str, list[DealFact]]:
    groups: dict[str, list[DealFact]] = defaultdict(list)
    for each in found:
        if each.customer_id:
            groups[each.customer_id].append(each)
    return groups


def _order_columns(table: DailyOrders, places: Mapping[str, int], as_of: date) -> FloatArray:
    """The first eleven of CUSTOMER_COLUMNS, (len(places), 11); orders of nobody in `places` are passed over."""
    values = np.zeros((len(places), 11))
    values[:, 3:5] = np.nan
    rows = np.array([places.get(each, -1) for each in table.ids], dtype=np.intp)
    known = rows >= 0
    if not known.any():
        return values
    starts, ends = table.starts[:-1], table.starts[1:]
    counts, spend = (ends - starts).astype(np.float64), np.add.reduceat(table.amounts, starts)
    today = as_of.toordinal()
    found = [counts, spend, spend / counts, today - table.days[ends - 1], today - table.days[starts]]
    recent = [(table.days > today - back).astype(np.float64) for back in (30, 90, 180)]
    found += [np.add.reduceat(each, starts) for each in recent]
    found += [np.add.reduceat(each * table.amounts, starts) for each in recent]
    values[rows[known]] = np.column_stack(found)[known]
    return values


def _touch_columns(
    table: TouchColumns, places: Mapping[str, int], as_of: date, back: int
) -> tuple[FloatArray, FloatArray]:
    """Came in, went out within `back` days and days since the last, (n, 3); and the first day or NaN, (n,)."""
    n, today = len(places), as_of.toordinal()
    values, first = np.zeros((n, 3)), np.full(n, np.nan)
    values[:, 2] = LONG_AGO
    rows = np.array([places.get(each, -1) for each in table.customers], dtype=np.intp)
    owners = rows[columns.ints(table.places)] if len(rows) else np.zeros(0, dtype=np.intp)
    keep = owners >= 0
    owners, days = owners[keep], columns.ints(table.days)[keep]
    came = np.frombuffer(table.came, dtype=np.int8)[keep] == 1
    recent = days > today - back
    values[:, 0] = np.bincount(owners[recent & came], minlength=n)
    values[:, 1] = np.bincount(owners[recent & ~came], minlength=n)
    np.minimum.at(values[:, 2], owners, (today - days).astype(np.float64))
    np.fmin.at(first, owners, days.astype(np.float64))
    return values, first


def _deal_columns(found: Iterable[DealFact], places: Mapping[str, int]) -> FloatArray:
    """Open, won and lost deals, (len(places), 3)."""
    values = np.zeros((len(places), 3))
    for deal in found:
        place = places.get(deal.customer_id or "", -1)
        if place >= 0:
            values[place][("open", "won", "lost").index(deal.state)] += 1
    return values


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
