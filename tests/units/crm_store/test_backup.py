"""Copies of the store: consistent, checked, never written over, and brought back."""

import sqlite3
from pathlib import Path

import pytest

from crm_store import backup, settings
from crm_store.actions import teams
from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.errors import BadInput, BadSetting, CrmError
from crm_store.migrations.upgrade import newest
from crm_store.queries import teams as team_queries
from crm_store.settings import Settings
from tests import stores


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return settings.read({"CRM_DATA": str(tmp_path / "data")})


@pytest.fixture
def filled(chosen: Settings, clock: MovableClock) -> Path:
    """A migrated store with one team, closed again."""
    file = backup.store_file(chosen)
    assert file is not None
    stores.migrated(file)
    _with_team(chosen, clock, "Halyard")
    return file


def _with_team(chosen: Settings, clock: MovableClock, name: str) -> None:
    store = SqliteStore(chosen.store_url, clock)
    store.house().write_now(teams.create, name, f"T_{name}", {})
    store.close()


def _names(chosen: Settings, clock: MovableClock) -> list[str]:
    store = SqliteStore(chosen.store_url, clock)
    found = [team.name for team in store.house().read_now(team_queries.teams)]
    store.close()
    return found


def test_the_schema_told_by_file_names_is_the_newest_migration() -> None:
    assert backup.needed_schema() == newest()


def test_a_copy_counts_its_rows_and_belongs_to_its_maker_alone(chosen: Settings, filled: Path, tmp_path: Path) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    assert (copy.schema, copy.tables["teams"]) == (newest(), 1)
    assert copy.rows >= 1
    assert copy.file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.partial"))


def test_a_copy_is_made_while_the_store_is_in_use(
    chosen: Settings, filled: Path, tmp_path: Path, clock: MovableClock
) -> None:
    store = SqliteStore(chosen.store_url, clock)
    store.house().write_now(teams.create, "Second", "T_2", {})
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    store.close()
    assert copy.tables["teams"] == 2


def test_a_file_that_is_there_is_never_written_over(chosen: Settings, filled: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        backup.back_up(chosen, taken)
    assert taken.read_text() == "mine"


def test_a_copy_into_a_missing_folder_or_of_a_missing_store_is_refused(chosen: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no store"):
        backup.back_up(chosen, tmp_path / "copy.db")
    with pytest.raises(BadInput, match="There is no folder"):
        backup.back_up(chosen, tmp_path / "none" / "copy.db")


def test_a_copy_comes_back_and_the_store_that_was_there_is_kept(
    chosen: Settings, filled: Path, tmp_path: Path, clock: MovableClock
) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    _with_team(chosen, clock, "Later")
    done = backup.restore(chosen, copy.file)
    assert _names(chosen, clock) == ["Halyard"]
    assert done.kept_as == filled.with_name("crm.db.before-restore")
    kept = settings.read({"DATABASE_URL": f"sqlite:///{done.kept_as}"})
    assert _names(kept, clock) == ["Halyard", "Later"]


def test_a_second_restore_keeps_the_second_store_under_another_name(
    chosen: Settings, filled: Path, tmp_path: Path
) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    first, second = backup.restore(chosen, copy.file), backup.restore(chosen, copy.file)
    assert first.kept_as != second.kept_as
    assert first.kept_as is not None
    assert first.kept_as.is_file()


def test_nothing_is_restored_below_a_running_rapport(
    chosen: Settings, filled: Path, tmp_path: Path, clock: MovableClock
) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    running = SqliteStore(chosen.store_url, clock)
    running.house().read_now(team_queries.teams)
    with pytest.raises(CrmError, match="is running"):
        backup.restore(chosen, copy.file)
    running.close()
    assert _names(chosen, clock) == ["Halyard"]


def test_damage_inside_a_copy_is_found_before_anything_is_moved(chosen: Settings, filled: Path, tmp_path: Path) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    raw = bytearray(copy.file.read_bytes())
    raw[4096 : len(raw) // 2] = b"\xaa" * (len(raw) // 2 - 4096)
    copy.file.write_bytes(raw)
    with pytest.raises(BadInput, match="damaged"):
        backup.restore(chosen, copy.file)
    assert filled.is_file()


def test_a_copy_with_a_row_that_points_nowhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dangling.db"
    connection = sqlite3.connect(file)
    connection.executescript(
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a(id)); INSERT INTO b VALUES (7)"
    )
    connection.close()
    with pytest.raises(BadInput, match="points to a row of a that is missing"):
        backup.verify(file)


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00" + b"\x00" * 50])
def test_what_is_no_copy_is_refused(chosen: Settings, filled: Path, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    before = filled.read_bytes()
    with pytest.raises(BadInput):
        backup.restore(chosen, wrong)
    assert filled.read_bytes() == before


def test_a_copy_of_a_newer_version_is_refused(chosen: Settings, filled: Path, tmp_path: Path) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    connection = sqlite3.connect(copy.file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(BadInput, match="newer version"):
        backup.restore(chosen, copy.file)


def test_the_store_cannot_be_restored_onto_itself(chosen: Settings, filled: Path) -> None:
    with pytest.raises(BadInput, match="the store itself"):
        backup.restore(chosen, filled)


def test_a_broken_store_is_moved_aside_for_a_good_copy(
    chosen: Settings, filled: Path, tmp_path: Path, clock: MovableClock
) -> None:
    copy = backup.back_up(chosen, tmp_path / "copy.db")
    filled.write_bytes(b"ruined")
    done = backup.restore(chosen, copy.file)
    assert done.kept_as is not None
    assert done.kept_as.read_bytes() == b"ruined"
    assert _names(chosen, clock) == ["Halyard"]


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        backup.store_file(settings.read({"DATABASE_URL": "postgresql://u:p@host:abc/x"}))
