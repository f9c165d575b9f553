"""What an import filled in, replaced or made goes without a trace; what somebody changed since stays and is named."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from crm_store import audit
from crm_store.actions import customers, deals, import_undo_parts, imports
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import NotFound, NotUndoable
from crm_store.models.columns import Base, TeamRow
from crm_store.models.people import FieldHistory
from crm_store.queries.customers import by_points, card
from crm_store.values.acts import NewCustomer, Receipt
from crm_store.values.imports import ColumnChoice
from ingest.files import way_back
from ingest.files.intake import import_file
from tests.cast import Cast

# What tells that something happened, or is worked out anew by itself.
TRACES = {
    "audit", "imports", "import_rows", "import_changes", "lookup_changes", "dirty_customers", "undo_log",
    "saved_mappings",
}  # fmt: skip
EVERYTHING = ColumnChoice(overwrite=("name", "title", "company", "owner", "external_key"))


def taken_back(desk: Desk, import_id: str) -> Receipt:
    """As the doors do it: most of it in parts, then the last step."""
    way_back.prepare(desk, import_id)
    return desk.write_now(imports.undo_import, import_id)


def picture(work: Work) -> dict[str, list[Any]]:
    """Every row of the store but for traces."""
    models: list[type[TeamRow]] = [mapper.class_ for mapper in Base.registry.mappers]
    return {
        model.__tablename__: sorted(repr(audit.values(row)) for row in work.session.scalars(select(model)))
        for model in models
        if model.__tablename__ not in TRACES
    }


FIRST = ["Ann", "Bob", "Cara", "Jörg", "Ines"]
LAST = ["Lee", "Ray", "Müller"]
COMPANIES = ["Globex Ltd", "Acme GmbH", "Initech", ""]


def made_up(seed: int, rows: int, kind: str) -> bytes:
    """A list in which some stand twice, some are known by one thing and some by another."""
    chance = random.Random(seed)
    head = "id,name,email,phone,company,title,owner,website"
    trade = {"orders": ",order id,date,amount", "deals": ",deal,stage,amount,close date"}.get(kind, "")
    lines = [head + trade]
    for _ in range(rows):
        first, last, company = chance.choice(FIRST), chance.choice(LAST), chance.choice(COMPANIES)
        email = chance.choice(
            [f"{first}.{last}@{(company or 'web').split()[0]}.example".lower(), "", "sales@x.example"]
        )
        phone = chance.choice(["", f"+49 30 9018{chance.randrange(4):03d}"])
        cells = [
            chance.choice(["", str(chance.randrange(9))]), f"{first} {last}", email, phone, company,
            chance.choice(["", "Buyer", "Boss"]), chance.choice(["", "Ada", "Ben", "Nobody"]),
            chance.choice(["", "globex.example"]),
        ]  # fmt: skip
        if kind == "orders":
            cells += [str(chance.randrange(rows)), "2026-01-05", "12.50"]
        if kind == "deals":
            cells += [chance.choice(["Renewal", "Upgrade", "Pilot"]), chance.choice(["Proposal", "Closed Won", ""])]
            cells += ["1200", "2026-12-31"]
        lines.append(",".join(cells))
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("seed", "choice", "kind"),
    [(1, None, "customers"), (2, EVERYTHING, "customers"), (3, None, "orders"), (4, EVERYTHING, "deals")],
)
def test_an_import_that_is_taken_back_leaves_the_store_as_it_was(
    cast: Cast, clock: MovableClock, seed: int, choice: ColumnChoice | None, kind: str
) -> None:
    cast.ada.write_now(deals.add_pipeline, "Sales")
    import_file(cast.ada, made_up(seed + 100, 12, "customers"), "before.csv")
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann.lee@globex.example",)))
    before = cast.ada.read_now(picture)
    clock.advance(60)
    raw = made_up(seed, 230, kind)
    trial = import_file(cast.ada, raw, "x.csv", dry_run=True, choice=choice)
    done = import_file(cast.ada, raw, "x.csv", choice=choice)
    assert cast.ada.read_now(picture) != before
    assert (trial.created, trial.updated, trial.duplicates, trial.errors) == (
        done.created, done.updated, done.duplicates, done.errors,
    )  # fmt: skip
    assert [row for row, _ in trial.possible] == [row for row, _ in done.possible]
    assert done.import_id is not None
    taken_back(cast.ada, done.import_id)
    assert cast.ada.read_now(picture) == before
    assert cast.ada.read_now(audit.verify).ok
    again = import_file(cast.ada, raw, "x.csv", choice=choice)
    assert (again.created, again.updated) == (done.created, done.updated)


def test_what_was_filled_in_tells_where_it_is_from_and_what_somebody_changed_since_stays(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",))).row_id
    raw = b"name,email,title,owner,company,phone\nAnn Lee,ann@globex.example,Buyer,Ben,Globex,+44 20 7946 0917\n"
    done = import_file(cast.ada, raw, "x.csv")
    assert done.import_id is not None
    shown = cast.ada.read_now(card, ann)
    assert (shown.title, shown.customer.company) == ("Buyer", "Globex")
    assert {(field, source) for field, source in cast.ada.read_now(_history, ann)} == {
        ("title", "import"), ("owner", "import"), ("company", "import"),
    }  # fmt: skip
    cast.ben.write_now(customers.edit, ann, {"title": "Chief"})
    receipt = taken_back(cast.ada, done.import_id)
    assert receipt.sentence == (
        "Took back x.csv: 0 customers removed; details of 1 other are as they were; "
        "the title of Ann Lee stayed, since somebody has changed it"
    )
    after = cast.ada.read_now(card, ann)
    assert (after.title, after.customer.company) == ("Chief", None)
    assert [point.kind for point in after.points] == ["email"]
    assert cast.ada.read_now(_history, ann) == [("title", "import"), ("title", "manual")]


def test_a_customer_whom_somebody_has_used_stays_with_all_it_has(cast: Cast) -> None:
    done = import_file(cast.ada, b"name,email,company\nBob Ray,bob@acme.example,Acme\n", "x.csv")
    assert done.import_id is not None
    bob = cast.ada.read_now(by_points, ["bob@acme.example"])["bob@acme.example"].customer_id
    cast.ben.write_now(customers.edit, bob, {"title": "Boss"})
    assert taken_back(cast.ada, done.import_id).made == (bob,)
    assert cast.ada.read_now(card, bob).customer.company == "Acme"


def test_a_way_back_that_was_stopped_is_gone_on_with_and_told_whole(cast: Cast) -> None:
    before = cast.ada.read_now(picture)
    rows = "".join(f"Person {at},p{at}@x.example,Firm {at % 90}\n" for at in range(250))
    done = import_file(cast.ada, f"name,email,company\n{rows}".encode(), "x.csv")
    assert done.import_id is not None
    with pytest.raises(KeyboardInterrupt):
        way_back.prepare(cast.ada, done.import_id, _stop)
    first, *_ = cast.ada.read_now(import_undo_parts.pieces, done.import_id)
    cast.ada.write_now(import_undo_parts.take_back_some, done.import_id, first, frozenset())
    receipt = taken_back(cast.ben, done.import_id)
    assert receipt.sentence == "Took back x.csv: 250 customers removed"
    assert cast.ada.read_now(picture) == before
    assert cast.ada.read_now(audit.verify).ok
    with pytest.raises(NotUndoable):
        way_back.prepare(cast.ada, done.import_id)


def test_whom_somebody_used_stays_when_the_rest_goes_in_parts(cast: Cast) -> None:
    rows = "".join(f"Person {at},p{at}@x.example,Firm {at % 90}\n" for at in range(250))
    done = import_file(cast.ada, f"name,email,company\n{rows}".encode(), "x.csv")
    assert done.import_id is not None
    one = cast.ada.read_now(by_points, ["p7@x.example"])["p7@x.example"].customer_id
    cast.ben.write_now(customers.edit, one, {"title": "Chief"})
    receipt = taken_back(cast.ada, done.import_id)
    assert receipt.sentence == ("Took back x.csv: 249 customers removed; Person 7 stayed, since somebody has used them")
    assert cast.ada.read_now(card, one).customer.company == "Firm 7"
    with pytest.raises(NotFound):
        way_back.prepare(cast.cleo, done.import_id)


def test_details_that_were_put_back_before_a_stop_are_told_in_the_end(cast: Cast) -> None:
    rows = "".join(f"Person {at},p{at}@x.example\n" for at in range(150))
    import_file(cast.ada, f"name,email\n{rows}".encode(), "a.csv")
    done = import_file(cast.ada, f"name,email,title\n{rows}".replace("example\n", "example,Boss\n").encode(), "b.csv")
    assert done.import_id is not None
    one = cast.ada.read_now(by_points, ["p7@x.example"])["p7@x.example"].customer_id
    cast.ben.write_now(customers.edit, one, {"title": "Chief"})
    first, *_ = cast.ada.read_now(import_undo_parts.changed, done.import_id)
    cast.ada.write_now(import_undo_parts.begin, done.import_id)
    cast.ada.write_now(import_undo_parts.put_back_some, done.import_id, first)
    assert taken_back(cast.ada, done.import_id).sentence == (
        "Took back b.csv: 0 customers removed; details of 149 others are as they were; "
        "the title of Person 7 stayed, since somebody has changed it"
    )
    assert cast.ada.read_now(card, one).title == "Chief"


def _stop(_done: int, _of: int) -> None:
    raise KeyboardInterrupt


def _history(work: Work, customer_id: str) -> list[tuple[str, str]]:
    rows = work.session.scalars(select(FieldHistory).where(FieldHistory.row_id == customer_id))
    return sorted((row.field, row.source) for row in rows)
