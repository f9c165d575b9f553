"""A person's day as it stands now: what waits for them, what they did last, and how mail, jobs and sending are."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.models.history import Question
from crm_store.models.people import Customer
from crm_store.models.plumbing import InboxRow, JobRun, OutboxRow
from crm_store.models.trade import Order
from crm_store.queries import briefs, customers, noise, receipts, tasks, undo
from crm_store.values.day import Health, MyDay
from crm_store.values.filed import QuestionView
from crm_store.values.people import CustomerBrief
from crm_store.values.roles import Right, rights_of

_NEW: Final = timedelta(days=7)
_LATE: Final = timedelta(seconds=60)
_UNREAD: Final = timedelta(minutes=1)
_RECENT: Final = timedelta(days=7)
_SHOWN: Final = 5
_OPEN: Final = ("waiting", "sending")


def my_day(work: Work, user_id: str, role: str) -> MyDay:
    """What waits for one person; asked at their own desk."""
    morning = briefs.morning(work, noise.reader_of(work, user_id), ())
    leads, leads_in_all = _leads(work, user_id)
    questions, questions_in_all = _questions(work, user_id)
    return MyDay(
        tasks=tasks.due(work, user_id),
        waiting=morning.waiting,
        meetings=morning.meetings,
        risks=morning.risks,
        leads=leads,
        leads_in_all=leads_in_all,
        questions=questions,
        questions_in_all=questions_in_all,
        recent=undo.recent(work, user_id, _SHOWN),
        health=health(work, tells=Right.SETTINGS in rights_of(role)),
    )


def health(work: Work, *, tells: bool) -> Health:
    """Late sending for everybody; mail and jobs for those who can do something about them."""
    late = or_(OutboxRow.not_before <= work.now - _LATE, OutboxRow.problem.is_not(None))
    delayed, since = work.session.execute(
        select(func.count(), func.min(OutboxRow.created_at)).where(
            OutboxRow.state.in_(_OPEN), OutboxRow.created_at < work.now - _LATE, late
        )
    ).one()
    mail = InboxRow.source == "mail"
    pending = InboxRow.state.in_(("waiting", "working"))
    unread, unread_since = work.session.execute(
        select(func.count(), func.min(InboxRow.received_at)).where(
            mail, pending, InboxRow.received_at < work.now - _UNREAD
        )
    ).one()
    if not tells:
        return Health(since, delayed, unread_since=unread_since, unread=unread)
    last = work.session.scalar(select(func.max(InboxRow.received_at)).where(mail))
    aside = work.session.scalar(select(func.count()).select_from(InboxRow).where(mail, InboxRow.state == "set_aside"))
    return Health(since, delayed, True, last, aside or 0, _failed(work), unread_since, unread)


def _failed(work: Work) -> tuple[tuple[str, datetime], ...]:
    """Jobs whose latest run of this week failed."""
    rows = work.session.execute(
        select(JobRun.job, JobRun.state, JobRun.started_at)
        .where(JobRun.started_at >= work.now - _RECENT, JobRun.state.in_(("done", "failed")))
        .order_by(JobRun.started_at)
    ).all()
    last = {row.job: row for row in rows}
    return tuple((job, row.started_at) for job, row in sorted(last.items()) if row.state == "failed")


def _leads(work: Work, user_id: str) -> tuple[tuple[CustomerBrief, ...], int]:
    """New people of this week who are theirs or nobody's and have bought nothing yet."""
    bought = select(Order.order_id).where(
        Order.team_id == Customer.team_id, Order.customer_id == Customer.customer_id, Order.removed_at.is_(None)
    )
    new = (
        Customer.created_at >= work.now - _NEW,
        or_(Customer.owner == user_id, (Customer.owner.is_(None)) & (Customer.level == "team")),
        Customer.removed_at.is_(None),
        Customer.merged_into.is_(None),
        ~bought.exists(),
    )
    ids = work.session.scalars(
        select(Customer.customer_id)
        .where(*new)
        .order_by(Customer.created_at.desc(), Customer.customer_id.desc())
        .limit(_SHOWN)
    ).all()
    count = work.session.scalar(select(func.count(Customer.customer_id)).where(*new)) if ids else 0
    return customers.briefs(work, ids), count or 0


def _questions(work: Work, user_id: str) -> tuple[tuple[QuestionView, ...], int]:
    """What was asked of them and is open, the newest first."""
    asked = (Question.asked == user_id, Question.state == "open")
    ids = work.session.scalars(
        select(Question.question_id)
        .where(*asked)
        .order_by(Question.created_at.desc(), Question.question_id.desc())
        .limit(_SHOWN)
    ).all()
    count = work.session.scalar(select(func.count(Question.question_id)).where(*asked)) if ids else 0
    return tuple(receipts.question(work, one) for one in ids), count or 0
