"""Reports through the doors: asked for in Slack, refused in part, switched by a manager, written to a file."""

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.house import Demo, words_of


def asked(demo: Demo, text: str, user: str = "U_BEN") -> list[dict[str, Any]]:
    """What the app writes to a person's direct channel after a command in the team's channel."""
    direct = demo.direct(user)
    before = {one["ts"] for one in demo.messages(direct, user)}
    demo.type(text, user)
    return [one for one in demo.messages(direct, user) if one["ts"] not in before]


def kinds(message: dict[str, Any]) -> list[str]:
    return [one["type"] for one in message.get("blocks") or []]


def test_the_managers_week_is_one_message_that_begins_with_words(demo: Demo) -> None:
    message = asked(demo, "report week")[0]
    words = words_of(message)
    for part in ("The week", "contacts logged", "The open pipeline", "Replies waiting", "Promises overdue"):
        assert part in words
    assert {"table", "data_visualization"} <= set(kinds(message))
    assert "CLEO-ONLY" not in words


@pytest.mark.parametrize(
    ("which", "part"),
    [
        ("month", "the month before"),
        ("data", "customers are on file"),
        ("health", "score"),
        ("segments", "egments"),
        ("value", "expected"),
    ],
)
def test_each_kind_says_its_finding_before_any_number(demo: Demo, which: str, part: str) -> None:
    message = asked(demo, f"report {which}")[0]
    assert kinds(message)[:2] == ["header", "rich_text"]
    assert part in message["text"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("report week since:2026-01-10 until:2026-01-05", "ends before it begins"),
        ("report nonsense", "report data"),
    ],
)
def test_a_report_that_cannot_be_is_answered_with_what_can(demo: Demo, text: str, words: str) -> None:
    assert asked(demo, text) == []
    assert words in words_of(demo.last(user="U_BEN"))


def test_a_workspace_that_refuses_newer_blocks_gets_the_same_in_lines_and_is_not_asked_again(demo: Demo) -> None:
    refusal = {"method": "chat.postMessage", "error": "invalid_blocks", "times": 1}
    demo._post("faults", {"error": refusal})
    first = asked(demo, "report week")[0]
    demo._post("faults", {})
    second = asked(demo, "report week")[0]
    for message in (first, second):
        assert "data_visualization" not in kinds(message)
        assert "contacts logged" in words_of(message)
        assert "table" in kinds(message)


def test_a_manager_chooses_where_reports_go_and_switches_them_off(demo: Demo) -> None:
    demo.type("settings report off", "U_ADA")
    assert "Only managers" in words_of(demo.last(user="U_ADA"))
    for text, words in (("off", "no longer come"), ("on", "by the clock again"), ("here", "Reports now go to")):
        demo.type(f"settings report {text}", "U_BEN")
        assert words in words_of(demo.last(user="U_BEN"))


def test_the_scheduled_week_comes_to_the_channel_once(demo: Demo) -> None:
    def weeks() -> list[str]:
        return [one["ts"] for one in demo.messages(user="U_BEN") if str(one.get("text", "")).startswith("The week")]

    before = weeks()
    for _ in range(2):
        assert demo.crm("run-job", "weekly", "--team", "Halyard Metering").returncode == 0
        demo.settle()
    assert len(weeks()) == len(before) + 1


def test_the_same_report_is_a_page_of_its_own(demo: Demo, tmp_path: Path) -> None:
    page = tmp_path / "week.html"
    ended = demo.crm("report", "week", "--out", str(page), "--team", "Halyard Metering")
    assert ended.returncode == 0, ended.stderr
    assert "contacts logged" in ended.stdout
    assert "<h1>The week · Halyard Metering</h1>" in page.read_text()
