"""Promises as tasks: which are open, and whether one was made of a communication already."""

from datetime import datetime

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer, User
from crm_store.models.trade import Task
from crm_store.values.promises import PromiseView


def open_for(
    work: Work, user_id: str | None = None, *, until: datetime | None = None, customer_id: str | None = None,
    most: int = 100,
) -> tuple[PromiseView, ...]:  # fmt: skip
    """Open promises, the most urgent first: of one colleague, of one customer, or due until a moment.

    What has no day comes last, and is left out where a moment is given.
    """
    wanted = [Task.promised_at.is_not(None), Task.state == "open"]
    if user_id:
        wanted.append(Task.owner == user_id)
    if customer_id:
        wanted.append(Task.customer_id == customer_id)
    if until:
        wanted += [Task.due_at.is_not(None), Task.due_at <= until]
    rows = work.session.execute(
        select(
            Task.task_id,
            Task.title,
            Task.promised_at,
            Task.due_at,
            User.slack_user_id,
            Task.customer_id,
            Customer.name,
            Task.communication_id,
            Task.state,
        )
        .outerjoin(User, (User.team_id == Task.team_id) & (User.user_id == Task.owner))
        .outerjoin(Customer, (Customer.team_id == Task.team_id) & (Customer.customer_id == Task.customer_id))
        .where(*wanted)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.task_id)
        .limit(most)
    ).all()
    return tuple(
        PromiseView(
            row.task_id, row.title, row.promised_at, row.due_at, row.slack_user_id, row.customer_id, row.name,
            row.communication_id, row.state,
        )
        for row in rows
        if row.promised_at is not None
    )  # fmt: skip


def made_of(work: Work, communication_id: str) -> tuple[str, ...]:
    """The titles of the promises that were made tasks from one communication, whatever became of them."""
    return tuple(
        work.session.scalars(
            select(Task.title).where(Task.communication_id == communication_id, Task.promised_at.is_not(None))
        )
    )


def words_of(work: Work, communication_id: str, user_id: str) -> tuple[tuple[str, datetime], ...]:
    """What a colleague wrote in a filed mail, and in the note that was forwarded above it, each with its moment."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None:
        return ()
    found: list[tuple[str, datetime]] = []
    wrote = select(Participant.user_id).where(
        Participant.communication_id == communication_id, Participant.role == "from", Participant.user_id.is_not(None)
    )
    authors = set(work.session.scalars(wrote))
    if row.direction == "outgoing" and (user_id in authors or (not authors and row.logged_by == user_id)):
        found.append((row.new_text, row.happened_at))
    note = work.session.execute(
        select(Communication.new_text, Communication.happened_at).where(
            Communication.source_key == f"note:{user_id}:{row.source_key}"[:200], Communication.removed_at.is_(None)
        )
    ).first()
    return (*found, (note.new_text, note.happened_at)) if note else tuple(found)
