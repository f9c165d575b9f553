"""Header fields of a mail: unfolded, decoded, cut to size, never raising."""

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from ingest import charsets

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,4000}?)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(=\?[^?\s]{1,60}\?[bBqQ]\?)")
_BREAKS = re.compile(r"[\r\n\x00\u2028\u2029]+")
_BASE64 = frozenset(f"{string.ascii_letters}{string.digits}+/".encode())
_NO_BASE64 = bytes(sign for sign in range(256) if sign not in _BASE64)
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_QUOTED_PRINTABLE = re.compile(rb"=([0-9A-Fa-f]{2})")
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))")
MOST_HEADER_BYTES = 262_144
MOST_ONE_HEADER = 65_536
MOST_HEADERS = 1_000
_MOST_PARAMETERS = 200
_MOST_IDS = 200


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header in their order, names in small letters, values raw but unfolded."""

    fields: tuple[tuple[str, str], ...]

    def raw(self, name: str) -> str | None:
        """The first value by this name, not decoded."""
        return next((value for field, value in self.fields if field == name), None)

    def text(self, name: str) -> str | None:
        """The first value by this name, decoded, on one line."""
        value = self.raw(name)
        return None if value is None else decode_words(value)

    def all(self, name: str) -> Iterator[str]:
        """Every value by this name, not decoded."""
        return (value for field, value in self.fields if field == name)

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return self.raw(name) is not None


def read_headers(raw: bytes) -> tuple[Headers, int, bool]:
    """The fields, where the body begins, and whether a limit was passed (then the rest is left out)."""
    collected: list[tuple[str, bytearray]] = []
    at, over = 0, False
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end + 1
        line = raw[at:end].rstrip(b"\r\n")
        if not line:
            at = end
            break
        started = _start_of_field(line, first=at == 0)
        if started is None and not (line[:1] in b" \t" and collected) and not _envelope_line(line):
            break
        at = end
        if end > MOST_HEADER_BYTES or len(collected) >= MOST_HEADERS:
            over = True
        elif not _envelope_line(line):
            over = _store(collected, started, line) or over
    return Headers(tuple((name, _as_text(bytes(value))) for name, value in collected)), at, over


def _start_of_field(line: bytes, *, first: bool) -> tuple[str, bytes] | None:
    if line[:1] in b" \t" and not first:
        return None
    line = line.lstrip(b" \t")
    found = _NAME.match(line)
    return (found[1].decode("ascii").lower(), line[found.end() :]) if found else None


def _envelope_line(line: bytes) -> bool:
    """Mailboxes put a `From ` line in front of a mail, and some programs quote it."""
    return line.startswith((b"From ", b">From "))


def _store(collected: list[tuple[str, bytearray]], started: tuple[str, bytes] | None, line: bytes) -> bool:
    if started:
        collected.append((started[0], bytearray(started[1].strip()[:MOST_ONE_HEADER])))
        return len(started[1]) > MOST_ONE_HEADER
    value = collected[-1][1]
    room = MOST_ONE_HEADER - len(value)
    value += (b" " + line.strip())[: max(0, room)]
    return len(line) > room


def _as_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def clean(text: str) -> str:
    """One line without CR, LF, NUL and other control characters."""
    return charsets.scrub(_BREAKS.sub(" ", text)).strip()


def decode_words(value: str) -> str:
    """Encoded words (RFC 2047) as text; neighbours with one charset are joined before decoding."""
    if "=?" not in value:
        return clean(value)
    joined = _BETWEEN_WORDS.sub(r"\1\2", value)
    out: list[str] = []
    waiting: tuple[str, bytes] | None = None
    at = 0
    for found in _WORD.finditer(joined):
        between = joined[at : found.start()]
        charset, data = found[1].partition("*")[0], _word_bytes(found[2], found[3])
        if waiting and (between or waiting[0].lower() != charset.lower()):
            out.append(charsets.decode(waiting[1], waiting[0]))
            waiting = None
        out.append(between)
        waiting = (charset, (waiting[1] if waiting else b"") + data)
        at = found.end()
    if waiting:
        out.append(charsets.decode(waiting[1], waiting[0]))
    out.append(joined[at:])
    return clean("".join(out))


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _QUOTED_PRINTABLE.sub(lambda found: bytes([int(found[1], 16)]), data.replace(b"_", b" "))
    return base64_bytes(data)


def base64_bytes(data: bytes) -> bytes:
    """Whatever can be read of base64, however it is damaged."""
    wanted = data.translate(None, _NO_BASE64)
    wanted = wanted[: len(wanted) - 1] if len(wanted) % 4 == 1 else wanted
    try:
        return binascii.a2b_base64(wanted + b"=" * (-len(wanted) % 4))
    except binascii.Error:
        return b""


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` as its first word in small letters and its parameters (RFC 2231 joined and decoded)."""
    value = value[:MOST_ONE_HEADER]
    first = value.partition(";")[0].strip().lower()
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= _MOST_PARAMETERS:
            break
        name = match[1].lower()
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        base, star, rest = name.partition("*")
        if not star:
            found.setdefault(name, text)
            continue
        number = rest.rstrip("*")
        if number and not (number.isascii() and number.isdigit()):
            continue
        pieces.setdefault(base, []).append((int(number[:6] or 0), text, name.endswith("*")))
    for base, parts in pieces.items():
        found[base] = _joined(sorted(parts))
    return first, {name: decode_words(text) for name, text in found.items()}


def _joined(parts: list[tuple[int, str, bool]]) -> str:
    charset: str | None = None
    data = b""
    for index, (_, text, encoded) in enumerate(parts):
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 - the rest after charset and language is the text.
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return charsets.decode(data, charset)


def read_date(value: str | None) -> datetime | None:
    """An aware time, UTC where the header names no zone; None where it says nothing sensible."""
    if not value or len(value) > 200:
        return None
    try:
        moment = parsedate_to_datetime(clean(value))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment


def message_ids(value: str | None) -> tuple[str, ...]:
    """The identifiers of a References or In-Reply-To header, without brackets, in order."""
    found = _ID.findall((value or "")[:MOST_ONE_HEADER])
    return tuple(dict.fromkeys(found))[-_MOST_IDS:]


def message_id(value: str | None) -> str | None:
    """The identifier of a Message-ID header, tolerating missing brackets."""
    if not value:
        return None
    found = message_ids(value)
    if found:
        return found[0]
    bare = clean(value).strip("<> ")
    return bare if bare and " " not in bare and len(bare) <= 500 else None
