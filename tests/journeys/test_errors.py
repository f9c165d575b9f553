"""What Slack refuses loses nothing: it goes to a person, as words, anew or later, and whoever can mend it is told."""

import json
import urllib.request
from collections.abc import Iterator

import pytest

from tests.journeys.house import PATIENCE, Demo, words_of


@pytest.fixture
def refusing(demo: Demo) -> Iterator[Demo]:
    """The demo, whose Slack can be told to refuse."""
    yield demo
    fault(demo, {})


def fault(demo: Demo, body: dict[str, object]) -> None:
    asked = urllib.request.Request(
        demo.ready["control"] + "faults", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(asked, timeout=PATIENCE).close()


def refuse(demo: Demo, method: str, code: str, times: int = 1) -> None:
    fault(demo, {"error": {"method": method, "error": code, "times": times}})


@pytest.mark.parametrize("code", ["not_in_channel", "is_archived", "restricted_action"])
def test_what_a_channel_does_not_take_goes_to_whoever_asked_or_leads(refusing: Demo, code: str) -> None:
    refusing.type("find john smith acme")
    card = refusing.last()
    before = len(refusing.messages(refusing.direct("U_BEN"), "U_BEN"))
    refuse(refusing, "chat.postMessage", code)
    refusing.press(card, "share")
    told = [words_of(one) for one in refusing.messages(refusing.direct("U_BEN"), "U_BEN")][before:]
    told += [words_of(one) for one in refusing.messages(refusing.direct("U_ADA"), "U_ADA")]
    assert any("John Smith" in one for one in told)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
def test_what_was_made_wrong_goes_as_text(refusing: Demo, code: str) -> None:
    refuse(refusing, "chat.postMessage", code)
    refusing.say("find john smith acme")
    assert "John Smith" in words_of(refusing.last(refusing.direct()))


@pytest.mark.parametrize("code", ["internal_error", "service_unavailable", "token_expired"])
def test_what_passes_comes_later_and_once(refusing: Demo, code: str) -> None:
    before = len(refusing.messages(refusing.direct()))
    refuse(refusing, "chat.postMessage", code)
    refusing.say(f"need john.smith@acme.example: a thing called {code}")
    answers = [words_of(one) for one in refusing.messages(refusing.direct())][before:]
    assert sum(code in one for one in answers if "/crm" not in one) >= 1


def test_a_dialog_that_came_too_late_gets_a_button_that_opens_it(refusing: Demo) -> None:
    refuse(refusing, "views.open", "expired_trigger_id")
    refusing.type("log")
    late = refusing.last()
    assert "log_dialog" in json.dumps(late)
    refusing.press(late, "log_dialog")
    views = refusing.state()["views"]
    assert views
    refusing.act(type="close_view", user="U_ADA", view_id=views[-1]["id"])
