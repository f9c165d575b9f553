"""Commands that keep a store in order."""

import json
import sqlite3
from pathlib import Path

from crm_store import backup, inbox
from crm_store.engine.store import Store
from crm_store.inbox import Arrival
from crm_store.queries import teams as team_queries
from tests.units.bot.cli.conftest import Run


def _first_team(store: Store) -> str:
    return store.house().read_now(team_queries.teams)[0].team_id


def _arrive(store: Store, key: str) -> None:
    store.house().write_now(inbox.put, Arrival(_first_team(store), "mail", key, b"raw", {}, f"{key}@x.example"))


def test_an_empty_folder_is_migrated_and_the_second_time_nothing_is_done(crm: Run, data: Path) -> None:
    need = backup.needed_schema()
    assert crm("migrate").out == f"The schema went from empty to {need}.\n"
    again = crm("migrate")
    assert (again.code, again.out) == (0, f"The schema is {need}, the newest; nothing was to be done.\n")


def test_a_command_without_a_store_says_so_and_makes_none(crm: Run, data: Path) -> None:
    ended = crm("inbox", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert "run 'crm migrate'" in ended.err
    assert not (data / "crm.db").exists()


def test_a_store_of_another_version_is_left_alone(crm: Run, data: Path) -> None:
    crm("migrate")
    for version, hint in (("0001", "run 'crm migrate'"), ("9999", "newer than")):
        connection = sqlite3.connect(data / "crm.db")
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
        connection.close()
        ended = crm("inbox")
        assert ended.code == 2
        assert hint in ended.err
    assert crm("migrate").code == 2


def test_the_inbox_is_a_line_a_row_with_its_state(crm: Run, two_teams: Store) -> None:
    for key in ("one", "two"):
        _arrive(two_teams, key)
    (claimed,) = two_teams.house().write_now(inbox.claim, ["mail"], 1)
    two_teams.team(claimed.team_id).write_now(inbox.finish, claimed.inbox_id, claimed.attempts, "filed")
    lines = [json.loads(line) for line in crm("inbox", "--json").out.splitlines()]
    wanted = {"inbox_id", "source", "key", "message_id", "received_at", "state", "attempts", "verdict"}
    assert [set(line) >= wanted for line in lines] == [True, True]
    assert lines[0]["received_at"].endswith("+00:00")
    (waiting,) = crm("inbox", "--json", "--state", "waiting").out.splitlines()
    assert json.loads(waiting)["key"] == "two"
    assert "filed" in crm("inbox", "--state", "done").out


def test_a_state_that_does_not_exist_is_named(crm: Run, two_teams: Store) -> None:
    ended = crm("inbox", "--state", "lost")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "set_aside" in ended.err


def test_whole_chains_are_confirmed_over_all_teams(crm: Run, two_teams: Store) -> None:
    ended = crm("audit", "verify", "--json")
    (line,) = ended.out.splitlines()
    report = json.loads(line)
    assert ended.code == 0
    assert (report["ok"], report["first_bad"], report["problem"]) == (True, None, None)
    assert [team["team"] for team in report["teams"]] == ["Halyard", "Northwind"]
    assert report["rows"] == sum(team["rows"] for team in report["teams"]) > 0


def test_a_changed_entry_breaks_the_chain_and_the_command_fails(crm: Run, two_teams: Store, data: Path) -> None:
    connection = sqlite3.connect(data / "crm.db")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE audit SET actor = 'mallory' WHERE team_id = ?", (_first_team(two_teams),))
    connection.commit()
    connection.close()
    ended = crm("audit", "verify", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["first_bad"] == 1
    assert "breaks at entry 1" in crm("audit", "verify").out


def test_a_backup_is_restored_and_its_predecessor_kept(crm: Run, data: Path, tmp_path: Path) -> None:
    crm("migrate")
    file = tmp_path / "copy.db"
    assert crm("backup", str(file)).code == 0
    again = crm("backup", str(file))
    assert (again.code, "exists already" in again.err) == (2, True)
    restored = crm("restore", str(file))
    assert restored.code == 0
    assert "before-restore" in restored.err
    assert (data / "crm.db.before-restore").is_file()
    assert crm("restore", str(tmp_path / "none.db")).code == 2


def test_an_upkeep_job_ends_in_exactly_one_line(crm: Run, two_teams: Store) -> None:
    ended = crm("run-job", "upkeep", "--team", "Northwind", "--as-of", "2026-11-24", "--json")
    (line,) = ended.out.splitlines()
    report = json.loads(line)
    assert ended.code == 0
    assert (report["job"], report["state"], report["team"], report["as_of"]) == (
        "upkeep",
        "done",
        "Northwind",
        "2026-11-24",
    )
    assert report["ms"] >= 0


def test_a_job_that_does_not_exist_and_a_day_that_is_none_are_one_sentence(crm: Run, two_teams: Store) -> None:
    for arguments in (("dance", "--team", "Halyard"), ("upkeep", "--as-of", "soon")):
        ended = crm("run-job", *arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
