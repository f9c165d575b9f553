"""App Home: my day."""

from typing import Any

from bot.ask import Ask
from bot.cards import home as cards
from bot.gestures import Did
from bot.handlers.suggestions import open_views
from bot.names import Action
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.queries import tasks as task_queries
from crm_store.queries import undo as undo_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.OPENED_HOME, show)
    routes.button(Action.HOME_REFRESH, show)


async def show(ask: Ask) -> None:
    """Due tasks, open suggestions, and what was done last."""
    payload = await _home(ask)

    def action(work: Work) -> None:
        outbox.enqueue(work, "answer", f"home:{ask.user.user_id}", f"home:{ask.claimed.inbox_id}", payload)

    await ask.act(action, lambda _: None)


async def refresh(ask: Ask) -> None:
    """After a button of the Home tab did its work: the tab shows what is true now."""
    if ask.gesture.view_id:
        key = f"home:{ask.claimed.inbox_id}"
        await ask.desk.write(outbox.enqueue, "answer", f"home:{ask.user.user_id}", key, await _home(ask))


async def _home(ask: Ask) -> dict[str, Any]:
    due = await ask.read(task_queries.due, ask.user.user_id)
    suggestions = await open_views(ask)
    recent = await ask.read(undo_queries.recent, ask.user.user_id, 5)
    message = cards.day(ask.user.name, due, suggestions, recent, now=ask.now, zone=ask.zone)
    return {"message": message.to_json(), "via": "home", "user": ask.user.slack_user_id}
