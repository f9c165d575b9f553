"""Alembic's entry: migrates the connection it is handed, or the store that the settings name."""

from alembic import context
from sqlalchemy import Connection

from crm_store import models as _tables  # noqa: F401 -- the metadata must know every table
from crm_store import settings
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.models.columns import Base


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    _migrate(handed)
else:
    store = open_store(settings.read(), SystemClock())
    with store.writing_connection() as own:
        _migrate(own)
    store.close()
