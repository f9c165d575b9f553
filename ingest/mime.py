"""Bytes of a mail to a ParsedMail: bounded on every input, and a line for each, whatever it holds."""

import hashlib
import re
from dataclasses import dataclass, replace

from ingest import bounces, calendar, first_lines, forwarded, headers, html, mailboxes, replies, signature, signs
from ingest.headers import Headers
from ingest.mime_parts import Part, Tree, read_tree, uuencoded_names
from ingest.parsed import Attachment, Bounce, Calendar, Forwarded, Kind, Mailbox, ParsedMail, Signature, Signs
from ingest.subjects import Turn, turn_of

MOST_TEXT = 1_000_000
_SPACES = re.compile(r"\s+")
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
    body = _body(tree)
    mail = replace(
        mail,
        attachments=_attachments(tree, body.used),
        attached_mails=tree.attached_mails,
        calendar=_invitation(tree),
        warnings=(*tree.warnings, *body.warnings),
        text_hash=_hash_of(body.text, tree),
    )
    shown = _report_text(tree, body.text)
    bounce = bounces.read(tree, raw, shown, null_sender=mail.signs.null_sender) if not mail.calendar else None
    return _with_text(replace(mail, bounce=bounce), body.text, tree.headers, region)


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


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    used: frozenset[int]
    warnings: tuple[str, ...]


def _body(tree: Tree) -> _Body:
    """The text that a person reads: the plain part, unless it is empty or only a stub of the HTML part."""
    texts = [part for part in tree.parts if _is_body(part)]
    plain = next((part for part in texts if part.content_type == "text/plain"), None)
    rich = next((part for part in texts if part.content_type == "text/html"), None)
    together = plain is not None and rich is not None and _alternatives(plain, rich)
    used = frozenset(id(part) for part in texts)
    if plain is None and rich is None:
        return _Body("", used, ())
    written = _joined_texts(texts, "text/plain")[:MOST_TEXT]
    if rich is None or (plain is not None and not together and written.strip()):
        warnings = ("A text was cut because of its length.",) if len(written) >= MOST_TEXT else ()
        return _Body(written, used, warnings)
    shown = html.to_text(rich.text())
    if plain is None or _is_stub(written, shown):
        return _Body(shown, used, ())
    return _Body(written, used, ())


def _is_body(part: Part) -> bool:
    if part.content_type not in {"text/plain", "text/html"} or part.disposition == "attachment":
        return False
    return part.name is None or not part.headers.has("content-disposition")


def _alternatives(plain: Part, rich: Part) -> bool:
    return "multipart/alternative" in plain.parents and "multipart/alternative" in rich.parents


def _joined_texts(texts: list[Part], kind: str) -> str:
    first = next((part for part in texts if part.content_type == kind), None)
    if first is None:
        return ""
    together = [part for part in texts if part.content_type == kind and part.parents == first.parents]
    together = together[:1] if "multipart/alternative" in first.parents else together[:20]
    return "\n".join(_unflowed(part) for part in together)


def _unflowed(part: Part) -> str:
    """Format flowed (RFC 3676): a line that ends with a space goes on in the next one."""
    text = part.text()
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    out: list[str] = []
    joining = False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        previous = len(out[-1]) - len(out[-1].lstrip(">")) if out else 0
        rest = line[depth:].removeprefix(" ")
        if joining and depth == previous and line != "-- ":
            out[-1] += rest
        else:
            out.append(line)
        joining = line.endswith(" ") and line != "-- "
    return "\n".join(out)


def _is_stub(written: str, shown: str) -> bool:
    """Some programs write a plain part that is empty or says only that there is HTML."""
    few, many = len(_SPACES.sub("", written)), len(_SPACES.sub("", shown))
    return many > 0 and (few == 0 or (few < 120 and many > 4 * few) or written.lstrip()[:1] == "<")


def _attachments(tree: Tree, used: frozenset[int]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for part in tree.parts:
        if id(part) in used or part.content_type in {"message/delivery-status", "text/rfc822-headers"}:
            continue
        if part.name is None and part.content_type.startswith("text/") and part.disposition != "attachment":
            continue
        data = part.data()
        inline = part.disposition == "inline" or (
            part.headers.has("content-id") and "multipart/related" in part.parents
        )
        name = part.name or f"unnamed.{part.content_type.rpartition('/')[2][:20]}"
        found.append(Attachment(name, part.content_type, len(data), hashlib.sha256(data).hexdigest(), inline))
    for number, raw in enumerate(tree.attached_mails, 1):
        found.append(
            Attachment(f"mail-{number}.eml", "message/rfc822", len(raw), hashlib.sha256(raw).hexdigest(), inline=False)
        )
    for part in tree.parts:
        if id(part) in used:
            found += [
                Attachment(name, "application/octet-stream", 0, "", inline=True)
                for name in uuencoded_names(part.encoded[:MOST_TEXT])
            ]
    return tuple(found)


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
    inner = None if mail.bounce else forwarded.unwrap(text, mail.subject, replied=replied)
    if inner is not None:
        own, quoted, answered = inner.message, text, False
    else:
        parted = replies.split(text)
        own, quoted, answered = parted.new_text, parted.quoted_text, parted.answered
    instructions, own = first_lines.read(own)
    signed = signature.read(own, mail.from_, region)
    warnings = mail.warnings
    if not signed.text and quoted and inner is None and text.strip():
        warnings = (*warnings, "Nothing new was found above the quote.")
    return replace(
        mail,
        kind=_kind(mail.signs, mail.bounce, mail.calendar, inner, answered=answered or replied, subject=mail.subject),
        forwarded=_without_instructions(inner, signed.text, signed.signature),
        new_text=signed.text,
        quoted_text="\n\n".join(part for part in (quoted.replace(html.QUOTE_MARK, "").strip(), signed.notice) if part),
        signature=signed.signature,
        first_lines=instructions,
        warnings=warnings,
        text_hash=mail.text_hash or _hash(text.encode("utf-8", "surrogatepass")),
    )


def _without_instructions(inner: Forwarded | None, own: str, signed: Signature | None) -> Forwarded | None:
    """What the forwarder wrote, without the lines that were instructions; a signature stays part of it."""
    if inner is None or not inner.message:
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
    folded = _SPACES.sub(" ", text).strip().encode("utf-8", "surrogatepass")
    if folded:
        return _hash(folded)
    return _hash(b"\0".join(part.encoded.strip() for part in tree.parts))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
