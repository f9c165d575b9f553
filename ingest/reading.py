"""What of a mail would be filed: who spoke to whom, when, and in which words; and what its owner asked for."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_store.matching.contact_points import email_key
from ingest import replies, subjects, threads
from ingest.address import AutoForwarded, FileFor, FileOnDeal, MakeTask, NoteOnly, PrivateTo, UnknownVerb, Verb
from ingest.parsed import Attachment, Forwarded, Kind, Mailbox, ParsedMail

_WORDS = re.compile(r"\w+")
_MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One mail as it is filed: of a forward the inner one; `wanted` says that a colleague chose it."""

    kind: str
    sender: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str | None
    at: datetime
    text: str
    quoted: str
    source_key: str
    thread_key: str
    attachments: tuple[Attachment, ...]
    wanted: bool
    note: str = ""
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the address and the first lines ask for."""

    deal: FileOnDeal | None = None
    tasks: tuple[str, ...] = ()
    note_only: bool = False
    by_machine: bool = False
    private: bool = False
    customer: str = ""
    sender: str = ""
    warnings: tuple[str, ...] = ()


def wishes(mail: ParsedMail, verbs: Sequence[Verb]) -> Wishes:
    """Verbs of the address, then the first lines, which speak last because they were written last."""
    found = Wishes()
    for verb in verbs:
        found = _with_verb(found, verb)
    for line in mail.first_lines:
        match line.verb:
            case "deal" if line.value:
                first, _, rest = line.value.partition(" ")
                new = first.lower() == "new" and bool(rest)
                found = replace(found, deal=FileOnDeal(rest if new else line.value, create=new))
            case "task":
                found = replace(found, tasks=(*found.tasks, line.value))
            case "note":
                found = replace(found, note_only=True)
            case "private":
                found = replace(found, private=True)
            case "for" if line.value:
                found = replace(found, customer=line.value)
            case "from" if line.value:
                found = replace(found, sender=line.value)
            case _:
                found = _warned(found, f"“/{line.verb}” needs a word after it and was left out.")
    return found


def _with_verb(found: Wishes, verb: Verb) -> Wishes:
    match verb:
        case FileOnDeal():
            found = replace(found, deal=verb)
        case MakeTask(due):
            found = replace(found, tasks=(*found.tasks, due))
        case NoteOnly():
            found = replace(found, note_only=True)
        case AutoForwarded():
            found = replace(found, by_machine=True)
        case PrivateTo():
            found = replace(found, private=True)
        case FileFor(name):
            found = replace(found, customer=name)
        case UnknownVerb(text):
            found = _warned(found, f"“+{text}” in the address means nothing here and was left out.")
    return found


def _warned(found: Wishes, warning: str) -> Wishes:
    return replace(found, warnings=(*found.warnings, warning))


def seen(mail: ParsedMail, received_at: datetime, wished: Wishes) -> Seen:
    """What is filed of a mail that came to an ingest address."""
    if mail.forwarded is not None and not wished.by_machine:
        return _inner(mail, mail.forwarded, received_at, wished)
    plain = attached(mail, received_at)
    sender = Mailbox(None, wished.sender) if wished.sender else plain.sender
    return replace(plain, sender=sender, wanted=False)


def attached(mail: ParsedMail, received_at: datetime) -> Seen:
    """What is filed of a mail as it stands: one that was attached to another, or came as a copy."""
    event = mail.calendar
    kind = "meeting" if mail.kind is Kind.CALENDAR and event else "mail"
    at = _event_start(mail) or mail.date or received_at
    attendees = tuple(Mailbox(None, one) for one in event.attendees) if event else ()
    text = mail.new_text
    if event and (event.method or "").upper() == "CANCEL":
        text = f"The meeting was cancelled.\n{text}".strip()
    return Seen(
        kind=kind,
        sender=mail.from_,
        to=mail.to,
        cc=(*mail.cc, *attendees),
        subject=(event.summary if event else None) or mail.subject,
        at=_not_in_the_future(at, received_at) if kind == "mail" else at,
        text=text or (mail.quoted_text if not mail.quoted_text.startswith(">") else ""),
        quoted=mail.quoted_text,
        source_key=f"mail:{threads.source_key(mail)}",
        thread_key=threads.thread_key(mail),
        attachments=mail.attachments,
        wanted=True,
    )


def people(one: Seen) -> tuple[tuple[str, Mailbox], ...]:
    """Everybody with the role they have, each once, at most 500."""
    found: dict[str, tuple[str, Mailbox]] = {}
    for role, boxes in (("from", (one.sender,)), ("to", one.to), ("cc", one.cc)):
        for box in boxes:
            key = email_key(box.address or "") or (f"name:{box.name}" if box.name and not box.address else "")
            if key:
                found.setdefault(key, (role, box))
    return tuple(found.values())[:_MOST_PEOPLE]


def _inner(mail: ParsedMail, inner: Forwarded, received_at: datetime, wished: Wishes) -> Seen:
    parted = replies.split(inner.body)
    sender = Mailbox(inner.from_.name, wished.sender) if wished.sender else inner.from_
    at = inner.date_at or mail.date or received_at
    return Seen(
        kind="mail",
        sender=sender,
        to=inner.to,
        cc=inner.cc,
        subject=inner.subject or subjects.bare(mail.subject) or None,
        at=_not_in_the_future(at, received_at),
        text=parted.new_text or inner.body,
        quoted=parted.quoted_text if parted.new_text else "",
        source_key=_forward_key(sender, inner, at),
        thread_key=threads.thread_key(mail),
        attachments=mail.attachments,
        wanted=True,
        note=inner.message.strip(),
        sure=1.0 if wished.sender else inner.sure,
    )


def _forward_key(sender: Mailbox, inner: Forwarded, at: datetime) -> str:
    """Forwards carry no Message-ID of the inner mail, so sender, day and words make it the same mail."""
    who = email_key(sender.address or "") or (sender.name or "").casefold()
    # Programs wrap, mark and indent the same text differently; its words stay.
    words = " ".join(_WORDS.findall(inner.body.casefold()))
    day = at.date().isoformat() if inner.date_at else ""
    digest = hashlib.sha256(f"{who}\0{day}\0{words}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"forward:{digest}"


def _event_start(mail: ParsedMail) -> datetime | None:
    if mail.calendar is None or not mail.calendar.start:
        return None
    try:
        start = datetime.fromisoformat(mail.calendar.start)
    except ValueError:
        return None
    return start if start.tzinfo else start.replace(tzinfo=mail.date.tzinfo if mail.date else None)


def _not_in_the_future(at: datetime, received_at: datetime) -> datetime:
    """A date is what the sender claims; a mail cannot be newer than its arrival."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=received_at.tzinfo)
    return min(at, received_at)
