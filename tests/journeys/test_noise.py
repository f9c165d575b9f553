"""Being told things: an alert that is muted from its menu, a digest in place of a flood, and the briefs."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.demo import mails
from crm_store.clock import SystemClock
from tests.journeys.house import Demo, action_ids, words_of


def now() -> datetime:
    """By the machine's clock, as the house under test has it: an appointment is as far away as a test means it."""
    return SystemClock().now()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A team without customers whose people are never quiet, so that any hour of the machine will do."""
    running = Demo.start(tmp_path_factory.mktemp("noise"), "--no-seed")
    for user in ("U_ADA", "U_BEN"):
        running.type("settings quiet never", user)
    yield running
    assert running.stop() == 0


def _told(team: Demo, words: str, user: str = "U_ADA") -> list[dict[str, Any]]:
    return [one for one in team.messages(team.direct(user), user) if words in words_of(one)]


def _address(name: str) -> str:
    return f"{name.partition(' ')[0].lower()}@acme.example"


def _wrote(team: Demo, name: str, subject: str) -> None:
    """Ben sends in what one of Ada's customers wrote to him."""
    to = team.ready["ingest_addresses"]["U_BEN"]
    raw = mails.forwarded_by(
        "ben@halyard.example",
        to,
        (name, _address(name)),
        at=now() - timedelta(hours=1),
        subject=subject,
        text=f"Where is our answer about {subject}?",
        note="",
        user_name="Ben",
        style=mails.Style.GMAIL,
    )
    team.mail(raw, to, sender="ben@halyard.example")
    team.settle()


def _run(team: Demo, job: str) -> dict[str, Any]:
    ended = team.crm("run-job", job, "--json")
    assert ended.returncode == 0, ended.stderr
    team.settle()
    return dict(json.loads(ended.stdout))


def _choose(team: Demo, message: dict[str, Any], label: str) -> None:
    """Choose from the menu of a message."""
    menus = [one for block in message["blocks"] for one in block.get("elements", []) if one.get("type") == "overflow"]
    value = next(one["value"] for one in menus[0]["options"] if one["text"]["text"].startswith(label))
    team.act(
        type="click",
        user="U_ADA",
        channel=team.direct(),
        ts=message["ts"],
        action_id=menus[0]["action_id"],
        value=value,
    )
    team.settle()


def test_an_owner_hears_once_of_what_was_written_to_a_colleague_and_mutes_it_from_the_menu(team: Demo) -> None:
    team.type("add John Smith at Acme john@acme.example")
    _wrote(team, "John Smith", "Boiler contract")
    assert _run(team, "alerts")["alerts"] == 1
    assert _run(team, "alerts")["alerts"] == 0
    (alert,) = _told(team, "Where is our answer about Boiler contract?")
    assert "John Smith, Acme: wrote" in words_of(alert)
    assert {"card", "task_dialog", "mute"} <= {one.split(":")[0] for one in action_ids(alert)}
    assert not _told(team, "neither sent this in", "U_BEN")

    _choose(team, alert, "Mute John Smith")
    muted = team.last(team.direct())
    assert "Muted John Smith, Acme" in words_of(muted)
    _wrote(team, "John Smith", "Heat pump")
    assert _run(team, "alerts")["alerts"] == 1
    assert not _told(team, "Heat pump")

    team.type("mute list")
    assert "John Smith" in words_of(team.last())
    team.press(team.last(), "unmute")
    team.type("mute list")
    assert "Nothing is muted" in words_of(team.last())


def test_what_was_of_no_use_is_learnt_from_and_asked_about_once(team: Demo) -> None:
    question = "Where is our answer about"
    missing = 4 - len(_told(team, question))
    for name in ("Nora Quill", "Olga Reed", "Paul Stone", "Rosa Kent")[:missing]:
        team.type(f"add {name} at Acme {_address(name)}")
        _wrote(team, name, f"Question of {name}")
    assert _run(team, "alerts")["alerts"] == missing
    answers = []
    for alert in _told(team, question)[-3:]:
        _choose(team, alert, "This was of no use")
        answers.append(words_of(team.last(team.direct())))
    assert ["Show fewer of them?" in answer for answer in answers] == [False, False, True]
    asked = team.last(team.direct())
    leave = action_ids(asked)[-1]
    team.act(type="click", user="U_ADA", channel=team.direct(), ts=asked["ts"], action_id=leave)
    team.settle()
    assert "Left as it is" in words_of(team.last(team.direct()))


def test_a_kind_is_muted_by_line_and_its_undo_lets_it_through_again(team: Demo) -> None:
    team.type("mute replies")
    receipt = team.last()
    assert "Muted replies" in words_of(receipt)
    team.press(receipt, "undo")
    team.type("mute replies until:tomorrow")
    team.type("unmute replies")
    assert "You hear of replies again" in words_of(team.last())
    team.type("mute list")
    assert "muted 1 time in 90 days, so they share in 4 of your 6" in words_of(team.last())
    team.type("unmute scores")
    assert "“scores” is not muted" in words_of(team.last())


def test_what_floods_in_becomes_one_digest(team: Demo) -> None:
    names = ["Ann Lee", "Bob Ray", "Cid Fox", "Dan Orr", "Eve Poe"]
    for name in names:
        team.type(f"add {name} at Acme {_address(name)}")
        _wrote(team, name, f"Order of {name}")
    before = len(team.messages(team.direct()))
    assert _run(team, "alerts")["alerts"] == 5
    assert len(team.messages(team.direct())) == before


def test_a_morning_brief_comes_once_on_a_working_day_with_what_was_held_back(team: Demo) -> None:
    local = now().astimezone(ZoneInfo("Europe/Berlin"))
    team.type(f"settings brief {local.hour}:{max(0, local.minute - 1):02}")
    team.type("task “call the works” today")
    working_day = local.weekday() < 5
    assert _run(team, "briefs")["mornings"] >= (1 if working_day else 0)
    _run(team, "briefs")
    briefs = _told(team, "your day")
    assert len(briefs) == (1 if working_day else 0)
    for brief in briefs:
        assert "Wait for an answer" in words_of(brief)
        assert "Held back for this brief" in words_of(brief)


def test_a_meeting_is_briefed_before_it_begins_with_who_comes_and_what_is_open(team: Demo) -> None:
    local, _, host = team.ready["ingest_addresses"]["U_ADA"].partition("@")
    starts = now() + timedelta(minutes=14)
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:hall@acme.example\r\nSEQUENCE:0\r\n"
        f"DTSTART:{starts:%Y%m%dT%H%M%S}Z\r\nSUMMARY:Walk through the hall\r\n"
        "ORGANIZER:mailto:john@acme.example\r\nATTENDEE:mailto:ada@halyard.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    head = (
        "From: John Smith <john@acme.example>\r\nTo: ada@halyard.example\r\nSubject: Walk through the hall\r\n"
        f"Date: {format_datetime(now())}\r\nMessage-ID: <hall@acme.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
    )
    team.type("need john smith acme: 40 seats")
    team.mail((head + event).encode(), f"{local}+fw@{host}")
    team.settle()
    assert _run(team, "briefs")["meetings"] == 1
    assert _run(team, "briefs")["meetings"] == 0
    (brief,) = _told(team, "minutes: Walk through the hall")
    said = words_of(brief)
    assert "John Smith" in said
    assert "Wants: 40 seats" in said
    assert "last mail" in said
