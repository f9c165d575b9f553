"""An export of everything, taken in by a fresh store, is the same again; private things stay with their author."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_store.actions import communications, customers, deals, imports, merges, orders
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.lookup.search import search
from crm_store.models.columns import TeamRow
from crm_store.models.people import CustomField, CustomValue
from crm_store.money import Money
from crm_store.queries.export_rows import TABLES, plain
from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal, NewOrder, NewOrderLine, NewTask, Person
from ingest.files import export, way_back
from ingest.files.intake import import_file
from tests import stores
from tests.cast import Cast, gather

# What only counts writes, or names the import that brought a row.
LEFT_OUT = {"version", "import_id", "team_id", "pipeline_id", "stage_id"}


def fill(cast: Cast) -> str:
    """A team's life in short: Ann of Globex with all that can hang on a customer."""
    cast.ada.write_now(deals.add_pipeline, "Sales")
    new = NewCustomer("Ann Lee", ("ann@globex.example",), ("+44 20 7946 0917",), "Globex Ltd", title="Buyer")
    ann = cast.ada.write_now(customers.add, new).row_id
    cast.ada.write_now(customers.edit, ann, {"owner": "Ben", "title": "Head of Buying"})
    deal = NewDeal("Renewal", ann, None, "usr_ada", Money(120_050, "EUR"))
    deal_id = cast.ada.write_now(deals.add, deal).row_id
    now = cast.store.clock.now()
    line = NewOrderLine("=Seat", 3, Money(9_900, "EUR"))
    cast.ada.write_now(orders.add, NewOrder("order:17", ann, now, Money(9_900, "EUR"), (line,)))
    talk = NewCommunication(
        "call", "outgoing", now - timedelta(hours=2), "She wants a quote.\nSoon.", "chat", "key-1",
        (Person("about", customer_id=ann),), needs=("200 seats",),
        tasks=(NewTask("Send the quote", now + timedelta(days=2), "usr_ada", ann),), deal_id=deal_id,
    )  # fmt: skip
    cast.ada.write_now(communications.log, talk)
    cast.ada.write_now(_own_field, ann)
    return ann


def _own_field(work: Work, customer_id: str) -> None:
    work.add(CustomField(field_id="fld_shoe", name="Shoe", kind="text"))
    work.add(CustomValue(row_id=customer_id, field_id="fld_shoe", value="38"))


def everything(work: Work) -> dict[str, list[tuple[Any, ...]]]:
    return {model.__tablename__: _rows(work, model) for model in TABLES}


def _rows(work: Work, model: type[TeamRow]) -> list[tuple[Any, ...]]:
    names = [one.name for one in model.__table__.columns if one.name not in LEFT_OUT]
    rows = work.session.scalars(select(model)).all()
    return sorted(tuple(plain(getattr(row, name)) for name in names) for row in rows)


def _lines(raw: bytes) -> list[dict[str, Any]]:
    """The rows of an export, by what does not only count writes or name an import."""
    rows = [json.loads(line) for line in raw.splitlines()[1:]]
    kept = ({name: value for name, value in row.items() if name not in LEFT_OUT} for row in rows)
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory, clock: MovableClock) -> Any:
    store = stores.fresh(tmp_path_factory.mktemp("fresh") / "crm.db", clock)
    yield gather(store)
    store.close()


def test_a_fresh_store_that_takes_an_export_in_is_the_same(cast: Cast, fresh: Cast) -> None:
    ann = fill(cast)
    fresh.ada.write_now(deals.add_pipeline, "Sales")
    outcome = import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert outcome.errors == ()
    assert outcome.created == 7
    assert fresh.ben.read_now(everything) == cast.ben.read_now(everything)
    assert fresh.ben.read_now(search, "ann globex").found[0].customer.customer_id == ann
    assert _lines(export.everything_bytes(fresh.ben)) == _lines(export.everything_bytes(cast.ben))
    again = import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert (again.created, again.duplicates) == (0, 7)
    assert fresh.ben.read_now(everything) == cast.ben.read_now(everything)


def test_an_export_that_was_taken_in_goes_out_again_without_a_trace(cast: Cast, fresh: Cast) -> None:
    fill(cast)
    before = fresh.ben.read_now(everything)
    outcome = import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert outcome.import_id is not None
    receipt = fresh.ben.write_now(imports.undo_import, outcome.import_id)
    assert receipt.sentence == ("Took back rapport.jsonl: 1 log and 1 customer and 1 order and 1 deal removed")
    assert fresh.ben.read_now(everything) == before
    assert fresh.ben.read_now(search, "ann globex").found == ()


def test_whoever_was_merged_comes_in_as_one_and_goes_out_again(cast: Cast, fresh: Cast) -> None:
    ann = fill(cast)
    made = [
        cast.ada.write_now(customers.add, NewCustomer(name, (address,))).row_id
        for name, address in (("A. Lee", "a.lee@globex.example"), ("=Ann\nLee", "al@home.example"))
    ]
    cast.ada.write_now(merges.merge, ann, made[0])
    cast.ada.write_now(merges.merge, made[1], ann)  # Ann's row comes before that of whom she went into.
    before = fresh.ben.read_now(everything)
    outcome = import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert fresh.ben.read_now(everything) == cast.ben.read_now(everything)
    assert [hit.customer.customer_id for hit in fresh.ben.read_now(search, "lee").found] == [made[1]]
    assert outcome.import_id is not None
    way_back.prepare(fresh.ben, outcome.import_id)
    fresh.ben.write_now(imports.undo_import, outcome.import_id)
    assert fresh.ben.read_now(everything) == before


def test_whoever_was_merged_here_is_not_made_anew_beside_whom_they_went_into(cast: Cast, fresh: Cast) -> None:
    ann = fill(cast)
    other = cast.ada.write_now(customers.add, NewCustomer("A. Lee", ("a.lee@globex.example",))).row_id
    cast.ada.write_now(merges.merge, ann, other)
    known = fresh.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",))).row_id
    import_file(fresh.ben, export.everything_bytes(cast.ben), "rapport.jsonl")
    assert [hit.customer.customer_id for hit in fresh.ben.read_now(search, "lee").found] == [known]


def test_what_is_private_leaves_with_its_author_alone(cast: Cast) -> None:
    ann = fill(cast)
    words = "He is about to be fired"
    note = NewCommunication(
        "note", "none", cast.store.clock.now(), words, "chat", "key-2", (Person("about", customer_id=ann),),
        level="private", tasks=(NewTask("Call the boss", None, "usr_ada", ann),),
    )  # fmt: skip
    cast.ada.write_now(communications.log, note)
    for kind in ("timeline", "tasks"):
        word = words if kind == "timeline" else "Call the boss"
        assert word.encode() in export.table_bytes(cast.ada, kind)
        assert word.encode() not in export.table_bytes(cast.ben, kind)
    for word in (words, "Call the boss", "key-2"):
        assert word.encode() in export.everything_bytes(cast.ada)
        assert word.encode() not in export.everything_bytes(cast.ben)


def test_another_team_is_not_in_an_export(cast: Cast) -> None:
    fill(cast)
    assert b"Ann" not in export.everything_bytes(cast.cleo)
    assert b"Ann" not in export.table_bytes(cast.cleo, "customers")


def test_lines_that_are_no_rows_are_told_and_passed(cast: Cast, fresh: Cast) -> None:
    fill(cast)
    raw = export.everything_bytes(cast.ben) + b"{\n" + b'{"table": "audit"}\n'
    outcome = import_file(fresh.ben, raw, "rapport.jsonl")
    assert [problem for _, problem in outcome.errors] == [
        "The line is no row of an export.",
        "An export has no “audit”.",
    ]
    assert outcome.created == 7


def test_tables_are_safe_in_a_spreadsheet_and_come_in_again_as_they_were(cast: Cast, fresh: Cast) -> None:
    fill(cast)
    cast.ada.write_now(customers.add, NewCustomer("=cmd()", ("evil@x.example",), title="-Boss"))
    raw = export.table_bytes(cast.ben, "customers")
    assert b",=cmd()" not in raw
    assert b"'=cmd()" in raw
    assert import_file(fresh.ben, raw, "customers.csv").created == 2
    assert fresh.ben.read_now(search, "evil@x.example").found[0].customer.name == "=cmd()"
    sold = export.table_bytes(cast.ben, "orders")
    outcome = import_file(fresh.ben, sold, "orders.csv")
    assert (outcome.kind, outcome.created, outcome.errors) == ("orders", 1, ())
    assert b"'=Seat" in sold
    assert b"=Seat" in export.table_bytes(fresh.ben, "orders")
    fresh.ada.write_now(deals.add_pipeline, "Sales")
    chances = import_file(fresh.ben, export.table_bytes(cast.ben, "deals"), "deals.csv")
    assert (chances.kind, chances.created, chances.errors) == ("deals", 1, ())
    assert b"1200.50,EUR" in export.table_bytes(fresh.ben, "deals")


def test_mails_leave_as_a_mailbox(cast: Cast) -> None:
    file = io.BytesIO()
    assert export.write_mails(cast.ben, file) == 0
    assert file.getvalue() == b""
