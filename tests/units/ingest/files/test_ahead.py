"""A long list is read by a process of its own, and comes out of it as if it had been read here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crm_store import settings
from crm_store.errors import BadInput
from crm_store.queries.identity import with_keys
from ingest.files import ahead
from ingest.files.contents import Contents, opened

ORDERS = (
    "order id,date,customer id,amount,currency,product\n7,2026-01-02,0001,29.33,EUR,Tea\n7,2026-01-02,0001,1,EUR,Jam\n"
)
DEALS = "deal name,amount,stage,close date,company\nRoof,12000,Offer,2026-03-01,Acme\nWall,,,,Acme\n"
CARDS = "BEGIN:VCARD\nFN:Ann Lee\nEMAIL:ann@x.example\nEND:VCARD\n"
PEOPLE = "Name;E-Mail;Telefon;Firma;Position\nMÜLLER, Kate;kate@globex.example;+49 30 901820;Globex GmbH;Leiterin\n"
MANY = PEOPLE + "".join(f"Person {one};p{one}@x.example;;;\n" for one in range(250)) + ";nothing;;;\n"


def _taken_apart(contents: Contents) -> tuple[object, ...]:
    batches = [[with_keys(row) for row in batch] for batch in contents.batches]
    return (
        contents.kind, contents.good, contents.problems, contents.mapping, contents.by_column, contents.unknown,
        contents.warnings, contents.preview, batches,
    )  # fmt: skip


@pytest.mark.parametrize("text", [MANY, ORDERS, DEALS, CARDS])
def test_a_list_read_by_another_process_is_the_list(text: str) -> None:
    raw = text.encode()
    here = opened(raw, "list")
    with ahead.reading(raw, "list", long=0) as there:
        assert there.fingerprint == here.fingerprint
        assert _taken_apart(there.understood({}, {}, "EUR")) == _taken_apart(here.understood({}, {}, "EUR"))


def test_what_is_no_list_is_refused_with_the_same_sentence() -> None:
    with pytest.raises(BadInput, match="is a spreadsheet file"), ahead.reading(b"PK\x03\x04", "a.xlsx", long=0):
        pass
    with ahead.reading(b"shoe,hat\n38,blue\n", "a.csv", long=0) as file, pytest.raises(BadInput) as told:
        file.understood({"email": "mail"}, {}, "EUR")
    assert "has no column “mail”" in told.value.sentence


def test_a_reader_that_is_lost_is_told_with_what_to_do() -> None:
    rows = "".join(f"Person {one},p{one}@x.example\n" for one in range(20_000))
    with ahead.reading(f"name,email\n{rows}".encode(), "list.csv", long=0) as file:
        batches = iter(file.understood({}, {}, "EUR").batches)
        assert next(batches)[0].name == "Person 0"
        file.child.kill()  # type: ignore[attr-defined]  # only the one that is read apart has a child
        with pytest.raises(BadInput, match="import it again, and it goes on where it was"):
            list(batches)


def test_a_reader_to_whom_nobody_listens_any_more_ends_without_a_word() -> None:
    raw = b"name,email\n" + b"Ann Lee,ann@globex.example\n" * 20_000
    child = subprocess.Popen(
        [sys.executable, "-m", "ingest.files.ahead"],
        env=settings.child_environment({"PYTHONPATH": str(Path(__file__).parents[4])}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    order = {"name": "x.csv", "bytes": len(raw)}
    question = {"overrides": {}, "columns": {}, "currency": "EUR"}
    child.stdin.write(json.dumps(order).encode() + b"\n" + raw + json.dumps(question).encode() + b"\n")
    child.stdin.flush()
    assert b"fingerprint" in child.stdout.readline()
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(60) == 1
    child.stdin.close()
    child.stderr.close()
