"""What of a mail would be filed: who spoke to whom, when, and in which words; and what its owner asked for."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crm_store.matching.contact_points import email_key
from crm_store.values.mail import FEW_WORDS, MailIdentity
from ingest import replies, subjects, threads
from ingest import signature as signatures
from ingest.address import (
    Answered,
    AutoForwarded,
    FileFor,
    FileOnDeal,
    MakeTask,
    NoteOnly,
    PrivateTo,
    UnknownVerb,
    Verb,
)
from ingest.first_lines import VERBS
from ingest.parsed import Attachment, Calendar, Forwarded, Kind, Mailbox, ParsedMail, Signature, VCard

_WORDS = re.compile(r"\w+")
_MOST_PEOPLE = 500
_MOST_SIGNED_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One mail as it is filed: of a forward the inner one; `wanted` says that a colleague chose it.

    `mail_keys` are the mails of its conversation, `identity` tells copies of it, `dated` is its own date if it has one.
    """

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
    mail_keys: tuple[str, ...] = ()
    identity: MailIdentity | None = None
    signature: Signature | None = None
    event: Calendar | None = None
    vcards: tuple[VCard, ...] = ()
    note: str = ""
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class TaskWish:
    """A task that was asked for; in an address the words can only be a day, in a line they may be its title."""

    words: str
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the address and the first lines ask for."""

    deal: FileOnDeal | None = None
    tasks: tuple[TaskWish, ...] = ()
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
                found = replace(found, tasks=(*found.tasks, TaskWish(line.value)))
            case "note":
                found = replace(found, note_only=True)
            case "private":
                found = replace(found, private=True)
            case "for" if line.value:
                found = replace(found, customer=line.value)
            case "from" if line.value:
                found = replace(found, sender=line.value)
            case _ if line.verb in VERBS:
                found = _warned(found, f"“/{line.verb}” needs a word after it and was left out.")
            case _:
                found = _warned(found, f"“/{line.verb}” is no instruction I know, so it stays in the text.")
    return found


def _with_verb(found: Wishes, verb: Verb) -> Wishes:
    match verb:
        case FileOnDeal():
            found = replace(found, deal=verb)
        case MakeTask(due):
            found = replace(found, tasks=(*found.tasks, TaskWish(due, is_day=True)))
        case NoteOnly():
            found = replace(found, note_only=True)
        case AutoForwarded() | Answered():
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
    plain = Seen(
        kind="mail",
        sender=mail.from_,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        at=_not_in_the_future(mail.date or received_at, received_at),
        text=mail.new_text or (mail.quoted_text if not mail.quoted_text.startswith(">") else ""),
        quoted=mail.quoted_text,
        source_key=f"mail:{threads.source_key(mail)}",
        thread_key=threads.thread_key(mail),
        attachments=mail.attachments,
        wanted=True,
        mail_keys=threads.mail_keys(mail, forwarded=False),
        identity=_identity(mail.from_, mail.new_text, mail.date, mail.message_id, mail.subject),
        signature=mail.signature,
        vcards=mail.vcards,
    )
    return with_event(plain, mail)


def with_event(one: Seen, mail: ParsedMail) -> Seen:
    """An invitation is filed as the meeting it speaks of, with everybody who is invited."""
    event = mail.calendar
    if event is None or mail.kind is not Kind.CALENDAR:
        return one
    guests = tuple(Mailbox(None, address) for address in event.attendees)
    organizer = (Mailbox(None, event.organizer),) if event.organizer else ()
    text = one.text
    if (event.method or "").upper() == "CANCEL":
        text = f"The meeting was cancelled.\n{text}".strip()
    return replace(
        one,
        kind="meeting",
        cc=(*one.cc, *organizer, *guests),
        subject=event.summary or one.subject,
        at=moment(event.start, mail) or one.at,
        text=text,
        event=event,
        # A meeting is known by its own key, whatever mail it came in.
        identity=None,
    )


def with_cards(one: Seen) -> Seen:
    """The same as if it spoke of those whose vCards it carries; where it names nobody else, they are meant."""
    return replace(one, cc=(*one.cc, *(Mailbox(card.name, next(iter(card.emails), None)) for card in one.vcards)))


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
    signed = _signed(parted.new_text or inner.body, sender)
    below = parted.quoted_text if parted.new_text else ""
    filed = Seen(
        kind="mail",
        sender=sender,
        to=inner.to,
        cc=inner.cc,
        subject=inner.subject or subjects.bare(mail.subject) or None,
        at=_not_in_the_future(at, received_at),
        text=signed.text,
        # A signature is folded with the quotes, never thrown away.
        quoted="\n\n".join(
            part for part in (signed.signature.text if signed.signature else "", below, signed.notice) if part
        ),
        source_key=_forward_key(sender, inner, at),
        thread_key=threads.thread_key(mail),
        attachments=mail.attachments,
        wanted=True,
        mail_keys=threads.mail_keys(mail, forwarded=True),
        identity=_identity(sender, signed.text, inner.date_at, None, inner.subject or mail.subject),
        signature=signed.signature,
        vcards=mail.vcards,
        note=inner.message.strip(),
        sure=1.0 if wished.sender else inner.sure,
    )
    return with_event(filed, mail)


def _signed(text: str, sender: Mailbox) -> signatures.Signed:
    """The text, the signature and the legal notice below it; a very long text is left as it is."""
    if len(text) > _MOST_SIGNED_TEXT:
        return signatures.Signed(text, None, "")
    found = signatures.read(text, sender)
    return found if found.text.strip() else signatures.Signed(text, found.signature, "")


def _identity(
    sender: Mailbox, text: str, at: datetime | None, message_id: str | None, subject: str | None
) -> MailIdentity:
    """Who wrote which words: what stays the same when programs wrap, mark and indent them differently."""
    who = email_key(sender.address or "") or (sender.name or "").casefold()
    words = _WORDS.findall(text.casefold())
    said = " ".join(_said(text, subject))
    digest = hashlib.sha256(f"{who}\0{said}".encode("utf-8", "surrogatepass")).hexdigest()
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return MailIdentity(
        id_key=threads.mail_key(message_id) if message_id else "",
        words_key=f"words:{digest}" if who and words else "",
        words=len(words),
        at=at,
    )


def _said(text: str, subject: str | None) -> list[str]:
    """The words of a text; few words are said again and again, so the subject's are put behind them."""
    words = _WORDS.findall(text.casefold())
    return words if len(words) >= FEW_WORDS else [*words, *_WORDS.findall(subjects.bare(subject).casefold())]


def _forward_key(sender: Mailbox, inner: Forwarded, at: datetime) -> str:
    """Forwards carry no Message-ID of the inner mail, so sender, day and words make it the same mail."""
    who = email_key(sender.address or "") or (sender.name or "").casefold()
    # Programs wrap, mark and indent the same text differently; its words stay.
    words = " ".join(_said(inner.body, inner.subject))
    day = at.date().isoformat() if inner.date_at else ""
    digest = hashlib.sha256(f"{who}\0{day}\0{words}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"forward:{digest}"


def moment(written: str | None, mail: ParsedMail) -> datetime | None:
    """A moment of an invitation; a whole day and a floating time are read in the zone of the mail's own date."""
    try:
        found = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    if found is None or found.tzinfo:
        return found
    return found.replace(tzinfo=mail.date.tzinfo if mail.date and mail.date.tzinfo else UTC)


def _not_in_the_future(at: datetime, received_at: datetime) -> datetime:
    """A date is what the sender claims; a mail cannot be newer than its arrival."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=received_at.tzinfo)
    return min(at, received_at)
