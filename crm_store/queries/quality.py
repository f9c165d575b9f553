"""How good a team's data are: what is missing, double, odd, stale, and what is counted apart."""

import math
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_store.engine.work import Work
from crm_store.models.people import ContactPoint, Customer
from crm_store.models.trade import Deal, Order, Task
from crm_store.money import Money
from crm_store.queries.features import currency
from crm_store.values.quality import Odd, Quality, Share

SILENT_DAYS: Final = 365
FAR: Final = 6
"""Median absolute deviations from the median, on a scale of factors, beyond which an amount is odd."""
_SAMPLE: Final = 20_000
_LARGEST: Final = 43.0
"""The logarithm of what a column of money holds."""
_SHOWN: Final = 20
_FEWEST: Final = 20
"""With fewer orders nobody can say what is usual."""
_LIVE: Final = (Customer.removed_at.is_(None), Customer.merged_into.is_(None))


def quality(work: Work, as_of: date) -> Quality:
    """The counts of a day; a customer or an order may be in several of them."""
    customers = _count(work, Customer.customer_id, *_LIVE)
    money = currency(work)
    usual, odd, odd_count = _odd(work, money)
    return Quality(
        as_of=as_of,
        customers=customers,
        missing=_missing(work, customers),
        double=_double(work, customers),
        odd=odd,
        odd_count=odd_count,
        usual=usual,
        stale=_stale(work, customers, as_of),
        apart=_apart(work, money),
        currency=money,
    )


def _missing(work: Work, customers: int) -> tuple[Share, ...]:
    reached = {kind: _reached(work, kind) for kind in ("email", "phone")}
    return (
        *(Share(f"customers without {words}", customers - reached[kind], customers)
          for kind, words in (("email", "an e-mail address"), ("phone", "a telephone number"))),
        Share("customers without a company", _count(work, Customer.customer_id, *_LIVE, Customer.company_id.is_(None)),
              customers),
        Share("customers without an owner", _count(work, Customer.customer_id, *_LIVE, Customer.owner.is_(None)),
              customers),
    )  # fmt: skip


def _reached(work: Work, kind: str) -> int:
    """Customers with a way of that kind to reach them."""
    found = (
        select(func.count(Customer.customer_id.distinct()))
        .join(
            ContactPoint,
            (ContactPoint.team_id == Customer.team_id) & (ContactPoint.owner_row == Customer.customer_id),
        )
        .where(*_LIVE, ContactPoint.kind == kind)
    )
    return work.session.scalar(found) or 0


def _double(work: Work, customers: int) -> tuple[Share, ...]:
    """Customers that share an address or a number with another, or a name within one company."""
    shared = (
        select(ContactPoint.kind, ContactPoint.value_key, func.count(ContactPoint.owner_row.distinct()).label("n"))
        .join(
            Customer,
            (Customer.team_id == ContactPoint.team_id) & (Customer.customer_id == ContactPoint.owner_row),
        )
        .where(*_LIVE, ContactPoint.kind.in_(("email", "phone")))
        .group_by(ContactPoint.kind, ContactPoint.value_key)
        .having(func.count(ContactPoint.owner_row.distinct()) > 1)
        .subquery()
    )
    pairs = select(func.coalesce(func.sum(shared.c.n * (shared.c.n - 1) / 2), 0)).select_from(shared)
    other = aliased(Customer)
    named = (
        select(func.count())
        .select_from(Customer)
        .join(
            other,
            (other.team_id == Customer.team_id)
            & (other.name_key == Customer.name_key)
            & (other.company_id == Customer.company_id)
            & (other.customer_id > Customer.customer_id),
        )
        .where(*_LIVE, Customer.name_key != "", other.removed_at.is_(None), other.merged_into.is_(None))
    )
    return (
        Share("pairs of customers with the same address or number", int(work.session.scalar(pairs) or 0), customers),
        Share("pairs of customers of one name in one company", work.session.scalar(named) or 0, customers),
    )


def _odd(work: Work, money: str) -> tuple[float | None, tuple[Odd, ...], int]:
    """Orders far from the median by factor; of very many orders the last 20,000 say what is usual."""
    sales = (Order.removed_at.is_(None), Order.currency == money, Order.total_minor > 0)
    totals = work.session.scalars(
        select(Order.total_minor).where(*sales).order_by(Order.ordered_at.desc()).limit(_SAMPLE)
    ).all()
    if len(totals) < _FEWEST:
        return (Money(round(median(totals)), money).major if totals else None), (), 0
    logs = [math.log(total) for total in totals]
    middle = median(logs)
    spread = max(median(abs(each - middle) for each in logs), math.log(1.1))
    low, high = (round(math.exp(min(middle + side * FAR * spread, _LARGEST))) for side in (-1, 1))
    far = (Order.total_minor < low) | (Order.total_minor > high)
    rows = work.session.execute(
        select(Order.customer_id, Order.ordered_at, Order.total_minor)
        .where(*sales, far)
        .order_by(Order.total_minor.desc(), Order.order_id)
        .limit(_SHOWN)
    ).all()
    found = tuple(Odd(row.customer_id, row.ordered_at.date(), Money(row.total_minor, money).major) for row in rows)
    return Money(round(math.exp(middle)), money).major, found, _count(work, Order.order_id, *sales, far)


def _stale(work: Work, customers: int, as_of: date) -> tuple[Share, ...]:
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    long_ago = end - timedelta(days=SILENT_DAYS)
    silent = func.coalesce(Customer.last_touch_at, Customer.created_at) < long_ago
    is_open = (Deal.state == "open", Deal.removed_at.is_(None))
    deals = _count(work, Deal.deal_id, *is_open)
    next_step = (
        select(Task.task_id)
        .where(Task.team_id == Deal.team_id, Task.deal_id == Deal.deal_id, Task.state == "open")
        .exists()
    )
    return (
        Share("customers without a contact for a year", _count(work, Customer.customer_id, *_LIVE, silent), customers),
        Share("open deals past their closing day", _count(work, Deal.deal_id, *is_open, Deal.close_on < as_of), deals),
        Share("open deals without a next step", _count(work, Deal.deal_id, *is_open, ~next_step), deals),
    )


def _apart(work: Work, money: str) -> tuple[Share, ...]:
    live = Order.removed_at.is_(None)
    orders = _count(work, Order.order_id, live)
    return (
        Share(
            f"orders in another currency than {money}, left out of sums",
            _count(work, Order.order_id, live, Order.currency != money),
            orders,
        ),
        Share("returns, which are no orders", _count(work, Order.order_id, live, Order.total_minor < 0), orders),
    )


def _count(work: Work, column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> int:
    return work.session.scalar(select(func.count(column)).where(*where)) or 0
