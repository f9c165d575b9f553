"""After an import: whoever of the new may be somebody known is proposed as a duplicate, and never joined by itself."""

from typing import Final

from crm_store.actions import duplicates
from crm_store.engine.store import Desk
from crm_store.lookup import duplicate_check
from crm_store.queries import imports as import_queries

MOST: Final = 300
"""New people looked at right away; of a longer list those with a known name come first, the night looks at the rest."""
_AT_ONCE: Final = 20


def propose(desk: Desk, import_id: str) -> int:
    """Look at the new people of an import, and say how many pairs wait for a decision since."""
    made = desk.read_now(import_queries.made_customers, import_id, MOST)
    waiting = 0
    for start in range(0, len(made), _AT_ONCE):
        found = desk.read_now(duplicate_check.pairs_of, made[start : start + _AT_ONCE])
        for at in range(0, len(found), duplicates.AT_ONCE):
            waiting += desk.write_now(duplicates.propose, found[at : at + duplicates.AT_ONCE])
    return waiting
