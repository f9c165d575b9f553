"""`crm export` writes whole files that nobody else can read, and keeps who took them."""

import json
from pathlib import Path

from crm_store.engine.store import Store
from tests.units.bot.cli.conftest import Run

PEOPLE = "id,name,company,email\n1,Ann Lee,Globex,ann@globex.example\n"


def test_a_folder_gets_all_of_it_and_a_file_one_kind(crm: Run, two_teams: Store, tmp_path: Path) -> None:
    people, folder = tmp_path / "people.csv", tmp_path / "out"
    people.write_text(PEOPLE)
    assert crm("import", str(people), "--save", "Fair", "--team", "Halyard").code == 0
    done = crm("export", str(folder), "--team", "Halyard", "--json")
    assert done.code == 0
    lines = {line["what"]: line["rows"] for line in map(json.loads, done.out.splitlines())}
    assert (lines["customers"], lines["companies"], lines["mails"]) == (1, 1, 0)
    assert {one.name for one in folder.iterdir()} == {
        "rapport.jsonl", "mails.mbox", "customers.csv", "companies.csv", "deals.csv", "orders.csv", "tasks.csv",
        "timeline.csv",
    }  # fmt: skip
    assert (folder / "customers.csv").stat().st_mode & 0o077 == 0
    taken = crm("import", str(folder / "rapport.jsonl"), "--team", "Northwind", "--json")
    assert json.loads(taken.out.splitlines()[-1])["created"] == 2
    one = crm("export", str(tmp_path / "one.csv"), "--what", "companies", "--team", "Northwind")
    assert "1 rows of companies" in one.out
    assert "Globex" in (tmp_path / "one.csv").read_text(encoding="utf-8")


def test_what_does_not_fit_is_one_sentence(crm: Run, two_teams: Store, tmp_path: Path) -> None:
    for words in (
        ("export", str(tmp_path / "x.jsonl"), "--what", "deals"),
        ("export", str(tmp_path / "x.csv"), "--what", "all"),
        ("export", str(tmp_path / "x.csv"), "--for", "nobody@x.example"),
        ("export", "/proc/none/x.csv"),
        ("import", str(tmp_path / "x.csv"), "--use", "Nothing"),
    ):
        ended = crm(*words, "--team", "Halyard")
        assert ended.code == 2
        assert len(ended.err.strip().splitlines()) == 1
