"""Duplicates among things that are no people, and tables whose headings promise something else, or nothing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from analytics.duplicates.columns import Kind, kinds
from analytics.duplicates.engine import Table, find
from tests.units.analytics.duplicates import made_up, made_up_things

LEAST: Mapping[str, tuple[float, float]] = {
    "goods": (0.97, 0.97),
    "works": (0.97, 0.95),
    "songs": (0.95, 0.93),
    "towns": (0.95, 0.93),
    "other_headings": (0.98, 0.97),
}


@pytest.mark.parametrize("name", sorted(LEAST))
def test_the_same_setting_holds_for_goods_works_songs_and_places(name: str) -> None:
    known = made_up_things.THINGS[name](5)
    precision, recall, _ = made_up.score(known, [(pair.a, pair.b) for pair in find(known.left, known.right).proposed])
    assert precision >= LEAST[name][0]
    assert recall >= LEAST[name][1]


def test_headings_that_say_nothing_change_little() -> None:
    known = made_up.registered(6, people=700)
    bare = replace(known.left, columns=tuple(f"col{at}" for at in range(len(known.left.columns))))
    precision, recall, _ = made_up.score(known, [(pair.a, pair.b) for pair in find(bare).proposed])
    assert precision >= 0.98
    assert recall >= 0.95


def test_of_seven_customers_no_two_are_alike_by_their_mail_domains() -> None:
    names = ("Ann Lee", "John Smith", "Kai Berg", "Jon Smith", "Ida Holm", "Max Born", "Eva Roth")
    firms = ("globex", "initech", "umbra", "acme", "hooli", "vandelay", "soylent")
    rows = tuple((name, f"{name.split()[0].lower()}@{firm}.com") for name, firm in zip(names, firms, strict=True))
    every = find(Table(("name", "email"), tuple("1234567"), rows), threshold=0).pairs
    told = [float(why.rpartition("(")[2][:-1]) for pair in every for why in pair.why if "similar mail domain" in why]
    assert max(told, default=0.0) <= 3


def _kind_of(header: str, cells: list[str]) -> Kind | None:
    return kinds([Table((header,), tuple(map(str, range(len(cells)))), tuple((cell,) for cell in cells))])[0]


@pytest.mark.parametrize(
    ("header", "cell", "kind"),
    [
        ("title", "On the {0} of Indexes in {1} Systems", Kind.TEXT),
        ("authors", "Ann Lee, Bo Chan{0}, K. Berg{1}", Kind.TEXT),
        ("name", "Acme{0} digital camera model DX{1} black", Kind.TEXT),
        ("price", "${0}.{1}9", Kind.MEASURE),
        ("latitude", "4{0}.{1}33", Kind.MEASURE),
        ("col3", "{1}{0}.5{1}", Kind.MEASURE),
        ("Number", "+1 (415) 55{0}-20{1}1", Kind.PHONE),
        ("id number", "55{0}20{1}1", Kind.NUMBER),
        ("zip", "8{1}{0}33", Kind.POSTCODE),
    ],
)
def test_a_column_is_what_its_cells_are_where_its_heading_leaves_that_open(header: str, cell: str, kind: Kind) -> None:
    assert _kind_of(header, [cell.format(at % 10, at // 10) for at in range(100)]) is kind


def test_of_several_first_names_the_middle_one_is_text() -> None:
    rows = tuple((made_up.FIRST[at % 30], made_up.FIRST[at % 29], f"{made_up.LAST[at % 30]}x{at}") for at in range(90))
    table = Table(("first_name", "middle_name", "last_name"), tuple(map(str, range(90))), rows)
    assert kinds([table]) == (Kind.FIRST, Kind.TEXT, Kind.LAST)


def test_a_date_with_day_and_month_changed_round_is_near() -> None:
    known = made_up.registered(5, people=120).left
    rows = (
        ("Ida", "Holmberg", "04/09/1961", "", "", "", "", ""),
        ("Ida", "Holmberg", "09/04/1961", "", "", "", "", ""),
    )
    every = find(Table(known.columns, (*known.ids, "x", "y"), known.rows + rows), threshold=0).pairs
    (pair,) = [pair for pair in every if {pair.a, pair.b} == {"x", "y"}]
    assert any(why.startswith("similar dob (+") for why in pair.why)


def test_another_model_of_the_same_make_is_another_thing() -> None:
    known = made_up_things.goods(6, count=150).left
    rows = (
        ("Karona camera DX-550B", "", "$100"),
        ("Karona camera DX-560B", "", "$101"),
        ("Karona DX550B", "", "99.50"),
    )
    found = find(Table(known.columns, (*known.ids, "x", "y", "z"), known.rows + rows)).proposed
    assert {(pair.a, pair.b) for pair in found if {pair.a, pair.b} & {"x", "y", "z"}} == {("x", "z")}
