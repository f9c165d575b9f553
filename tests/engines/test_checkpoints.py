"""SQLite's journal reaches the data file beside the writer, without a commit that waits for it."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_store.clock import SystemClock
from crm_store.engine.checkpoints import CEILING, KEPT, Checkpoints
from crm_store.engine.sqlite import SqliteStore, library
from crm_store.errors import StoreUnavailable

PATIENCE = 20


class Watched:
    """A connection that tells when it was asked how full the journal is, and when it copied."""

    def __init__(self, file: Path) -> None:
        self._connection = library().connect(str(file), isolation_level=None, check_same_thread=False)
        self.asked, self.copied, self.closed = threading.Event(), threading.Event(), threading.Event()

    def execute(self, statement: str) -> Any:
        rows = self._connection.execute(statement)
        (self.copied if "PASSIVE" in statement else self.asked).set()
        return rows

    def close(self) -> None:
        self._connection.close()
        self.closed.set()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Any]:
    with closing(library().connect(str(tmp_path / "crm.db"), isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", "CREATE TABLE kept (body)"):
            connection.execute(statement)
        yield connection


@pytest.fixture
def watched(tmp_path: Path, writer: Any) -> Watched:
    return Watched(tmp_path / "crm.db")


def left_in_journal(writer: Any) -> int:
    _busy, written, copied = writer.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return int(written - copied)


def test_what_was_committed_is_copied_into_the_data_file(writer: Any, watched: Watched) -> None:
    checkpoints = Checkpoints(lambda: watched, gather=0.0, worth=20)
    writer.execute("INSERT INTO kept VALUES (randomblob(200000))")
    assert left_in_journal(writer) > 40
    checkpoints.committed()
    assert watched.copied.wait(PATIENCE)
    checkpoints.close()
    assert left_in_journal(writer) == 0
    assert watched.closed.is_set()


def test_a_short_journal_is_left_alone(writer: Any, watched: Watched) -> None:
    checkpoints = Checkpoints(lambda: watched, gather=0.0, worth=1_000)
    writer.execute("INSERT INTO kept VALUES (randomblob(200000))")
    checkpoints.committed()
    assert watched.asked.wait(PATIENCE)
    checkpoints.close()
    assert left_in_journal(writer) > 40
    assert not watched.copied.is_set()


def test_a_file_that_cannot_be_opened_is_tried_again_at_the_next_commit(writer: Any, watched: Watched) -> None:
    refused = threading.Event()

    def connect() -> Watched:
        if not refused.is_set():
            refused.set()
            raise StoreUnavailable
        return watched

    checkpoints = Checkpoints(connect, gather=0.0, worth=1)
    writer.execute("INSERT INTO kept VALUES (1)")
    checkpoints.committed()
    assert refused.wait(PATIENCE)
    for _ in range(100 * PATIENCE):
        checkpoints.committed()
        if watched.copied.wait(0.01):
            break
    checkpoints.close()
    assert left_in_journal(writer) == 0


def test_without_a_commit_there_is_no_thread(watched: Watched) -> None:
    before = threading.active_count()
    checkpoints = Checkpoints(lambda: watched)
    assert threading.active_count() == before
    checkpoints.close()
    watched.close()
    assert not watched.asked.is_set()


def test_the_writer_itself_copies_only_after_a_long_rush_and_keeps_little_room(tmp_path: Path) -> None:
    store = SqliteStore(f"sqlite:///{tmp_path / 'store.db'}", SystemClock())
    with store.writer.connect() as connection:
        assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar() == CEILING > 1_000
        assert connection.execute(text("PRAGMA journal_size_limit")).scalar() == KEPT < 4_096 * CEILING
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    store.close()
