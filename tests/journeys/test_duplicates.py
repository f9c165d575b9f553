"""Duplicates in Slack: found by the pass, decided in the tray, seen before somebody is added twice, taken back."""

from typing import Any

from tests.journeys.house import Demo, words_of


def tray(demo: Demo, text: str = "duplicates", user: str = "U_BEN") -> dict[str, Any]:
    demo.type(text, user)
    return demo.last(user=user)


def heading(message: dict[str, Any]) -> str:
    return words_of(message).splitlines()[0]


def test_a_pair_is_found_decided_taken_apart_and_not_asked_again(demo: Demo) -> None:
    done = demo.crm("run-job", "duplicates", "--json")
    assert '"found"' in done.stdout, done.stderr
    demo.settle()
    first = tray(demo)
    one = heading(first)
    assert "may be one person" in one
    demo.press(first, "duplicate_different", "U_BEN")
    second = demo.last(user="U_BEN")
    assert "stay two records" in words_of(second)
    two = heading(tray(demo))
    assert two != one
    demo.press(tray(demo), "duplicate_same", "U_BEN")
    merged = demo.last(user="U_BEN")
    assert "Merged" in words_of(merged)
    demo.press(merged, "undo", "U_BEN")
    assert "again" in words_of(demo.last(user="U_BEN"))
    # Whoever took two apart has said that they are two.
    assert heading(tray(demo)) not in (one, two)
    assert "compan" in words_of(tray(demo, "duplicates companies"))
    assert "Who is" not in words_of(tray(demo, "duplicates for ann lee"))
    again = demo.crm("run-job", "duplicates", "--json")
    assert '"new": 0' in again.stdout
    assert heading(tray(demo)) not in (one, two)


def test_somebody_known_is_offered_before_they_are_added_again(demo: Demo) -> None:
    demo.type("add Ann Lee at Globex")
    message = demo.last()
    assert "This may be" in words_of(message)
    assert "Nothing was made yet" in words_of(message)
    demo.press(message, "duplicate_create")
    assert "Added" in words_of(demo.last())
    # A second Ann would be asked about in every journey that means the first.
    demo.press(demo.last(), "undo")
    assert "Taken back" in words_of(demo.last())
