"""The App Home and the bare command: one's day, kept up to date by its own buttons."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crm_store.clock import SystemClock
from tests.journeys.house import Demo, action_ids, words_of


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, since a day changes with all that is done."""
    demo = Demo.start(tmp_path_factory.mktemp("home"))
    yield demo
    assert demo.stop() == 0


def _home(demo: Demo, user: str = "U_ADA") -> dict[str, Any]:
    demo.act(type="open_home", user=user)
    demo.settle()
    return dict(demo.state(user)["home"])


def _task(home: dict[str, Any], title: str) -> dict[str, Any]:
    """The row of buttons below the task of this title."""
    at = next(number for number, block in enumerate(home["blocks"]) if title in words_of({"blocks": [block]}))
    return dict(home["blocks"][at + 1])


def test_a_day_shows_what_is_due_and_done_takes_it_off_with_a_way_back(house: Demo) -> None:
    house.type('task "polish the brass lamp" john smith acme 1.1.2026')
    home = _home(house)
    words = words_of(home)
    assert "polish the brass lamp" in words
    assert "overdue" in words
    assert len(home["blocks"]) <= 100
    done = _task(home, "polish the brass lamp")["elements"][0]
    house.act(
        type="click", user="U_ADA", view_id=home["id"], action_id=done["action_id"], value=done["value"]
    )  # fmt: skip
    house.settle()
    home = dict(house.state("U_ADA")["home"])
    assert "What you did last" in words_of(home)
    assert "undo" in {one.split(":")[0] for one in action_ids(home)}


def test_who_waits_for_an_answer_is_on_the_day_until_somebody_answers(house: Demo) -> None:
    house.type("add Vera Lund at Lundwerk vera.lund@lundwerk.example")
    house.type("log vera lund: she called yesterday and asks for the drawing")
    assert "Vera Lund" in words_of(_home(house))


def test_a_manager_reads_how_mail_and_jobs_are_and_a_rep_does_not(house: Demo) -> None:
    assert "mail" in words_of(_home(house, "U_BEN")).lower()
    assert "All jobs ran" in words_of(_home(house, "U_BEN")) or "failed on" in words_of(_home(house, "U_BEN"))
    assert "All jobs ran" not in words_of(_home(house))


def test_the_bare_command_is_the_day_in_short_with_help_in_buttons(house: Demo) -> None:
    house.type('task "polish the iron lamp" john smith acme 2.1.2026')
    house.type("")
    shown = house.last()
    words = words_of(shown)
    for part in ("Your day", "polish the iron lamp", "What you can say", "All with examples"):
        assert part in words
    assert {"log_dialog", "task_dialog", "help_try"} <= {one.split(":")[0] for one in action_ids(shown)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("help timeline", "/crm timeline acme orders"),
        ("help note", "How to say “log”"),
        ("help plan", "/crm snooze 2 mon"),
        ("fnid acme", "Did you mean “find acme”?"),
    ],
)
def test_help_and_what_was_nearly_typed(house: Demo, line: str, said: str) -> None:
    house.type(line)
    assert said in words_of(house.last())


def _turn(house: Demo, home: dict[str, Any], page: int) -> dict[str, Any]:
    """The page behind the button that leads there."""
    turn = next(
        one
        for block in home["blocks"]
        for one in block.get("elements", ())
        if one.get("value") == f'{{"page":{page}}}' and one["action_id"].startswith("home_refresh")
    )
    house.act(type="click", user="U_ADA", view_id=home["id"], action_id=turn["action_id"], value=turn["value"])
    house.settle()
    return dict(house.state("U_ADA")["home"])


def test_a_long_day_has_pages_and_a_button_on_the_second_stays_there(house: Demo) -> None:
    day = SystemClock().now() + timedelta(days=60)
    for number in range(8):
        house.type(f'task "count the lamps, round {number}" john smith acme {day.day}.{day.month}.{day.year}')
    second = _turn(house, _home(house), 1)
    assert "Further tasks" in words_of(second)
    assert "Page 2 of" in words_of(second)
    done = next(one for one in action_ids(second) if one.split(":")[0] == "task_done")
    house.act(type="click", user="U_ADA", view_id=second["id"], action_id=done)
    house.settle()
    assert "Page 2 of" in words_of(house.state("U_ADA")["home"])
    assert "Your day" in words_of(_turn(house, house.state("U_ADA")["home"], 0))


def test_two_who_change_a_home_at_once_leave_the_newest_there(house: Demo) -> None:
    house._post("faults", {"error": {"method": "views.publish", "error": "hash_conflict", "times": 1}})
    before = _home(house)["hash"]
    house.type('task "after the conflict" john smith acme 1.1.2026')
    house._post("faults", {"error": {"method": "views.publish", "error": "hash_conflict", "times": 1}})
    after = _home(house)
    assert after["hash"] != before
    assert "after the conflict" in words_of(after)


def test_a_home_too_large_for_slack_comes_in_smaller_pages(house: Demo) -> None:
    house._post("faults", {"error": {"method": "views.publish", "error": "view_too_large", "times": 2}})
    home = _home(house)
    assert len(home["blocks"]) < 20
    assert "Page 1 of" in words_of(home)
