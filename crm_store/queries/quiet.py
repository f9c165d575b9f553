"""Who waits for an answer, which promises are overdue, and who fell silent."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer, User
from crm_store.models.scoring import CustomerFeatures
from crm_store.models.trade import Deal, Order, Task
from crm_store.money import Money
from crm_store.queries.given import given
from crm_store.values.periods import Listed, Promise, Quiet

SILENT: Final = timedelta(days=60)
"""So long without a contact is silence."""
WAITS: Final = timedelta(days=30)
"""What was written longer ago waits for nobody any more."""
SHOWN: Final = 5
_LIVE: Final = (Customer.removed_at.is_(None), Customer.merged_into.is_(None), Customer.level == "team")
_LETTERS: Final = ("mail", "message", "form")


def waiting(work: Work, at: datetime) -> Listed[Quiet]:
    """Customers whose last word to us nobody has answered, the longest wait first; a call or a visit is an answer."""
    latest = (
        select(Participant.customer_id.label("customer_id"), func.max(Communication.happened_at).label("at"))
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            given(Participant.customer_id),
            Communication.happened_at < at,
            Communication.happened_at >= at - WAITS,
            Communication.removed_at.is_(None),
            Communication.kind != "note",
            Communication.level != "private",
        )
        .group_by(Participant.customer_id)
        .subquery()
    )
    rows = work.session.execute(
        select(Customer.customer_id, Customer.name, User.name.label("owner"), latest.c.at)
        .join(latest, latest.c.customer_id == Customer.customer_id)
        .join(
            Participant,
            (Participant.team_id == Customer.team_id) & (Participant.customer_id == Customer.customer_id),
        )
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id)
            & (Communication.happened_at == latest.c.at),
        )
        .outerjoin(User, (User.team_id == Customer.team_id) & (User.user_id == Customer.owner))
        .where(
            *_LIVE,
            Communication.direction == "incoming",
            Communication.kind.in_(_LETTERS),
            Communication.removed_at.is_(None),
            Communication.level == "team",
        )
        .distinct()
        .order_by(latest.c.at, Customer.customer_id)
    ).all()
    return Listed(len(rows), tuple(Quiet(row.name, row.owner or "", row.at) for row in rows[:SHOWN]))


def overdue(work: Work, at: datetime) -> Listed[Promise]:
    """Open tasks whose time is past, the oldest first."""
    late = (Task.state == "open", Task.due_at < at)
    rows = work.session.execute(
        select(Task.title, Task.due_at, User.name.label("owner"), Customer.name.label("who"), Customer.level)
        .outerjoin(User, (User.team_id == Task.team_id) & (User.user_id == Task.owner))
        .outerjoin(Customer, (Customer.team_id == Task.team_id) & (Customer.customer_id == Task.customer_id))
        .where(*late, or_(Customer.level.is_(None), Customer.level == "team"))
        .order_by(Task.due_at, Task.task_id)
        .limit(SHOWN)
    ).all()
    n = work.session.scalar(select(func.count(Task.task_id)).where(*late)) or 0
    return Listed(n, tuple(Promise(row.title, row.who or "", row.owner or "", row.due_at) for row in rows))


def gone_silent(work: Work, start: datetime, end: datetime, money: str) -> Listed[Quiet]:
    """Customers who bought or are in talks and whose silence passed 60 days within the time, the best ones first.

    What was heard of them later is known by now and ends the silence, so a past time is told as it looks today.
    """
    bought = select(Order.order_id).where(
        Order.team_id == Customer.team_id, Order.customer_id == Customer.customer_id, Order.removed_at.is_(None)
    )
    talks = select(Deal.deal_id).where(
        Deal.team_id == Customer.team_id,
        Deal.customer_id == Customer.customer_id,
        Deal.state == "open",
        Deal.removed_at.is_(None),
    )
    fell = (
        *_LIVE,
        Customer.last_touch_at >= start - SILENT,
        Customer.last_touch_at < end - SILENT,
        or_(bought.exists(), talks.exists()),
    )
    rows = work.session.execute(
        select(Customer.name, Customer.last_touch_at, User.name.label("owner"), CustomerFeatures.spent)
        .outerjoin(User, (User.team_id == Customer.team_id) & (User.user_id == Customer.owner))
        .outerjoin(
            CustomerFeatures,
            (CustomerFeatures.team_id == Customer.team_id) & (CustomerFeatures.customer_id == Customer.customer_id),
        )
        .where(*fell)
        .order_by(func.coalesce(CustomerFeatures.spent, 0).desc(), Customer.customer_id)
        .limit(SHOWN)
    ).all()
    n = work.session.scalar(select(func.count(Customer.customer_id)).where(*fell)) or 0
    return Listed(
        n,
        tuple(
            Quiet(row.name, row.owner or "", row.last_touch_at, Money(row.spent, money) if row.spent else None)
            for row in rows
        ),
    )
