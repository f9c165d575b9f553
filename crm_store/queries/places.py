"""Where our messages are in Slack."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.history import SlackMessage


def of(work: Work, object_id: str, purpose: str) -> tuple[str, str] | None:
    """Channel and ts of the newest message about something; None where there is none."""
    row = work.session.execute(
        select(SlackMessage.channel, SlackMessage.ts)
        .where(SlackMessage.object_id == object_id, SlackMessage.purpose == purpose)
        .order_by(SlackMessage.ts.desc())
        .limit(1)
    ).first()
    return (row.channel, row.ts) if row else None
