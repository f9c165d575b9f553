"""Promises: made tasks with one tap, and dropped where they no longer hold; a promise that is done was kept."""

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import news
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.history import Communication
from crm_store.models.people import User
from crm_store.models.trade import Task
from crm_store.values.acts import Receipt
from crm_store.values.promises import NewPromise

DROPPED = "dropped"


def make(work: Work, new: NewPromise) -> Receipt:
    """A task that remembers that it was promised; the same promise of the same communication is there once."""
    title = " ".join(new.title.split())
    if not title:
        raise BadInput("Say what was promised.", field="title")
    said = work.session.get(Communication, (work.team_id, new.communication_id)) if new.communication_id else None
    known = _known(work, new, title)
    if known is not None:
        return Receipt(known.task_id, None, f"Promised already: {known.title}")
    with audit.record(work, "promise", sentence=f"Promise: {title}") as ledger:
        task = Task(
            task_id=work.new_id(Prefix.TASK),
            title=title,
            owner=new.owner,
            due_at=new.due_at,
            customer_id=new.customer_id,
            deal_id=new.deal_id or (said.deal_id if said else None),
            communication_id=new.communication_id,
            promised_at=min(said.happened_at, work.now) if said else work.now,
            created_at=work.now,
        )
        ledger.add(task)
        ledger.row_id = task.task_id
    if new.owner != work.actor:
        _tell(work, task)
    return Receipt(task.task_id, ledger.undo_id, ledger.sentence)


def _tell(work: Work, task: Task) -> None:
    """Whoever gave their word reads that a colleague has made a task of it."""
    by = work.session.get(User, (work.team_id, work.actor))
    text = f"{by.name if by else 'A colleague'} noted a promise of yours as a task: {task.title}."
    news.tell(work, task.owner, f"promise:{task.task_id}", text)


def drop(work: Work, task_id: str) -> Receipt:
    """Let go of a promise that no longer holds; dropping it twice changes nothing."""
    task = work.session.get(Task, (work.team_id, task_id))
    if task is None:
        raise NotFound("That task is no longer there.")
    if task.state != "open":
        return Receipt(task_id, None, f"No longer open: {task.title}")
    with audit.record(work, "drop", task_id, f"Dropped: {task.title}") as ledger:
        ledger.change(task)
        task.state = DROPPED
        task.version += 1
    return Receipt(task_id, ledger.undo_id, ledger.sentence)


def _known(work: Work, new: NewPromise, title: str) -> Task | None:
    if not new.communication_id:
        return None
    return work.session.scalars(
        select(Task)
        .where(
            Task.communication_id == new.communication_id,
            Task.title == title,
            Task.owner == new.owner,
            Task.state == "open",
        )
        .order_by(Task.task_id)
    ).first()
