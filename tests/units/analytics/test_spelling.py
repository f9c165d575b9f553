"""Days and amounts are read as the column writes them, not as one cell might be taken."""

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

pytestmark = pytest.mark.numbers

from analytics import spelling  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.trial import labels, policy, tables, value  # noqa: E402 - the same
from crm_store.errors import BadInput  # noqa: E402 - the same

UNTIL = date(2026, 1, 1)


def _orders(folder: Path, *lines: str, head: str = "who,when,paid", encoding: str = "utf-8") -> tables.OrderTable:
    path = folder / "orders.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding=encoding)
    return tables.orders(path, customer="who", day="when", amount="paid", until=UNTIL)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€ 1,234.50", 1234.5), ("1.234,50 €", 1234.5), ("1'234.50", 1234.5), ("1 234,5 kr", 1234.5),
        ("R$ 12,50", 12.5),
        ("(12.50)", -12.5), ("12.50-", -12.5), ("-€5", -5.0), ("−7,25", -7.25), ("CHF 12.-", 12.0), ("0,125", 0.125),
        ("EUR 12", 12.0), ("5 %", 5.0), ("1.234.567", 1234567.0), ("1,234", 1234.0),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_the_spelling_of_its_country(text: str, value: float) -> None:
    assert spelling.number(text) == value


@pytest.mark.parametrize("text", ["", "soon", "A12", "--5", "(5", "nan", "inf", "1e400", "1.2.2025", "12 apples"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert math.isnan(spelling.number(text))


@pytest.mark.parametrize(
    ("column", "comma"),
    [
        (["1.234", "12,50"], True),
        (["1,234", "12.50"], False),
        (["1,234"], False),
        (["1.234.567"], True),
        (["7"], False),
    ],
)
def test_the_column_tells_which_mark_is_the_decimal_one(column: Sequence[str], *, comma: bool) -> None:
    assert spelling.comma_is_decimal(column) is comma


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (["03/04/2025", "13/04/2025"], True), (["03/04/2025", "04/13/2025"], False), (["3.4.2025"], True),
        (["2025-04-03"], False), (["03/04/2025"], None), (["13/04/2025", "04/13/2025"], False),
        (["13/04/2025", "04/13/2025", "03/04/2025"], None), (["05/05/2025"], False),
    ],
)  # fmt: skip
def test_the_column_tells_days_from_months_or_nobody_does(column: Sequence[str], first: bool | None) -> None:
    assert spelling.day_first(column) is first


@pytest.mark.parametrize(
    "text",
    ["2025-04-03", "2025-04-03T10:00:00Z", "20250403", "03.04.2025", "3.4.25", "2025/4/3", "3 Apr 2025",
     "April 3, 2025", "03/04/2025 10:15", "3/4/2025 1:05 PM"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert date.fromordinal(int(spelling.day(text, first=True))) == date(2025, 4, 3)


@pytest.mark.parametrize("text", ["31.02.2025", "1.2", "1.2.3", "soon", "2025-13-01", ""])
def test_what_is_no_day_is_none(text: str) -> None:
    assert math.isnan(spelling.day(text))


def test_a_german_export_is_read_whole(tmp_path: Path) -> None:
    found = _orders(
        tmp_path, "Ann;03.04.2025;1.234", "Ann;03.04.2025;10,50", "Bob;13.05.2025;2,00", head="who;when;paid"
    )
    assert found.ids == ("Ann", "Bob")
    assert found.amount.tolist() == [1244.5, 2.0]
    assert date.fromordinal(int(found.day[0])) == date(2025, 4, 3)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_names_are_kept_in_the_encodings_of_office_programs(tmp_path: Path, encoding: str) -> None:
    assert _orders(tmp_path, "Jörg,2025-01-02,5", encoding=encoding).ids == ("Jörg",)


def test_rows_that_cannot_be_used_are_counted_by_what_they_lack(tmp_path: Path) -> None:
    found = _orders(
        tmp_path, "Ann,2025-01-02,5", ",2025-01-02,5", "Ann,soon,5", "Ann,2025-01-02,much", "Bob,2025-01-02"
    )
    assert found.skipped == {"customer": 1, "day": 1, "amount": 2}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Ann,soon,5"], "“when” holds no days, such as “soon”"),
        (["Ann,2025-01-02,much"], "“paid” holds no amounts, such as “much”"),
        ([",2025-01-02,5"], "names a customer"),
        (["Ann,2030-01-02,5"], "on or after 2026-01-01; choose a later --until"),
        (["Ann,soon,5", "Ann,03/04/2025,5"], "does not tell days from months, as in “03/04/2025”"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_to_mend(tmp_path: Path, lines: list[str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        _orders(tmp_path, *lines)


def test_two_columns_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="2 columns “paid”"):
        _orders(tmp_path, "Ann,2025-01-02,5,6", head="who,when,paid,paid")


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "orders.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\x00\x00\x01\x02\nab\n")
    with pytest.raises(BadInput, match="no text; export the table as CSV"):
        tables.read(path)


def test_one_customer_alone_is_answered_without_a_fault(tmp_path: Path) -> None:
    path, out = tmp_path / "orders.csv", tmp_path / "out.csv"
    path.write_text("who,when,paid\n" + "".join(f"Ann,{month}/15/2025,$10.00\n" for month in range(1, 12)))
    told = value.run(orders=path, customer="who", date="when", amount="paid", until=UNTIL, horizon_days=30, out=out)
    assert told["customers"] == 1
    assert len(out.read_text().splitlines()) == 2


def test_a_campaign_with_words_of_another_language_is_read(tmp_path: Path) -> None:
    path = tmp_path / "campaign.csv"
    lines = (f"{at},{at % 7},{'ja' if at % 2 else 'nein'},{'ja' if at % 3 else 'nein'}\n" for at in range(200))
    path.write_text("id,size,sent,came\n" + "".join(lines))
    told = policy.run(
        table=path, treatment="sent", outcome="came", id="id", train_fraction=0.8, out=tmp_path / "out.csv"
    )
    assert (told["rows"], told["contacted"]) == (160, 80)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-02 00:30:00 UTC", date(2025, 3, 2)), ("2025-03-01T23:30:00-05:00", date(2025, 3, 1)),
        ("2025-03-02T10:00:00[Europe/Berlin]", date(2025, 3, 2)), ("20250302101500", date(2025, 3, 2)),
        ("Sun, 02 Mar 2025 23:30:00 +0200", date(2025, 3, 2)), ("Mar 2, 2025, 10:30:11 PM", date(2025, 3, 2)),
        ("March 2nd, 2025", date(2025, 3, 2)), ("2-Mar-25", date(2025, 3, 2)), ("2. März 2025", date(2025, 3, 2)),
        ("2 mars 2025", date(2025, 3, 2)), ("2 de marzo de 2025", date(2025, 3, 2)),
        ("Sunday, 2 March 2025", date(2025, 3, 2)),
    ],
)  # fmt: skip
def test_a_day_is_read_with_its_zone_and_in_words(text: str, day: date) -> None:
    assert int(spelling.day(text)) == day.toordinal()


@pytest.mark.parametrize("text", ["31 June 2025", "2 Marble 2025", "20251350101500", "ma 2, 2025", "2 March", "UTC"])
def test_what_only_looks_like_a_day_is_none(text: str) -> None:
    assert math.isnan(spelling.day(text))


@pytest.mark.parametrize(
    "cells", [("45718", "45719.5"), ("1740873600", "1740960000"), ("1740873600000", "1740960000123")]
)
def test_counted_days_are_read_where_the_whole_column_counts(tmp_path: Path, cells: tuple[str, str]) -> None:
    found = _orders(tmp_path, f"a,{cells[0]},1", f"b,{cells[1]},2")
    assert [date.fromordinal(int(each)) for each in found.day] == [date(2025, 3, 2), date(2025, 3, 3)]
    with pytest.raises(BadInput, match="holds no days"):
        _orders(tmp_path, f"a,{cells[0]},1", "b,7,2")


def test_a_day_that_stands_for_an_unknown_one_is_no_old_order(tmp_path: Path) -> None:
    found = _orders(tmp_path, "a,1900-01-01,1", "b,2025-03-02,2", "c,0001-01-01,2", "d,1970-01-01,2")
    assert found.ids == ("b",)
    assert found.skipped == {"day": 3}


def test_sums_in_several_currencies_are_not_added(tmp_path: Path) -> None:
    same = _orders(tmp_path, "a,2025-03-02,€5", "b,2025-03-03,7 EUR", "c,2025-03-04,9")
    assert same.amount.tolist() == [5, 7, 9]
    with pytest.raises(BadInput, match="mixes currencies \\(EUR 2×, USD 1×\\)"):
        _orders(tmp_path, "a,2025-03-02,€5", "b,2025-03-03,7 EUR", "c,2025-03-04,$9")


def test_a_title_above_the_columns_is_passed_over(tmp_path: Path) -> None:
    found = _orders(tmp_path, "who;when;paid", "a;2025-03-02;5", head="Orders of the year")
    assert found.ids == ("a",)


def test_deals_that_are_still_open_are_outcomes_to_come() -> None:
    found = labels.read(["Won", "lost", "Open", "in progress"], "stage")
    assert found.y[found.known].tolist() == [True, False]
    assert found.known.tolist() == [True, True, False, False]
    with pytest.raises(BadInput, match="3 different outcomes"):
        labels.read(["won", "lost", "blue"], "stage")
