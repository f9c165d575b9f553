"""Store.read and Store.write on SQLite and PostgreSQL."""

from crm_store.clock import Clock
from crm_store.engine.store import SYSTEM, Desk, Store
from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.settings import Settings

__all__ = ["ALL_TEAMS", "SYSTEM", "Desk", "Store", "Work", "open_store"]


def open_store(settings: Settings, clock: Clock) -> Store:
    """The engine that the settings name."""
    url = settings.store_url
    if url.startswith("sqlite"):
        from crm_store.engine.sqlite import SqliteStore  # noqa: PLC0415 -- load only the engine in use

        return SqliteStore(url, clock, settings.writes_per_transaction)
    from crm_store.engine.postgres import PostgresStore  # noqa: PLC0415 -- load only the engine in use

    return PostgresStore(url, clock)
