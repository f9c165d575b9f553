"""`crm analyze` says in one sentence what is wrong with a table, and ends with 2."""

from pathlib import Path

import pytest

from tests.units.bot.cli.conftest import Run

_ORDERS = ("--customer", "customer", "--date", "date", "--amount", "amount", "--until", "2024-06-01")
_HEAD = b"customer,date,amount\n"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"", "needs a line of column names"),
        (_HEAD, "needs a line of column names and at least one row"),
        (_HEAD + b"A,someday,10\n", "“date” holds no days, such as “someday”"),
        (_HEAD + b"A,2024-01-01,much\n", "“amount”"),
        (b"\xff\xfe\x00\x01\x00\x00", "is no text"),
        (b"customer,customer,date,amount\nA,B,2024-01-01,4\n", "2 columns “customer”"),
        (b"who,date,amount\nA,2024-01-01,4\n", "no column “customer”"),
    ],
    ids=["empty", "head alone", "no day", "no amount", "no text", "a name twice", "another name"],
)
def test_orders_that_cannot_be_read(crm: Run, tmp_path: Path, table: bytes, words: str) -> None:
    orders, out = tmp_path / "orders.csv", tmp_path / "out.csv"
    orders.write_bytes(table)
    ended = crm("analyze", "value", "--orders", str(orders), *_ORDERS, "--horizon-days", "90", "--out", str(out))
    assert (ended.code, ended.out, out.exists()) == (2, "", False)
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--horizon-days", "-3"), "must be at least 1"),
        (("--horizon-days", "90", "--orders", "/no/such/file.csv"), "cannot be read"),
        (("--horizon-days", "90", "--orders", "."), "cannot be read"),
    ],
)
def test_what_is_asked_wrongly(crm: Run, tmp_path: Path, given: tuple[str, ...], words: str) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_bytes(_HEAD + b"A,2024-01-01,4\n")
    ended = crm("analyze", "value", "--orders", str(orders), *_ORDERS, *given, "--out", str(tmp_path / "out.csv"))
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err
