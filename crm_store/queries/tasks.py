"""Tasks: what is due, and which ones a person means by the numbers in a list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.people import Customer, User
from crm_store.models.trade import Task
from crm_store.values.people import TaskView

NUMBERS_STAY = timedelta(days=1)


def due(
    work: Work,
    owner_user_id: str | None = None,
    until: datetime | None = None,
    customer_id: str | None = None,
    most: int = 100,
) -> tuple[TaskView, ...]:
    """Open tasks, the most urgent first; what has no day comes last, and is left out where a day is asked for."""
    query = _views().where(Task.state == "open")
    if owner_user_id:
        query = query.where(Task.owner == owner_user_id)
    if customer_id:
        query = query.where(Task.customer_id == customer_id)
    if until:
        query = query.where(Task.due_at.is_not(None), Task.due_at <= until)
    query = query.order_by(Task.due_at.is_(None), Task.due_at, Task.task_id).limit(most)
    return tuple(TaskView(*row) for row in work.session.execute(query).all())


def of_communication(work: Work, communication_id: str) -> tuple[TaskView, ...]:
    """The open tasks that came with a communication."""
    query = _views().where(Task.communication_id == communication_id, Task.state == "open").order_by(Task.task_id)
    return tuple(TaskView(*row) for row in work.session.execute(query).all())


def by_ids(work: Work, task_ids: Sequence[str]) -> tuple[TaskView, ...]:
    """Those tasks, in that order; what is gone is left out."""
    rows = work.session.execute(_views().where(Task.task_id.in_(task_ids))).all()
    found = {view.task_id: view for view in (TaskView(*row) for row in rows)}
    return tuple(found[task_id] for task_id in task_ids if task_id in found)


def numbered(work: Work, numbers: Sequence[int]) -> tuple[TaskView, ...]:
    """The tasks that the actor was shown under these numbers within the last day; raises NotFound otherwise."""
    reader = work.session.get(User, (work.team_id, work.actor))
    shown = reader.last_shown if reader else {}
    at = shown.get("tasks_at")
    if not at or work.now - datetime.fromisoformat(at) > NUMBERS_STAY:
        raise NotFound("No list was shown to you within the last day. `/crm due` shows your tasks with their numbers.")
    listed = shown.get("tasks", [])
    for number in numbers:
        if not 1 <= number <= len(listed):
            raise NotFound(f"Your last list has no number {number}; it went up to {len(listed)}.", wanted=str(number))
    wanted = [listed[number - 1] for number in numbers]
    found = by_ids(work, wanted)
    if len(found) < len(set(wanted)):
        raise NotFound("One of those tasks is no longer there; ask for the list again.")
    return found


def _views() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Task.task_id,
            Task.title,
            Task.due_at,
            User.slack_user_id,
            Task.customer_id,
            Customer.name,
            Task.state,
            Task.version,
        )
        .outerjoin(User, (User.team_id == Task.team_id) & (User.user_id == Task.owner))
        .outerjoin(Customer, (Customer.team_id == Task.team_id) & (Customer.customer_id == Task.customer_id))
    )
