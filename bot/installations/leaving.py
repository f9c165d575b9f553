"""Slack tells that a workspace took the app or its token away."""

from datetime import UTC, datetime

from bot.gestures import Did, Gesture
from bot.workspace import SlackWorkspace
from crm_store import inbox
from crm_store.actions import installations as actions
from crm_store.engine.store import Desk
from crm_store.inbox import Claimed
from crm_store.log import get_logger

_log = get_logger(__name__)


async def leave(desk: Desk, row: Claimed, gesture: Gesture, slack: SlackWorkspace | None) -> None:
    """Forget the tokens of that installation; one that came after the event stays, and a token that still works."""
    # Slack names no token: the revoked one may be older than ours, which a new installation has replaced.
    if gesture.did is Did.REVOKED and slack is not None and await slack.is_accepted():
        await desk.write(inbox.finish, row.inbox_id, row.attempts, "the token still works")
        return
    stamp = gesture.stamp
    happened_at = datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() and len(stamp) < 12 else row.received_at
    because = "app_uninstalled" if gesture.did is Did.UNINSTALLED else "tokens_revoked"
    if await desk.write(actions.leave, row.inbox_id, row.attempts, happened_at, because):
        _log.warning("uninstalled", team_id=desk.team_id, because=because)
