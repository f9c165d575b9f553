"""Empty stores for tests: tables are made once a process and copied, statements compiled once and kept."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

from crm_store.clock import Clock, MovableClock
from crm_store.engine import statistics
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.columns import Base

Opened = TypeVar("Opened", bound=Store)
_STATEMENTS: Final[LRUCache[Any, Any]] = LRUCache(4_000)
_dialects: dict[str, Dialect] = {}


def fresh(file: Path, clock: Clock) -> SqliteStore:
    """An empty store, open, with the tables as the models have them."""
    _lay(file, _made_of(_by_the_models))
    return fluent(SqliteStore(f"sqlite:///{file}", clock))


def migrated(file: Path) -> Path:
    """The file of an empty store with the newest schema, for whoever opens it: as `crm migrate` leaves it."""
    return _lay(file, _made_of(bring_up_to_date))


def fluent(store: Opened) -> Opened:
    """The store itself, for which no statement is compiled that was compiled for another: half of what a test takes."""
    for engine in store.engines:
        spoken = engine.dialect.name
        if spoken not in _dialects:
            # A dialect asks its server once what that can do.
            with engine.connect():
                _dialects[spoken] = engine.dialect
        engine.dialect = _dialects[spoken]
        engine.update_execution_options(compiled_cache=_STATEMENTS)
    return store


def _by_the_models(store: SqliteStore) -> None:
    Base.metadata.create_all(store.writer)
    with store.writing_connection() as connection:
        statistics.suppose(connection)


def _lay(file: Path, content: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@cache
def _made_of(make: Callable[[SqliteStore], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "crm.db"
        store = SqliteStore(f"sqlite:///{file}", MovableClock())
        make(store)
        store.close()
        return file.read_bytes()
