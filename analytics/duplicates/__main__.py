"""The child that looks for duplicates in one team's store: reads an order, reads the store, prints pairs."""

import json
import os
import sys
from collections.abc import Iterator, Sequence

from analytics.__main__ import tell
from analytics.duplicates import of_companies, of_store
from analytics.lines import Line
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.queries import company_pairs, duplicates
from crm_store.settings import read
from crm_store.values.duplicates import FoundPair

_AT_ONCE = 200


def main() -> int:
    """Answer one order; 0 when all was told, 1 with a line `failed` otherwise."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        team_id = str(json.loads(sys.stdin.readline())["team_id"])
    except (ValueError, KeyError, TypeError):
        tell({"line": "failed", "sentence": "The order could not be read."})
        return 2
    try:
        store = open_store(read(), SystemClock())
        try:
            for line in lines(store, team_id):
                tell(line)
        finally:
            store.close()
    except CrmError as problem:
        tell({"line": "failed", "sentence": problem.sentence})
        return 1
    return 0


def lines(store: Store, team_id: str) -> Iterator[Line]:
    """Pairs of people and then of companies in lines of 200, and the end with how many customers were looked at."""
    desk = store.team(team_id)
    records = desk.read_now(duplicates.records)
    decided = desk.read_now(duplicates.verdicts)
    yield from _pairs(of_store.proposed(records, decided, _progress))
    firms = desk.read_now(company_pairs.records)
    yield from _pairs(of_companies.proposed(firms, decided))
    yield {"line": "end", "customers": len(records)}


def _pairs(found: Sequence[FoundPair]) -> Iterator[Line]:
    for start in range(0, len(found), _AT_ONCE):
        rows = [
            {
                "a": one.a,
                "b": one.b,
                "probability": one.probability,
                "weight": one.weight,
                "why": list(one.why),
                "evidence": list(one.evidence),
                "identity": one.identity,
                "moved": one.moved,
            }
            for one in found[start : start + _AT_ONCE]
        ]
        yield {"line": "pairs", "rows": rows}


def _progress(words: str) -> None:
    tell({"line": "progress", "text": words})


if __name__ == "__main__":
    sys.exit(main())
