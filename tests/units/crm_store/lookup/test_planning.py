"""SQLite reads the few rows that a look-up and a write of its words ask for, whatever it knows of the tables' sizes."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from crm_store import lookup
from crm_store.actions import customers
from crm_store.engine import statistics
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.lookup.reading import Plain
from crm_store.lookup.vocabulary import _statement
from crm_store.values.acts import NewCustomer
from tests.cast import Cast

# Whoever makes an index reads all.
READS_ALL = {"index_build"}


def _statements() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(lookup.__path__):
        of = importlib.import_module(f"crm_store.lookup.{module.name}")
        for name, value in vars(of).items():
            whole = f"{module.name}.{name}"
            if isinstance(value, Plain) and module.name not in READS_ALL:
                yield whole, value.sqlite
    yield "vocabulary._statement", _statement(2).sqlite


def _forget(connection: Connection) -> None:
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def _suppose(connection: Connection) -> None:
    statistics.suppose(connection)
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def _many(work: Work) -> None:
    for at in range(150):
        firm = f"Firm {at % 20} Ltd"
        customers.add(
            work, NewCustomer(f"Ann Lee{at}", (f"ann{at}@x.example",), (f"+44 20 7946 {at:04}",), company=firm)
        )


def _walks(connection: Connection, statement: str) -> list[str]:
    """The steps of the plan that read a whole table, or all of a team's rows in one."""
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (None,) * statement.count("?"))
    steps = [str(row[3]) for row in plan]
    made = ("json_each", " AS ", "SCAN a", "SCAN c", "SCAN j", "SCAN z", "SCAN b", "SCAN (subquery", "SCAN CONSTANT")
    whole = [one for one in steps if one.startswith("SCAN") and not any(name in one for name in made)]
    # Of changes the newest alone is read, which is the last of a team.
    return whole + [one for one in steps if one.endswith("(team_id=?)") and "lookup_changes" not in one]


@pytest.mark.parametrize("knowing", [_forget, _suppose])
def test_each_statement_of_the_look_up_reads_few_rows_whatever_is_known(cast: Cast, knowing: object) -> None:
    cast.ada.write_now(_many)
    store = cast.store
    assert isinstance(store, SqliteStore)
    assert callable(knowing)
    with store.writing_connection() as connection:
        knowing(connection)
        walking = {name: walks for name, one in _statements() if (walks := _walks(connection, one))}
    assert walking == {}


def test_a_statement_that_walks_would_be_seen(cast: Cast) -> None:
    store = cast.store
    assert isinstance(store, SqliteStore)
    with store.writing_connection() as connection:
        _forget(connection)
        assert _walks(connection, "SELECT owner_row FROM contact_points WHERE team_id = ? AND value_key IN (?)")
