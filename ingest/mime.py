"""Bytes of a mail to a ParsedMail: bounded on every input, and a line for each, whatever it holds."""

import hashlib
from dataclasses import replace

from ingest import (
    absence,
    banners,
    bodies,
    bounces,
    calendar,
    complaints,
    enclosed,
    first_lines,
    forwarded,
    forwarded_machines,
    headers,
    html,
    mailboxes,
    nested,
    replies,
    signature,
    signs,
)
from ingest.headers import Headers
from ingest.mime_parts import Tree, read_tree
from ingest.parsed import (
    AutoReply,
    Bounce,
    Calendar,
    Forwarded,
    Kind,
    Mailbox,
    ParsedMail,
    Protection,
    Signature,
    Signs,
)
from ingest.subjects import Turn, turn_of

MOST_TEXT = bodies.MOST_TEXT
_MOST_HEADER_FOR_GUARD = 65_536


def read(raw: bytes, *, mail_from: str | None = None, region: str | None = None) -> ParsedMail:
    """Everything the reader can see; `region` helps with phone numbers, the envelope's sender with reports."""
    try:
        return _read(raw, mail_from, region)
    except Exception as error:  # noqa: BLE001 - the outermost guard: any mail gets its line, see the warning.
        return _at_least_the_header(raw, f"The mail could not be read ({type(error).__name__}).")


def read_text(text: str, subject: str | None) -> ParsedMail:
    """The same for a bare plain-text body."""
    try:
        bare = ParsedMail(kind=Kind.MESSAGE, subject=subject)
        return _with_text(bare, text.replace("\r\n", "\n").replace("\r", "\n"), Headers(()), None)
    except Exception as error:  # noqa: BLE001 - the outermost guard, as above.
        return ParsedMail(kind=Kind.UNREADABLE, warnings=(f"The text could not be read ({type(error).__name__}).",))


def _read(raw: bytes, mail_from: str | None, region: str | None) -> ParsedMail:
    tree = read_tree(raw)
    mail = _from_header(tree.headers, mail_from)
    if tree.over_limit:
        return replace(mail, kind=Kind.UNREADABLE, warnings=tree.warnings, text_hash=_hash(raw))
    if not tree.headers.fields and not raw.strip():
        return replace(mail, kind=Kind.UNREADABLE, warnings=("The mail is empty.",), text_hash=_hash(raw))
    body = bodies.read(tree)
    mail = replace(
        mail,
        attachments=enclosed.files(tree, body.used),
        vcards=enclosed.vcards(tree),
        complaint=complaints.read(tree),
        protection=body.protection,
        attached_mails=tree.attached_mails,
        calendar=_invitation(tree),
        warnings=(*tree.warnings, *body.warnings, *_sealed(body)),
        text_hash=_hash_of(body.text, tree),
    )
    shown = _report_text(tree, body.text)
    ordinary = not mail.calendar and not mail.complaint
    bounce = bounces.read(tree, raw, shown, null_sender=mail.signs.null_sender) if ordinary else None
    found = _with_text(replace(mail, bounce=bounce), body.text, tree.headers, region)
    if found.forwarded is not None and found.kind is Kind.FORWARD:
        sent_on = found.date.date() if found.date else None
        found = replace(found, forwarded=nested.read(forwarded_machines.read(found.forwarded, sent_on)))
    return replace(found, auto_reply=_absence(found, body.text))


def _sealed(body: bodies.Body) -> tuple[str, ...]:
    if body.protection is not Protection.ENCRYPTED:
        return ()
    return ("The mail is encrypted; only its header can be read here.",)


def _absence(mail: ParsedMail, text: str) -> AutoReply | None:
    """What an automatic reply tells; its signature and what it quotes are not asked."""
    if mail.kind is not Kind.AUTO_REPLY:
        return None
    return absence.read(mail.new_text or text, mail.from_, mail.date.date() if mail.date else None)


def _from_header(header: Headers, mail_from: str | None = None) -> ParsedMail:
    senders = mailboxes.read_list(header.raw("from"))
    outer = mailboxes.read_list(header.raw("sender"))
    sender = next((box for box in senders if box.address), senders[0] if senders else Mailbox())
    return ParsedMail(
        kind=Kind.MESSAGE,
        message_id=headers.message_id(header.raw("message-id")),
        subject=header.text("subject"),
        date=headers.read_date(header.raw("date")),
        from_=sender,
        sender=outer[0] if outer else None,
        to=_all_boxes(header, "to"),
        cc=_all_boxes(header, "cc"),
        bcc=_all_boxes(header, "bcc"),
        reply_to=_all_boxes(header, "reply-to"),
        references=headers.message_ids(header.raw("references")),
        in_reply_to=next(iter(headers.message_ids(header.raw("in-reply-to"))), None),
        signs=signs.read(header, mail_from),
    )


def _all_boxes(header: Headers, name: str) -> tuple[Mailbox, ...]:
    """A header that must occur once counts once; where it is empty, the next one by its name speaks."""
    return next((found for value in header.all(name) if (found := mailboxes.read_list(value))), ())


def _at_least_the_header(raw: bytes, warning: str) -> ParsedMail:
    try:
        top, _, _ = headers.read_headers(raw[:_MOST_HEADER_FOR_GUARD])
        known = _from_header(top)
    except Exception:  # noqa: BLE001 - inside the outermost guard; nothing at all is known then.
        known = ParsedMail(kind=Kind.UNREADABLE)
    return replace(known, kind=Kind.UNREADABLE, warnings=(warning,), text_hash=_hash(raw))


def _invitation(tree: Tree) -> Calendar | None:
    for part in tree.parts:
        named = (part.name or "").lower().endswith((".ics", ".vcs"))
        if part.content_type in {"text/calendar", "application/ics"} or named:
            found = calendar.read(part.data())
            if found:
                method = part.parameters.get("method")
                return replace(found, method=found.method or method)
    return None


def _report_text(tree: Tree, text: str) -> str:
    if text:
        return text
    return "\n".join(part.text()[:MOST_TEXT] for part in tree.parts if part.content_type.startswith("text/"))[
        :MOST_TEXT
    ]


def _with_text(mail: ParsedMail, text: str, header: Headers, region: str | None) -> ParsedMail:
    replied = bool(mail.in_reply_to or header.has("in-reply-to"))
    banner, text = banners.parted(text)
    inner = None if mail.bounce else forwarded.unwrap(text, mail.subject, replied=replied)
    if inner is not None:
        own, quoted, answered = inner.message, text, False
    else:
        parted = replies.split(text)
        own, quoted, answered = parted.new_text, parted.quoted_text, parted.answered
    instructions, own = first_lines.read(own)
    signed = signature.read(own, mail.from_, region, quoted if inner is None else "")
    shown = quoted.replace(html.QUOTE_MARK, "").strip()
    warnings = mail.warnings
    if not signed.text and quoted and inner is None and text.strip():
        warnings = (*warnings, "Nothing new was found above the quote.")
    return replace(
        mail,
        kind=_kind(mail.signs, mail.bounce, mail.calendar, inner, answered=answered or replied, subject=mail.subject),
        forwarded=_without_instructions(inner, signed.text, signed.signature),
        new_text=signed.text,
        quoted_text="\n\n".join(part for part in (banner, shown, signed.notice) if part),
        signature=signed.signature,
        first_lines=instructions,
        warnings=warnings,
        text_hash=mail.text_hash or _hash(text.encode("utf-8", "surrogatepass")),
    )


def _without_instructions(inner: Forwarded | None, own: str, signed: Signature | None) -> Forwarded | None:
    """The mail in a forward without a gateway's warning, and what the forwarder wrote without instructions.

    A signature stays part of that.
    """
    if inner is None:
        return None
    inner = replace(inner, body=banners.parted(inner.body)[1])
    if not inner.message:
        return inner
    instructions, message = first_lines.read(inner.message)
    return replace(inner, message=message) if instructions else inner


def _kind(
    machine: Signs,
    bounce: Bounce | None,
    event: Calendar | None,
    inner: Forwarded | None,
    *,
    answered: bool,
    subject: str | None,
) -> Kind:
    if bounce is not None:
        return Kind.BOUNCE
    if event is not None:
        return Kind.CALENDAR
    if machine.automatic:
        return Kind.AUTO_REPLY
    if inner is not None:
        return Kind.FORWARD
    return Kind.REPLY if answered or turn_of(subject) is Turn.REPLY else Kind.MESSAGE


def _hash_of(text: str, tree: Tree) -> str:
    """One hash for the same content however it travelled: folded text, and the bytes of files."""
    folded = " ".join(text.split()).encode("utf-8", "surrogatepass")
    if folded:
        return _hash(folded)
    return _hash(b"\0".join(part.encoded.strip() for part in tree.parts))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
