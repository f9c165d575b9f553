"""Durable intake: inbox rows a second by group commit; the peer commits each row, on the same library and settings."""

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from crm_store import inbox
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore, library
from crm_store.inbox import Arrival
from crm_store.migrations.upgrade import bring_up_to_date

_ROWS: Final = 2000
_RAW: Final = b"x" * 10_000


def measure() -> dict[str, Any]:
    """Rows of 10 KB a second."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _ours(Path(folder) / "ours.db")
        peer = _peer(Path(folder) / "peer.db")
    return {
        "rows": _ROWS,
        "per_second": round(ours),
        "peer": "one commit a row by the bare driver, synchronous=FULL",
        "peer_per_second": round(peer),
        "ratio": round(ours / peer, 2),
    }


def _ours(file: Path) -> float:
    store = SqliteStore(f"sqlite:///{file}", SystemClock())
    bring_up_to_date(store)
    began = time.perf_counter()
    waiting = []
    for number in range(_ROWS):
        arrival = Arrival("tea_bench", "mail", f"key{number}", _RAW, {})
        waiting.append(store.submit_write("*", "bench", partial(inbox.put, arrival=arrival), urgent=True))
    for one in waiting:
        one.result()
    took = time.perf_counter() - began
    store.close()
    return _ROWS / took


def _peer(file: Path) -> float:
    link = library().connect(str(file), isolation_level=None)
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("PRAGMA synchronous=FULL")
    link.execute("CREATE TABLE inbox (key TEXT UNIQUE, raw BLOB)")
    began = time.perf_counter()
    for number in range(_ROWS):
        link.execute("BEGIN IMMEDIATE")
        link.execute("INSERT INTO inbox VALUES (?, ?)", (f"key{number}", _RAW))
        link.execute("COMMIT")
    took = time.perf_counter() - began
    link.close()
    return _ROWS / took
