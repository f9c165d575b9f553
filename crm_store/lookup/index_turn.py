"""Who makes an index: one process at a time, so that whoever wants the same one waits for it and does not make it too.

The turn is a lock on an empty file beside the index. It ends with the process that has it, whatever becomes of that.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None


@contextlib.contextmanager
def taken(file: Path, *, wait: bool = True) -> Iterator[int]:
    """Have the turn for the index in this file; a child that inherits the number given has it as well.

    Whoever does not wait for another who has it gets BlockingIOError. Where the system has no such locks everybody has
    it. Raises OSError where the folder cannot be written to.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{file}.turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield lock
    finally:
        os.close(lock)
