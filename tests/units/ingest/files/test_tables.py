"""Files as people have them: every encoding, every sign between cells, columns in other languages, and bad rows."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.errors import BadInput
from crm_store.values.imports import ImportedRow
from ingest.files.columns import meaning
from ingest.files.mapping import guess_mapping
from ingest.files.rows import Problem, rows
from ingest.files.tables import read_table
from ingest.files.vcard import cards, is_vcard

PEOPLE = "Vorname;Nachname;E-Mail;Firma;Telefon;Lieblingsfarbe\n" + (
    "Käthe;Müller;k@müller.example;Ashby GmbH;+49 30 23125 111;rot\n"
)


def _read(text: str | bytes, overrides: dict[str, str] | None = None) -> list[ImportedRow | Problem]:
    table = read_table(text.encode() if isinstance(text, str) else text, "people.csv")
    return list(rows(table, guess_mapping(table, overrides), "EUR"))


def _people(text: str | bytes) -> list[ImportedRow]:
    return [row for row in _read(text) if isinstance(row, ImportedRow)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_a_german_export_is_read_in_every_usual_encoding(codec: str) -> None:
    person = _people(PEOPLE.encode(codec))[0]
    assert (person.name, person.company, person.phones) == ("Käthe Müller", "Ashby GmbH", ("+49 30 23125 111",))


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_every_sign_between_cells_is_found(sign: str) -> None:
    table = read_table(PEOPLE.replace(";", sign).encode(), "people.csv")
    assert (table.delimiter, len(table.headers)) == (sign, 6)


def test_excels_own_hint_about_the_sign_is_obeyed() -> None:
    table = read_table(b"sep=;\r\nname;note\r\nAnn;a, b, c, d\r\n", "x.csv")
    assert (table.rows, table.numbers) == ((("Ann", "a, b, c, d"),), (3,))


def test_unknown_columns_are_named_and_passed() -> None:
    table = read_table(PEOPLE.encode(), "people.csv")
    mapping = guess_mapping(table)
    assert (mapping.kind, mapping.unknown) == ("customers", ("Lieblingsfarbe",))


def test_a_guessed_encoding_is_said() -> None:
    assert "not in UTF-8" in read_table("name\nKäthe\n".encode("cp1252"), "x.csv").warnings[0]


def test_a_quoted_cell_may_hold_lines_and_signs() -> None:
    assert [row.name for row in _people('name,email\n"Lee, Ann\nMarie",ann@x.example\nBob,bob@x.example\n')] == [
        "Lee, Ann Marie",
        "Bob",
    ]


def test_a_file_without_a_head_is_guessed_from_its_content() -> None:
    person = _people("Ann Lee,ann@x.example\nBob Ray,bob@x.example\n")[0]
    assert person.emails == ("ann@x.example",)
    assert person.row == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"colour,size\nred,4\n", "no column for a name"),
        (b"date,amount\n2026-01-01,4\n", "no column for the customer"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        _read(raw)


def test_what_people_say_of_columns_goes_before_a_guess() -> None:
    table = read_table(b"name,code\nAnn,ann@x.example\n", "x.csv")
    assert guess_mapping(table, {"email": "Code"}).columns["email"] == (1,)
    with pytest.raises(BadInput, match="no column “nope”"):
        guess_mapping(table, {"email": "nope"})
    with pytest.raises(BadInput, match="no field"):
        guess_mapping(table, {"shoe": "code"})


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First Name", "first_name"), ("E-mail 2", "email"), ("Phone (work)", "phone"), ("Firma", "company"),
        ("customer_id", "external_key"), ("InvoiceDate", "date"), ("Rechnungsnummer", "order_key"),
        ("Société", "company"), ("Associated Company", "company"), ("Betrag", "amount"),
        ("favourite colour", None), ("", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names(header: str, field: str | None) -> None:
    assert meaning(header) == field


def test_bad_rows_are_told_with_their_numbers_and_the_others_kept() -> None:
    read = _read("name,email\nAnn,ann@x.example\n,\n,not-an-address\n\nBob,\n")
    assert [(row.row, isinstance(row, Problem)) for row in read] == [(2, False), (4, True), (6, False)]


def test_several_addresses_in_one_cell_are_several() -> None:
    assert _people("name,email\nAnn,a@x.example; b@x.example\n")[0].emails == ("a@x.example", "b@x.example")


def test_orders_without_a_number_are_told_apart_by_their_count() -> None:
    text = "customer_id,date,cds,amount\n0001,1997-01-01,2,29.33\n0001,1997-01-01,2,29.33\n0002,1997-01-01,1,6.79\n"
    keys = [row.order.key for row in _people(text) if row.order]
    assert len(set(keys)) == 3
    assert keys == [row.order.key for row in _people(text) if row.order]


def test_rows_with_one_order_number_are_lines_of_one_order() -> None:
    text = "invoice,customer,date,product,qty,price\nA1,Ann,2026-01-02,Seat,2,20\nA1,Ann,2026-01-02,Hub,1,5.50\n"
    (row,) = _people(text)
    assert row.order is not None
    assert (row.order.total.minor, [line.product for line in row.order.lines]) == (2550, ["Seat", "Hub"])


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (("31/12/2025", "01/02/2026"), datetime(2026, 2, 1, tzinfo=UTC)),
        (("12/31/2025", "01/02/2026"), datetime(2026, 1, 2, tzinfo=UTC)),
        (("1.2.2026", "01.02.2026"), datetime(2026, 2, 1, tzinfo=UTC)),
        (("2026-01-31", "2026-02-01 08:30"), datetime(2026, 2, 1, 8, 30, tzinfo=UTC)),
        (("5 Jan 2026", "1 Feb 2026"), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_all_days_of_a_column_decide_what_is_the_month(days: tuple[str, str], read: datetime) -> None:
    last = _people("name,date,amount\n" + "".join(f"Ann,{day},5\n" for day in days))[-1]
    assert last.order is not None
    assert last.order.ordered_at == read


def test_orders_with_a_wrong_day_or_amount_are_told() -> None:
    read = _read("name,date,amount\nAnn,soon,5\nAnn,2026-01-01,much\nAnn,2026-01-01,-5\nAnn,2026-01-01,5\n")
    assert [row.row for row in read if isinstance(row, Problem)] == [2, 3, 4]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with contextlib.suppress(BadInput):
        assert all(isinstance(row, ImportedRow | Problem) for row in _read(raw))


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert all(isinstance(row, ImportedRow | Problem) for row in _read(f"name,email,date,amount\n{text}"))


CARD = b"""BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;K=C3=\r
=A4the;;;\r
ORG:Ashby \\& Partners;Sales\r
item1.EMAIL;TYPE=INTERNET:kaethe@ashby.example\r
TEL;TYPE=CELL:+49 30\r
  23125 111\r
TITLE:Buyer\\, senior\r
END:VCARD\r
BEGIN:VCARD\r
FN:Bob Ray\r
END:VCARD\r
BEGIN:VCARD\r
NOTE:nobody\r
END:VCARD\r
"""


def test_cards_are_read_whatever_their_version() -> None:
    assert is_vcard(CARD, "contacts.vcf")
    first, second, third = cards(CARD)
    assert isinstance(first, ImportedRow)
    assert (first.name, first.emails, first.title) == ("Käthe Müller", ("kaethe@ashby.example",), "Buyer, senior")
    assert first.phones == ("+49 30 23125 111",)
    assert isinstance(second, ImportedRow)
    assert second.name == "Bob Ray"
    assert third == Problem(3, "The card has no name, e-mail address or company.")


@pytest.mark.parametrize("mark", ["KIND:org", "X-ABShowAs:COMPANY"])
def test_the_card_of_a_company_makes_nobody_and_a_list_of_cards_is_told(mark: str) -> None:
    company, group = cards(
        f"BEGIN:VCARD\nFN:Globex\n{mark}\nURL:globex.example\nEND:VCARD\n"
        "BEGIN:VCARD\nKIND:group\nFN:Friends\nEND:VCARD\n".encode()
    )
    assert isinstance(company, ImportedRow)
    assert (company.company, company.name, company.company_only) == ("Globex", "", True)
    assert group == Problem(2, "The card is a list of other cards and no person.")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_card_reader(raw: bytes) -> None:
    assert all(isinstance(row, ImportedRow | Problem) for row in cards(b"BEGIN:VCARD\n" + raw + b"\nEND:VCARD"))


@pytest.mark.parametrize(
    "raw", [b"<html><table><tr><td>name</td></tr></table>", b'[{"name": "Ann"}]', bytes(range(256))]
)
def test_what_is_no_table_is_named_for_what_it_is(raw: bytes) -> None:
    with pytest.raises(BadInput, match="CSV"):
        read_table(raw, "list.csv")


def test_a_title_above_the_names_of_columns_is_left_out_and_said_to_be() -> None:
    table = read_table(b"My customers\nof this year\nname,email\nAnn,ann@x.example\nBob,bob@x.example\n", "list.csv")
    assert (table.headers, table.numbers) == (("name", "email"), (4, 5))
    assert table.warnings == ("2 lines above the column names left out.",)


@pytest.mark.parametrize("raw", [b"name\nAnn Lee\nRay, Bob\n", b"name,email\nAnn,\nBob,\nCy,cy@x.example\n"])
def test_sparse_rows_are_no_title(raw: bytes) -> None:
    table = read_table(raw, "list.csv")
    assert table.headers[0] == "name"
    assert len(table.rows) >= 2
    assert "above" not in " ".join(table.warnings)


def test_names_of_columns_alone_and_twice_are_said() -> None:
    told = read_table(b"name,name\n", "list.csv").warnings
    assert [one.split("”")[0] for one in told] == [
        "There are column names but no rows below them.",
        "Several columns are called “name",
    ]
