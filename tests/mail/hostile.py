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
    "arrows": ">>> Ann <a@b.example> 2026-11-02 17:40 >>>\n",
    "open arrows": ">>> Ann 17:40 ",
    "days in dashes": "Ann ---02.11.2026 17:40---x\n",
    "people and days": "Ann <a@b.example>\n02.11.2026 17:40\nTo\nx\n",
    "labels alone": "To\nSubject\n",
    "torn links": "> (http://x.example/a\nx)\n",
    "guarded links": "From: a@b.example<https://x.example/?a@b.example\n",
    "open lists": "To: a@b.example, Ann\n",
    "one open list": "a@b.example, Ann\n",
    "names in lists": "Doe, Ann; ",
    "labels and sentences": 'To: a@b.example;\n02.11.2026, 17:40, "Ann" <a@b.example>:\n',
    "wide labels": "日　期：2026年11月02日 17:40\n",
    "marks": "\u200f\u202b\u2068",
    "no-break spaces": "\u00a0",
    "tabs": "\t",
    "faxes": "-- \nAnn\nfax      ",
    "pieces": "-- \nAnn |      ",
    "dashed names": "-a",
    "thread of all": "On Mon, 2 Nov 2026, Ann <a@b.example> wrote:\n> x\n\nFrom: a@b.example\nTo: b@c.example\n",
    "ends": "------- End of forwarded message -------\n",
    "instructions": "/task fri x\n",
    "armour": "-----BEGIN PGP MESSAGE-----\n",
    "returns": "back on 2 November 2026 until ",
    "files inside": "begin 644 a.txt\n",
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
    "hidden": '<p style="display:none',
    "styles": "<style>a{}</style>",
    "attributes": '<div a="b" ',
    "words in bold": "<b>From:</b> ",
    "lists": "<ul><li>",
    "words kept as they are": "<pre>",
    "marked up twice": "&lt;div&gt;",
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
    "headers": (b"", b"X-A: b\r\n"),
    "folded headers": (b"Subject: a\r\n", b" b\r\n"),
    "a long header": (b"X-A: ", b"a"),
    "received": (b"", b"Received: from a by b; Mon, 2 Nov 2026 17:40:08 +0100\r\n"),
    "pieces of a name": (b"Content-Type: text/plain", b"; name*1*=a"),
    "mails in mails": (b"", b"Content-Type: message/rfc822\r\n\r\n"),
    "nested parts": (b"", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"),
    "reports": (
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n",
    ),
    "results": (b"Authentication-Results: a", b"; dkim=pass header.d=b.example"),
    "signatures": (b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=from", b":from"),
    "encoded lines": (b"Content-Transfer-Encoding: base64\r\n\r\n", b"QUJD\r\n"),
    "flowed": (b"Content-Type: text/plain; format=flowed\r\n\r\n", b"a \r\n"),
    "enriched": (b"Content-Type: text/enriched\r\n\r\n", b"<<<param>a"),
    "rules of recurrence": (b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n", b"RRULE:FREQ=SECONDLY\r\n"),
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
