"""What each figure is counted on: rows, when each happened, whose it is, and by which columns it can be divided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, Select, SQLColumnExpression, and_, case, extract, func, or_, select

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer
from crm_store.models.trade import Deal, Order, Task
from crm_store.queries.given import given
from crm_store.queries.quiet import WAITS
from crm_store.values.numbers import Figure, Split

Column = SQLColumnExpression[Any]
_KINDS: Final = {
    Figure.CALLS: ("call",), Figure.MAILS: ("mail",), Figure.MEETINGS: ("meeting",), Figure.MESSAGES: ("message",),
    Figure.NOTES: ("note",), Figure.CONTACTS: ("call", "mail", "meeting", "message", "note"),
}  # fmt: skip
_LETTERS: Final = ("mail", "message", "form")
_INCOMING: Final = ("incoming", "in")
_ORDERS: Final = (Figure.REVENUE, Figure.ORDERS, Figure.AVERAGE_ORDER, Figure.BUYERS)
_TASKS: Final = (Figure.TASKS_DONE, Figure.TASKS_OPEN, Figure.TASKS_OVERDUE)


@dataclass(frozen=True, slots=True)
class Ground:
    """A statement without columns, and what may be asked of it.

    `n` counts, `amount` is what is summed (None where things are counted only), `at` is when each happened (None where
    things are counted as they stand), `day` the same as a day of UTC where an index knows it, `currency` that of the
    amount, `customer` the customer's id.
    """

    rows: Select[Any]
    n: ColumnElement[int]
    customer: Column
    by: Mapping[Split, Column]
    at: Column | None = None
    amount: Column | None = None
    currency: Column | None = None
    day: Column | None = None


def ground(work: Work, figure: Figure, *, of_customers: bool) -> Ground:
    """The ground of a figure; `of_customers` says that whose it is matters, so that customers are joined."""
    if figure in _KINDS:
        return _communications(work, figure, of_customers)
    alone = {
        Figure.CUSTOMERS: _customers,
        Figure.NEW_CUSTOMERS: _new_customers,
        Figure.REPLIES_WAITING: _waiting,
    }
    if figure in alone:
        return alone[figure](work)
    if figure in _ORDERS:
        return _orders(work, figure, of_customers)
    return (_tasks if figure in _TASKS else _deals)(work, figure)


def _alive(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Customers in the list whom the asker may know of."""
    return (
        Customer.team_id == work.team_id,
        Customer.removed_at.is_(None),
        Customer.merged_into.is_(None),
        or_(Customer.level == "team", Customer.owner == work.actor),
    )


def _of_customer() -> dict[Split, Column]:
    return {
        Split.OWNER: Customer.owner,
        Split.SOURCE: Customer.source,
        Split.COMPANY: Customer.company_id,
        Split.CUSTOMER: Customer.customer_id,
    }


def _joined(column: Column) -> ColumnElement[bool]:
    return and_(Customer.team_id == column.class_.team_id, Customer.customer_id == column)  # type: ignore[attr-defined]


def _orders(work: Work, figure: Figure, of_customers: bool) -> Ground:
    rows = select().select_from(Order)
    if of_customers:
        # Looking each customer up costs more than the sum, so it is done only where customers matter.
        rows = rows.outerjoin(Customer, _joined(Order.customer_id))
    today = work.now.astimezone(UTC).date()
    rows = rows.where(Order.team_id == work.team_id, Order.removed_at.is_(None), Order.ordered_on <= today)
    if figure is not Figure.REVENUE:
        rows = rows.where(Order.total_minor >= 0)
    is_money = figure in (Figure.REVENUE, Figure.AVERAGE_ORDER)
    # The count of all rows needs nothing but what the index holds.
    n = func.count(Order.customer_id.distinct()) if figure is Figure.BUYERS else func.count(Order.customer_id)
    return Ground(
        rows,
        n,
        Order.customer_id,
        {**_of_customer(), Split.CUSTOMER: Order.customer_id},
        Order.ordered_at,
        Order.total_minor if is_money else None,
        Order.currency if is_money else None,
        Order.ordered_on,
    )


def _customers(work: Work) -> Ground:
    rows = select().select_from(Customer).where(*_alive(work))
    return Ground(rows, func.count(Customer.customer_id), Customer.customer_id, _of_customer())


def _new_customers(work: Work) -> Ground:
    first = (
        select(Order.customer_id.label("customer_id"), func.min(Order.ordered_at).label("first_at"))
        .where(
            Order.team_id == work.team_id,
            Order.removed_at.is_(None),
            Order.total_minor >= 0,
            Order.ordered_at <= work.now,
        )
        .group_by(Order.customer_id)
        .subquery("first_orders")
    )
    rows = (
        select()
        .select_from(Customer)
        .join(first, first.c.customer_id == Customer.customer_id)
        .where(Customer.team_id == work.team_id)
    )
    return Ground(rows, func.count(Customer.customer_id), Customer.customer_id, _of_customer(), at=first.c.first_at)


def _deals(work: Work, figure: Figure) -> Ground:
    rows = (
        select()
        .select_from(Deal)
        .outerjoin(Customer, _joined(Deal.customer_id))
        .where(Deal.team_id == work.team_id, Deal.removed_at.is_(None))
    )
    states = {
        Figure.DEALS_OPENED: (), Figure.DEALS_LOST: ("lost",), Figure.WIN_RATE: ("won", "lost"),
        Figure.OPEN_DEALS: ("open",), Figure.PIPELINE: ("open",),
    }.get(figure, ("won",))  # fmt: skip
    if states:
        rows = rows.where(Deal.state.in_(states))
    at = Deal.closed_at if states and "open" not in states else Deal.opened_at if not states else None
    amounts: dict[Figure, Column] = {
        Figure.AMOUNT_WON: Deal.amount_minor,
        Figure.PIPELINE: Deal.amount_minor,
        Figure.WIN_RATE: case((Deal.state == "won", 1), else_=0),
        Figure.DAYS_TO_CLOSE: _days_open(work),
    }
    by: dict[Split, Column] = {
        **_of_customer(),
        Split.OWNER: Deal.owner,
        Split.COMPANY: func.coalesce(Deal.company_id, Customer.company_id),
        Split.CUSTOMER: Deal.customer_id,
        Split.STAGE: Deal.stage_id,
        Split.REASON: Deal.lost_reason,
    }
    currency = Deal.currency if figure in (Figure.AMOUNT_WON, Figure.PIPELINE) else None
    return Ground(rows, func.count(Deal.deal_id), Deal.customer_id, by, at, amounts.get(figure), currency)


def _days_open(work: Work) -> Column:
    if work.dialect == "sqlite":
        return func.julianday(Deal.closed_at, type_=Float) - func.julianday(Deal.opened_at, type_=Float)
    return extract("epoch", Deal.closed_at - Deal.opened_at) / 86_400.0


def _communications(work: Work, figure: Figure, of_customers: bool) -> Ground:
    rows = (
        select()
        .select_from(Communication)
        .where(
            Communication.team_id == work.team_id,
            Communication.removed_at.is_(None),
            Communication.level == "team",
            Communication.kind.in_(_KINDS[figure]),
            Communication.happened_at <= work.now,
        )
    )
    if of_customers:
        rows = rows.join(
            Participant,
            and_(
                Participant.team_id == Communication.team_id,
                Participant.communication_id == Communication.communication_id,
            ),
        ).join(Customer, _joined(Participant.customer_id))
    return Ground(
        rows,
        func.count(Communication.communication_id.distinct()),
        Customer.customer_id,
        {**_of_customer(), Split.OWNER: Communication.logged_by, Split.KIND: Communication.kind},
        Communication.happened_at,
    )


def _tasks(work: Work, figure: Figure) -> Ground:
    done = figure is Figure.TASKS_DONE
    rows = (
        select()
        .select_from(Task)
        .outerjoin(Customer, _joined(Task.customer_id))
        .where(Task.team_id == work.team_id, Task.state == ("done" if done else "open"))
    )
    if figure is Figure.TASKS_OVERDUE:
        rows = rows.where(Task.due_at < work.now)
    by = {**_of_customer(), Split.OWNER: Task.owner, Split.CUSTOMER: Task.customer_id}
    return Ground(rows, func.count(Task.task_id), Task.customer_id, by, Task.done_at if done else None)


def _waiting(work: Work) -> Ground:
    """Customers whose last word of the last weeks is a mail or message of theirs; notes are no words to them."""
    theirs = and_(
        Communication.direction.in_(_INCOMING), Communication.kind.in_(_LETTERS), Communication.level == "team"
    )
    latest = (
        select(
            Participant.customer_id.label("customer_id"),
            func.max(Communication.happened_at).label("last_at"),
            func.max(case((theirs, Communication.happened_at))).label("asked_at"),
        )
        .join(
            Communication,
            and_(
                Communication.team_id == Participant.team_id,
                Communication.communication_id == Participant.communication_id,
            ),
        )
        .where(
            Communication.team_id == work.team_id,
            Communication.removed_at.is_(None),
            Communication.kind != "note",
            Communication.level != "private",
            Communication.happened_at <= work.now,
            Communication.happened_at >= work.now - WAITS,
            given(Participant.customer_id),
        )
        .group_by(Participant.customer_id)
        .subquery("latest")
    )
    rows = (
        select()
        .select_from(Customer)
        .join(latest, latest.c.customer_id == Customer.customer_id)
        .where(*_alive(work), latest.c.last_at == latest.c.asked_at)
    )
    return Ground(rows, func.count(Customer.customer_id), Customer.customer_id, _of_customer())
