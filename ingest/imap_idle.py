"""IMAP IDLE (RFC 2177): a server says by itself that something has come, so nobody has to ask again and again."""

import imaplib
import socket
from collections.abc import Callable
from typing import Final, Protocol

from crm_store.clock import Clock

_TAG: Final = b"RAPPORT-IDLE"
_SLICE: Final = 1.0
_ANSWER: Final = 30.0
_MOST_BYTES: Final = 65_536
_NEWS: Final = (b" EXISTS", b" RECENT")


class NoIdle(Exception):
    """The server knows no IDLE, whatever it said it can."""


class Connection(Protocol):
    """What is needed of `imaplib.IMAP4`."""

    def socket(self) -> socket.socket:
        """The connection itself."""
        ...

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        ...


def wait_for_news(server: Connection, seconds: float, clock: Clock, stopped: Callable[[], bool]) -> bool:
    """Wait until something comes into the open folder; False where the time is over or `stopped` says so first.

    The connection can be used for commands afterwards. Raises NoIdle where the server refuses, and
    imaplib.IMAP4.abort or OSError where it is gone.
    """
    # Between two commands imaplib holds no bytes back, so that the socket can be read past it.
    lines = _Lines(server.socket(), clock)
    before = lines.sock.gettimeout()
    try:
        server.send(_TAG + b" IDLE\r\n")
        if not _is_open(lines):
            raise NoIdle
        heard = _listen(lines, seconds, stopped)
        server.send(b"DONE\r\n")
        return _ended(lines) or heard
    finally:
        lines.sock.settimeout(before)


class _Lines:
    """Whole lines from a socket, each waited for a while only."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self.sock = sock
        self.now = clock.monotonic
        self._held = b""

    def next(self, seconds: float) -> bytes | None:
        """The next line; None where none came in that time."""
        self.sock.settimeout(seconds)
        while b"\n" not in self._held:
            try:
                more = self.sock.recv(4_096)
            except TimeoutError:
                return None
            if not more or len(self._held) > _MOST_BYTES:
                raise imaplib.IMAP4.abort("the mail server hung up while it was listened to")
            self._held += more
        line, _, self._held = self._held.partition(b"\n")
        return line.rstrip(b"\r")


def _is_open(lines: _Lines) -> bool:
    """Whether the server agreed to tell what comes."""
    until = lines.now() + _ANSWER
    while lines.now() < until:
        line = lines.next(_SLICE)
        if line is not None and line.startswith(b"+"):
            return True
        if line is not None and line.startswith(_TAG):
            return False
    raise imaplib.IMAP4.abort("the mail server does not answer")


def _listen(lines: _Lines, seconds: float, stopped: Callable[[], bool]) -> bool:
    until = lines.now() + seconds
    while not stopped() and (left := until - lines.now()) > 0:
        line = lines.next(min(_SLICE, left))
        if line is not None and line.upper().endswith(_NEWS):
            return True
        if line is not None and line.upper().startswith(b"* BYE"):
            raise imaplib.IMAP4.abort("the mail server said goodbye")
    return False


def _ended(lines: _Lines) -> bool:
    """Read up to the end of the command; whether something came at the last moment."""
    came = False
    until = lines.now() + _ANSWER
    while lines.now() < until:
        line = lines.next(_SLICE)
        if line is None:
            continue
        if line.startswith(_TAG):
            return came
        came = came or line.upper().endswith(_NEWS)
    raise imaplib.IMAP4.abort("the mail server does not answer")
