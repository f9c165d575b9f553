"""Nobody is found whom nothing typed is like, whatever script either is written in."""

import pytest

from crm_store.matching.rerank import Candidate, rank

PEOPLE = (
    Candidate("1", "Giulia Ricci", "Caldera Foods"),
    Candidate("2", "अमित मेहता", "Nordic Salt"),
    Candidate("3", "田中 一郎", "日本電気"),
    Candidate("4", "Wang Xiaoming", "Pixelweave"),
    Candidate("5", "Иван Петров", "Globex"),
    Candidate("6", "John Smith", "Acme"),
)


def found(typed: str, people: tuple[Candidate, ...] = PEOPLE) -> list[str]:
    return [one.candidate.id for one in rank(typed, people, lambda word: 5.0)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("日本電気", "3"),
        ("王小明", "4"),
        ("amit", "2"),
        ("अमित", "2"),
        ("ivan petrof", "5"),
        ("Иван", "5"),
        ("smiht", "6"),
        ("ricc", "1"),
    ],
)
def test_a_word_finds_whom_it_is_like_in_any_script(typed: str, wanted: str) -> None:
    assert found(typed)[0] == wanted


@pytest.mark.parametrize(("typed", "wanted"), [("日本", ["3"]), ("語学", []), ("xq", []), ("qqqqq zzzzz", [])])
def test_the_reading_of_a_sign_is_no_beginning_of_another_name(typed: str, wanted: list[str]) -> None:
    assert found(typed) == wanted


def test_two_errors_in_a_word_of_five_letters_are_another_word() -> None:
    assert found("Smith", PEOPLE[1:2]) == []
    assert found("smith", PEOPLE[5:]) == ["6"]


def test_a_word_that_fits_nobody_takes_nobody_away_who_fits_the_other() -> None:
    assert found("xqzwv ricci") == ["1"]
