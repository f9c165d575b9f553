"""The DATA phase as a machine without I/O: where it ends, what it holds, and when it is too much."""

import re
from enum import StrEnum

from ingest.smtp.limits import BytesInFlight

_MOST_HEADER = 1_048_576
_BLOCK = 1_048_576
_END = b"\r\n.\r\n"
_LONE_LF = re.compile(rb"(?<!\r)\n")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Trouble(StrEnum):
    """Why the bytes of a mail are thrown away while the sender still talks."""

    TOO_LARGE = "too large"
    NO_ROOM = "no room"


class DataReader:
    """Collects a mail chunk by chunk; only CRLF.CRLF ends it, however the chunks fall (RFC 5321, 4.1.1.4).

    A large mail becomes plain in blocks of about a megabyte while it comes, so that it is never held twice.
    """

    def __init__(self, most: int, budget: BytesInFlight, block: int = _BLOCK) -> None:
        self._most = most
        self._block = block
        self._budget = budget
        self._held = bytearray()
        self._parts: list[bytes] = []
        self._in_line = False  # Whether what is held begins within a line, where a dot means a dot.
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
            while len(self._held) > self._block:
                self._seal()

    def _drop(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.close()

    def close(self) -> None:
        """Forget the bytes and give their room back; harmless when repeated."""
        self._held, self._parts = bytearray(), []
        self._budget.give_back(self._reserved)
        self._reserved = 0

    def _seal(self) -> None:
        """Make a block plain, up to a line end, or within a line where lines are long; the end stays together."""
        at = self._held.rfind(b"\r\n", self._block // 2, self._block) + 2
        in_line = at < self._block // 2
        if in_line:
            at = self._block - len(_END)
            at -= self._held[at - 1 : at] == b"\r"
        self._parts.append(self._plain(bytes(self._held[:at])))
        del self._held[:at]
        self._in_line = in_line

    def _plain(self, block: bytes) -> bytes:
        """Dots unstuffed, lone LF made CRLF."""
        if not self._in_line and block.startswith(b"."):
            block = block[1:]
        block = block.replace(b"\r\n.", b"\r\n")
        return block if block.count(b"\n") == block.count(b"\r\n") else _LONE_LF.sub(b"\r\n", block)

    def content(self) -> tuple[bytes, ...]:
        """Hand the mail out, once, without the final dot: whole, or in parts of about a megabyte."""
        held, parts = self._held, self._parts
        self._held, self._parts = bytearray(), []
        del held[-3:]  # The dot and its line end; the CRLF before it belongs to the mail.
        if held or not parts:
            parts.append(self._plain(bytes(held)))
        return tuple(parts)


def hops(raw: bytes) -> int:
    """How many servers say in the header that they passed this mail on."""
    end = raw.find(b"\r\n\r\n", 0, _MOST_HEADER)
    return len(_RECEIVED.findall(raw[: end if end >= 0 else _MOST_HEADER]))
