"""SQLite: one writer thread that commits in groups, a few reading threads, and a floor under the library's version."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from crm_store.clock import Clock
from crm_store.engine.checkpoints import CEILING, KEPT, Checkpoints
from crm_store.engine.orders import PATIENT, URGENT, USUAL, Order, Orders, alike, answers
from crm_store.engine.patience import FEW, Patience
from crm_store.engine.store import Store, stopping
from crm_store.engine.turns import Turns
from crm_store.engine.work import Work
from crm_store.errors import BadSetting, StoreUnavailable
from crm_store.log import get_logger

SAFE_SQLITE: Final = (3, 51, 3)
_READERS = 2  # More would take the interpreter from the event loop, which has to acknowledge.
R = TypeVar("R")
_PATIENCE: Final = 8.0
_SQLITE_ERROR: Final = 1
# The writer touches pages all over its indexes: with room for them an import takes less.
_WRITERS_CACHE, _READERS_CACHE = -32_000, -8_000
_log = get_logger(__name__)


def library() -> ModuleType:
    """The newest SQLite at hand; raises BadSetting where it has the WAL-reset bug (fixed in 3.51.3)."""
    import sqlite3  # noqa: PLC0415 -- which of two libraries is loaded is decided here

    candidates: list[Any] = [sqlite3]
    try:
        import pysqlite3  # noqa: PLC0415 -- exists on Linux only

        candidates.append(pysqlite3)
    except ImportError:
        pass
    best: ModuleType = max(candidates, key=lambda module: module.sqlite_version_info)
    refuse_unsafe(best.sqlite_version_info)
    return best


def refuse_unsafe(version: tuple[int, ...]) -> None:
    """Raise BadSetting for a SQLite in which two connections can corrupt a WAL file."""
    if version < SAFE_SQLITE:
        shown, floor = (".".join(map(str, one)) for one in (version, SAFE_SQLITE))
        raise BadSetting(
            f"This Python has SQLite {shown}, in which several connections can damage the data file; "
            f"install pysqlite3 (or a Python with SQLite {floor} or newer), or set DATABASE_URL to PostgreSQL."
        )


class _OneFailed(Exception):
    """One of a group without savepoints failed, and what the others did went with it."""


class _MadeWay(BaseException):
    """A group of the patient was broken off, since committing it would keep whoever waits longer than doing it anew."""


class SqliteStore(Store):
    """The embedded engine."""

    def __init__(self, url: str, clock: Clock, group: int = 200) -> None:
        super().__init__(clock)
        self._module = library()
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._group = group
        self.patience = _PATIENCE
        self.writer = self._engine(url, query_only=False, size=1)
        try:
            with self.writer.connect():
                pass
        except OperationalError as problem:
            self.writer.dispose()
            raise StoreUnavailable(f"The data file {path} cannot be opened.") from problem
        self.readers = self._engine(url, query_only=True, size=_READERS)
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._closed = False
        self._door = threading.Lock()
        self._turns = Turns(path)
        self._patience = Patience()
        self._orders = Orders(group, self._patience)
        self._checkpoints = Checkpoints(partial(self._module.connect, path, timeout=0.05, isolation_level=None))
        self._thread = threading.Thread(target=self._write_in_groups, name="store-writer", daemon=True)
        self._thread.start()

    def _engine(self, url: str, *, query_only: bool, size: int) -> Engine:
        engine = create_engine(
            url,
            module=self._module,
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            connect_args={"check_same_thread": False, "timeout": 0.05},
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "mmap_size=0"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")
            connection.execute(f"PRAGMA cache_size={_READERS_CACHE if query_only else _WRITERS_CACHE}")
            if not query_only:
                # Inside a transaction the mode cannot be changed, so it is set before SQLAlchemy begins one.
                connection.execute(f"PRAGMA busy_timeout={int(_PATIENCE * 1000)}")
                connection.execute("PRAGMA journal_mode=WAL")
                # SQLite's own waits grow to some 17 ms, in which whoever made way has taken the lock again.
                connection.execute("PRAGMA busy_timeout=0")
                # What a unit would have to take back is kept in memory, not in a passing file.
                connection.execute("PRAGMA temp_store=MEMORY")
                connection.execute(f"PRAGMA wal_autocheckpoint={CEILING}")
                connection.execute(f"PRAGMA journal_size_limit={KEPT}")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN" if query_only else "BEGIN IMMEDIATE")

        return engine

    def submit_read(self, team_id: str, actor: str, query: Callable[[Work], R]) -> Future[R]:
        """Run a query in a reader's thread."""
        with self._door:
            if self._closed:
                return stopping()
            return self._threads.submit(self._read, team_id, actor, query)

    def read_here(self, team_id: str, actor: str, query: Callable[[Work], R]) -> R:
        """Run a query in the thread that waits for it, which costs less than handing it over and back."""
        with self._door:
            closed = self._closed
        return stopping().result() if closed else self._read(team_id, actor, query)

    def _read(self, team_id: str, actor: str, query: Callable[[Work], R]) -> R:
        try:
            with self.readers.connect() as connection, connection.begin():
                work = Work(connection, self.clock, team_id, actor)
                try:
                    return query(work)
                finally:
                    work.close()
        except OperationalError as problem:
            if _wrong_statement(problem.orig):
                raise
            raise StoreUnavailable from problem

    def submit_write(
        self,
        team_id: str,
        actor: str,
        action: Callable[[Work], R],
        *,
        urgent: bool = False,
        patient: bool = False,
    ) -> Future[R]:
        """Queue an action for the writer; the future is done after the group's commit."""
        rank = URGENT if urgent else PATIENT if patient else USUAL
        with self._door:
            if self._closed:
                return stopping()
            return self._orders.add(rank, team_id, actor, action)

    @contextmanager
    def writing_connection(self) -> Iterator[Connection]:
        """A connection in a transaction of its own, for migrations alone; it waits its turn as units do."""
        with self.writer.connect() as connection, self._begin(connection):
            yield connection

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The writer's and the readers'."""
        return self.writer, self.readers

    def close(self) -> None:
        """Finish what was submitted, then close."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._orders.end()
        self._thread.join()
        self._checkpoints.close()
        self._threads.shutdown()
        self.writer.dispose()
        self.readers.dispose()
        self._turns.close()

    def _write_in_groups(self) -> None:
        while group := self._orders.next_group():
            # Whoever waits may have given up; from here on a waiter cannot, so that the answer finds it.
            awaited = [one for one in group if one.answer.running() or one.answer.set_running_or_notify_cancel()]
            if awaited:
                self._write(awaited)

    def _write(self, group: list[Order]) -> None:
        """Together; where one of the patient fails, which have no savepoints, each by itself once more."""
        try:
            self._write_together(group)
        except _OneFailed:
            for order in group:
                self._write_together([order])
        except _MadeWay:
            self._orders.put_back(group)
            self._make_way(patient=True)

    def _write_together(self, group: list[Order]) -> None:
        """All orders in one transaction, each in its own savepoint; answers only after the commit."""
        kept: list[tuple[Order, Any, set[str]]] = []
        failed: list[tuple[Order, BaseException]] = []
        patient = group[0].rank == PATIENT
        try:
            with self.writer.connect() as connection:
                transaction = self._begin(connection)
                try:
                    self._patience.begun(connection.connection.driver_connection, patient=patient)
                    self._each(connection, group, kept, failed)
                    if kept:
                        self._take_along(connection, group, kept, failed)
                        transaction.commit()
                    elif transaction.is_active:
                        transaction.rollback()
                except BaseException:
                    # A commit that fails leaves SQLite's transaction open, and the next group could not begin its own.
                    connection.connection.rollback()
                    raise
        except (_OneFailed, _MadeWay):
            raise
        except BaseException as problem:  # noqa: BLE001 -- the commit itself failed: every waiter must hear of it
            _log.error("commit_failed", problem=type(problem).__name__, orders=len(group))
            for order in group:
                order.answer.set_exception(self._speaking(problem))
            return
        # Bells first: whoever hears that an address was revoked must find that the door knows it too.
        self.bells.ring({ring for _order, _result, rings in kept for ring in rings})
        for order, fault in failed:
            order.answer.set_exception(self._speaking(fault))
        for order, result, _rings in kept:
            order.answer.set_result(result)
        if kept:
            self._checkpoints.committed()
        self._make_way(patient=patient)

    def _make_way(self, *, patient: bool) -> None:
        if patient:
            self._turns.make_way()
            with self.writer.connect() as connection:
                self._patience.copy(connection.connection.driver_connection)
        elif not self._orders.empty():
            self._patience.met()

    def _each(
        self,
        connection: Connection,
        group: list[Order],
        kept: list[tuple[Order, Any, set[str]]],
        failed: list[tuple[Order, BaseException]],
    ) -> None:
        """One after another; once somebody waits who goes before them, the rest go back to their places."""
        # For a savepoint the database copies each page that the unit touches, which is much for many patient ones.
        alone = len(group) == 1 or group[0].rank == PATIENT
        breaks_off = group[0].rank == PATIENT and self._patience.breaks_off(len(group))
        at = 0
        while at < len(group):
            if at and self._makes_way(group[at].rank):
                if breaks_off and at > FEW:
                    raise _MadeWay
                self._orders.put_back(group[at:])
                del group[at:]
                return
            some = alike(group, at, self._patience.at_one_go(len(group)))
            self._do(connection, some, kept, failed, alone=alone, stop=self._stop if breaks_off else None)
            if failed and alone and len(group) > 1:
                raise _OneFailed
            at += len(some)

    def _stop(self) -> None:
        """Asked in the middle of a unit, which is then broken off with the rest of its group."""
        if self._makes_way(PATIENT):
            raise _MadeWay

    def _makes_way(self, rank: int) -> bool:
        waits = self._orders.go_before(rank) or (rank == PATIENT and self._turns.others_wait())
        if waits and rank == PATIENT:
            self._patience.met()
        return waits

    def _take_along(
        self,
        connection: Connection,
        group: list[Order],
        kept: list[tuple[Order, Any, set[str]]],
        failed: list[tuple[Order, BaseException]],
    ) -> None:
        """What has to be acknowledged and came meanwhile shares this commit, and so does not wait for two."""
        for _ in range(self._group):
            if (order := self._orders.next_of(URGENT)) is None:
                return
            if order.answer.set_running_or_notify_cancel():
                group.append(order)
                self._do(connection, [order], kept, failed, alone=False)

    def _do(
        self,
        connection: Connection,
        orders: Sequence[Order],
        kept: list[tuple[Order, Any, set[str]]],
        failed: list[tuple[Order, BaseException]],
        *,
        alone: bool,
        stop: Callable[[], None] | None = None,
    ) -> None:
        """One order, or several that are alike by one call."""
        # A session whose flush fails rolls back what it joined: that must be the unit's own, not the group's.
        unit = None if alone else connection.begin_nested()
        work = Work(connection, self.clock, orders[0].team_id, orders[0].actor, stop=stop)
        try:
            results = answers(work, orders)
            work.flush()
            if unit is not None:
                unit.commit()
        except _MadeWay:
            raise
        except BaseException as problem:  # noqa: BLE001 -- one failing action must not take group or thread with it
            if unit is not None and unit.is_active:
                unit.rollback()
            failed.append((orders[0], problem))
        else:
            kept += [(order, result, work.rings) for order, result in zip(orders, results, strict=True)]
        finally:
            work.close()

    def _begin(self, connection: Connection) -> Any:
        """BEGIN IMMEDIATE, repeated with jitter while another process writes."""
        deadline = time.monotonic() + self.patience
        with self._turns.waiting():
            while True:
                try:
                    return connection.begin()
                except OperationalError as problem:
                    if "locked" not in str(problem) or time.monotonic() > deadline:
                        raise
                    time.sleep(random.uniform(0.001, 0.004))  # noqa: S311 -- jitter, not secrecy

    def _speaking(self, problem: BaseException) -> BaseException:
        """A fault of the database becomes StoreUnavailable; whatever else is raised stays what it is."""
        lost = isinstance(problem, DBAPIError) and problem.connection_invalidated
        failed = isinstance(problem, OperationalError | self._module.OperationalError)
        if lost or (failed and not _wrong_statement(getattr(problem, "orig", problem))):
            speaking = StoreUnavailable()
            speaking.__cause__ = problem
            return speaking
        return problem


def _wrong_statement(problem: BaseException | None) -> bool:
    """Whether SQLite refused the SQL itself: a defect of ours, which no waiting mends.

    A store that is not migrated yet is none, nor is what follows an outage that has ended a transaction.
    """
    code = getattr(problem, "sqlite_errorcode", None)
    told = str(problem)
    passing = ("savepoint", "transaction", "no such table")
    return code is not None and code & 0xFF == _SQLITE_ERROR and not any(one in told for one in passing)
