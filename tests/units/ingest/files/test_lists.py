"""Lists as programs write them are understood, remembered, taken up where they stopped, and their bad rows told."""

import pytest
from sqlalchemy import select

from bot.cards import imports as cards
from crm_store.actions import customers, deals, imports
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.lookup.search import search
from crm_store.models.trade import Deal
from crm_store.queries import imports as import_queries
from crm_store.queries.customers import by_points, card
from crm_store.values.acts import NewCustomer
from crm_store.values.imports import FIELDS, ColumnChoice
from ingest.files import columns
from ingest.files.intake import import_file
from ingest.files.records import guarded, unguarded
from ingest.files.tables import read_table
from tests.cast import Cast
from tests.units.bot.cards.figures import takes

PEOPLE = {
    "HubSpot contacts": (
        "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Associated Company,Create Date\n"
        "101,Ann,Lee,ann@globex.example,+44 20 7946 0917,customer,Globex Ltd,2026-01-05\n"
    ),
    "Salesforce contacts": (
        '"Salutation","First Name","Last Name","Title","Account Name","Email","Phone"\n'
        '"Ms","Ann","Lee","Buyer","Globex Ltd","ann@globex.example","+44 20 7946 0917"\n'
    ),
    "Pipedrive people": (
        "Person - ID;Person - Name;Person - Organization;Person - Email - Work;Person - Phone - Mobile\n"
        "7;Ann Lee;Globex Ltd;ann@globex.example;+44 20 7946 0917\n"
    ),
    "Google Contacts": (
        "First Name,Last Name,Labels,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value\n"
        "Ann,Lee,* myContacts,Globex Ltd,Work,ann@globex.example ::: ann.lee@web.example,+44 20 7946 0917\n"
    ),
    "Outlook": (
        "Title,First Name,Last Name,Company,Job Title,E-mail Address,Business Phone\n"
        "Ms,Ann,Lee,Globex Ltd,Buyer,ann@globex.example,+44 20 7946 0917\n"
    ),
}
DEALS = {
    "HubSpot deals": (
        "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Associated Contact,Associated Company\n"
        "1,Renewal,Proposal,Sales,1200.50,2026-12-31,Ann Lee (ann@globex.example),Globex Ltd\n"
    ),
    "Salesforce opportunities": (
        "Opportunity Name,Account Name,Stage,Amount,Close Date,Probability (%)\n"
        "Renewal,Globex Ltd,Closed Won,1200.50,31.12.2026,100\n"
    ),
    "Pipedrive deals": (
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Stage,Deal - Status\n"
        "3,Renewal,1200.50,EUR,Globex Ltd,Qualified,Lost\n"
    ),
}


@pytest.mark.parametrize("program", PEOPLE)
def test_people_of_other_programs_are_recognised(cast: Cast, program: str) -> None:
    outcome = import_file(cast.ada, PEOPLE[program].encode(), "x.csv")
    assert (outcome.preview.program, outcome.kind, outcome.created) == (program, "customers", 1)
    ann = cast.ada.read_now(by_points, ["ann@globex.example"])["ann@globex.example"]
    shown = cast.ada.read_now(card, ann.customer_id)
    assert (ann.name, ann.company) == ("Ann Lee", "Globex Ltd")
    assert shown.title in ("Buyer", None)
    assert "phone" in {point.kind for point in shown.points}


@pytest.mark.parametrize(("program", "state"), list(zip(DEALS, ("open", "won", "lost"), strict=True)))
def test_deals_of_other_programs_are_recognised(cast: Cast, program: str, state: str) -> None:
    cast.ada.write_now(deals.add_pipeline, "Sales")
    outcome = import_file(cast.ada, DEALS[program].encode(), "x.csv")
    assert (outcome.preview.program, outcome.kind, outcome.created, outcome.errors) == (program, "deals", 1, ())
    (there,) = cast.ada.read_now(_deals)
    assert there == ("Renewal", state, 120_050, "2026-12-31" if state != "lost" else "None")
    again = import_file(cast.ada, DEALS[program].encode(), "x.csv")
    assert (again.created, again.duplicates) == (0, 1)
    assert outcome.import_id is not None
    assert "1 deal" in cast.ada.write_now(imports.undo_import, outcome.import_id).sentence


def _deals(work: Work) -> list[tuple[str, str, int | None, str]]:
    return [(row.name, row.state, row.amount_minor, str(row.close_on)) for row in work.session.scalars(select(Deal))]


def test_companies_are_taken_in_without_anybody_in_them(cast: Cast) -> None:
    raw = (
        b"Company name,Company Domain Name,Company owner,Industry,Country/Region\nGlobex Ltd,globex.example,,Seats,UK\n"
    )
    outcome = import_file(cast.ada, raw, "x.csv")
    assert (outcome.kind, outcome.created) == ("companies", 1)
    assert (import_file(cast.ada, raw, "x.csv").duplicates, outcome.preview.program) == (1, "HubSpot companies")
    assert outcome.import_id is not None
    assert "1 company removed" in cast.ada.write_now(imports.undo_import, outcome.import_id).sentence


def test_columns_that_were_put_right_are_remembered_for_files_with_the_same_head(cast: Cast) -> None:
    raw = b"Wer,Woher,Post\nAnn Lee,Globex,ann@globex.example\n"
    choice = ColumnChoice({"Wer": "name", "Woher": "company"}, (), "Fair")
    first = import_file(cast.ada, raw, "x.csv", choice=choice)
    assert (first.created, first.unknown_columns) == (1, ())
    later = import_file(cast.ben, raw.replace(b"Ann Lee", b"Bob Ray").replace(b"ann@", b"bob@"), "y.csv")
    assert (later.preview.saved, later.created, later.unknown_columns) == ("Fair", 1, ())
    assert cast.ada.read_now(search, "bob ray").found[0].customer.company == "Globex"
    named = cast.ada.read_now(import_queries.mapping_named, "fair")
    assert named is not None
    assert named.columns == {"Wer": "name", "Woher": "company", "Post": "email"}
    with pytest.raises(BadInput, match="no column"):
        import_file(cast.cleo, b"Wer,Woher\nAnn,x\n", "x.csv")


def test_what_is_known_is_replaced_only_where_that_was_said(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Leigh", ("ann@x.example",), title="Buyer")).row_id
    raw = b"name,email,title\nAnn Lee,ann@x.example,Boss\n"
    assert import_file(cast.ada, raw, "x.csv").duplicates == 1
    assert import_file(cast.ada, raw, "x.csv", choice=ColumnChoice(overwrite=("title",))).updated == 1
    shown = cast.ada.read_now(card, ann)
    assert (shown.customer.name, shown.title) == ("Ann Leigh", "Boss")
    with pytest.raises(BadInput, match="cannot be replaced"):
        import_file(cast.ada, raw, "x.csv", choice=ColumnChoice(overwrite=("email",)))


def test_an_import_that_was_stopped_goes_on_and_takes_no_row_twice(cast: Cast) -> None:
    raw = b"name\n" + b"".join(b"Person %d\n" % number for number in range(450))

    def stop(done: int, _of: int) -> None:
        if done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(cast.ada, raw, "x.csv", progress=stop)
    outcome = import_file(cast.ada, raw, "x.csv")
    assert outcome.resumed >= 200
    assert (outcome.rows, outcome.created, outcome.duplicates) == (450, 450, 0)
    assert outcome.import_id is not None
    assert "450 customers removed" in cast.ada.write_now(imports.undo_import, outcome.import_id).sentence


def test_somebody_who_may_be_known_is_made_anew_and_named(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",), company="Globex"))
    raw = b"name,email,company,phone\nAnn Lee,a.lee@globex.example,Globex,\nAnn Lee,,Initech,\n"
    for dry_run in (True, False):
        outcome = import_file(cast.ada, raw, "x.csv", dry_run=dry_run)
        assert (outcome.created, outcome.possible) == (2, ((2, "Ann Lee"),))


def test_the_same_number_and_name_are_the_same_person_whatever_the_address(cast: Cast) -> None:
    new = NewCustomer("Ann Lee", ("ann@globex.example",), ("+44 20 7946 0917",), company="Globex")
    cast.ada.write_now(customers.add, new)
    raw = b"name,email,phone\nAnn Lee,ann@web.example,+44 20 7946 0917\nBob Ray,bob@web.example,+44 20 7946 0917\n"
    outcome = import_file(cast.ada, raw, "x.csv")
    assert (outcome.created, outcome.updated) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_tables_of_any_make_are_read(encoding: str, sign: str) -> None:
    text = sign.join(["Vorname", "Straße"]) + "\r\n" + sign.join(["Jörg", '"Am\r\nWall"']) + "\r\n"
    table = read_table(text.encode(encoding), "x.csv")
    assert table.headers == ("Vorname", "Straße")
    assert [tuple(" ".join(cell.split()) for cell in row) for row in table.rows] == [("Jörg", "Am Wall")]


def test_a_quotation_mark_that_nobody_closes_costs_its_own_row(cast: Cast) -> None:
    raw = b'name,email\nAnn Lee,ann@x.example\n"Bob,bob@x.example\nCara Day,cara@x.example\nDan Fox,dan@x.example\n'
    outcome = import_file(cast.ada, raw, "x.csv")
    assert outcome.errors == ((3, "A quotation mark in this row is not closed."),)
    assert outcome.created == 3


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-5", "@sum", "\tx", "\rx", "'=1", "''=1", "'", "it's", "", "x"])
def test_no_cell_of_an_export_begins_as_a_formula_and_each_comes_back(cell: str) -> None:
    written = guarded(cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(written) == cell


def test_the_fields_of_the_card_are_those_of_the_files() -> None:
    assert set(FIELDS) == set(columns.FIELDS)


def test_a_preview_of_a_real_file_fits_into_a_message(cast: Cast) -> None:
    outcome = import_file(cast.ada, PEOPLE["HubSpot contacts"].encode(), "x.csv", dry_run=True)
    takes(cards.dry_run("x.csv", outcome, "imp_1"))
    assert outcome.preview.first == (
        {
            "name": "Ann Lee", "email": "ann@globex.example", "phone": "+44 20 7946 0917", "company": "Globex Ltd",
            "number": "101",
        },
    )  # fmt: skip


def test_an_address_that_is_none_is_told_and_its_person_taken_in_without_it(cast: Cast) -> None:
    rows = "Ida,ida(at)x.example\nJo,n/a\nKim,kim.x.example\nLea,lea@x.example\n"
    outcome = import_file(cast.ada, f"name,email\n{rows}".encode(), "x.csv")
    assert (outcome.created, outcome.errors) == (4, ())
    assert outcome.warnings == ("“ida(at)x.example” in row 2 is no e-mail address and is left out, and 1 more.",)
