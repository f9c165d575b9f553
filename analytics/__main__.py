"""The analyst: a child process that reads one order, reads the store, and prints results; it never writes."""

import json
import os
import sys
from datetime import date
from typing import Any

from analytics import run
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.errors import CrmError
from crm_store.settings import read


def main() -> int:
    """Answer one order; 0 when all was told, 1 with a line `failed` otherwise."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        order = json.loads(sys.stdin.readline())
        team_id, as_of = str(order["team_id"]), date.fromisoformat(order["as_of"])
    except (ValueError, KeyError, TypeError):
        tell({"line": "failed", "sentence": "The order could not be read."})
        return 2
    try:
        store = open_store(read(), SystemClock())
        try:
            for line in run.answer(store, team_id, as_of, lambda words: tell({"line": "progress", "text": words})):
                tell(line)
        finally:
            store.close()
    except CrmError as problem:
        tell({"line": "failed", "sentence": problem.sentence})
        return 1
    return 0


def tell(line: dict[str, Any]) -> None:
    """One line for the parent; a number that is none would be a defect and raises."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
