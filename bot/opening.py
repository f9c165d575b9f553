"""Dialogs whose content takes a while: something is there at once, since a trigger is good for three seconds alone."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from bot import slack_errors
from bot.cards import forms
from bot.slack_errors import Then
from bot.workspace import SlackWorkspace
from crm_store.errors import CrmError, DeliveryError

AT_ONCE: Final = 0.1
"""Seconds that one waits for the content itself before the dialog opens without it."""
_REREAD: Final = slack_errors.codes(Then.REREAD)
_LOST: Final = "That went wrong on our side, and nothing was changed. Close this and try it once more."
View = Mapping[str, Any]


async def at_once(making: "asyncio.Task[View]", seconds: float = AT_ONCE) -> View | None:
    """The content where it is there soon, else nothing; it goes on being made."""
    done, _ = await asyncio.wait({making}, timeout=seconds)
    return making.result() if done else None


async def filled(slack: SlackWorkspace, opened: tuple[str, str], making: "asyncio.Task[View]") -> None:
    """Put the content into the dialog that is open already; what cannot be made is said there."""
    view_id, view_hash = opened
    try:
        view = await making
    except CrmError as problem:
        view = forms.told(problem.sentence)
    except Exception:
        await _put(slack, view_id, forms.told(_LOST), view_hash)
        raise
    await _put(slack, view_id, view, view_hash)


async def _put(slack: SlackWorkspace, view_id: str, view: View, view_hash: str) -> None:
    """Ours is the newest content, also where the dialog was changed meanwhile; one that was closed stays closed."""
    for known in (view_hash, ""):
        try:
            await slack.update_view(view_id, view, known)
            return
        except DeliveryError as problem:
            if problem.code not in _REREAD:
                raise
            if problem.code != "hash_conflict":
                return


def started(make: Coroutine[Any, Any, View]) -> "asyncio.Task[View]":
    """Begin to make the content."""
    return asyncio.create_task(make)
