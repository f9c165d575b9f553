"""Promises: one tap makes a task of one, Drop lets it go; and Drop for whatever else was made of a log."""

from datetime import datetime

from bot.ask import Ask
from bot.cards import receipt
from bot.handlers import home
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import corrections as correction_actions
from crm_store.actions import promises as promise_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.promises import NewPromise


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.button(Action.PROMISE_MAKE, make)
    routes.button(Action.PROMISE_DROP, drop)
    routes.button(Action.DROP_MADE, drop_made)


async def make(ask: Ask) -> None:
    """The tap under a receipt: the promise becomes a task of whoever made it."""
    pressed = ask.pressed
    owner = str(pressed.get("owner", "")) or ask.user.user_id
    if owner != ask.user.user_id and await ask.read(team_queries.user, owner) is None:
        owner = ask.user.user_id
    new = NewPromise(
        str(pressed.get("title", "")),
        _moment(str(pressed.get("due", ""))),
        owner,
        str(pressed.get("customer", "")) or None,
        communication_id=str(pressed.get("communication", "")) or None,
    )

    def action(work: Work) -> Receipt:
        return promise_actions.make(work, new)

    await ask.act(action, lambda done: receipt.promised(done, new.title, new.due_at, now=ask.now, zone=ask.zone))
    await home.refresh(ask)


async def drop(ask: Ask) -> None:
    """The promise no longer holds."""
    task_id = str(ask.pressed.get("task", ""))
    await ask.act(lambda work: promise_actions.drop(work, task_id), receipt.of)
    await home.refresh(ask)


async def drop_made(ask: Ask) -> None:
    """A need or a task that was read wrongly goes, and the log stays."""
    row_id = str(ask.pressed.get("row", ""))
    await ask.act(lambda work: correction_actions.drop_made(work, row_id), receipt.of)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadInput("That button is too old. Set the task with `/crm task`.") from problem
