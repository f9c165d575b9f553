"""Migrations bring a store to exactly the schema that the models describe."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, insert, text

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.migrations.upgrade import bring_up_to_date, current, newest
from crm_store.models.columns import Base
from crm_store.models.people import Company, Customer


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


def _row(model: type[Base], **given: object) -> tuple[Table, dict[str, object]]:
    """A row as an older version wrote it, with nothing in what may be empty."""
    table = Base.metadata.tables[model.__tablename__]
    usual: dict[str, object] = {"level": "team", "source": "chat", "needs_check": False, "version": 1, "domains": []}
    return table, {name: value for name, value in {**usual, **given}.items() if name in table.columns}


def test_who_was_there_before_word_pairs_were_kept_is_found_by_them_like_whoever_comes(
    empty_store: Store, clock: MovableClock
) -> None:
    bring_up_to_date(empty_store, "0028")
    now = clock.now()
    with empty_store.writing_connection() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('crm.team', '*', true)"))
        for team in ("tea_one", "tea_two"):
            some = [
                _row(
                    Company, team_id=team, company_id="com_1", name="Ashby & Partners GmbH", name_key="", created_at=now
                )
            ]
            for at, gone in enumerate((None, None, now)):
                name, firm = f"Katherine Müller {at}", "com_1" if at else None
                some.append(
                    _row(Customer, team_id=team, customer_id=f"cus_{at}", name=name, company_id=firm, created_at=now,
                         name_key="", removed_at=gone)
                )  # fmt: skip
            for table, row in some:
                connection.execute(insert(table).values(row))
    bring_up_to_date(empty_store)

    def kept(work: Work) -> list[tuple[int, str]]:
        rows = work.connection.execute(
            text("SELECT key, customer_id FROM word_pairs WHERE team_id = :team ORDER BY 1, 2"), {"team": work.team_id}
        )
        return [(key, customer_id) for key, customer_id in rows]

    for team in ("tea_one", "tea_two"):
        desk = empty_store.team(team)
        before = desk.read_now(kept)
        assert {customer_id for _, customer_id in before} == {"cus_0", "cus_1"}
        desk.write_now(tokens.refresh_many, ["cus_0", "cus_1", "cus_2"])
        assert desk.read_now(kept) == before
