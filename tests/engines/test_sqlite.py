"""What only SQLite needs: a version without the WAL bug, safe settings of the connection, one writer among many."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import OperationalError

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SAFE_SQLITE, SqliteStore, library, refuse_unsafe
from crm_store.engine.work import Work
from crm_store.errors import BadSetting, NotFound, StoreUnavailable
from crm_store.models.plumbing import NeverLog
from tests import stores

TEAM = "tea_rapport"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
def embedded(file: Path, clock: MovableClock) -> Iterator[SqliteStore]:
    opened = stores.fresh(file, clock)
    yield opened
    opened.close()


def keep(work: Work, key: str) -> None:
    work.insert(NeverLog, [{"value_key": key, "added_by": "usr_ada"}])


def kept(work: Work) -> int:
    return work.session.scalar(select(func.count(NeverLog.value_key))) or 0


def pragma(connection: Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_the_library_in_use_has_no_wal_bug() -> None:
    assert library().sqlite_version_info >= SAFE_SQLITE == (3, 51, 3)


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 40, 1), (3, 7, 0)])
def test_an_older_library_is_refused_with_one_clear_sentence(version: tuple[int, ...]) -> None:
    with pytest.raises(BadSetting) as refused:
        refuse_unsafe(version)
    sentence = refused.value.sentence
    assert ".".join(map(str, version)) in sentence
    assert "3.51.3" in sentence
    assert "DATABASE_URL" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0)])
def test_a_newer_library_is_taken(version: tuple[int, ...]) -> None:
    refuse_unsafe(version)


def test_the_writing_connection_waits_for_the_disk(embedded: SqliteStore) -> None:
    def look(work: Work) -> list[Any]:
        names = ("synchronous", "journal_mode", "foreign_keys", "query_only", "mmap_size")
        return [pragma(work.connection, name) for name in names]

    assert embedded.team(TEAM).write_now(look) == [2, "wal", 1, 0, 0]


def test_the_reading_connections_cannot_write(embedded: SqliteStore) -> None:
    def look(work: Work) -> list[Any]:
        return [pragma(work.connection, name) for name in ("journal_mode", "query_only")]

    assert embedded.team(TEAM).read_now(look) == ["wal", 1]


def test_a_file_that_was_not_in_wal_mode_is_brought_to_it(file: Path, clock: MovableClock) -> None:
    """A copy made by VACUUM INTO comes without WAL."""
    plain = sqlite3.connect(file)
    plain.execute("CREATE TABLE anything (one)")
    plain.close()
    opened = SqliteStore(f"sqlite:///{file}", clock)
    assert opened.team(TEAM).write_now(lambda work: pragma(work.connection, "journal_mode")) == "wal"
    opened.close()


async def test_a_store_locked_by_another_program_is_unavailable_to_every_waiter(
    embedded: SqliteStore, file: Path
) -> None:
    embedded.patience = 0.2
    other = library().connect(str(file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    desk = embedded.team(TEAM)
    outcomes = await asyncio.gather(*(desk.write(keep, f"k{n}") for n in range(5)), return_exceptions=True)
    assert [type(one) for one in outcomes] == [StoreUnavailable] * 5
    assert await desk.read(kept) == 0
    other.execute("ROLLBACK")
    other.close()
    await desk.write(keep, "after")
    assert await desk.read(kept) == 1


async def test_a_failing_commit_is_told_to_every_waiter_of_the_group(embedded: SqliteStore) -> None:
    """A deferred foreign key is only checked by the commit: there the whole group fails."""

    def break_the_commit(work: Work) -> None:
        for statement in (
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO children VALUES (1)",
        ):
            work.connection.exec_driver_sql(statement)

    desk = embedded.team(TEAM)
    writes = [desk.write(keep, "before"), desk.write(break_the_commit), desk.write(keep, "after")]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(outcomes[1], Exception)
    kept_now = await desk.read(kept)
    # Whoever was told nothing of a fault must find the row; whoever was told must not.
    assert kept_now == sum(one is None for one in (outcomes[0], outcomes[2]))
    await desk.write(keep, "later")
    assert await desk.read(kept) == kept_now + 1


async def test_a_full_disk_loses_nothing_that_was_acknowledged(embedded: SqliteStore) -> None:
    def limit(work: Work) -> None:
        pages = pragma(work.connection, "page_count")
        pragma(work.connection, f"max_page_count={pages + 20}")

    def keep_much(work: Work, number: int) -> None:
        keep(work, f"{number:04}" + "x" * 3000)

    desk = embedded.team(TEAM)
    await desk.write(limit)
    outcomes = await asyncio.gather(*(desk.write(keep_much, n) for n in range(60)), return_exceptions=True)
    refused = [one for one in outcomes if one is not None]
    assert refused
    assert {type(one) for one in refused} == {StoreUnavailable}
    assert await desk.read(kept) == 60 - len(refused)
    assert desk.read_now(lambda work: pragma(work.connection, "integrity_check")) == "ok"


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path: Path, clock: MovableClock) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        SqliteStore(f"sqlite:///{tmp_path}", clock)


def test_a_store_without_tables_is_unavailable(file: Path, clock: MovableClock) -> None:
    opened = SqliteStore(f"sqlite:///{file}", clock)
    with pytest.raises(StoreUnavailable):
        opened.team(TEAM).read_now(kept)
    with pytest.raises(StoreUnavailable):
        opened.team(TEAM).write_now(keep, "k")
    opened.close()


def test_what_must_be_acknowledged_shares_the_commit_of_what_was_under_way(embedded: SqliteStore) -> None:
    store = embedded
    held, go_on = threading.Event(), threading.Event()
    commits: list[int] = []
    event.listen(store.writer, "commit", lambda _connection: commits.append(1))

    def slow(_work: Work) -> None:
        held.set()
        assert go_on.wait(60)

    def refuse(_work: Work) -> None:
        raise NotFound("nobody")

    first = store.submit_write("tea_rapport", "usr_ada", slow)
    assert held.wait(60)
    usual = store.submit_write("tea_rapport", "usr_ada", lambda work: work.team_id)
    urgent = [store.submit_write("*", "system", lambda work: work.team_id, urgent=True) for _ in range(3)]
    refused = store.submit_write("*", "system", refuse, urgent=True)
    go_on.set()
    first.result(10)
    assert [one.result(10) for one in urgent] == ["*"] * 3
    with pytest.raises(NotFound):
        refused.result(10)
    assert usual.result(10) == "tea_rapport"
    assert len(commits) == 2


async def test_a_statement_that_is_wrong_is_a_defect_and_no_outage(embedded: SqliteStore) -> None:
    desk = embedded.team(TEAM, "usr_ada")

    def wrong(work: Work) -> None:
        work.session.connection().execute(text("SELECT nothing FROM never_log"))

    with pytest.raises(OperationalError, match="nothing"):
        await desk.read(wrong)
    with pytest.raises(OperationalError, match="nothing"):
        await desk.write(wrong)


def test_an_acknowledgement_waits_for_one_action_and_not_for_all_that_were_to_share_a_commit(
    embedded: SqliteStore,
) -> None:
    store = embedded
    held, go_on = threading.Event(), threading.Event()
    ran: list[str] = []
    urgent: list[Future[None]] = []

    def slow(_work: Work) -> None:
        held.set()
        assert go_on.wait(60)

    def note(_work: Work, name: str) -> None:
        ran.append(name)
        if name == "first":
            acknowledged = partial(note, name="acknowledged")
            urgent.append(store.submit_write("*", "system", acknowledged, urgent=True))

    begun = store.submit_write("tea_rapport", "usr_ada", slow)
    assert held.wait(60)
    usual = [store.submit_write("tea_rapport", "usr_ada", partial(note, name=name)) for name in ("first", "second")]
    go_on.set()
    for one in (begun, *usual, *urgent):
        one.result(10)
    assert ran == ["first", "acknowledged", "second"]
