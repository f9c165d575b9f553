"""Bring a store's schema up to date; on SQLite a copy of the file is kept beside it first."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from crm_store.engine import statistics
from crm_store.engine.store import Store


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From which version to which; `copy` is the file kept of the old one."""

    before: str | None
    after: str
    copy: str | None


def newest() -> str:
    """The version this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def current(store: Store) -> str | None:
    """The version the store has; None for an empty one."""
    with store.writing_connection() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up_to_date(store: Store, version: str | None = None) -> Upgrade:
    """Migrate in one transaction, all or nothing; to the newest version unless an older one is named."""
    before = current(store)
    after = version or newest()
    if before == after:
        return Upgrade(before, after, None)
    copy = None
    with store.writing_connection() as connection:
        if before and connection.dialect.name == "sqlite":
            copy = _keep_copy(connection, before)
    with store.writing_connection() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, after)
        if connection.dialect.name == "sqlite":
            statistics.suppose(connection)
    return Upgrade(before, after, copy)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _keep_copy(connection: Connection, before: str) -> str:
    file = Path(str(connection.engine.url.database))
    copy = file.with_name(f"{file.name}.before-{before}")
    copy.unlink(missing_ok=True)
    # VACUUM INTO may not run inside a transaction, so it goes to the driver on a connection of its own.
    own = connection.dialect.loaded_dbapi.connect(str(file))
    try:
        own.execute("VACUUM INTO ?", (str(copy),))
    finally:
        own.close()
    return str(copy)
