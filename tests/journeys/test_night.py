"""Journeys 6 and 7: the nightly job, suggestions that two people answer at once, and the report in pictures."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.house import Demo, action_ids, words_of

pytestmark = pytest.mark.numbers


@pytest.fixture(scope="module")
def night(demo: Demo) -> dict[str, Any]:
    """The nightly job, run once by command on the demo's store."""
    ended = demo.crm("run-job", "nightly", "--json")
    assert ended.returncode == 0, ended.stderr
    demo.settle(60)
    return dict(json.loads(ended.stdout))


def _suggestions(demo: Demo) -> list[dict[str, Any]]:
    return [one for one in demo.messages() if "suggestion_approve" in {name.split(":")[0] for name in action_ids(one)}]


def test_the_night_brings_suggestions_with_who_why_how_many_and_a_draft(demo: Demo, night: dict[str, Any]) -> None:
    assert night["state"] == "done"
    cards = _suggestions(demo)
    assert cards
    for card in cards:
        names = {one.split(":")[0] for one in action_ids(card)}
        assert {"suggestion_approve", "suggestion_edit", "suggestion_dismiss"} <= names
        assert any(sign.isdigit() for sign in words_of(card))


def test_two_people_who_approve_at_once_have_one_effect(demo: Demo, night: dict[str, Any]) -> None:
    card = _suggestions(demo)[0]
    action_id = next(one for one in action_ids(card) if one.startswith("suggestion_approve"))

    def press(user: str) -> dict[str, Any]:
        return demo.act(type="click", user=user, channel="C_SALES", ts=card["ts"], action_id=action_id)

    with ThreadPoolExecutor(2) as both:
        list(both.map(press, ("U_ADA", "U_BEN")))
    demo.settle()
    shown = next(one for one in demo.messages() if one["ts"] == card["ts"])
    assert "suggestion_approve" not in {name.split(":")[0] for name in action_ids(shown)}
    assert "approved" in words_of(shown).lower()
    answers = [
        words_of(one) for user in ("U_ADA", "U_BEN") for one in demo.messages(user=user)[-4:] if one["ephemeral"]
    ]
    assert any("already" in one or "approved this" in one for one in answers)


def test_a_suggestion_is_dismissed_with_a_reason(demo: Demo, night: dict[str, Any]) -> None:
    card = _suggestions(demo)[-1]
    demo.press(card, "suggestion_dismiss", user="U_BEN")
    dialog = demo.state("U_BEN")["views"][-1]
    without = demo.act(type="submit", user="U_BEN", view_id=dialog["id"], values={})
    assert "reason" in json.dumps(without)
    select = next(one["element"] for one in dialog["blocks"] if one["block_id"] == "reason")
    chosen = {"type": "static_select", "selected_option": select["options"][0]}
    demo.act(type="submit", user="U_BEN", view_id=dialog["id"], values={"reason": {select["action_id"]: chosen}})
    demo.settle()
    shown = next(one for one in demo.messages() if one["ts"] == card["ts"])
    assert "dismissed" in words_of(shown).lower()


def test_the_report_comes_in_pictures_with_alt_text(demo: Demo, night: dict[str, Any]) -> None:
    demo.type("report")
    files = [file for one in demo.messages(demo.direct()) if one["user"] != "U_ADA" for file in one.get("files") or []]
    assert len(files) >= 3
    assert all(file["mimetype"] == "image/png" and file["alt_txt"] for file in files)


def test_a_card_shows_value_and_potential_after_the_night(demo: Demo, night: dict[str, Any]) -> None:
    demo.type("john smith acme")
    said = words_of(demo.last()).lower()
    assert "value" in said or "potential" in said


def test_the_night_of_one_team_tells_nothing_to_the_other(demo: Demo, night: dict[str, Any]) -> None:
    assert "CLEO-ONLY" not in json.dumps(demo.state("U_ADA")) + json.dumps(demo.state("U_BEN"))
