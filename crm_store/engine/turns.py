"""Who waits to write: processes cannot see each other's wait for SQLite's lock, so a file beside the data tells of it.

Whoever waits holds the file by a shared lock; whoever has much to write looks now and then whether somebody does, and
makes way. Where the system has no such locks nobody is seen to wait, and all goes on as it does without.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Final

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

_LONGEST: Final = 0.25
_LOOK_EVERY: Final = 0.0005


class Turns:
    """The waits of all processes that write one data file."""

    def __init__(self, path: str) -> None:
        """`path` is the data file's; the file of waits beside it holds nothing and may be deleted."""
        self._path = f"{path}-waits"
        self._file: int | None = None

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Be seen to wait."""
        if fcntl is None:
            yield
            return
        fcntl.flock(self._open(), fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(self._open(), fcntl.LOCK_UN)

    def others_wait(self) -> bool:
        """Whether another process waits now; not asked while waiting oneself."""
        if fcntl is None:
            return False
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        fcntl.flock(self._open(), fcntl.LOCK_UN)
        return False

    def make_way(self) -> None:
        """Leave the moment after a commit to whoever waits, who looks for it every few milliseconds."""
        until = time.monotonic() + _LONGEST
        while self.others_wait() and time.monotonic() < until:
            time.sleep(_LOOK_EVERY)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file
