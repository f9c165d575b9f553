"""HTTP mode: Slack's signed requests to two roles, and requests that are forged, stale or repeated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_store.clock import SystemClock
from tests import stores
from tests.journeys.apart import Served, free_port, logged_lines, open_workspace, rows, signed, until
from tests.journeys.house import Demo, action_ids, crm, words_of

PEOPLE = "Name,Company,E-mail\nIda Import,Imported Ltd,ida@imported.example\n"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Served]]:
    """The workspace and the roles web and worker, which share a store with one customer."""
    data, port = tmp_path_factory.mktemp("http"), free_port()
    workspace = open_workspace(data, "--events-url", f"http://127.0.0.1:{port}/slack/events")
    secret = str(workspace.ready["signing_secret"])
    stores.migrated(workspace.data / "crm.db")
    served = Served.start(workspace, "web", SLACK_SIGNING_SECRET=secret, PORT=str(port))
    worker = Served.start(workspace, "worker")
    file = data / "people.csv"
    file.write_text(PEOPLE)
    assert workspace.crm("import", str(file)).returncode == 0
    yield workspace, served
    statuses = [worker.stop(), served.stop(), workspace.stop()]
    assert statuses == [0, 0, 0]


def _event(text: str, event_id: str) -> bytes:
    event = {"type": "app_mention", "user": "U_ADA", "text": text, "ts": "1795600000.000100", "channel": "C_SALES"}
    body = {"type": "event_callback", "team_id": "T_RAPPORT", "api_app_id": "A01", "event_id": event_id}
    return json.dumps(body | {"event": event, "event_time": 1795600000}).encode()


def _now() -> float:
    return SystemClock().now().timestamp()


def _secret(workspace: Demo) -> str:
    return str(workspace.ready["signing_secret"])


def _rows(workspace: Demo, event_id: str) -> int:
    return sum(event_id in key for (key,) in rows(workspace, "SELECT key FROM inbox"))


def _logged(workspace: Demo, words: str) -> int:
    return sum(words in line for line in logged_lines(workspace))


def _said(workspace: Demo, words: str) -> dict[str, Any] | None:
    return next((one for one in workspace.messages() if words in words_of(one)), None)


def _buttons(message: dict[str, Any]) -> set[str]:
    return {one.split(":")[0] for one in action_ids(message)}


def test_a_customer_is_looked_up_and_a_call_logged_by_signed_requests(web: tuple[Demo, Served]) -> None:
    workspace, _ = web
    workspace.type("ida import")
    assert until(lambda: _said(workspace, "Imported Ltd"))
    workspace.type("log ida import: called about pumps")
    receipt = until(lambda: next((one for one in workspace.messages() if "undo" in _buttons(one)), None))
    assert "Ida Import" in words_of(receipt)
    assert _logged(workspace, "about pumps") == 1
    workspace.press(receipt, "undo")
    until(lambda: _logged(workspace, "about pumps") == 0)


def test_a_request_signed_with_another_secret_is_refused_and_leaves_nothing(web: tuple[Demo, Served]) -> None:
    workspace, served = web
    body = _event("<@U_RAPPORT> log ida import: forged line", "Ev_FORGED")
    assert served.post(body, signed(body, _now(), "another-secret"))[0] == 401
    assert served.post(body, {"Content-Type": "application/json"})[0] == 401
    changed = signed(body, _now(), _secret(workspace))
    assert served.post(body.replace(b"forged", b"cooked"), changed)[0] == 401
    assert _rows(workspace, "Ev_FORGED") == 0


def test_a_request_six_minutes_old_is_refused(web: tuple[Demo, Served]) -> None:
    workspace, served = web
    body = _event("<@U_RAPPORT> log ida import: stale line", "Ev_STALE")
    assert served.post(body, signed(body, _now() - 360, _secret(workspace)))[0] == 401
    assert served.post(body, signed(body, _now() + 360, _secret(workspace)))[0] == 401
    assert _rows(workspace, "Ev_STALE") == 0


def test_an_event_that_comes_again_with_a_retry_header_has_one_effect(web: tuple[Demo, Served]) -> None:
    workspace, served = web
    body = _event("<@U_RAPPORT> log ida import: the repeated line", "Ev_TWICE")
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    for more in ({}, {}, retry):
        assert served.post(body, signed(body, _now(), _secret(workspace)) | more)[0] == 200
    until(lambda: _logged(workspace, "the repeated line"))
    last = _event("<@U_RAPPORT> log ida import: the line after it", "Ev_AFTER")
    assert served.post(last, signed(last, _now(), _secret(workspace)))[0] == 200
    until(lambda: _logged(workspace, "the line after it"))
    assert (_rows(workspace, "Ev_TWICE"), _logged(workspace, "the repeated line")) == (1, 1)


def test_an_event_whose_first_delivery_was_lost_counts_by_its_retry(web: tuple[Demo, Served]) -> None:
    workspace, served = web
    body = _event("<@U_RAPPORT> log ida import: known by its retry", "Ev_RETRY")
    headers = signed(body, _now(), _secret(workspace)) | {"X-Slack-Retry-Num": "2"}
    assert served.post(body, headers)[0] == 200
    until(lambda: _logged(workspace, "known by its retry") == 1)


def test_the_address_is_verified_only_for_a_signed_challenge(web: tuple[Demo, Served]) -> None:
    workspace, served = web
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "c-12345"}).encode()
    status, text = served.post(body, signed(body, _now(), _secret(workspace)))
    assert (status, "c-12345" in text) == (200, True)
    assert served.post(body, signed(body, _now(), "another-secret"))[0] == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"\xff", b"payload=%7B", b'{"type": "event_callback"}', b"[" * 99_999]
)
def test_a_signed_request_that_makes_no_sense_is_no_server_error(web: tuple[Demo, Served], body: bytes) -> None:
    workspace, served = web
    assert served.post(body, signed(body, _now(), _secret(workspace)))[0] < 500
    assert served.post(body, signed(body, _now(), "another-secret"))[0] < 500


def test_serving_web_without_any_way_to_slack_says_what_is_missing(tmp_path: Path) -> None:
    ended = crm("web", DATABASE_URL=f"sqlite:///{tmp_path}/crm.db", SLACK_BOT_TOKEN="xoxb-local")
    assert ended.returncode == 2
    assert "SLACK_SIGNING_SECRET" in ended.stderr
