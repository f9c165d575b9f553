"""What became of a row that left: where its message is, or why nobody took it."""

from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.models.history import SlackMessage
from crm_store.outbox import Outgoing


def delivered(work: Work, row: Outgoing, ref: str, object_id: str, purpose: str) -> bool:
    """Record where a message is, so that it can be updated in place later.

    Not audited: it tells where Slack put a message, which changes nothing about a customer.
    """
    done = outbox.sent(work, row.outbox_id, row.attempts, ref or None)
    channel, _, ts = ref.partition(":")
    if done and object_id and ts and work.session.get(SlackMessage, (work.team_id, channel, ts)) is None:
        work.add(SlackMessage(team_id=work.team_id, channel=channel, ts=ts, object_id=object_id, purpose=purpose))
    return done


def undeliverable(work: Work, row: Outgoing, problem: str, code: str, *, elsewhere: bool) -> None:
    """Give a row up; the managers hear of a channel that cannot be reached.

    Not audited: the outbox row itself keeps what was not delivered, and why.
    """
    outbox.failed(work, row.outbox_id, row.attempts, problem)
    if not elsewhere or row.kind == "notice":
        return
    channel = row.order_key.removeprefix("channel:")
    text = (
        f"Slack did not take a message for the channel {channel} ({code}). Invite me there, or choose another "
        "channel with `/crm settings channel`. Nothing else is lost."
    )
    key = f"elsewhere:{channel}:{work.now.date().isoformat()}"
    outbox.enqueue(work, "notice", "notice:admins", key, {"user_id": None, "text": text})
