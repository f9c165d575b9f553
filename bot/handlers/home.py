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
from crm_store.queries import day as day_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.OPENED_HOME, show)
    routes.button(Action.HOME_REFRESH, show)


async def show(ask: Ask) -> None:
    """What waits, what was done last, and how things stand."""
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
    mine = await ask.read(day_queries.my_day, ask.user.user_id, ask.user.role)
    message = cards.day(ask.user.name, mine, await open_views(ask), now=ask.now, zone=ask.zone)
    return {"message": message.to_json(), "via": "home", "user": ask.user.slack_user_id}
