"""Mails that cost careless readers minutes, made to any size."""

from collections.abc import Callable
from typing import Final

_TEXTS: Final[dict[str, str]] = {
    "prose": "we would like twelve seats from March on at 17:40 please\n",
    "spaces": " ",
    "openers": "On ",
    "opening lines": "On Mon, 2 Nov 2026\n",
    "empty labels": "From:\n",
    "labels": "From: a@b.example\n",
    "strange labels": "Zog: 2026-11-02 17:40 a@b.example\n",
    "short labels": "a:\n",
    "bars": "> ",
    "barred lines": "> x\n",
    "deep bars": ">" * 60 + " x\n",
    "dashes": "-",
    "rules": "-----------\n",
    "ruled words": "----- x -----\n",
    "addresses": "a@b.example\n",
    "attributions": "Ann <a@b.example> 2 Nov 2026 wrote\n",
    "closings": "wrote:\n",
    "digits": "12:30 2026\n",
    "phones": "+49 30 1234567\n",
    "links": "https://x.example/aaa ",
    "one word": "a",
    "blank lines": "\n",
    "zero width": "\u200b",
    "accents": "\u00e4\u0301",
    "regards": "Best regards\n",
    "notices": "confidential and privileged information for the intended recipient\n\n",
    "packed": "From: A <a@b.example>To: <b@c.example>Date: 2 Nov 2026 17:40Subject: x ",
    "packed lines": "From: A <a@b.example>To: <b@c.example>Date: 2 Nov Subject: x\n",
    "devices": "Sent from my iPhone\n",
    "brackets": "[(<",
}
_PAGES: Final[dict[str, str]] = {
    "open tags": "<",
    "nested boxes": "<div>",
    "nested quotes": "<blockquote>",
    "paragraphs": "<p>x</p>",
    "entities": "&amp;",
    "comments": "<!--",
    "tables": "<table><tr><td>",
    "breaks": "<br>",
    "quote marks": '<div class="gmail_quote">x</div>',
}
_RAW: Final[dict[str, tuple[bytes, bytes]]] = {
    "brackets in From": (b"From: ", b"("),
    "commas in To": (b"To: ", b"a,"),
    "people in To": (b"To: ", b"a <a@b.example>, "),
    "parameters": (b"Content-Type: text/plain; ", b"a=b; "),
    "encoded words": (b"Subject: ", b"=?utf-8?q?a?= "),
    "references": (b"References: ", b"<a@b> "),
    "parts": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n\r\nx\r\n"),
    "near boundaries": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n", b"--bx\n"),
    "quoted-printable": (b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=41"),
    "guests": (b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n", b"ATTENDEE:mailto:a@b.example\r\n"),
    "zones": (
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n",
        b"BEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\n",
    ),
    "failures": (b"From: mailer-daemon@x.example\r\nSubject: failure\r\n\r\n", b"not delivered a@b.example 550 \r\n"),
    "escapes": (b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", b"\x1b$B"),
    "contacts": (b"Content-Type: text/vcard\r\n\r\n", b"BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n"),
    "records": (b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0", b"\x01\x0c\x80\x02\0\0\0\0\0\0\0"),
}
NAMES: Final = (*_TEXTS, *_PAGES, *_RAW)


def mail(name: str, size: int) -> bytes:
    """The hostile mail by this name, about so many bytes long."""
    if name in _RAW:
        head, unit = _RAW[name]
        return head + unit * (size // len(unit)) + b"\r\n\r\nx"
    kind, texts = ("html", _PAGES) if name in _PAGES else ("plain", _TEXTS)
    top = f"From: Ann Lee <ann@acme.example>\r\nSubject: Fwd: x\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n"
    written = texts[name].encode()
    return top.encode() + written * (size // len(written))


def worst(size: int, cost: Callable[[bytes], float]) -> tuple[str, float]:
    """The name and the cost of the costliest."""
    costs = {name: cost(mail(name, size)) for name in NAMES}
    name = max(costs, key=lambda one: costs[one])
    return name, costs[name]
