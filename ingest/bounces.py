"""Delivery reports: whom a mail did not reach and why, by the report's own fields, a library's rules, then ours."""

import email
import re
from collections.abc import Iterator
from itertools import pairwise

from flufl.bounce import all_failures

from ingest import headers, mailboxes
from ingest.headers import Headers
from ingest.mime_parts import Part, Tree
from ingest.parsed import Bounce, BouncedRecipient
from ingest.subjects import Turn, turn_of

_MOST_RECIPIENTS = 500
_MOST_FOR_LIBRARY = 65_536
_MOST_STATUS_BYTES = 512_000
_MOST_TEXT = 60_000
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-\]])")
_ADDRESS = re.compile(r"[\w.+=%'!#$&*/?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_REPORTERS = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|mail administrator|mailadmin|mdaemon|smtpd?@|bounce|daemon", re.IGNORECASE
)
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|failed|notification|problem|report|has failed|error)|"
    r"returned mail|mail delivery|"
    r"failure notice|failed mail|could ?n[o']t (?:be )?deliver|nondeliver|non-deliver|returned to sender|"
    r"mail failure|"
    r"message status|delivery delayed|unzustellbar|nicht zustell|zustellung|non remis|échec|"
    r"no se (?:ha )?pud|no entregad|"
    r"mancato recapito|onbestelbaar|niet bezorgd|niedostarcz|не доставлено|недоставлен|olevererbart|"
    r"ikke leveres|bounced|"
    r"notification d'état|warning: (?:could not send|message)|delivery warning|system error|mail system error",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"could not be delivered|was not delivered|couldn't be delivered|unable to deliver|not been delivered|"
    r"undeliverable|"
    r"delivery (?:failed|to the following|has failed)|permanent(?:ly)? (?:fatal )?(?:error|failure)|"
    r"does not exist|unknown user|"
    r"user unknown|no such user|mailbox unavailable|following (?:address|recipient)|"
    r"recipient.{0,20}(?:rejected|failed)|"
    r"not our customer|no longer (?:valid|available|active|in use)|invalid recipient|mailbox (?:is )?full|"
    r"over quota|"
    r"delivery errors|did not reach|nicht zugestellt|address rejected|not listed|failed addresses|failed recipient|"
    r"disabled",
    re.IGNORECASE,
)
_NOT_DELIVERED = re.compile(
    r"not (?:be )?(?:been )?deliver|n.t (?:be )?deliver|undeliver|non-deliver|failed|unable to deliver|"
    r"nicht zugestellt|unzustellbar|pas pu [eê]tre (?:d[eé]li|remis)|no se pudo entreg|"
    r"non [eè] stato (?:consegn|recapit)|non [eè] stato possibile (?:consegn|recapit)|"
    r"niet (?:worden )?bezorgd|nie zosta\w+ dostarcz|не (?:может быть |было )?доставлен|n[aã]o foi entregue",
    re.IGNORECASE,
)
_MOST_LINES = 500
_TEMPORARY = re.compile(
    r"will (?:be )?(?:continue|retr|keep try)|still (?:being )?(?:retr|queued)|delayed|temporar|warning", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"^[ \t>]*-{2,}.{0,60}(?:original|copy|returned|message|headers|unsent|body).{0,60}$|"
    r"^(?:Received|Return-Path|From|Message-Id):",
    re.IGNORECASE | re.MULTILINE,
)


def read(tree: Tree, raw: bytes, text: str, *, null_sender: bool = False) -> Bounce | None:
    """The report in a mail; None where the mail does not look like one or names nobody and is not one by its type."""
    reported = list(_reported(tree))
    if reported:
        return Bounce(tuple(_unique(reported)[:_MOST_RECIPIENTS]))
    if _is_receipt(tree) or not (null_sender or looks_like_report(tree, text)):
        return None
    own = {box.address.lower() for box in mailboxes.read_list(tree.headers.raw("to")) if box.address}
    own |= {box.address.lower() for box in mailboxes.read_list(tree.headers.raw("from")) if box.address}
    found = _by_library(raw, text, own) or _by_rules(tree, text, own)
    return Bounce(tuple(found[:_MOST_RECIPIENTS])) if found else None


def looks_like_report(tree: Tree, text: str) -> bool:
    """A mail system as sender, a report's type, a failure header, or a known subject without Re or Fwd.

    Customers write about deliveries too, so a subject alone needs a server's code or a machine's header beside it.
    """
    header = tree.headers
    if tree.content_type == "multipart/report" or header.has("x-failed-recipients"):
        return True
    sender = header.text("from") or ""
    subject = header.text("subject") or ""
    if _REPORTERS.search(sender[:300]):
        return True
    return not _by_a_person(header, subject) and bool(_SUBJECTS.search(subject[:300])) and _by_machine(header, text)


def _by_machine(header: Headers, text: str) -> bool:
    submitted = (header.text("auto-submitted") or "no").strip().lower()
    if not submitted.startswith("no") or header.has("precedence"):
        return True
    shown = text[:_MOST_TEXT]
    return bool(_STATUS.search(shown) or _REPLY.search(shown)) or _names_who_below(shown)


def _names_who_below(text: str) -> bool:
    """A failure is told, and the next line that is written holds an address and nothing else."""
    lines = [line[:300] for line in text.split("\n", _MOST_LINES) if line.strip()]
    below = (after for line, after in pairwise(lines) if _NOT_DELIVERED.search(line))
    return any("@" in line and not _ADDRESS.sub("", line).strip(" \t\r<>\"'*:") for line in below)


def _by_a_person(header: Headers, subject: str) -> bool:
    """Somebody forwards a report, or answers one."""
    turn = turn_of(subject)
    return turn is Turn.FORWARD or (turn is Turn.REPLY and header.has("in-reply-to"))


def _is_receipt(tree: Tree) -> bool:
    """Reports on reading (RFC 8098) and on abuse tell nothing about delivery."""
    return tree.parameters.get("report-type", "").lower() in {"disposition-notification", "feedback-report"}


def _reported(tree: Tree) -> Iterator[BouncedRecipient]:
    for part in tree.parts:
        if part.content_type in {"message/delivery-status", "message/global-delivery-status"}:
            yield from _status_part(part)
        elif part.content_type == "message/disposition-notification":
            yield from _refused_part(part)


def _status_part(part: Part) -> Iterator[BouncedRecipient]:
    data = part.data().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for block in re.split(rb"\n[ \t]*\n", data[:_MOST_STATUS_BYTES])[:_MOST_RECIPIENTS]:
        fields, _, _ = headers.read_headers(block.lstrip(b"\n"))
        action = (fields.text("action") or "").partition("(")[0].strip().lower()
        if not (fields.has("final-recipient") or fields.has("original-recipient")):
            continue
        if action in {"delivered", "relayed", "expanded"}:
            continue
        address = _typed(fields.text("original-recipient")) or _typed(fields.text("final-recipient"))
        diagnostic = (fields.text("diagnostic-code") or "").partition(";")[2].strip() or (
            fields.text("diagnostic-code") or ""
        )
        status = _status(fields.text("status") or "") or _status(diagnostic)
        delayed = action == "delayed"
        hard = not delayed and _is_hard(status, diagnostic, default=action.startswith("fail"))
        yield BouncedRecipient(address, status, hard, diagnostic[:500] or action)


def _refused_part(part: Part) -> Iterator[BouncedRecipient]:
    """Some servers report a refusal as an automatic deletion (RFC 8098, 3.2.6.2)."""
    fields, _, _ = headers.read_headers(part.data().lstrip(b"\r\n"))
    disposition = (fields.text("disposition") or "").lower()
    if "automatic-action" in disposition and "deleted" in disposition:
        address = _typed(fields.text("original-recipient")) or _typed(fields.text("final-recipient"))
        yield BouncedRecipient(address, None, hard=True, reason=disposition[:500])


def _typed(value: str | None) -> str | None:
    """`rfc822; a@b` or a bare address."""
    if not value:
        return None
    plain = value.partition(";")[2] if ";" in value else value
    found = _ADDRESS.search(plain.strip()[:1_000])
    return found[0].strip("'").lower() if found else None


def _status(text: str) -> str | None:
    found = _STATUS.search(text[:2_000])
    return found[1] if found else None


def _is_hard(status: str | None, text: str, *, default: bool) -> bool:
    if status and status[0] in "45":
        return status[0] == "5"
    reply = _REPLY.search(text[:2_000])
    return reply[1][0] == "5" if reply else default


def _by_library(raw: bytes, text: str, own: set[str]) -> list[BouncedRecipient]:
    """flufl.bounce raises on odd senders and knows many servers' reports; what it says about ourselves is dropped."""
    try:
        temporary, permanent = all_failures(email.message_from_bytes(raw[:_MOST_FOR_LIBRARY]))
    except Exception:  # noqa: BLE001 - the library raises anything at all on damaged mail, and it is a second opinion.
        return []
    named = {_plain(one): True for one in permanent} | {_plain(one): False for one in temporary}
    kept = {address: hard for address, hard in named.items() if address and address not in own} or named
    lines = text[:_MOST_TEXT].split("\n")
    return [_told(address, lines, hard=hard) for address, hard in sorted(kept.items()) if address]


def _plain(address: bytes | str) -> str:
    text = address.decode("utf-8", "replace") if isinstance(address, bytes) else address
    found = _ADDRESS.search(headers.clean(text)[:500])
    return found[0].lower() if found else ""


def _told(address: str, lines: list[str], *, hard: bool) -> BouncedRecipient:
    """What the text says near an address."""
    for at, line in enumerate(lines):
        if address in line.lower():
            near = " ".join(part.strip() for part in lines[at : at + 4])[:500]
            return BouncedRecipient(address, _status(near), hard, near)
    return BouncedRecipient(address, None, hard, "")


def _by_rules(tree: Tree, text: str, own: set[str]) -> list[BouncedRecipient]:
    listed = [
        box.address.lower()
        for value in tree.headers.all("x-failed-recipients")
        for box in mailboxes.read_list(value)
        if box.address
    ]
    shown = text[:_MOST_TEXT]
    if not listed and not _TELLS.search(shown):
        return []
    report = _above_the_original(shown)
    if not listed:
        listed = [found.lower().strip("'") for found in _ADDRESS.findall(report)[:50]]
        listed = [
            one for one in listed if one not in own and "." in one.rpartition("@")[2] and not _REPORTERS.search(one)
        ]
    soft = bool(_TEMPORARY.search(report)) and not re.search(r"\b5\d\d\b|\b5\.\d\.\d", report)
    lines = report.split("\n")
    rows = [_told(address, lines, hard=True) for address in dict.fromkeys(listed)]
    return [
        BouncedRecipient(row.address, row.status, _is_hard(row.status, row.reason, default=not soft), row.reason)
        for row in rows
    ]


def _above_the_original(text: str) -> str:
    """Addresses below the copy of the original mail are those of its own header."""
    found = _ORIGINAL.search(text)
    return text[: found.start()] if found and found.start() > 0 else text


def _unique(rows: list[BouncedRecipient]) -> list[BouncedRecipient]:
    by_address: dict[str, BouncedRecipient] = {}
    for number, row in enumerate(rows):
        by_address.setdefault(row.address or f"?{number}", row)
    return list(by_address.values())
