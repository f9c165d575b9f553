"""A letter as a mail: text and HTML, who writes, how to answer and how to unsubscribe."""

import binascii
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Final

from campaigns.tools.google import Tags, tagged
from crm_store.errors import BadInput
from crm_store.values import drafts, sending
from crm_store.values.purposes import WORDS, of_kind
from crm_store.values.sending import ClaimedLetter

_LINK: Final = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_ADDRESS: Final = re.compile(r"[!#$%&'*+/=?^_`{|}~.A-Za-z0-9-]{1,64}@[A-Za-z0-9.-]{1,253}")
_SHORT: Final = 60
_HOLE: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Sending:
    """What all letters of this house have in common: who sends, where answers and unsubscriptions go."""

    send_from: str
    ingest_domain: str
    public_url: str
    by_purpose: bool = False
    """Whether one click in a mail program ends the letters for this purpose alone; the letter says so then."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to leave: envelope, bytes, and what the timeline keeps of it."""

    send_id: str
    sender: str
    recipient: str
    identifier: str
    subject: str
    text: str
    content: bytes
    attempt: int = 1
    """Which try this is; a letter's tries have numbers of their own."""


def written(one: ClaimedLetter, house: Sending) -> Letter:
    """The mail of a claimed letter; raises BadInput where a field of it is empty or an address cannot be one.

    The same letter always becomes the same bytes, so that a second try after a crash is the first one again.
    """
    fields = dict(one.fields)
    _refuse_empty(one, fields)
    subject = drafts.render(one.subject_template, fields)
    body = drafts.render(one.body_template, fields)
    tags = Tags(one.campaign_name, one.campaign_id, content=one.variant or "")
    text = _LINK.sub(lambda found: tagged(found[0], tags), body)
    led = {url: f"{house.public_url.rstrip('/')}/k/{token}" for url, token in one.led}
    # The timeline keeps the plain addresses: what colleagues open there is no answer of the customer.
    sent = _LINK.sub(lambda found: tagged(led.get(found[0], found[0]), tags), body) if led else text
    sender = house.send_from or one.from_address
    if "@" not in sender:
        raise BadInput("There is no address to send from; set CRM_SEND_FROM.")
    domain = sender.rpartition("@")[2].lower()
    identifier = sending.message_id(one.send_id, domain)
    purpose = of_kind(one.kind)
    address = f"{house.public_url.rstrip('/')}/u/{one.unsubscribe_token}"
    one_click = f"{address}?{sending.ONLY}={purpose.value}" if house.by_purpose else address
    heads = [
        ("From", _mailbox(one.from_name, sender)),
        ("To", _mailbox(one.to_name, one.to_address)),
        ("Subject", _words(" ".join(subject.split()), "Subject")),
        ("Date", format_datetime(one.made_at)),
        ("Message-ID", identifier),
        ("List-Id", f"{WORDS[purpose]} <{one.campaign_id}.{domain}>"),
        ("List-Unsubscribe", f"<{one_click}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", f"{one.campaign_id}:campaign:rapport"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="=_{one.send_id}"'),
    ]
    if one.answers:
        first = sending.message_id(one.answers, domain)
        heads += [("In-Reply-To", first), ("References", first)]
    if one.reply_local:
        heads.append(("Reply-To", _mailbox(one.from_name, f"{one.reply_local}+re@{house.ingest_domain}")))
    why = _why(WORDS[purpose], by_purpose=house.by_purpose)
    foot = f"{why} If you would rather not hear from us, say so here: {address}"
    content = _assembled(heads, f"{sent}\n\n-- \n{foot}\n", _as_html(sent, why, address), f"=_{one.send_id}")
    return Letter(one.send_id, sender, one.to_address, identifier, subject, text, content, one.attempts)


def _why(words: str, *, by_purpose: bool) -> str:
    """What this letter is one of, and what the button of a mail program ends where that is not all of them."""
    alone = " “Unsubscribe” in your mail program ends this kind alone." if by_purpose else ""
    return f"Kind of letter: {words}.{alone}"


def _assembled(heads: Sequence[tuple[str, str]], text: str, markup: str, boundary: str) -> bytes:
    """The bytes of a mail in two readings (RFC 2046, 5.1.4), the plainer one first.

    Put together by hand, since the library's way costs several milliseconds a letter.
    """
    parts = [f"{name}: {value}".encode("ascii") for name, value in heads]
    parts.append(b"")
    for kind, body in (("plain", text), ("html", markup)):
        parts += [
            f"--{boundary}".encode(),
            f'Content-Type: text/{kind}; charset="utf-8"'.encode(),
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            _quoted(body),
        ]
    parts += [f"--{boundary}--".encode(), b""]
    return b"\r\n".join(parts)


def _quoted(body: str) -> bytes:
    encoded = binascii.b2a_qp(body.replace("\r\n", "\n").encode("utf-8"), istext=True)
    return encoded.replace(b"\n", b"\r\n")


def _mailbox(name: str, address: str) -> str:
    """A name and an address as a header holds them; raises BadInput for what is no address."""
    if not _ADDRESS.fullmatch(address):
        raise BadInput(f"{address[:60] or 'Nothing'} is no address that mail can go to.")
    shown = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    if not shown:
        return address
    if shown.isascii():
        return formataddr((shown, address))
    return f"{_words(shown, 'From')} <{address}>"


def _words(text: str, header: str) -> str:
    """Text of a header, encoded where it is not plain (RFC 2047), folded where it is long."""
    if text.isascii() and len(text) <= _SHORT:
        return text
    return Header(text, "ascii" if text.isascii() else "utf-8", header_name=header).encode(linesep="\r\n")


def _refuse_empty(one: ClaimedLetter, fields: Mapping[str, str]) -> None:
    for name in _HOLE.findall(one.subject_template + one.body_template):
        if not fields.get(name, "").strip():
            raise BadInput(f"the field {name} is empty")


def _as_html(text: str, why: str, unsubscribe: str) -> str:
    """Paragraphs and links, nothing else; all words are data."""
    paragraphs = "".join(f"<p>{_linked(one)}</p>" for one in re.split(r"\n\s*\n", text) if one.strip())
    foot = f'<p><small>{html.escape(why)} <a href="{html.escape(unsubscribe)}">Unsubscribe</a></small></p>'
    return f'<!doctype html><html><body style="font-family:sans-serif">{paragraphs}{foot}</body></html>\n'


def _linked(paragraph: str) -> str:
    parts, at = [], 0
    for found in _LINK.finditer(paragraph):
        parts.append(html.escape(paragraph[at : found.start()]))
        parts.append(f'<a href="{html.escape(found[0])}">{html.escape(found[0])}</a>')
        at = found.end()
    parts.append(html.escape(paragraph[at:]))
    return "".join(parts).replace("\n", "<br>")
