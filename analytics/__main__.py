"""The analyst: a child process that reads one order, reads the store, and prints results; it never writes."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date

from analytics.lines import Line, told
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.settings import read


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
    """A whole analysis; the store is closed before its halves part, since a process may not share what is open."""
    from analytics import run  # noqa: PLC0415 -- the libraries that learn take seconds to load
    from analytics.lanes import Voice  # noqa: PLC0415 -- the same

    with closing(store):
        known = run.read(store, team_id, as_of, _progress)
    run.tell_all(known, Voice(), cores)


def _progress(words: str) -> None:
    tell({"line": "progress", "text": words})


def tell(line: Line) -> None:
    """One line for the parent."""
    sys.stdout.buffer.write(told(line))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
