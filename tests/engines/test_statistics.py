"""SQLite is told how large tables are; every connection hears it, and nobody's small table stays in its mind."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from crm_store.actions import jobs as rows
from crm_store.clock import MovableClock
from crm_store.engine import statistics
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer
from tests import stores
from tests.cast import gather

ASKED = count()


def known(connection: Connection) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.exec_driver_sql("SELECT idx, stat FROM sqlite_stat1")}


def plan(work: Work) -> str:
    """How it is found out who wrote each mail since a moment: by the mail, or through all participants there are."""
    query = (
        select(Participant.customer_id)
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(Communication.happened_at > work.now, Participant.customer_id.is_not(None))
        .where(Communication.team_id == work.team_id, Participant.team_id == work.team_id)
    )
    compiled = query.compile(work.connection, compile_kwargs={"literal_binds": True})
    # A statement that runs sees that the schema is another; one that was explained before is not explained anew.
    work.connection.exec_driver_sql(str(compiled)).all()
    steps = list(work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled} -- {next(ASKED)}"))
    return "\n".join(str(step[3]) for step in steps)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store as `crm migrate` leaves it."""
    store = SqliteStore(f"sqlite:///{stores.migrated(tmp_path / 'crm.db')}", MovableClock())
    yield store
    store.close()


def test_a_migrated_store_supposes_a_large_team_and_the_same_in_every_index(opened: SqliteStore) -> None:
    with opened.writing_connection() as connection:
        told = known(connection)
        assert told["ix_participants_team_id_customer_id"] == "10000 10000 10"
        assert told["ix_deals_team_id_state"] == "10000 10000 2500"
        assert told["sqlite_autoindex_customers_1"] == "10000 10000 1"
        assert not statistics.suppose(connection)


def test_what_sqlite_learnt_otherwise_is_forgotten_by_connections_that_are_open(opened: SqliteStore) -> None:
    desk = gather(opened).ada
    right = desk.read_now(plan)
    assert "SEARCH participants USING INDEX ix_participants_team_id_communication_id" in right
    with opened.writing_connection() as connection:
        connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = '9000 9000 9000' WHERE idx LIKE '%communication_id'")
        version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    assert desk.read_now(plan) != right
    assert desk.write_now(rows.tune)
    assert desk.read_now(plan) == right
    assert not desk.write_now(rows.tune)


def test_whoever_writes_much_lets_postgresql_learn_how_large_tables_are(store: Store) -> None:
    cast = gather(store)
    cast.ada.write_now(_add_people, 40)
    known = cast.ada.write_now(statistics.learn)
    assert known == (not isinstance(store, SqliteStore))
    if known:
        assert cast.ada.read_now(_supposed_people) == 40


def _add_people(work: Work, number: int) -> None:
    shared = {"name": "Ann Lee", "name_key": "ann lee", "created_at": work.now}
    work.insert(Customer, [{"customer_id": f"cus_{at}", **shared} for at in range(number)])


def _supposed_people(work: Work) -> int:
    return int(
        work.connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'customers'").scalar_one()
    )
