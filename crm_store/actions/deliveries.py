"""What became of a row that left: where its message is, or why nobody took it."""

from typing import Final

from sqlalchemy import select

from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.models.history import SlackMessage
from crm_store.models.installations import Installation
from crm_store.models.people import User
from crm_store.outbox import Outgoing
from crm_store.queries import teams

# Who cannot be reached by direct message has left; that is no matter of a channel, and nothing is sent again.
INSTEAD: Final = "instead"
"""Under this key stands who gets a message that its channel does not take."""
_PERSONS: Final = ("unasked:", "brief:", "report:")


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
    """Give a row up, or send it to a person where its channel cannot be reached; the managers hear of the channel.

    Not audited: the outbox row itself keeps what was not delivered, and why.
    """
    if not elsewhere or row.kind == "notice" or row.order_key.startswith(_PERSONS):
        outbox.failed(work, row.outbox_id, row.attempts, problem)
        return
    person = _person(work, row)
    if person is None or INSTEAD in row.payload:
        outbox.failed(work, row.outbox_id, row.attempts, problem)
    else:
        outbox.sent_otherwise(work, row, {**row.payload, INSTEAD: person})
    channel = row.order_key.removeprefix("channel:")
    text = (
        f"A message for <#{channel}> goes to you instead. {problem} Until then what is for that channel comes here; "
        f"`/crm settings channel` chooses another. Ref {row.outbox_id}."
    )
    if not channel.startswith(("C", "G")):
        text = f"{problem} The message went to a person instead. Ref {row.outbox_id}."
    key = f"elsewhere:{channel}:{work.now.date().isoformat()}"
    outbox.enqueue(work, "notice", "notice:admins", key, {"user_id": None, "text": text})


def tell_installer(work: Work, about: str, text: str) -> None:
    """Tell whoever installed us, else the admins, what only they can mend; of the same thing once a day.

    Not audited: it is a message, and changes nothing.
    """
    row = work.session.scalars(select(Installation)).first()
    known = work.session.scalars(select(User).where(User.slack_user_id == row.installer)).first() if row else None
    to = known.user_id if known is not None and known.active else None
    key = f"installer:{about}:{work.now.date().isoformat()}"[:200]
    outbox.enqueue(work, "notice", f"notice:{to or 'admins'}", key, {"user_id": to, "text": text, "urgent": True})


def _person(work: Work, row: Outgoing) -> str | None:
    """Whose a message is that its channel does not take: whom it names, else whoever leads the team."""
    named = teams.user(work, str(row.payload.get("user_id") or ""))
    told = [named] if named else [*teams.admins(work)]
    return told[0].slack_user_id if told else None
