"""What S/MIME (RFC 8551) and PGP (RFC 3156, RFC 9580) wrap: told apart, and opened where it is only signed."""

import base64
import binascii
import re
from typing import Final

from ingest.parsed import Protection

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_ENVELOPES: Final = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_DATA: Final = bytes.fromhex("2a864886f70d010701")
_SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_OCTETS, _OCTETS_IN_PIECES, _CONTEXT = 0x04, 0x24, 0xA0
_MOST_PIECES: Final = 10_000
_CLEAR: Final = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]{1,20}: [^\n]{0,200}\n){0,10}[ \t]*\n", re.MULTILINE
)
_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_ENDS: Final = "-----END PGP SIGNATURE-----"
_ARMOURED: Final = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)


def of_type(content_type: str, parameters: dict[str, str], data: bytes) -> Protection:
    """How a part of this type protects what is in it."""
    if content_type == "multipart/signed":
        return Protection.SIGNED
    if content_type in {"multipart/encrypted", "application/pgp-encrypted"}:
        return Protection.ENCRYPTED
    if content_type not in _SMIME or parameters.get("smime-type", "").lower() == "certs-only":
        return Protection.NONE
    if parameters.get("smime-type", "").lower() == "signed-data" or _SIGNED_DATA in data[:64]:
        return Protection.SIGNED
    return Protection.ENCRYPTED


def of_text(text: str) -> Protection:
    """Whether PGP has signed or encrypted a text in place."""
    if _ARMOURED.search(text):
        return Protection.ENCRYPTED
    return Protection.SIGNED if _CLEAR.search(text) else Protection.NONE


def without_armour(text: str) -> str:
    """A text signed in place without the lines that PGP put around it, its dashes as they were written."""
    begun = _CLEAR.search(text)
    end = text.find(_SIGNATURE, begun.end()) if begun else -1
    if begun is None or end < 0:
        return text
    closed = text.find(_SIGNATURE_ENDS, end)
    rest = text[closed + len(_SIGNATURE_ENDS) :] if closed >= 0 else ""
    written = text[begun.end() : end].split("\n")
    return text[: begun.start()] + "\n".join(line.removeprefix("- ") for line in written) + rest.lstrip("\n")


def signed_content(data: bytes) -> bytes | None:
    """The mail inside opaque S/MIME (signed-data); None where it is no such thing or is damaged."""
    plain = data if data[:1] == b"\x30" else _from_base64(data)
    at = plain.find(_SIGNED_DATA, 0, 64)
    inner = plain.find(b"\x06\x09" + _DATA, at) if at >= 0 else -1
    if inner < 0:
        return None
    return _octets(plain, inner + 11)


def _from_base64(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return b""


def _octets(data: bytes, at: int) -> bytes | None:
    """The octet string in the context tag at this place, in one piece or, in the indefinite form, in many."""
    if data[at : at + 1] != bytes([_CONTEXT]):
        return None
    begin, end = _value(data, at)
    kind = data[begin : begin + 1]
    if kind == bytes([_OCTETS]):
        inside, until = _value(data, begin)
        return data[inside:until]
    if kind != bytes([_OCTETS_IN_PIECES]):
        return None
    here, last = _value(data, begin)
    pieces: list[bytes] = []
    while here < min(last, end) and data[here] == _OCTETS and len(pieces) < _MOST_PIECES:
        inside, until = _value(data, here)
        pieces.append(data[inside:until])
        here = until
    return b"".join(pieces)


def _value(data: bytes, at: int) -> tuple[int, int]:
    """Where the value of the tag at this place begins and ends; an indefinite one ends with the data."""
    first = data[at + 1] if at + 1 < len(data) else 0
    if first < 0x80:
        return at + 2, min(at + 2 + first, len(data))
    size = first & 0x7F
    begin = at + 2 + size
    if not size:
        return begin, len(data)
    return begin, min(begin + int.from_bytes(data[at + 2 : begin][:8], "big"), len(data))
