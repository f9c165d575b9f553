"""What becomes of a mail, each in one unit with the end of its inbox row: filed, asked about, held or dropped."""

import hashlib
from datetime import timedelta

from sqlalchemy import select

from crm_store import audit, inbox, outbox
from crm_store.actions import mail_filing, questions
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.plumbing import InboxRow
from crm_store.queries import teams
from crm_store.values.mail import HeldMail, MailFiling, MailQuestion, Told

_MOST_CARDS = 5
_DIGEST_WINDOW = timedelta(hours=1)
_BURST_WINDOW = timedelta(hours=2)
_VERDICT_LENGTH = 300


def file_mail(work: Work, plan: MailFiling) -> str | None:
    """File everything one mail leads to, with one receipt and one undo; None says that another worker holds it."""
    if not inbox.finish(work, plan.inbox_id, plan.attempts, "Being filed"):
        return None
    # Two copies of one mail may be handled at the same moment; the second must see what the first wrote.
    work.lock_team()
    with audit.record(work, "log") as ledger:
        filed = mail_filing.write(work, ledger, plan)
        ledger.row_id = filed.communication_id
        ledger.sentence = filed.sentence
        # A copy that only shows who else saw the mail leaves nothing to take back.
        ledger.undoable = not filed.also
    mail_filing.remember_reasons(work, plan, filed)
    mail_filing.settle(work, plan.inbox_id, ledger.sentence[:_VERDICT_LENGTH])
    if plan.quiet:
        return filed.communication_id
    outbox.enqueue(
        work,
        "receipt",
        f"dm:{work.actor}",
        f"receipt:{plan.inbox_id}",
        {
            "user_id": work.actor,
            "communication_id": filed.communication_id,
            "inbox_id": plan.inbox_id,
            "undo_id": None if filed.also else ledger.undo_id,
            "sure": plan.sure,
            "created": filed.created,
            "beside": list(dict.fromkeys(filed.beside)),
            "facts": filed.facts,
            "changes": filed.changes,
            "warnings": [*plan.warnings, *_beside(plan)],
            "also": filed.also,
        },
    )
    mail_filing.ask(work, filed)
    return filed.communication_id


def _beside(plan: MailFiling) -> list[str]:
    """What else the same mail led to: the sender's own words, and further mails attached to it."""
    kinds = ["note" if one.communication.kind == "note" else "mail" for one in plan.filings[1:]]
    mails = kinds.count("mail")
    said = [f"{mails} more attached {'mail was' if mails == 1 else 'mails were'} filed as well."] if mails else []
    return [*said, "What you wrote above it is kept as a note."] if "note" in kinds else said


def hold_mail(work: Work, held: HeldMail, attempts: int) -> bool:
    """Keep a mail until the address's owner has looked at it; audited by its inbox row, since nothing else changes."""
    if not inbox.hold(work, held.inbox_id, attempts, held.why[:_VERDICT_LENGTH]):
        return False
    place = f"dm:{work.actor}"
    if held.burst:
        _hold_burst(work, held)
        return True
    if outbox.lately(work, "review", place, work.now - _DIGEST_WINDOW) >= _MOST_CARDS:
        text = "More mail waits for your word than is shown here one by one. `/crm why mail held` lists it."
        hour = f"{work.now:%Y-%m-%dT%H}"
        outbox.enqueue(work, "notice", place, f"held:{work.actor}:{hour}", {"user_id": work.actor, "text": text})
        return True
    outbox.enqueue(
        work,
        "review",
        place,
        f"review:{held.inbox_id}",
        {
            "user_id": work.actor,
            "inbox_id": held.inbox_id,
            "why": held.why,
            "from": held.sender,
            "subject": held.subject,
            "trust": held.trust,
        },
    )
    return True


def _hold_burst(work: Work, held: HeldMail) -> None:
    """One card for many mails of one sender, which files or leaves out all that wait by then."""
    envelope = work.session.scalar(select(InboxRow.envelope).where(InboxRow.inbox_id == held.inbox_id))
    mail_filing.change_envelope(work, held.inbox_id, {**(envelope or {}), "burst": held.burst})
    payload = {
        "user_id": work.actor,
        "inbox_id": held.inbox_id,
        "why": held.why,
        "from": held.sender,
        "burst": held.burst,
        "recent": held.recent,
    }
    window = int(work.now.timestamp() // _BURST_WINDOW.total_seconds())
    outbox.enqueue(work, "review", f"dm:{work.actor}", f"burst:{work.actor}:{_mark(held.burst)}:{window}", payload)


def _mark(text: str) -> str:
    """A short mark that says nothing about what it marks."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def drop_mail(work: Work, inbox_id: str, attempts: int, why: str, note: Told | None = None) -> bool:
    """File nothing and keep the reason; the raw mail stays, so a person can still have it filed."""
    if not inbox.finish(work, inbox_id, attempts, f"Not filed: {why}"[:_VERDICT_LENGTH]):
        return False
    if note is not None:
        # Somebody sent it here by hand, so silence would look like a loss; once a conversation is enough.
        payload = {"user_id": work.actor, "text": note.text}
        outbox.enqueue(work, "notice", f"dm:{work.actor}", f"told:{work.actor}:{_mark(note.once)}", payload)
    return True


def ask(work: Work, inbox_id: str, attempts: int, question: MailQuestion) -> bool:
    """Keep a mail under “to sort” and ask its owner what is not clear."""
    if not inbox.hold(work, inbox_id, attempts, f"To sort: who is {question.wanted}?"[:_VERDICT_LENGTH]):
        return False
    about = {
        "inbox_id": inbox_id,
        "wanted": question.wanted,
        "candidates": list(question.candidates),
        "what": question.what,
    }
    questions.ask(work, "which_customer", work.actor, about)
    return True


def set_aside(work: Work, inbox_id: str, attempts: int, problem: str) -> bool:
    """Put a mail aside that could not be handled in all its tries, and tell the admins; its raw bytes stay."""
    if not inbox.set_aside(work, inbox_id, attempts, problem[:_VERDICT_LENGTH]):
        return False
    for admin in teams.admins(work):
        text = (
            f"A mail could not be handled and was set aside ({problem}). "
            f"It is kept as it came. To try again: crm inbox retry {inbox_id}"
        )
        outbox.enqueue(
            work,
            "notice",
            f"dm:{admin.user_id}",
            f"aside:{inbox_id}:{admin.user_id}",
            {"user_id": admin.user_id, "text": text},
        )
    return True


def approve(work: Work, inbox_id: str) -> bool:
    """Let a held mail be filed; False says that it is decided already. Audited, and undone from its receipt."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None:
        raise NotFound("That mail is no longer there.")
    if row.state not in {"held", "set_aside"}:
        return False
    with audit.record(work, "approve-mail", inbox_id, "Let a mail in", undoable=False):
        row.envelope = {**row.envelope, "approved_by": work.actor}
        return inbox.release(work, inbox_id)


def ignore(work: Work, inbox_id: str) -> bool:
    """Leave a held mail unfiled; False says that it is decided already. Audited; its raw bytes stay."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None:
        raise NotFound("That mail is no longer there.")
    if row.state not in {"held", "set_aside"}:
        return False
    with audit.record(work, "ignore-mail", inbox_id, "Left a mail unfiled", undoable=False):
        row.state = "done"
        row.verdict = f"Not filed: {_who(work)} left it out."
    return True


def _who(work: Work) -> str:
    user = teams.user(work, work.actor)
    return user.name if user else "Somebody"
