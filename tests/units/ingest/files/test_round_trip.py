"""Whatever people write into their fields leaves as a file and comes in again as it was."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_store.actions import customers
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.matching import names
from crm_store.models.people import CustomField, CustomValue, Need
from crm_store.values.acts import NewCustomer
from ingest.files import export
from ingest.files.intake import import_file
from ingest.files.records import guarded
from ingest.files.tables import read_table
from tests import stores
from tests.cast import Cast, gather
from tests.units.ingest.files.test_whole import everything

CELL = st.text("=+-@'\"\n,;|\t ab1é中😀", max_size=8)
NASTY = (
    "=cmd()",
    "+1 (2)",
    "@x",
    "-5",
    "'=quoted",
    'say "yes"',
    "a,b;c|d",
    "two\nlines",
    "😀 Zoë",
    "王小明",
    "' plain",
)


def written(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> bytes:
    """The rows as an export writes them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
@example([("=1", "'=1", "''=1")])
@example([("a\nb", '"', "'")])
def test_any_cells_come_in_again_as_they_left(cells: list[tuple[str, str, str]]) -> None:
    rows = [(f"K{number}", *row) for number, row in enumerate(cells)]
    table = read_table(written(("id", "name", "title", "company"), rows), "x.csv")
    assert table.problems == ()
    assert table.rows == tuple(tuple(cell.strip() for cell in row) for row in rows)


@pytest.fixture
def fresh(cast: Cast, clock: MovableClock, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    store = stores.fresh(tmp_path_factory.mktemp("fresh") / "crm.db", clock)
    return gather(store)


def _with_more(work: Work, customer_id: str, text: str, number: int) -> None:
    if number == 0:
        work.add(CustomField(field_id="fld_note", name="=Note", kind="text"))
    work.add(CustomValue(row_id=customer_id, field_id="fld_note", value=text))
    work.add(Need(need_id=f"nee_{number:022}", customer_id=customer_id, text=text, created_at=work.now))


def test_names_and_notes_of_every_kind_are_the_same_in_another_store(cast: Cast, fresh: Cast) -> None:
    for number, text in enumerate(NASTY):
        new = NewCustomer(text, (f"p{number}@globex.example",), title=text, company=f"{text} Globex {number}")
        made = cast.ada.write_now(customers.add, new)
        cast.ada.write_now(_with_more, made.row_id, text, number)
    done = import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert done.errors == ()
    assert fresh.ben.read_now(everything) == cast.ben.read_now(everything)
    fresh.store.close()


def test_a_table_of_nasty_names_makes_the_same_people(cast: Cast, fresh: Cast) -> None:
    for number, text in enumerate(NASTY):
        cast.ada.write_now(customers.add, NewCustomer(text, (f"p{number}@globex.example",), title=text))
    raw = export.table_bytes(cast.ben, "customers")
    assert import_file(fresh.ben, raw, "customers.csv").created == len(NASTY)
    known, again = (_by_address(one) for one in (raw, export.table_bytes(fresh.ben, "customers")))
    # A list of people is read as people write: `Lee, Ann` is Ann Lee, and quotation marks are no part of a name.
    assert {at: (names.display(name), title) for at, (name, title) in known.items()} == again
    assert {"=cmd()", "+1 (2)", "@x", "-5", "😀 Zoë", "王小明"} <= {name for name, _ in again.values()}
    fresh.store.close()


def _by_address(raw: bytes) -> dict[str, tuple[str, str]]:
    table = read_table(raw, "x.csv")
    name, title, email = (table.headers.index(column) for column in ("Name", "Title", "Email"))
    return {row[email]: (row[name], row[title]) for row in table.rows}
