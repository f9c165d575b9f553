"""What is said unasked, built as it leaves from what its reader may see then; nothing where it no longer holds."""

from zoneinfo import ZoneInfo

from bot.blocks import Message
from bot.cards import alerts, briefs, error, receipt
from crm_store.engine.store import Desk
from crm_store.outbox import Outgoing
from crm_store.queries import alert_views, noise
from crm_store.queries import briefs as brief_queries
from crm_store.values.teams import TeamView, UserView


async def message(desk: Desk, row: Outgoing, team: TeamView, user: UserView | None) -> Message | None:
    """An alert, a brief or a digest, in its reader's zone; a digest without a reader goes to a channel."""
    now = desk.store.clock.now()
    zone = ZoneInfo(user.time_zone if user else team.time_zone)
    own = desk.store.team(desk.team_id, user.user_id) if user else desk
    items = [str(one) for one in row.payload.get("items") or ()]
    match row.kind:
        case "alert":
            found = await own.read(alert_views.alert, str(row.payload["alert_id"]))
            return alerts.alert(found, now=now, zone=zone) if found else None
        case "news":
            text, undo_id = str(row.payload["text"]), row.payload.get("undo_id")
            return receipt.done(text, str(undo_id)) if undo_id else error.sentence(text)
        case "digest":
            held = await own.read(alert_views.digest, items)
            return None if held.is_empty else alerts.digest(held, now=now, zone=zone)
        case "meeting_brief" if user:
            meeting = await own.read(brief_queries.meeting, str(row.payload["meeting_key"]), user.user_id)
            return briefs.meeting(meeting, now=now, zone=zone)
        case _ if user:
            day = await own.read(brief_queries.morning, await own.read(noise.reader_of, user.user_id), items)
            return None if day.is_empty else briefs.morning(user.name, day, now=now, zone=zone)
    return None
