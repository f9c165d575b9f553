"""A file goes in once: nobody is made twice, bad rows are told, and all of it can be taken back."""

import pytest

from crm_store import audit
from crm_store.actions import customers, imports
from crm_store.errors import BadInput, NotFound, NotUndoable
from crm_store.lookup.search import search
from crm_store.queries.customers import by_points, card
from crm_store.values.acts import NewCustomer
from crm_store.values.imports import ImportedRow
from ingest.files.intake import ImportOutcome, import_file
from tests.cast import Cast

PEOPLE = b"""id,first_name,last_name,company,email,phone,shoe
1,Ann,Lee,Globex Ltd,ann@globex.example,+44 20 7946 0917,38
2,Bob,Ray,globex,bob@globex.example,,43
3,Ann,Lee,Globex,ann.lee@globex.example,,40
4,Ann,Lee,Globex,ANN@globex.example,,38
5,,,,,,
"""
ORDERS = b"""customer_id,date,cds,amount
0001,1997-01-01,2,29.33
0001,1997-01-18,2,29.73
0002,1997-01-01,3,63.34
0002,1997-01-01,3,63.34
0003,someday,3,63.34
"""


def _counts(outcome: ImportOutcome) -> tuple[int, int, int, int, int]:
    return outcome.rows, outcome.created, outcome.updated, outcome.duplicates, len(outcome.errors)


def test_people_are_made_once_and_found_at_once(cast: Cast) -> None:
    outcome = import_file(cast.ada, PEOPLE, "people.csv")
    assert _counts(outcome) == (5, 3, 0, 1, 1)
    assert outcome.errors == ((6, "There is no name, e-mail address or company."),)
    assert outcome.unknown_columns == ("shoe",)
    assert cast.ada.read_now(search, "bob ray").found[0].customer.company == "Globex Ltd"
    assert _counts(import_file(cast.ben, PEOPLE, "people.csv")) == (5, 0, 0, 4, 1)
    assert cast.ada.read_now(audit.verify).ok


def test_a_dry_run_says_the_same_and_changes_nothing(cast: Cast) -> None:
    for raw in (PEOPLE, ORDERS):
        trial = import_file(cast.ada, raw, "x.csv", dry_run=True)
        assert trial.import_id is None
        assert cast.ada.read_now(search, "ann customer").found == ()
        assert _counts(trial) == _counts(import_file(cast.cleo, raw, "x.csv"))


def test_what_was_empty_is_filled_and_what_was_known_is_kept(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Leigh", ("ann@globex.example",), title="Buyer")).row_id
    raw = b"name,email,phone,title,company\nAnn Lee,ann@globex.example,+44 20 7946 0917,Boss,Globex\n"
    assert _counts(import_file(cast.ada, raw, "x.csv")) == (1, 0, 1, 0, 0)
    shown = cast.ada.read_now(card, ann)
    assert (shown.customer.name, shown.title, shown.customer.company) == ("Ann Leigh", "Buyer", "Globex")
    assert [point.kind for point in shown.points] == ["email", "phone"]
    assert cast.ada.read_now(search, "leigh globex").found[0].customer.customer_id == ann


def test_numbers_of_two_files_that_clash_do_not_make_two_people_one(cast: Cast) -> None:
    import_file(cast.ada, b"id,name,email\n1,Ann Lee,ann@x.example\n", "a.csv")
    outcome = import_file(cast.ada, b"id,name,email\n1,Bob Ray,bob@y.example\n", "b.csv")
    assert outcome.created == 1


def test_orders_of_people_known_by_number_alone_come_in_once(cast: Cast) -> None:
    outcome = import_file(cast.ada, ORDERS, "cdnow.csv")
    assert (outcome.kind, _counts(outcome)) == ("orders", (5, 4, 0, 0, 1))
    assert outcome.unknown_columns == ("cds",)
    assert cast.ada.read_now(search, "customer 0001").certain
    assert _counts(import_file(cast.ada, ORDERS, "cdnow.csv")) == (5, 0, 0, 4, 1)


def test_an_import_is_taken_back_but_for_what_was_used(cast: Cast) -> None:
    outcome = import_file(cast.ada, PEOPLE, "people.csv")
    assert outcome.import_id is not None
    bob = cast.ada.read_now(by_points, ["bob@globex.example"])["bob@globex.example"]
    cast.ada.write_now(customers.edit, bob.customer_id, {"title": "Buyer"})
    receipt = cast.ada.write_now(imports.undo_import, outcome.import_id)
    assert receipt.sentence == (
        "Took back people.csv: 2 customers removed; Bob Ray stayed, since somebody has used them"
    )
    assert receipt.made == (bob.customer_id,)
    assert [one.customer.name for one in cast.ada.read_now(search, "ann lee").found if one.score > 0.9] == []
    with pytest.raises(NotUndoable):
        cast.ada.write_now(imports.undo_import, outcome.import_id)


def test_orders_that_were_taken_back_can_come_in_again(cast: Cast) -> None:
    first = import_file(cast.ada, ORDERS, "cdnow.csv")
    assert first.import_id is not None
    cast.ada.write_now(imports.undo_import, first.import_id)
    assert cast.ada.read_now(search, "customer").found == ()
    assert _counts(import_file(cast.ada, ORDERS, "cdnow.csv")) == _counts(first)


def test_a_batch_that_comes_twice_is_taken_once(cast: Cast) -> None:
    import_id = cast.ada.write_now(imports.begin, "x.csv", "customers", {}, None)
    rows = [ImportedRow(2, name="Ann Lee")]
    assert cast.ada.write_now(imports.apply_rows, import_id, rows).created == 1
    assert cast.ada.write_now(imports.apply_rows, import_id, rows).created == 0
    with pytest.raises(BadInput):
        cast.ada.write_now(imports.apply_rows, import_id, rows * 201)


def test_another_teams_import_is_none_of_ours(cast: Cast) -> None:
    outcome = import_file(cast.ada, PEOPLE, "people.csv")
    assert outcome.import_id is not None
    with pytest.raises(NotFound):
        cast.cleo.write_now(imports.undo_import, outcome.import_id)
    assert import_file(cast.cleo, PEOPLE, "people.csv").created == 3


def test_progress_is_told_to_the_end(cast: Cast) -> None:
    raw = b"name\n" + b"".join(b"Person %d\n" % number for number in range(450))
    seen: list[tuple[int, int]] = []
    import_file(cast.ada, raw, "x.csv", progress=lambda done, of: seen.append((done, of)))
    assert seen == [(done, 450) for done in range(25, 451, 25)]


def test_cards_come_in_like_rows(cast: Cast) -> None:
    raw = b"BEGIN:VCARD\nFN:Ann Lee\nEMAIL:ann@x.example\nEND:VCARD\n"
    assert _counts(import_file(cast.ada, raw, "ann.vcf")) == (1, 1, 0, 0, 0)
