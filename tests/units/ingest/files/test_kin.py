"""Whoever a list brings that may be somebody known is asked about, never joined; all of it goes with the list."""

from crm_store.actions import customers, duplicates, imports, merges
from crm_store.clock import MovableClock
from crm_store.queries import duplicates as queries
from crm_store.queries import imports as import_queries
from crm_store.queries.customers import card
from crm_store.values.acts import NewCustomer
from ingest.files import kin
from ingest.files.intake import import_file
from tests.cast import Cast
from tests.units.crm_store.merging.players import dump

KNOWN = NewCustomer("Katherine Mueller", ("k.mueller@globex.example",), ("+44 7911 123456",), company="Globex")
LIST = b"""name,email,phone,company
Katharine Muller,katharine@home.example,+44 7911 123456,Globex Ltd
Bob Ray,bob@initech.example,,Initech
Zoe Quint,zoe@umbra.example,,Umbra
"""


def test_a_slip_in_the_name_with_another_address_is_asked_about(cast: Cast) -> None:
    known = cast.ada.write_now(customers.add, KNOWN).row_id
    done = import_file(cast.ada, LIST, "x.csv")
    assert (done.created, done.proposed) == (3, 1)
    shown = cast.ben.read_now(queries.next_pair)
    assert shown is not None
    assert {shown.a.customer.name, shown.b.customer.name} == {"Katherine Mueller", "Katharine Muller"}
    assert shown.others == 0
    assert known in (shown.a.customer.customer_id, shown.b.customer.customer_id)
    assert done.import_id is not None
    assert cast.ada.read_now(import_queries.outcome, done.import_id).proposed == 1


def test_of_a_long_list_namesakes_are_asked_about_at_once_and_the_rest_at_night(cast: Cast) -> None:
    cast.ada.write_now(customers.add, KNOWN)
    others = b"".join(b"Person %d,p%d@home.example,,\n" % (number, number) for number in range(kin.MOST))
    done = import_file(cast.ada, LIST + others + b"Katherine Mueller,kate@home.example,,Globex\n", "x.csv")
    shown = cast.ben.read_now(queries.next_pair)
    assert (done.created, done.proposed) == (kin.MOST + 4, 1)
    assert shown is not None
    assert shown.a.customer.name == shown.b.customer.name == "Katherine Mueller"


def test_a_dry_run_asks_nobody(cast: Cast) -> None:
    cast.ada.write_now(customers.add, KNOWN)
    assert import_file(cast.ada, LIST, "x.csv", dry_run=True).proposed == 0
    assert cast.ada.read_now(queries.next_pair) is None


def test_what_is_only_one_persons_own_is_not_shown_to_others(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer(KNOWN.name, KNOWN.emails, KNOWN.phones, level="private"))
    assert import_file(cast.ada, LIST, "x.csv").proposed == 0


def test_an_answer_of_today_holds_for_what_the_night_finds(cast: Cast) -> None:
    # The night works with numbers of a whole table, the import with a pair; the facts of a pair are the same.
    from analytics.duplicates import of_store  # noqa: PLC0415 -- numpy is not for every test

    cast.ada.write_now(customers.add, KNOWN)
    import_file(cast.ada, LIST, "x.csv")
    shown = cast.ada.read_now(queries.next_pair)
    assert shown is not None
    pair = (shown.a.customer.customer_id, shown.b.customer.customer_id)
    found = of_store.proposed(cast.ada.read_now(queries.records), {}, lambda _: None)
    cast.ada.write_now(merges.decide_pair, *pair, "different")
    assert [(one.a, one.b) for one in found] == [tuple(sorted(pair))]
    assert cast.ada.write_now(duplicates.propose, found) == 0
    assert cast.ada.read_now(queries.next_pair) is None


def test_taken_back_the_list_leaves_nothing_also_of_questions(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(customers.add, KNOWN)
    clock.advance(60)
    before = _without_imports(cast)
    done = import_file(cast.ada, LIST, "x.csv")
    assert _without_imports(cast) != before
    assert done.import_id is not None
    cast.ada.write_now(imports.undo_import, done.import_id)
    after = _without_imports(cast)
    assert [table for table in before if after[table] != before[table]] == []
    assert cast.ada.read_now(queries.next_pair) is None


def test_somebody_of_the_list_who_was_merged_stays_and_is_named(cast: Cast, clock: MovableClock) -> None:
    known = cast.ada.write_now(customers.add, KNOWN).row_id
    clock.advance(60)
    done = import_file(cast.ada, LIST, "x.csv")
    shown = cast.ada.read_now(queries.next_pair)
    assert shown is not None
    assert done.import_id is not None
    cast.ada.write_now(merges.decide_pair, shown.a.customer.customer_id, shown.b.customer.customer_id, "same")
    back = cast.ada.write_now(imports.undo_import, done.import_id)
    assert "2 customers removed" in back.sentence
    assert "Katharine Muller stayed" in back.sentence
    assert {point.value for point in cast.ada.read_now(card, known).points} >= {"katharine@home.example"}


def _without_imports(cast: Cast) -> dict[str, list[str]]:
    rows = dump(cast.ada)
    for table in ("imports", "import_rows", "import_changes"):
        rows.pop(table)
    return rows
