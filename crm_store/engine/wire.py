"""PostgreSQL's own bells: a commit in one process wakes those that wait in another, and nobody relies on it."""

import secrets
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text

from crm_store.log import get_logger

_CHANNEL: Final = "rapport"
_LONGEST: Final = 7_000
"""PostgreSQL carries at most 8,000 bytes; names beyond that are found by the next look."""
_LISTEN_FOR: Final = 1.0
_TRY_AGAIN: Final = 0.5
_log = get_logger(__name__)


class Wire:
    """One listening connection of this process; while it is down, whoever waits looks for himself."""

    def __init__(self, connect: Callable[[], "psycopg.Connection[Any]"], ring: Callable[[set[str]], None]) -> None:
        self._connect = connect
        self._ring = ring
        self._mark = secrets.token_hex(4)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.hearing = threading.Event()

    def send(self, connection: Connection, names: set[str]) -> None:
        """Tell other processes, once this transaction is committed, what rang."""
        said = " ".join([self._mark, *sorted(names)])
        if len(said.encode()) <= _LONGEST:
            connection.execute(text("SELECT pg_notify(:channel, :said)"), {"channel": _CHANNEL, "said": said})

    def listen(self) -> None:
        """Hear from now on what other processes ring; harmless twice."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._hear, name="store-wire", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self.hearing.set()
                    while not self._stop.is_set():
                        for heard in connection.notifies(timeout=_LISTEN_FOR):
                            self._take(heard.payload)
                            if self._stop.is_set():
                                break
            except psycopg.Error as problem:
                _log.info("bells_are_not_heard", problem=type(problem).__name__)
            self.hearing.clear()
            self._stop.wait(_TRY_AGAIN)

    def _take(self, said: str) -> None:
        mark, *names = said.split(" ")
        if mark != self._mark:
            self._ring(set(names))
