"""How much of what is patient goes together, told from who else writes; and what that keeps at hand and in order."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crm_store.clock import MovableClock
from crm_store.engine.patience import ALONE, IN_COMPANY, SOME, Patience
from crm_store.engine.sqlite import SqliteStore, library
from crm_store.engine.work import Work
from crm_store.models.plumbing import NeverLog
from tests import stores

TEAM, ADA = "tea_rapport", "usr_ada"


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[SqliteStore]:
    opened = stores.fresh(tmp_path / "crm.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def link(store: SqliteStore, tmp_path: Path) -> Iterator[Any]:
    """A connection beside the store's own."""
    with closing(library().connect(str(tmp_path / "crm.db"), isolation_level=None)) as connection:
        yield connection


def keep(work: Work, key: str = "one") -> None:
    work.insert(NeverLog, [{"value_key": key, "added_by": ADA}])


def test_a_commit_of_another_process_makes_groups_small_and_an_own_one_does_not(store: SqliteStore, link: Any) -> None:
    patience = Patience()
    sizes = [_next(patience, link) for _ in range(4)]
    link.execute("INSERT INTO never_log (team_id, value_key, added_by) VALUES ('t', 'own', 'a')")
    sizes += [_next(patience, link) for _ in range(5)]
    assert sizes == [IN_COMPANY, 2, 4, 8, 16, 32, 64, 128, ALONE]
    store.team(TEAM).write_now(keep)
    assert patience.most == ALONE
    patience.begun(link, patient=True)
    assert [_next(patience, link) for _ in range(5)] == [IN_COMPANY, 2, 4, SOME, SOME]


def _next(patience: Patience, link: Any) -> int:
    most = patience.most
    patience.begun(link, patient=True)
    return most


def test_much_is_kept_at_hand_only_while_much_is_written(link: Any) -> None:
    patience = Patience()

    def room() -> int:
        return int(link.execute("PRAGMA cache_size").fetchone()[0])

    patience.begun(link, patient=False)
    usual = room()
    patience.begun(link, patient=True)
    assert abs(room()) > abs(usual)


def test_whoever_fills_the_journal_copies_what_is_left_where_that_is_little_or_where_it_is_full(
    store: SqliteStore, link: Any
) -> None:
    link.execute("PRAGMA wal_autocheckpoint=0")
    link.execute("CREATE TABLE kept (body)")
    patience = Patience()
    link.execute("INSERT INTO kept VALUES (zeroblob(34000000))")
    patience.copy(link)
    assert _left(link) > 8_000
    with closing(library().connect(_file(link), isolation_level=None)) as reader:
        # Somebody reads, so that the journal does not begin anew.
        reader.execute("BEGIN").execute("SELECT count(*) FROM kept").fetchone()
        # As the thread does that copies beside the writer.
        link.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        link.execute("INSERT INTO kept VALUES (zeroblob(400000))")
        assert _left(link) > 90
    patience.copy(link)
    assert _left(link) == 0
    link.execute("INSERT INTO kept VALUES (zeroblob(400000))")
    patience.copy(link)
    assert _left(link) > 90
    Patience(most_pages=90).copy(link)
    assert _left(link) == 0


def _file(link: Any) -> str:
    return str(link.execute("PRAGMA database_list").fetchone()[2])


def _left(link: Any) -> int:
    _busy, written, copied = link.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return int(written - copied)
