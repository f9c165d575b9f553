"""App Home: my day."""

from typing import Any

from bot.ask import Ask
from bot.gestures import Did
from bot.names import Action, decode
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.work import Work


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.OPENED_HOME, show)
    routes.button(Action.HOME_REFRESH, show)


async def show(ask: Ask) -> None:
    """What waits, what was done last, and how things stand."""
    payload = _home(ask, int(ask.pressed.get("page") or 0))

    def action(work: Work) -> None:
        outbox.enqueue(work, "answer", f"home:{ask.user.user_id}", f"home:{ask.claimed.inbox_id}", payload)

    await ask.act(action, lambda _: None)


async def refresh(ask: Ask) -> None:
    """After a button of the Home tab did its work: the tab shows what is true now."""
    if ask.gesture.view_id:
        key = f"home:{ask.claimed.inbox_id}"
        page = decode(ask.gesture.metadata).get("page", 0)
        payload = _home(ask, page if isinstance(page, int) else 0)
        await ask.desk.write(outbox.enqueue, "answer", f"home:{ask.user.user_id}", key, payload)


def _home(ask: Ask, page: int) -> dict[str, Any]:
    """The tab to be shown; what is on it is read when it leaves."""
    return {"via": "home", "user": ask.user.slack_user_id, "page": page, "hash": ask.gesture.view_hash}
