"""After an import: whoever of the new may be somebody known is proposed as a duplicate, and never joined by itself."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from crm_store.actions import duplicates
from crm_store.engine.store import Desk
from crm_store.lookup import duplicate_check
from crm_store.queries import imports as import_queries
from crm_store.values.duplicates import FoundPair

MOST: Final = 300
"""New people of whom each is looked up at once; of a longer list only namesakes are judged, the night does the rest."""
_MOST_NAMESAKES: Final = 5_000
_LOOKED_UP_AT_ONCE: Final = 20
_JUDGED_AT_ONCE: Final = 100
Item = TypeVar("Item")


def propose(desk: Desk, import_id: str) -> int:
    """Look at the new people of an import, and say how many pairs wait for a decision since."""
    waiting = 0
    for found in _found(desk, import_id):
        for some in _groups(found, duplicates.AT_ONCE):
            waiting += desk.write_now(duplicates.propose, some)
    return waiting


def _found(desk: Desk, import_id: str) -> Iterator[tuple[FoundPair, ...]]:
    made = desk.read_now(import_queries.made_customers, import_id, MOST + 1)
    if len(made) <= MOST:
        for some in _groups(made, _LOOKED_UP_AT_ONCE):
            yield desk.read_now(duplicate_check.pairs_of, some)
        return
    namesakes = desk.read_now(import_queries.made_namesakes, import_id, _MOST_NAMESAKES)
    for pairs in _groups(namesakes, _JUDGED_AT_ONCE):
        yield desk.read_now(duplicate_check.pairs_among, pairs)


def _groups(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some
