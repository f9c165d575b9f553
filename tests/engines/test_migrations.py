"""Migrations bring a store to exactly the schema that the models describe."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.migrations.upgrade import bring_up_to_date, current, newest
from crm_store.models.columns import Base


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


def test_an_empty_store_is_brought_to_the_schema_of_the_models(empty_store: Store) -> None:
    assert current(empty_store) is None
    done = bring_up_to_date(empty_store)
    assert (done.before, done.after, current(empty_store)) == (None, newest(), newest())
    with empty_store.writing_connection() as connection:
        assert _differences(connection) == []


def test_a_column_too_few_would_be_seen(empty_store: Store) -> None:
    bring_up_to_date(empty_store)
    with empty_store.writing_connection() as connection:
        connection.execute(text("ALTER TABLE tasks DROP COLUMN title"))
        assert [one[0] for one in _differences(connection)] == ["add_column"]


def test_bringing_up_to_date_twice_changes_nothing(store: Store) -> None:
    done = bring_up_to_date(store)
    assert (done.before, done.after, done.copy) == (newest(), newest(), None)


def test_a_copy_of_the_old_file_is_kept_beside_the_new_one(empty_store: Store, clock: MovableClock) -> None:
    if not isinstance(empty_store, SqliteStore):
        return
    bring_up_to_date(empty_store, "0004")
    done = bring_up_to_date(empty_store)
    assert done.before == "0004"
    assert done.copy is not None
    kept = SqliteStore(f"sqlite:///{done.copy}", clock)
    assert current(kept) == "0004"
    kept.close()
