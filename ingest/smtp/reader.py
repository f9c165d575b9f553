"""The DATA phase as a machine without I/O: where it ends, what it holds, and when it is too much."""

import re
from enum import StrEnum

from ingest.smtp.limits import BytesInFlight

_MOST_HEADER = 1_048_576
_END = b"\r\n.\r\n"
_LONE_LF = re.compile(rb"(?<!\r)\n")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Trouble(StrEnum):
    """Why the bytes of a mail are thrown away while the sender still talks."""

    TOO_LARGE = "too large"
    NO_ROOM = "no room"


class DataReader:
    """Collects a mail chunk by chunk; only CRLF.CRLF ends it, however the chunks fall (RFC 5321, 4.1.1.4)."""

    def __init__(self, most: int, budget: BytesInFlight) -> None:
        self._most = most
        self._budget = budget
        self._held = bytearray()
        self._reserved = 0
        self._tail = (
            b"\r\n"  # The line end of the DATA command itself: a dot alone on the first line ends an empty mail.
        )
        self.seen = 0
        self.trouble: Trouble | None = None

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk; once the end is seen, what followed it (perhaps nothing), before that None."""
        window = self._tail + chunk
        at = window.find(_END)
        if at < 0:
            self._take(chunk)
            self._tail = window[-(len(_END) - 1) :]
            return None
        beyond = at + len(_END)
        self._take(chunk[: max(0, beyond - len(self._tail))])
        return window[beyond:]

    def _take(self, part: bytes) -> None:
        self.seen += len(part)
        if self.trouble:
            return
        if self.seen > self._most + len(_END):
            self._drop(Trouble.TOO_LARGE)
        elif not self._budget.take(len(part)):
            self._drop(Trouble.NO_ROOM)
        else:
            self._reserved += len(part)
            self._held += part

    def _drop(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.close()

    def close(self) -> None:
        """Forget the bytes and give their room back; harmless when repeated."""
        self._held = bytearray()
        self._budget.give_back(self._reserved)
        self._reserved = 0

    def content(self) -> bytes:
        """Hand the mail out, once: without the final dot, dots unstuffed, lone LF made CRLF."""
        held = self._held
        del held[-3:]  # The dot and its line end; the CRLF before it belongs to the mail.
        if held.startswith(b"."):
            del held[0]
        plain = bytes(held)
        self._held = bytearray()  # Large mails are held once, not twice, while the dots go.
        plain = plain.replace(b"\r\n.", b"\r\n")
        if plain.count(b"\n") != plain.count(b"\r\n"):
            plain = _LONE_LF.sub(b"\r\n", plain)
        return plain


def hops(raw: bytes) -> int:
    """How many servers say in the header that they passed this mail on."""
    end = raw.find(b"\r\n\r\n", 0, _MOST_HEADER)
    return len(_RECEIVED.findall(raw[: end if end >= 0 else _MOST_HEADER]))
