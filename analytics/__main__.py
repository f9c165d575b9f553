"""The analyst: a child process that reads one order, reads the store, and prints results; it never writes."""

import gc
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from importlib import import_module
from typing import Final

from analytics.lanes import Voice
from analytics.lines import Line, told
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.settings import read

_NEVER: Final = 1_000_000
"""So many looks through the young come before one through all, which is more than an analysis has."""


def main() -> int:
    """Answer one order; 0 when all was told, 1 with a line `failed` otherwise."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        order = json.loads(sys.stdin.readline())
        team_id, as_of = str(order["team_id"]), date.fromisoformat(order["as_of"])
        few, cores = [str(one) for one in order.get("customers", ())], int(order.get("cores", 1))
    except (ValueError, KeyError, TypeError):
        tell({"line": "failed", "sentence": "The order could not be read."})
        return 2
    try:
        store = open_store(read(), SystemClock())
        if few:
            with closing(store):
                for line in answers(store, team_id, as_of, few):
                    tell(line)
        else:
            _whole(store, team_id, as_of, cores)
    except CrmError as problem:
        tell({"line": "failed", "sentence": problem.sentence})
        return 1
    return 0


def answers(store: Store, team_id: str, as_of: date, few: list[str]) -> Iterator[Line]:
    """The lines of new scores for a few customers, which need no learning library."""
    from analytics import refresh  # noqa: PLC0415 -- each kind of order loads only what it needs

    return refresh.answer(store, team_id, as_of, few, _progress)


def _whole(store: Store, team_id: str, as_of: date, cores: int) -> None:
    """A whole analysis; the store is closed before its halves part, since a process may not share what is open.

    What learns is loaded while the database reads. The thread has ended before the halves part. Python does not look
    for garbage among all that was read: there is none, and looking took an eighth of the time.
    """
    youngest, young, _ = gc.get_threshold()
    gc.set_threshold(youngest, young, _NEVER)
    from analytics import reading  # noqa: PLC0415 -- each kind of order loads only what it needs

    with closing(store):
        desk = store.team(team_id)
        _progress("reading histories")
        with ThreadPoolExecutor(1) as beside:
            loaded = beside.submit(import_module, "analytics.run")
            histories = reading.everything(desk, as_of, _progress)
            loaded.result()
        from analytics import run  # noqa: PLC0415 -- the libraries that learn take seconds to load

        known = run.read(desk, histories)
    run.tell_all(known, Voice(), cores)


def _progress(words: str) -> None:
    tell({"line": "progress", "text": words})


def tell(line: Line) -> None:
    """One line for the parent."""
    sys.stdout.buffer.write(told(line))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
