"""SQLite's journal is copied into the data file beside the writer, so that no commit waits while that is done."""

import threading
from collections.abc import Callable
from typing import Any, Final

from crm_store.log import get_logger

CEILING: Final = 100_000
"""With so many pages in the journal the writer copies what is left itself, as after a long rush without a pause."""
KEPT: Final = 64_000_000
"""Bytes that the journal keeps on the disk after a rush that made it longer."""
_WORTH: Final = 1_000
_GATHER_SECONDS: Final = 0.5
_log = get_logger(__name__)


class Checkpoints:
    """A thread with a connection of its own; it sleeps until something was committed."""

    def __init__(self, connect: Callable[[], Any], gather: float = _GATHER_SECONDS, worth: int = _WORTH) -> None:
        """`connect` opens the file; after a commit more gathers for some seconds; `worth` pages are worth a copy."""
        self._connect = connect
        self._gather = gather
        self._worth = worth
        self._committed = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Something was committed; the first time starts the thread, which commands that only read do not need."""
        self._committed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="store-checkpoints", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; what is left in the journal is copied by whoever closes the file last."""
        self._stop.set()
        self._committed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        connection = None
        while not self._stop.is_set():
            self._committed.wait()
            if self._stop.wait(self._gather):
                break
            self._committed.clear()
            try:
                connection = connection or self._connect()
                self._copy(connection)
            except Exception as problem:  # noqa: BLE001 -- the writer copies at the ceiling: nothing depends on this
                _log.warning("checkpoint_failed", problem=type(problem).__name__)
        if connection is not None:
            connection.close()

    def _copy(self, connection: Any) -> None:
        """A passive copy waits for nobody and nobody waits for it; what a reader still needs is left for the next."""
        _busy, written, copied = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        if written - copied >= self._worth:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
