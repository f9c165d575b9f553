"""The analyst: a child process that reads one order, reads the store, and prints results; it never writes."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date

from analytics.lines import Line
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
        few = [str(one) for one in order.get("customers", ())]
    except (ValueError, KeyError, TypeError):
        tell({"line": "failed", "sentence": "The order could not be read."})
        return 2
    try:
        store = open_store(read(), SystemClock())
        try:
            for line in answers(store, team_id, as_of, few):
                tell(line)
        finally:
            store.close()
    except CrmError as problem:
        tell({"line": "failed", "sentence": problem.sentence})
        return 1
    return 0


def answers(store: Store, team_id: str, as_of: date, few: list[str]) -> Iterator[Line]:
    """The lines of a whole analysis, or of new scores for a few customers, which need no learning library."""
    if few:
        from analytics import refresh  # noqa: PLC0415 -- each kind of order loads only what it needs

        return refresh.answer(store, team_id, as_of, few, _progress)
    from analytics import run  # noqa: PLC0415 -- the libraries that learn take seconds to load

    return run.answer(store, team_id, as_of, _progress)


def _progress(words: str) -> None:
    tell({"line": "progress", "text": words})


def tell(line: Line) -> None:
    """One line for the parent; a number that is none would be a defect and raises."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
