"""Columns and outcomes of any table are read as a person would read them."""

import math

import numpy as np
import pytest

from analytics import design, encode, spelling
from analytics.trial import labels
from crm_store.errors import BadInput


def _read(**columns: list[str]) -> tuple[encode.Frame, dict[str, str]]:
    size = len(next(iter(columns.values())))
    return encode.read(list(columns), list(columns.values()), size)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.5", 3.5),
        ("1,200.50", 1200.5),
        ("1.200,50", 1200.5),
        ("3,5", 3.5),
        ("12,000", 12000),
        ("€ 40", 40),
        ("7 %", 7),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert spelling.number(text) == value


def test_words_and_endless_amounts_are_no_numbers() -> None:
    assert all(math.isnan(spelling.number(text)) for text in ("abc", "", "inf", "1e300", "12 apples"))


def test_useless_columns_are_left_out_and_the_reason_is_said() -> None:
    n = 60
    frame, why = _read(
        same=["x"] * n,
        empty=["", "Select"] * (n // 2),
        key=[f"k-{row}" for row in range(n)],
        note=[f"she said on call {row} that it is too dear" for row in range(n)],
        row=[str(row + 100) for row in range(n)],
        visits=[str(row % 7) for row in range(n)],
        city=["Bonn", "Kiel", "Ulm"] * (n // 3),
    )
    assert [column.name for column in frame.columns] == ["visits", "city"]
    assert why == {
        "same": "it has one value only",
        "empty": "it is empty",
        "key": "it names the row",
        "note": "it is free text",
        "row": "it numbers the rows",
    }


def test_a_form_field_left_alone_is_missing_and_case_does_not_matter() -> None:
    frame, _ = _read(city=["Bonn", "bonn", "Select", "", "Kiel"] * 4)
    column = frame.columns[0]
    assert column.levels == ("Bonn", "Kiel")
    assert column.codes[:5].tolist() == [0, 0, -1, -1, 1]


def test_days_are_told_as_days_before_the_rows_own_time() -> None:
    cells = [f"2026-03-{day:02d}" for day in range(1, 21)]
    moments = np.array([spelling.day("2026-04-01")] * 20)
    frame, _ = encode.read(["opened"], [cells], 20, moments)
    assert frame.columns[0].numbers[0] == 31


def test_rare_new_and_missing_words_have_levels_of_their_own() -> None:
    frame, _ = _read(city=["Bonn"] * 30 + ["Kiel"] * 20 + ["Ulm"] + [""] * 9)
    learnt = design.learn(frame)
    other, _ = encode.read(["city"], [["Bonn", "Rome", "", "Ulm"]], 4)
    assert learnt.coders[0].levels == ("Bonn", "Kiel")
    assert learnt.codes(other)[:, 0].tolist() == [2, 1, 0, 1]


def test_later_rows_teach_the_columns_nothing() -> None:
    cells = [str(row % 9) for row in range(40)]
    first, _ = encode.read(["visits"], [[*cells, "many"]], 40)
    second, _ = encode.read(["visits"], [[*cells, "12"]], 40)
    assert not first.columns[0].is_words
    assert np.isnan(first.columns[0].numbers[40])
    assert second.columns[0].numbers[40] == 12


@pytest.mark.parametrize(
    ("words", "yes"),
    [
        (["1", "0"], "1"), (["1.0", "0.0"], "1"), (["Yes", "NO"], "yes"), (["True", "False"], "true"),
        (["lost", "won"], "won"), (["churned", "stayed"], "churned"), (["paid", "not paid"], "paid"), (["1", "2"], "2"),
    ],
)  # fmt: skip
def test_outcomes_are_read_in_any_spelling_however_rare_a_yes_is(words: list[str], yes: str) -> None:
    for often, seldom in (words, reversed(words)):
        found = labels.read([often] * 9 + [seldom, ""], "won")
        assert found.yes == yes
        assert found.known.tolist() == [True] * 10 + [False]
        assert int(found.y.sum()) in (1, 9)


def test_three_outcomes_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="3 different outcomes"):
        labels.read(["yes", "no", "maybe"], "won")
