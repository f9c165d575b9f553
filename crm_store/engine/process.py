"""Which process this is, and whether one that held rows is gone: what a killed one had begun is free at once."""

import os
import secrets
import socket
from collections.abc import Collection
from functools import cache

_HOST_LENGTH = 60


def this_process() -> str:
    """Host, number and a mark of this process; a number alone may come again after a restart."""
    return _named(os.getpid())


@cache
def _named(number: int) -> str:
    return f"{socket.gethostname()[:_HOST_LENGTH]}:{number}:{secrets.token_hex(4)}"


def is_gone(holder: str, alive: Collection[str]) -> bool:
    """Whether a process has ended: here its number is asked for, elsewhere it shows by the heartbeats `alive`."""
    host, number, _mark = holder.rsplit(":", 2) if holder.count(":") > 1 else ("", "", "")
    mine, own_number, _own = this_process().rsplit(":", 2)
    if host != mine or not number.isdecimal():
        return holder not in alive
    if number == own_number:
        return holder != this_process()
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
