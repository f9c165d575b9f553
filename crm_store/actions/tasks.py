"""Things to do: set, finished, put off, and the numbers under which they were last shown."""

from collections.abc import Sequence
from datetime import datetime

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.people import User
from crm_store.models.trade import Task
from crm_store.values.acts import NewTask, Receipt


def add(work: Work, new: NewTask) -> Receipt:
    """Set a task."""
    title = " ".join(new.title.split())
    if not title:
        raise BadInput("Say what is to be done.", field="title")
    with audit.record(work, "task", sentence=f"Task: {title}") as ledger:
        task = Task(
            task_id=work.new_id(Prefix.TASK),
            title=title,
            owner=new.owner,
            due_at=new.due_at,
            customer_id=new.customer_id,
            deal_id=new.deal_id,
            created_at=work.now,
        )
        ledger.add(task)
        ledger.row_id = task.task_id
    return Receipt(task.task_id, ledger.undo_id, ledger.sentence)


def done(work: Work, task_id: str) -> Receipt:
    """Finish a task; finishing it twice changes nothing."""
    task = _task(work, task_id)
    if task.state == "done":
        return Receipt(task_id, None, f"Already done: {task.title}")
    with audit.record(work, "done", task_id, f"Done: {task.title}") as ledger:
        ledger.change(task)
        task.state, task.done_at = "done", work.now
        task.version += 1
    return Receipt(task_id, ledger.undo_id, ledger.sentence)


def reopen(work: Work, task_id: str) -> Receipt:
    """Take a finished task up again."""
    task = _task(work, task_id)
    if task.state == "open":
        return Receipt(task_id, None, f"Still open: {task.title}")
    with audit.record(work, "reopen", task_id, f"Open again: {task.title}") as ledger:
        ledger.change(task)
        task.state, task.done_at = "open", None
        task.version += 1
    return Receipt(task_id, ledger.undo_id, ledger.sentence)


def snooze(work: Work, task_id: str, until: datetime) -> Receipt:
    """Put a task off."""
    task = _task(work, task_id)
    if task.state != "open":
        raise BadInput(f"“{task.title}” is done already.")
    with audit.record(work, "snooze", task_id, f"Put off: {task.title}") as ledger:
        ledger.change(task)
        task.due_at = until
        task.version += 1
    return Receipt(task_id, ledger.undo_id, ledger.sentence)


def assign(work: Work, task_id: str, owner: str) -> Receipt:
    """Give a task to a colleague."""
    task = _task(work, task_id)
    colleague = work.session.get(User, (work.team_id, owner))
    if colleague is None:
        raise NotFound("There is no such colleague.")
    with audit.record(work, "assign", task_id, f"{task.title}: now with {colleague.name}") as ledger:
        ledger.change(task)
        task.owner = owner
        task.version += 1
    return Receipt(task_id, ledger.undo_id, ledger.sentence)


def remember_list(work: Work, task_ids: Sequence[str]) -> None:
    """Keep under which numbers the actor was shown these tasks; without audit, since nobody's data change."""
    reader = work.session.get(User, (work.team_id, work.actor))
    if reader is not None:
        reader.last_shown = {**reader.last_shown, "tasks": list(task_ids), "tasks_at": work.now.isoformat()}


def _task(work: Work, task_id: str) -> Task:
    task = work.session.get(Task, (work.team_id, task_id))
    if task is None:
        raise NotFound("That task is no longer there.")
    return task
