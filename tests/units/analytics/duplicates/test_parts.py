"""The parts of the search: guessed columns, clusters, columns that repeat one another, calibration."""

import numpy as np
import pytest

from analytics.duplicates import blocking, cells
from analytics.duplicates.calibrate import calibrated
from analytics.duplicates.cluster import clusters
from analytics.duplicates.columns import Kind, kinds
from analytics.duplicates.dependence import Shares
from analytics.duplicates.shapes import Table
from analytics.duplicates.together import Together
from tests.units.analytics.duplicates import made_up

ONE_TABLE = np.zeros(8, dtype=np.int8)


def _codes(*places: int) -> cells.Codes:
    return np.array(places, dtype=np.int32)


@pytest.mark.parametrize(
    ("header", "shown", "kind"),
    [
        ("Vorname", "anna", Kind.FIRST),
        ("customer_surname", "keller", Kind.LAST),
        ("contact", "anna.keller{}@acme.example", Kind.EMAIL),
        ("column 3", "+49 151 2{:06}", Kind.PHONE),
        ("date_of_birth", "198{}-02-03", Kind.DATE),
        ("", "1{}/02/1980", Kind.DATE),
        ("street number", "{}", Kind.HOUSE),
        ("Company Name", "acme {}", Kind.COMPANY),
        ("billing address", "{} Mill Road", Kind.ADDRESS),
        ("x", "{} Mill Road", Kind.ADDRESS),
        ("PLZ", "8{:04}", Kind.POSTCODE),
        ("name", "robert keller {}", Kind.NAME),
        ("name", "golden dragon {}", Kind.COMPANY),
        ("tax number", "77{:06}", Kind.NUMBER),
        ("gender", "f", Kind.CODE),
    ],
)
def test_a_column_is_what_its_content_and_its_name_say(header: str, shown: str, kind: Kind) -> None:
    rows = tuple((shown.format(at % 10 if kind is Kind.DATE else at),) for at in range(100))
    assert kinds([Table((header,), tuple(map(str, range(100))), rows)]) == (kind,)


def test_beside_companies_a_name_is_a_persons_in_any_language() -> None:
    rows = tuple((f"zekacju{chr(97 + at % 26) * (at // 26 + 1)} bapnik", f"jivzi foods {at}") for at in range(100))
    ids = tuple(map(str, range(100)))
    assert kinds([Table(("name", "company"), ids, rows)]) == (Kind.NAME, Kind.COMPANY)
    assert kinds([Table(("name",), ids, tuple(row[1:] for row in rows))]) == (Kind.COMPANY,)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.DATE, "03.02.1980", "1980-02-03"),
        (Kind.PHONE, "+49 151 2345678", "0151/2345678"),
        (Kind.ADDRESS, "12 North Mill Road", "12 N. Mill Rd."),
        (Kind.COMPANY, "The Acme Co., Ltd.", "ACME"),
        (Kind.NAME, "Dr. KELLER, Anna", "Anna Keller"),
        (Kind.EMAIL, "Anna <ANNA@acme.example>", "anna@acme.example"),
    ],
)
def test_two_spellings_of_one_thing_are_one_value(kind: Kind, one: str, other: str) -> None:
    column = cells.column(kind, "x", (one, other, "n/a"))
    assert column.codes[0] == column.codes[1] >= 0
    assert column.codes[2] == -1


def test_a_city_repeats_its_postcode_and_is_counted_once() -> None:
    make = made_up.Maker(1)
    rows = [make.address() for _ in range(2_000)]
    city, code = (
        cells.column(kind, key, [row[key] for row in rows])
        for kind, key in ((Kind.CITY, "city"), (Kind.POSTCODE, "zip"))
    )
    (share,) = (share for _, share in Shares.of([city, code], len(rows)).parents.values())
    assert share < 0.1


def test_columns_that_have_nothing_to_do_with_each_other_count_in_full() -> None:
    make = made_up.Maker(1)
    first = cells.column(Kind.FIRST, "first", [make.pick(made_up.FIRST) for _ in range(2_000)])
    last = cells.column(Kind.LAST, "last", [make.pick(made_up.LAST) for _ in range(2_000)])
    assert not Shares.of([first, last], 2_000).parents


def test_a_block_that_is_too_large_is_parted_by_a_further_key() -> None:
    # Six hundred of one name, two of whom are at one company and have telephones that end alike.
    firms = [f"firm{at}x" for at in range(600)]
    firms[7] = firms[400] = "globex"
    numbers = [f"+49 151 {1_000_000 + 7 * at}" for at in range(600)]
    columns = [
        cells.column(Kind.FIRST, "first", ["ann"] * 600),
        cells.column(Kind.LAST, "last", ["lee"] * 600),
        cells.column(Kind.COMPANY, "company", firms),
        cells.column(Kind.PHONE, "phone", numbers),
    ]
    one, other = blocking.pairs(columns, np.zeros(600, dtype=np.int8))
    assert (7, 400) in set(zip(one.tolist(), other.tolist(), strict=True))
    assert len(one) <= 160_000


@pytest.mark.parametrize(("seen", "likely", "least", "most"), [(4_000, 0.0, 0.0, 0.1), (400, 1.0, 7.9, 8.0)])
def test_what_strangers_never_share_is_worth_more_than_its_columns(
    seen: int, likely: float, least: float, most: float
) -> None:
    # Four thousand strangers would agree by chance: as many do, or a tenth of it who all are one.
    shown = Together(np.ones(seen, dtype=bool), seen, 4_000, 1 / 32)
    assert least <= shown.bits(np.full(seen, likely)) <= most


def test_one_wrong_pair_does_not_join_two_groups() -> None:
    one, other = _codes(0, 0, 1, 3, 3, 4, 2), _codes(1, 2, 2, 4, 5, 5, 3)
    weights = np.array([9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 4.0])
    assert clusters(one, other, weights, {}, ONE_TABLE) == [[0, 1, 2], [3, 4, 5]]


def test_what_people_parted_is_never_joined_through_a_third() -> None:
    weights = np.array([9.0, 9.0])
    found = clusters(_codes(0, 1), _codes(1, 2), weights, {(0, 2): False}, ONE_TABLE)
    assert found == [[0, 1]]


def test_what_people_joined_holds_without_a_weight() -> None:
    assert clusters(_codes(), _codes(), np.zeros(0), {(0, 5): True}, ONE_TABLE) == [[0, 5]]


def test_of_a_clean_table_a_cluster_holds_one_row() -> None:
    sides = np.array([0, 1, 1], dtype=np.int8)
    pairs, weights = (_codes(0, 0), _codes(1, 2)), np.array([9.0, 8.0])
    assert clusters(*pairs, weights, {}, sides, (True, True)) == [[0, 1]]
    assert clusters(*pairs, weights, {}, sides, (True, False)) == [[0, 1, 2]]


def test_without_decisions_nothing_moves_and_with_many_the_threshold_follows_them() -> None:
    weights = np.linspace(-10, 10, 41)
    none = np.zeros(0)
    assert calibrated(weights, none, none.astype(bool)) is weights
    shown = np.tile(np.linspace(-10, 10, 21), 20)
    moved = calibrated(weights, shown, shown > 4)
    assert (np.diff(moved) > 0).all()
    assert moved[np.searchsorted(weights, 2.0)] < 0 < moved[np.searchsorted(weights, 7.0)]


def test_a_single_decision_moves_little() -> None:
    weights = np.array([3.0])
    assert abs(float(calibrated(weights, weights, np.array([False]))[0]) - 3.0) < 3.0
