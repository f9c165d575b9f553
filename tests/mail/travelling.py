"""Ways a mail travels: how its text is encoded, packed into parts, and changed by gateways that pass it on."""

import base64
import quopri
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from typing import Final

from tests.mail.wrapped import tnef

_TOP: Final = "From: Ada Quist <ada@team.example>\r\nTo: crm@in.team.example\r\nSubject: {0}\r\nMIME-Version: 1.0\r\n"


def _mail(subject: str, head: str, body: bytes) -> bytes:
    return _TOP.format(subject).encode() + head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _as(declared: str, real: str) -> Callable[[str, str], bytes]:
    """The text in one charset under the name of another, as eight-bit text."""
    head = f"Content-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: 8bit"
    return lambda subject, text: _mail(subject, head if declared else "X-Mailer: Quill", _crlf(text).encode(real))


def _base64(subject: str, text: str) -> bytes:
    head = 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: base64'
    return _mail(subject, head, base64.encodebytes(_crlf(text).encode()))


def _quoted(subject: str, text: str) -> bytes:
    """Quoted-printable breaks lines softly wherever it likes, also within a label."""
    head = 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable'
    return _mail(subject, head, quopri.encodestring(_crlf(text).encode()))


def _broken_early(subject: str, text: str) -> bytes:
    """A gateway that breaks after eleven characters."""
    head = 'Content-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable'
    lines = []
    for line in text.encode().split(b"\n"):
        signs = [b"=%02X" % sign if sign > 126 or sign == 61 or sign < 32 else bytes([sign]) for sign in line]
        lines.append(b"=\r\n".join(b"".join(signs[at : at + 11]) for at in range(0, len(signs), 11)))
    return _mail(subject, head, b"\r\n".join(lines))


def _flowed(subject: str, text: str) -> bytes:
    """Long lines go on behind a space at their end; a space before a line protects it."""
    lines = []
    for line in text.split("\n"):
        bars = "> " if line.startswith("> ") else ""
        words, current = line.removeprefix(bars).rstrip().split(" "), ""
        for word in words:
            if current and len(current) + len(word) > 66:
                lines.append(f"{bars}{current} ")
                current = word
            else:
                current = f"{current} {word}" if current else word
        lines.append(f" {current}" if not bars and current.startswith((" ", "From ")) else bars + current)
    body = "\r\n".join(lines).encode()
    return _mail(
        subject, "Content-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: 8bit", body
    )


def _in_page(text: str) -> str:
    return f"<html><body><div>{'<br>'.join(escape(line) for line in text.split(chr(10)))}</div></body></html>"


def _empty_plain(subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada Quist <ada@team.example>", "crm@in.team.example", subject
    mail.set_content("\n")
    mail.add_alternative(_in_page(text), subtype="html")
    return mail.as_bytes()


def _related(subject: str, text: str) -> bytes:
    """A picture belongs to the page."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada Quist <ada@team.example>", "crm@in.team.example", subject
    mail.set_content(_in_page(text) + '<img src="cid:logo">', subtype="html")
    mail.add_related(b"GIF89a", "image", "gif", cid="<logo>")
    return mail.as_bytes()


def _two_ways(subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada Quist <ada@team.example>", "crm@in.team.example", subject
    mail.set_content(text)
    mail.add_alternative(_in_page(text), subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="offer.pdf")
    return mail.as_bytes()


def _parts(subject: str, *parts: bytes) -> bytes:
    body = b"".join(b"--=cut\r\n" + part + b"\r\n" for part in parts) + b"--=cut--\r\n"
    return _mail(subject, 'Content-Type: multipart/mixed; boundary="=cut"', body)


def _text_part(text: str) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _crlf(text).encode()


def _with_winmail(subject: str, text: str) -> bytes:
    packed = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = base64.encodebytes(tnef("", {"offer.pdf": b"%PDF-1.4"}))
    return _parts(subject, _text_part(text), packed + data)


# Each keeps every sign of the text.
WAYS: Final[dict[str, Callable[[str, str], bytes]]] = {
    "base64": _base64,
    "quoted-printable": _quoted,
    "lines broken early": _broken_early,
    "flowed": _flowed,
    "no charset at all": _as("", "utf-8"),
    "called US-ASCII": _as("us-ascii", "utf-8"),
    "called Latin 1": _as("iso-8859-1", "utf-8"),
    "a charset nobody knows": _as("x-unknown", "utf-8"),
    "a charset in quotes": _as('"UTF8"', "utf-8"),
    "wide signs": _as("utf-16", "utf-16"),
    "wide signs, no mark": _as("utf-16le", "utf-16-le"),
    "a byte order mark": _as("utf-8", "utf-8-sig"),
    "an empty plain part": _empty_plain,
    "a page with a picture": _related,
    "both forms and a file": _two_ways,
    "winmail.dat beside it": _with_winmail,
}
# The charsets of some tongues, some under a neighbour's name, as programs send them.
CHARSETS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "de": (("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("us-ascii", "cp1252")),
    "fr": (("iso-8859-15", "iso-8859-15"), ("iso-8859-1", "cp1252")),
    "pl": (("iso-8859-2", "iso-8859-2"), ("windows-1250", "cp1250")),
    "ru": (("koi8-r", "koi8-r"), ("windows-1251", "cp1251"), ("iso-8859-5", "iso-8859-5")),
    "uk": (("koi8-u", "koi8-u"), ("windows-1251", "cp1251")),
    "el": (("iso-8859-7", "iso-8859-7"), ("windows-1253", "cp1253")),
    "tr": (("iso-8859-9", "iso-8859-9"), ("windows-1254", "cp1254")),
    "he": (("windows-1255", "cp1255"), ("iso-8859-8-i", "iso-8859-8")),
    "ar": (("windows-1256", "cp1256"),),
    "ja": (("iso-2022-jp", "iso-2022-jp"), ("shift_jis", "cp932"), ("euc-jp", "euc-jp")),
    "zh": (("gb2312", "gb18030"), ("gbk", "gbk"), ("gb18030", "gb18030")),
    "ko": (("euc-kr", "cp949"), ("ks_c_5601-1987", "cp949"), ("iso-2022-kr", "iso-2022-kr")),
}


def in_charset(subject: str, text: str, declared: str, real: str) -> bytes:
    """The text in a charset, under the declared name; signs that it lacks are left out, as programs do."""
    kept = text.encode(real, "ignore").decode(real)
    return _as(declared, real)(subject, kept)
