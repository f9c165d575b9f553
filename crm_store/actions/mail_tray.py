"""The review tray: many mails at once let in together, and dropped mail that somebody wants filed after all."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from crm_store import audit, inbox, outbox
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.mail import MailFlow
from crm_store.models.plumbing import InboxRow
from crm_store.values.mail import AUTHOR

WINDOW: Final = timedelta(hours=2)
_BUCKET: Final = timedelta(minutes=10)
_MOST_AT_ONCE: Final = 1_000
_TRAY: Final = ("held", "set_aside")


def count(work: Work, sender_key: str) -> None:
    """Count a mail of this sender to the actor's address. Not audited: a counter of the last two hours."""
    work.lock_team()
    row = work.session.get(MailFlow, (work.team_id, work.actor, sender_key))
    if row is None:
        row = MailFlow(user_id=work.actor, sender_key=sender_key, counts={})
        work.add(row)
    now = int(work.now.timestamp() // _BUCKET.total_seconds())
    oldest = now - int(WINDOW / _BUCKET)
    kept = {bucket: number for bucket, number in row.counts.items() if int(bucket) > oldest}
    row.counts = {**kept, str(now): kept.get(str(now), 0) + 1}


def announce(work: Work, number: int) -> None:
    """Say once that very many mails are filed without a word on each. Not audited: each filing is, and has its undo."""
    text = (
        f"{number} mails of your mailbox are being filed, without a receipt for each. `/crm why mail` shows what "
        "became of the last ones. What is not clear is with the customer alone, and nothing is asked."
    )
    payload = {"user_id": work.actor, "text": text}
    outbox.enqueue(work, "notice", f"dm:{work.actor}", f"folder:{work.actor}:{work.now:%Y-%m-%dT%H}", payload)


def approve_all(work: Work, sender_key: str) -> int:
    """Let in all mails that wait because their sender sent many at once, and the next two hours' too."""
    rows = _burst(work, sender_key)
    with audit.record(work, "approve-mails", work.actor, undoable=False) as ledger:
        ledger.sentence = f"Let {len(rows)} mails in"
        flow = work.session.get(MailFlow, (work.team_id, work.actor, sender_key))
        if flow is not None:
            ledger.change(flow)
            flow.allowed_until = work.now + WINDOW
        for row in rows:
            row.envelope = {**row.envelope, "approved_by": work.actor}
            inbox.release(work, row.inbox_id)
    return len(rows)


def ignore_all(work: Work, sender_key: str) -> int:
    """Leave out all mails that wait because their sender sent many at once; their raw bytes stay."""
    rows = _burst(work, sender_key)
    with audit.record(work, "ignore-mails", work.actor, f"Left {len(rows)} mails unfiled", undoable=False):
        for row in rows:
            row.state, row.verdict = "done", "Not filed: one of many at once, left out by hand."
    return len(rows)


def attach(work: Work, inbox_id: str, customer_id: str) -> bool:
    """Let a held mail in as one of this customer, whose its sender's address is from then on; False if decided already.

    Audited; filing adds the address, so the receipt's Undo takes both back.
    """
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None or row.source != "mail":
        raise NotFound("That mail is no longer there.")
    if row.state not in _TRAY:
        return False
    with audit.record(work, "approve-mail", inbox_id, "Let a mail in", undoable=False):
        answers = {**row.envelope.get("answers", {}), AUTHOR: customer_id}
        row.envelope = {**row.envelope, "approved_by": work.actor, "answers": answers}
        return inbox.release(work, inbox_id)


def refile(work: Work, inbox_id: str) -> bool:
    """Handle a dropped mail again as one that a person wants filed; False where it is under way or filed already."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None or row.source != "mail":
        raise NotFound("That mail is no longer there.")
    dropped = row.state == "done" and (row.verdict or "").startswith("Not filed")
    if not dropped and row.state not in _TRAY:
        return False
    with audit.record(work, "approve-mail", inbox_id, "Let a mail in", undoable=False):
        row.envelope = {**row.envelope, "approved_by": work.actor}
        row.state, row.attempts, row.not_before, row.lease_until = "waiting", 0, work.now, None
        work.ring(inbox.bell("mail"))
    return True


def _burst(work: Work, sender_key: str) -> list[InboxRow]:
    rows = work.session.scalars(
        select(InboxRow)
        .where(InboxRow.source == "mail", InboxRow.state == "held")
        .order_by(InboxRow.received_at, InboxRow.inbox_id)
        .limit(_MOST_AT_ONCE)
    ).all()
    return [
        row for row in rows if row.envelope.get("burst") == sender_key and row.envelope.get("user_id") == work.actor
    ]
