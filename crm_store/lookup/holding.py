"""Which indexes this process holds; without numpy, for whoever holds none."""

import threading
from typing import Final

from sqlalchemy import Engine

from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.lookup.retrieval import Retriever

_HELD: Final[dict[tuple[Engine, str], Retriever]] = {}
_LOCK: Final = threading.Lock()


def hold(store: Store, team_id: str, index: Retriever) -> None:
    """Let the look-ups of this team at this store be answered by the index."""
    with _LOCK:
        for engine in store.engines:
            _HELD[engine, team_id] = index


def let_go(store: Store, team_id: str = "") -> None:
    """Let the team's look-ups, or those of all teams of the store, be answered by the tables again."""
    engines = set(store.engines)
    with _LOCK:
        for engine, of_team in list(_HELD):
            if engine in engines and team_id in ("", of_team):
                del _HELD[engine, of_team]


def held(work: Work) -> Retriever | None:
    """The index for this unit's team, where there is one."""
    return _HELD.get((work.connection.engine, work.team_id)) if _HELD else None
