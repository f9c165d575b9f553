"""Imports, their way back and exports of everything do the same on both engines."""

from crm_store.actions import customers, imports
from crm_store.engine.store import Store
from crm_store.queries.customers import card
from crm_store.values.acts import NewCustomer
from crm_store.values.imports import ColumnChoice
from ingest.files import export, way_back
from ingest.files.intake import import_file
from tests.cast import gather

RAW = b"name,email,title,owner,company,phone\nAnn Lee,ann@globex.example,Buyer,Ben,Globex,+44 20 7946 0917\nBob,,,,,\n"


def test_a_list_is_tried_taken_in_and_taken_back(store: Store) -> None:
    cast = gather(store)
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Leigh", ("ann@globex.example",))).row_id
    choice = ColumnChoice(overwrite=("name",))
    trial = import_file(cast.ada, RAW, "x.csv", dry_run=True, choice=choice)
    done = import_file(cast.ada, RAW, "x.csv", choice=choice)
    assert (trial.created, trial.updated) == (done.created, done.updated) == (1, 1)
    shown = cast.ada.read_now(card, ann)
    assert (shown.customer.name, shown.title, shown.customer.company) == ("Ann Lee", "Buyer", "Globex")
    assert done.import_id is not None
    way_back.prepare(cast.ada, done.import_id)
    cast.ada.write_now(imports.undo_import, done.import_id)
    shown = cast.ada.read_now(card, ann)
    assert (shown.customer.name, shown.title, shown.customer.company) == ("Ann Leigh", None, None)


def test_an_export_of_one_team_comes_in_at_another(store: Store) -> None:
    cast = gather(store)
    import_file(cast.ada, RAW, "x.csv")
    whole = export.everything_bytes(cast.ben)
    outcome = import_file(cast.cleo, whole, "rapport.jsonl")
    assert (outcome.created, outcome.errors) == (3, ())
    assert b"ann@globex.example" in export.table_bytes(cast.cleo, "customers")
    assert outcome.import_id is not None
    cast.cleo.write_now(imports.undo_import, outcome.import_id)
    assert b"ann@globex.example" not in export.table_bytes(cast.cleo, "customers")


def test_a_list_of_several_parts_is_taken_in_whole_and_goes_whole(store: Store) -> None:
    cast = gather(store)
    rows = "".join(f"Person {at},p{at}@x.example,Firm {at % 20}\n" for at in range(230))
    told: list[int] = []
    done = import_file(
        cast.ada, f"name,email,company\n{rows}".encode(), "x.csv", progress=lambda so_far, _of: told.append(so_far)
    )
    assert (done.created, told[-1]) == (230, 230)
    assert done.import_id is not None
    way_back.prepare(cast.ada, done.import_id)
    assert cast.ada.write_now(imports.undo_import, done.import_id).sentence == "Took back x.csv: 230 customers removed"
    assert b"x.example" not in export.table_bytes(cast.ada, "customers")
