"""Mails in wraps, built byte by byte: TNEF, S/MIME, PGP, feedback reports, invitations, contacts."""

import struct
from email.message import EmailMessage
from typing import Final

HEAD: Final = (
    b"From: Ines Ferreira <ines@lumen.example>\r\nTo: ada@team.example\r\nSubject: the plan\r\nMIME-Version: 1.0\r\n"
)
_SIGNED: Final = bytes.fromhex("06092a864886f70d010702")
_DATA: Final = bytes.fromhex("06092a864886f70d010701")


def _record(level: int, tag: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(text: str, files: dict[str, bytes], long_name: str = "") -> bytes:
    """A winmail.dat with a text and files; the long name goes into the properties of the last one."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    if text:
        out += _record(1, 0x0002800C, text.encode() + b"\0")
    for name, data in files.items():
        out += _record(2, 0x00069002, b"\0" * 14) + _record(2, 0x00018010, name.encode() + b"\0")
        out += _record(2, 0x0006800F, data)
    if long_name:
        wide = long_name.encode("utf-16-le") + b"\0\0"
        out += _record(2, 0x00069005, struct.pack("<IHHII", 1, 0x001F, 0x3707, 1, len(wide)) + wide)
    return out


def with_tnef(data: bytes, text: str = "See the file.") -> bytes:
    """A mail of Outlook with the packed file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ines Ferreira <ines@lumen.example>", "ada@team.example", "the plan"
    mail.set_content(text)
    mail.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return mail.as_bytes()


def _der(tag: int, value: bytes) -> bytes:
    if len(value) < 0x80:
        return bytes([tag, len(value)]) + value
    size = len(value).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + value


def opaque(inner: bytes, *, in_pieces: bool = False) -> bytes:
    """S/MIME signed-data around a mail, of definite length or, as streaming writers do, in pieces without one."""
    if in_pieces:
        pieces = b"".join(_der(0x04, inner[at : at + 40]) for at in range(0, len(inner), 40))
        content = b"\xa0\x80\x24\x80" + pieces + b"\0\0\0\0"
    else:
        content = _der(0xA0, _der(0x04, inner))
    wrapped = _der(0x30, b"\x02\x01\x01\x31\x00" + _der(0x30, _DATA + content))
    return _der(0x30, _SIGNED + _der(0xA0, wrapped))


def smime(data: bytes, kind: str) -> bytes:
    """The mail that carries such data."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ines Ferreira <ines@lumen.example>", "ada@team.example", "the plan"
    mail.set_content(data, maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    mail.replace_header("Content-Type", f'application/pkcs7-mime; smime-type={kind}; name="smime.p7m"')
    return mail.as_bytes()


def parts(kind: str, *inside: bytes) -> bytes:
    """A multipart mail of the given type, each part with its own header."""
    body = b"".join(b"--=frontier\r\n" + part + b"\r\n" for part in inside)
    return HEAD + f'Content-Type: {kind}; boundary="=frontier"\r\n\r\n'.encode() + body + b"--=frontier--\r\n"


def part(kind: str, body: str, *fields: str) -> bytes:
    """One part."""
    head = "".join(f"{field}\r\n" for field in (f"Content-Type: {kind}", *fields))
    return (head + "\r\n" + body.replace("\n", "\r\n")).encode()


def invitation(method: str, *lines: str) -> bytes:
    """A mail with an event."""
    event = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT"))
    return HEAD + f"Content-Type: text/calendar; method={method}\r\n\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
