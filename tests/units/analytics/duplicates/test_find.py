"""Duplicates in tables whose duplicates are known: what is found, what is left alone, and what people decided."""

from collections.abc import Mapping
from functools import lru_cache

import pytest

from analytics.duplicates.engine import Found, Table, find
from tests.units.analytics.duplicates import made_up

# What one setting must reach on every table that it has never been tuned to; the first is precision, the second recall.
LEAST: Mapping[str, tuple[float, float]] = {
    "dependent_mail": (0.95, 0.65),
    "few_names": (0.98, 0.93),
    "households": (0.95, 0.97),
    "many_blanks": (0.95, 0.70),
    "firms": (0.94, 0.90),
    "two_lists": (0.96, 0.96),
    "registered": (0.99, 0.99),
    "places": (0.85, 0.97),
}
COLUMNS = ("first name", "last name", "email", "mobile", "company")
PEOPLE = Table(
    COLUMNS,
    ("1", "2", "3", "4"),
    (
        ("John", "Smith", "john@acme.example", "+49 151 2345678", "Acme"),
        ("Jon", "Smith", "john@acme.example", "+49 151 2345678", "Acme Ltd"),
        ("Ann", "Lee", "ann@globex.example", "+49 160 9876543", "Globex"),
        ("Petra", "Vogel", "petra@initech.example", "+49 170 1112223", "Initech"),
    ),
)


@lru_cache
def _found(name: str, seed: int) -> tuple[made_up.Known, Found]:
    known = made_up.EVERY[name](seed)
    return known, find(known.left, known.right)


@pytest.mark.parametrize("name", sorted(LEAST))
def test_one_setting_holds_on_every_kind_of_table(name: str) -> None:
    known, found = _found(name, 3)
    precision, recall, _ = made_up.score(known, [(pair.a, pair.b) for pair in found.proposed])
    assert precision >= LEAST[name][0]
    assert recall >= LEAST[name][1]


def test_of_a_large_table_as_much_is_found_as_of_a_small_one() -> None:
    # Everybody's name is borne by eighteen others, so that blocks are large and a name tells next to nothing.
    known = made_up.dependent_mail(7, people=20_000)
    precision, recall, _ = made_up.score(known, [(pair.a, pair.b) for pair in find(known.left).proposed])
    assert precision >= 0.98
    assert recall >= 0.82


def test_where_nobody_stands_twice_next_to_nothing_is_proposed() -> None:
    known, found = _found("nobody_twice", 1)
    assert len(known.left.ids) == 2_000
    assert len(found.proposed) <= 2


def test_a_family_under_one_roof_is_no_duplicate() -> None:
    roof = ("Okonjo", "+49 89 5554443", "12 Hill Road", "81234", "Munich")
    known = made_up.many_blanks(4, people=200).left
    rows = tuple((row[0].split()[0], row[0].split()[-1], row[2], "", "", row[3]) for row in known.rows)
    family = tuple((first, *roof) for first in ("Walter", "Yusuf", "Greta"))
    columns = ("first name", "last name", "phone", "street", "zip", "city")
    found = find(Table(columns, (*known.ids, "w", "y", "g"), rows + family))
    assert not {"w", "y", "g"} & {name for pair in found.proposed for name in (pair.a, pair.b)}


def test_one_address_of_ones_own_weighs_more_than_another_telephone() -> None:
    known = made_up.dependent_mail(8, people=600)
    twice = (("robert", "winter", "robert.winter@albagas.com", "+49 151 2345678", "albagas"),
             ("robert", "winter", "robert.winter@albagas.com", "+49 160 9876543", ""))  # fmt: skip
    found = find(Table(known.left.columns, (*known.left.ids, "x", "y"), (*known.left.rows, *twice)))
    assert ("x", "y") in {(pair.a, pair.b) for pair in found.proposed}


def test_the_pair_is_found_and_its_reasons_name_the_fields() -> None:
    (pair,) = find(PEOPLE).proposed
    assert (pair.a, pair.b) == ("1", "2")
    assert pair.probability > 0.9
    assert any(reason.startswith("same mobile (+") for reason in pair.why)
    assert find(PEOPLE).clusters == (("1", "2"),)


def test_the_reasons_add_up_to_the_weight_but_for_the_prior() -> None:
    every = find(PEOPLE, threshold=0).pairs
    told = [pair.weight - sum(float(reason.rpartition("(")[2][:-1]) for reason in pair.why) for pair in every]
    assert max(told) - min(told) < 0.5


def test_threshold_zero_gives_every_compared_pair_best_first() -> None:
    every = find(PEOPLE, threshold=0).pairs
    assert len(every) == 6
    assert [pair.weight for pair in every] == sorted((pair.weight for pair in every), reverse=True)


def test_a_decision_binds_whatever_the_fields_say() -> None:
    assert find(PEOPLE, decided={("2", "1"): False}).proposed == ()
    joined = find(PEOPLE, decided={("3", "4"): True})
    assert ("3", "4") in joined.clusters
    assert {(pair.a, pair.b) for pair in joined.proposed} == {("1", "2"), ("3", "4")}


def test_decisions_move_the_pairs_that_are_like_them() -> None:
    known, found = _found("dependent_mail", 3)
    unsure = [pair for pair in found.pairs if -4 < pair.weight < 4]
    refused = {(pair.a, pair.b): False for pair in unsure[::2]}
    after = {(pair.a, pair.b): pair.probability for pair in find(known.left, decided=refused).pairs}
    left = [pair for pair in unsure[1::2] if (pair.a, pair.b) in after]
    assert left
    assert all(after[pair.a, pair.b] <= pair.probability for pair in left)


def test_swapped_names_nicknames_and_case_do_not_hide_a_pair() -> None:
    known = made_up.registered(5, people=120).left
    rows = (*known.rows, ("William", "Abernathy", "1961-04-12", "3 Oak Lane", "12345", "Norburg", "m", ""),
            ("ABERNATHY", "Bill", "1961-04-12", "", "12345", "Norburg", "", ""))  # fmt: skip
    found = find(Table(known.columns, (*known.ids, "x", "y"), rows))
    assert ("x", "y") in {(pair.a, pair.b) for pair in found.proposed}


def test_bare_lists_of_names_are_compared_in_any_script_and_order() -> None:
    left = Table(("name",), ("a1", "a2"), (("Владимир Иванов",), ("Katherine Müller",)))
    right = Table(("name",), ("b1", "b2"), (("Vladimir Ivanov",), ("MULLER, Katherine",)))
    assert {(pair.a, pair.b) for pair in find(left, right).proposed} == {("a1", "b1"), ("a2", "b2")}


def test_the_same_words_with_another_father_are_another_person() -> None:
    left = Table(("full name",), ("a",), (("Salman bin Muhammad Rawi",),))
    right = Table(("full name",), ("b",), (("Muhammad bin Salman Rawi",),))
    assert find(left, right).proposed == ()


def test_the_second_table_may_have_its_columns_in_another_order() -> None:
    left = Table(("name", "email"), ("a",), (("Ann Lee", "ann@globex.example"),))
    right = Table(("Email", "Name"), ("b",), (("ann@globex.example", "Ann Lee"),))
    assert [(pair.a, pair.b) for pair in find(left, right).proposed] == [("a", "b")]


@pytest.mark.parametrize(
    "table",
    [
        Table((), (), ()),
        Table(("name",), (), ()),
        Table(("name",), ("1",), (("Ann Lee",),)),
        Table(("name", "email"), ("1", "2"), (("", ""), ("", ""))),
        Table(("", "x"), ("1", "2"), (("?!", "\u202e"), ("—", "0"))),
    ],
)
def test_a_table_that_says_nothing_has_no_duplicates(table: Table) -> None:
    assert find(table).proposed == ()


def test_the_same_table_gives_the_same_answer_and_says_how_far_it_is() -> None:
    told: list[str] = []
    known, found = _found("few_names", 3)
    assert find(known.left, progress=told.append) == found
    assert told[0].startswith(f"{len(known.left.ids)} rows, ")
