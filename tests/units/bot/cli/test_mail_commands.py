"""`crm address`, `crm import x.mbox` and `crm explain-mail --store` at a terminal."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from crm_store import settings
from crm_store.actions import customers, teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.values.acts import NewCustomer
from tests import stores
from tests.units.bot.cli.conftest import Run

ADA, ANN = "ada@team.com", "ann@acme.com"


@pytest.fixture
def kept(data: Path) -> Iterator[Store]:
    """An empty store that is ready."""
    stores.migrated(data / "crm.db")
    store = SqliteStore(settings.read().store_url, SystemClock())
    yield store
    store.close()


def _seat(store: Store) -> None:
    team_id = store.house().write_now(teams.create, "Sales", "T1")
    desk = store.team(team_id)
    desk.write_now(teams.add_user, "U1", "Ada Lovell", ADA)
    desk.write_now(customers.add, NewCustomer("Ann Lee", emails=(ANN,), company="Acme"))


def _mail(number: int, sender: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, f"matter {number}"
    mail["Message-ID"] = f"<m{number}@team.com>"
    mail.set_content(f"Number {number} is about the boiler.")
    return mail


def _box(path: Path, *mails: EmailMessage) -> Path:
    line = b"From x Fri Mar  1 09:00:00 2024\n"
    path.write_bytes(b"".join(line + one.as_bytes() + b"\n" for one in mails))
    return path


def test_an_address_is_made_shown_and_replaced(crm: Run, kept: Store) -> None:
    _seat(kept)
    first = json.loads(crm("address", "--json").out)
    assert first["address"].startswith("ada-")
    assert json.loads(crm("address", "--for", ADA, "--json").out)["address"] == first["address"]
    replaced = json.loads(crm("address", "--rotate", "--json").out)
    assert (replaced["replaced"], replaced["address"] != first["address"]) == (True, True)
    assert "takes no mail any more" in crm("address", "--rotate").out
    assert crm("address", "--for", "mo@far.com").code == 2


def test_a_mailbox_is_taken_in_and_taken_back(crm: Run, kept: Store, tmp_path: Path) -> None:
    _seat(kept)
    box = _box(tmp_path / "ada.mbox", _mail(1, ADA, ANN), _mail(2, ANN, ADA), _mail(3, "mo@far.com", ADA))
    ended = crm("import", str(box), "--json")
    line = json.loads(ended.out)
    assert (ended.code, line["rows"], line["created"], line["skipped"], line["errors"]) == (0, 3, 2, 1, [])
    assert "Taken for the mailbox of ada@team.com" in ended.err
    assert "3 of 3 mails" in ended.err
    undone = json.loads(crm("import", "--undo", line["undo"], "--json").out)
    assert undone["sentence"] == "Took back ada.mbox: 2 mails removed"


def test_a_mailbox_of_nobody_known_has_to_be_named(crm: Run, kept: Store, tmp_path: Path) -> None:
    _seat(kept)
    box = _box(tmp_path / "x.mbox", _mail(1, "mo@far.com", ANN))
    for arguments in ((), ("--for", "mo@far.com"), ("--for", "nobody"), ("--for", ADA, "--map", "email=Mail")):
        ended = crm("import", str(box), *arguments)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_an_empty_store_takes_a_mailbox_in_before_slack_is_joined(crm: Run, kept: Store, tmp_path: Path) -> None:
    box = _box(tmp_path / "ada.mbox", _mail(1, ADA, ANN))
    assert json.loads(crm("import", str(box), "--for", ADA, "--json").out)["created"] == 1
    assert "Ann" in crm("find", "ann").out


def test_a_plan_knows_what_the_store_knows(crm: Run, kept: Store, tmp_path: Path) -> None:
    _seat(kept)
    file = tmp_path / "x.eml"
    file.write_bytes(_mail(1, ADA, ANN).as_bytes())
    assert json.loads(crm("explain-mail", str(file), "--json").out)["plan"][0].startswith("create")
    [log] = json.loads(crm("explain-mail", str(file), "--store", "--for", ADA, "--json").out)["plan"]
    assert log.startswith("log mail (outgoing)")
    assert crm("explain-mail", str(file), "--store").code == 2
    assert crm("explain-mail", str(file), "--for", ADA).code == 2


def test_mails_attached_to_a_mail_are_planned_one_by_one(crm: Run, tmp_path: Path) -> None:
    outer = _mail(1, ADA, "x@in.team.com")
    for number in (2, 3):
        outer.add_attachment(_mail(number, ANN, ADA))
    file = tmp_path / "x.eml"
    file.write_bytes(outer.as_bytes())
    plan = json.loads(crm("explain-mail", str(file), "--json").out)["plan"]
    assert [line for line in plan if line.startswith("log mail")] != []
    assert {number for number in (2, 3) if any(f"matter {number}" in line for line in plan)} == {2, 3}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--once",),
        ("--imap", "imaps://ada@mail.team.com/"),
        ("--imap", "imaps://ada@mail.team.com/", "--for", "mo@far.com", "--once"),
        ("--imap", "https://x", "--for", ADA),
        ("--imap", "imaps://ada@mail.team.com/", "--for", ADA, "--every", "0"),
    ],
)
def test_a_mailbox_that_is_not_well_named_is_one_sentence(crm: Run, kept: Store, arguments: tuple[str, ...]) -> None:
    _seat(kept)
    ended = crm("ingest", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
