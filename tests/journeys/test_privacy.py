"""A person asks what is known of them, then to be erased: no byte of them stays, and they do not come back unasked."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from bot.demo import mails
from tests.journeys.house import Demo, crm, words_of
from tests.journeys.test_mail import AT

ZELDA = "zelda@quirrel-mail.example"
TRACES = (b"zelda", b"quirrel", b"5557788", b"topsecret", b"do you deliver")


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which Zelda was added, called, mailed with, sold to and found."""
    folder = tmp_path_factory.mktemp("zelda")
    demo = Demo.start(folder, "--no-seed")
    try:
        for line in (
            f"add Zelda Quirrel at Ostwerk {ZELDA} +49 30 5557788",
            f"log {ZELDA}: called Zelda, she wants 40 seats by Friday, TOPSECRET",
            f'task "call Zelda Quirrel" {ZELDA} fri',
            f"deal new {ZELDA} 12k",
            f"order {ZELDA} 120 eur",
            "zelda",
            "add Bob Ray at Ostwerk bob@ostwerk.example",
        ):
            demo.type(line)
        raw = mails.forwarded_by(
            "ada@halyard.example", demo.ready["ingest_addresses"]["U_ADA"], ("Zelda Quirrel", ZELDA), at=AT,
            subject="Question of Zelda Quirrel", text="Do you deliver? Zelda", note="fyi", user_name="Ada",
            style=mails.Style.GMAIL,
        )  # fmt: skip
        demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
        demo.settle()
    finally:
        demo.stop()
    return folder


@pytest.fixture
def store(lived_in: Path, tmp_path: Path) -> Path:
    """A copy of it, to erase from."""
    for file in lived_in.glob("crm.db*"):
        shutil.copy(file, tmp_path)
    return tmp_path


def ask(store: Path, *arguments: str) -> tuple[int, str, str]:
    done = crm(*arguments, DATABASE_URL=f"sqlite:///{store / 'crm.db'}")
    return done.returncode, done.stdout, done.stderr


def traces(store: Path) -> set[bytes]:
    content = b"".join(file.read_bytes() for file in store.glob("crm.db*")).lower()
    return {trace for trace in TRACES if trace in content}


def test_a_person_gets_what_is_known_and_then_goes_without_a_trace(store: Path) -> None:
    archive = store / "zelda.zip"
    code, said, problem = ask(store, "export-person", ZELDA, "--out", str(archive), "--json")
    assert (code, problem) == (0, "")
    assert json.loads(said)["mails"] == 1
    with zipfile.ZipFile(archive) as opened:
        known = opened.read("records.jsonl").decode()
        assert "TOPSECRET" in known
        assert "Bob Ray" not in known
        assert any(name.startswith("mails/") for name in opened.namelist())
    archive.unlink()

    code, said, _ = ask(store, "erase-person", ZELDA, "--dry-run")
    assert code == 0
    assert "Nothing was changed" in said
    assert traces(store) == set(TRACES)

    code, said, problem = ask(store, "erase-person", ZELDA, "--json")
    assert (code, problem) == (0, "")
    done = json.loads(said)
    assert done["erased"]
    assert len(done["certificate"]) == 64
    assert done["removed"]["communications"] >= 2
    assert traces(store) == set()

    code, _, problem = ask(store, "erase-person", ZELDA, "--json")
    assert code == 1
    assert "Nobody in the store has the address" in problem
    assert json.loads(ask(store, "audit", "verify", "--json")[1])["ok"]
    assert json.loads(ask(store, "find", "bob ray", "--json")[1])["results"][0]["name"] == "Bob Ray"


def test_mail_from_an_erased_person_brings_nobody_back_unasked(store: Path) -> None:
    assert ask(store, "erase-person", ZELDA, "--json")[0] == 0
    demo = Demo.start(store, "--no-seed")
    try:
        raw = mails.forwarded_by(
            "ada@halyard.example", demo.ready["ingest_addresses"]["U_ADA"], ("Zelda Quirrel", ZELDA), at=AT,
            subject="Again", text="Me again", note="fyi", user_name="Ada", style=mails.Style.GMAIL,
        )  # fmt: skip
        demo.mail(raw, demo.ready["ingest_addresses"]["U_ADA"])
        demo.settle()
        demo.type(f"find {ZELDA}")
        assert "Nobody fits" in words_of(demo.last())
        demo.type("why mail")
        assert "never-log list" in words_of(demo.last())
    finally:
        demo.stop()


def test_a_name_alone_is_no_proof_of_who_is_meant(store: Path) -> None:
    code, _, problem = ask(store, "erase-person", "Zelda Quirrel", "--json")
    assert code == 2
    assert "may be somebody else" in problem
