"""PostgreSQL by psycopg 3: a bounded thread pool, timeouts, keepalives, and repeats where the server asks for one."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crm_store.clock import Clock
from crm_store.engine.store import Store, stopping
from crm_store.engine.wire import Wire
from crm_store.engine.work import Work
from crm_store.errors import StoreUnavailable

_THREADS = 8
_URGENT_THREADS = 2
R = TypeVar("R")
_ATTEMPTS = 4
_REPEAT = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_CONNECT = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
    " -c timezone=UTC",
}


class PostgresStore(Store):
    """The engine for many machines."""

    def __init__(self, url: str, clock: Clock) -> None:
        super().__init__(clock)
        self.engine = create_engine(
            url,
            pool_size=_THREADS + _URGENT_THREADS,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args=_CONNECT,
        )
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")
        self._urgent = ThreadPoolExecutor(_URGENT_THREADS, thread_name_prefix="store-urgent")
        self.wire = Wire(self._line, self.bells.ring)
        self._closed = False
        self._door = threading.Lock()

    def _line(self) -> "psycopg.Connection[Any]":
        """A connection of its own, past the pool, since it is held for as long as the process lives."""
        where, given = self.engine.dialect.create_connect_args(self.engine.url)
        options = {**given, **_CONNECT, "options": "-c timezone=UTC"}
        return psycopg.connect(*where, **options, autocommit=True)

    def listen(self) -> bool:
        """Hear the bells of other processes at once; without it what they ring for is found within 250 ms."""
        self.wire.listen()
        return True

    def submit_read(self, team_id: str, actor: str, query: Callable[[Work], R]) -> Future[R]:
        """Run a query in a thread of the pool, in a read-only transaction."""
        return self._submit(team_id, actor, query, read_only=True)

    def submit_write(
        self,
        team_id: str,
        actor: str,
        action: Callable[[Work], R],
        *,
        urgent: bool = False,
        patient: bool = False,
    ) -> Future[R]:
        """Run an action in a transaction of its own; urgent ones have threads of their own, and none makes way."""
        return self._submit(team_id, actor, action, read_only=False, urgent=urgent)

    def _submit(
        self, team_id: str, actor: str, function: Callable[[Work], R], *, read_only: bool, urgent: bool = False
    ) -> Future[R]:
        with self._door:
            if self._closed:
                return stopping()
            threads = self._urgent if urgent else self._threads
            return threads.submit(self._run, team_id, actor, function, read_only)

    def _run(self, team_id: str, actor: str, function: Callable[[Work], R], read_only: bool) -> R:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._once(team_id, actor, function, read_only)
            except DBAPIError as problem:
                repeat = getattr(problem.orig, "sqlstate", None) in _REPEAT
                if not (repeat or problem.connection_invalidated or isinstance(problem, OperationalError)):
                    raise
                if not repeat or attempt == _ATTEMPTS:
                    raise StoreUnavailable from problem
                time.sleep(random.uniform(0.001, 0.02) * attempt)  # noqa: S311 -- jitter, not secrecy
            except PoolTimeout as problem:
                raise StoreUnavailable from problem
        raise StoreUnavailable

    def _once(self, team_id: str, actor: str, function: Callable[[Work], R], read_only: bool) -> R:
        with self.engine.connect() as connection, connection.begin():
            # Row-level security is the second wall: the policy of each table compares with this setting.
            connection.execute(text("SET TRANSACTION READ ONLY" if read_only else "SET TRANSACTION READ WRITE"))
            connection.execute(text("SELECT set_config('crm.team', :team, true)"), {"team": team_id})
            work = Work(connection, self.clock, team_id, actor)
            try:
                result = function(work)
                work.flush()
                if work.rings:
                    self.wire.send(connection, work.rings)
            finally:
                work.close()
        self.bells.ring(work.rings)
        return result

    def writing_connection(self) -> AbstractContextManager[Connection]:
        """A connection in a transaction of its own, for migrations alone."""
        return self.engine.begin()

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The only one."""
        return (self.engine,)

    def close(self) -> None:
        """Finish what was submitted, then close."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        self.wire.close()
        self._threads.shutdown()
        self._urgent.shutdown()
        self.engine.dispose()
