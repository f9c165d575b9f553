"""A mailbox file (mbox) cut into its mails, piece by piece, so that memory does not grow with the file."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, Final

from crm_store.errors import BadInput

MOST_MAIL: Final = 50_000_000
_MOST_LINE: Final = 1_048_576
_START: Final = 65_536
# The line in front of a mail: who, and when as asctime writes it; programs leave the first out or add a zone.
_SEPARATOR: Final = re.compile(rb"From .{0,300}\b\d{1,2}:\d\d(?::\d\d)?\b.{0,40}\b\d{4}\b")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_ASCTIME: Final = re.compile(
    r"([A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)(?: ([+-]\d{4}|[A-Z]{3,4}))? (\d{4})"
)


@dataclass(frozen=True, slots=True)
class Boxed:
    """One mail of the file: its number from 1, where the next one begins, its bytes (none if it is too large)."""

    number: int
    end: int
    raw: bytes | None
    delivered_at: datetime | None


def is_mbox(start: bytes) -> bool:
    """Whether a file that begins so is a mailbox."""
    return _SEPARATOR.match(start.lstrip(b"\r\n")) is not None


def fingerprint(path: Path) -> str:
    """What tells this file from another one; a file that has grown is another one."""
    try:
        with path.open("rb") as file:
            digest = hashlib.sha256(file.read(_START))
        return f"{path.stat().st_size}:{digest.hexdigest()[:40]}"
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}.") from problem


def mails(path: Path, at: int = 0, number: int = 0, most: int = MOST_MAIL) -> Iterator[Boxed]:
    """Every mail from a place in the file on; `number` counts those before it."""
    try:
        with path.open("rb") as file:
            file.seek(at)
            yield from _cut(file, at, number, most)
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}.") from problem


def _cut(file: BinaryIO, at: int, number: int, most: int) -> Iterator[Boxed]:
    held, size = bytearray(), 0
    opened: bytes | None = None
    fresh, blank = True, True
    for line in iter(lambda: file.readline(_MOST_LINE), b""):
        # Only a line behind an empty one begins a mail; a sentence that starts with "From" bears no time of day.
        if fresh and blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if opened is not None:
                number += 1
                yield _boxed(number, at, held, size, most, opened)
            held, size, opened = bytearray(), 0, line
        elif opened is not None:
            size += len(line)
            if size <= most:
                held += line
        at += len(line)
        fresh = line.endswith(b"\n")
        blank = fresh and not line.strip(b"\r\n")
    if opened is not None:
        yield _boxed(number + 1, at, held, size, most, opened)


def _boxed(number: int, end: int, held: bytearray, size: int, most: int, opened: bytes) -> Boxed:
    """The mail without the empty line that ends it, its quoted lines as they were (mboxrd)."""
    if size > most:
        return Boxed(number, end, None, None)
    raw = bytes(held)
    for ending in (b"\r\n", b"\n"):
        if raw.endswith(ending * 2):
            raw = raw[: -len(ending)]
            break
    if b"\n>" in raw:
        raw = _QUOTED.sub(rb"\1", raw)
    return Boxed(number, end, raw, delivered(opened))


def delivered(line: bytes) -> datetime | None:
    """The moment in the line in front of a mail; programs that name no zone mean UTC or are hours off."""
    found = _ASCTIME.search(line[:400].decode("ascii", "replace"))
    if found is None:
        return None
    _, month, day, clock, zone, year = found.groups()
    try:
        moment = parsedate_to_datetime(f"{day} {month} {year} {clock} {zone or '+0000'}")
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
