"""The doctor says what is wrong and how to mend it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.cli.check import Check
from bot.cli.doctor import examine
from crm_store import inbox
from crm_store.clock import SystemClock
from crm_store.engine.store import Store
from crm_store.inbox import Arrival
from crm_store.queries import teams as team_queries
from ingest.api.health import beat
from tests.units.bot.cli.conftest import Run

pytestmark = pytest.mark.numbers
NAMES = {
    "python", "sqlite", "settings", "data_folder", "disk", "store", "inbox", "outbox", "nightly", "roles", "mail_port",
    "slack", "ingest_domain", "parser", "analyst",
}  # fmt: skip


def _found(check: str) -> Check:
    """What this check finds; it is the last one made, since later ones start processes that two tests wait for."""
    return next(one for one in examine(SystemClock()) if one.check == check)


def _checks(crm: Run) -> tuple[int, dict[str, dict[str, Any]]]:
    ended = crm("doctor", "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert all(set(line) == {"check", "ok", "detail", "fix"} for line in lines)
    return ended.code, {line["check"]: line for line in lines}


@contextmanager
def _slack(answer: dict[str, Any], scopes: str) -> Iterator[str]:
    """A Slack that gives one answer to whatever it is asked."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.send_header("x-oauth-scopes", scopes)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_fresh_store_is_well(crm: Run, two_teams: Store) -> None:
    code, checks = _checks(crm)
    assert [name for name, check in checks.items() if not check["ok"]] == []
    assert (code, set(checks)) == (0, NAMES)


def test_what_is_wrong_is_named_with_its_cure(crm: Run, two_teams: Store) -> None:
    house = two_teams.house()
    team = house.read_now(team_queries.teams)[0].team_id
    house.write_now(inbox.put, Arrival(team, "mail", "k", b"raw", {}))
    (row,) = house.write_now(inbox.claim, ["mail"], 1)
    two_teams.team(team).write_now(inbox.set_aside, row.inbox_id, row.attempts, "poison")
    house.write_now(beat, "scheduler", "here:1")
    code, checks = _checks(crm)
    assert code == 1
    assert not checks["inbox"]["ok"]
    assert "set_aside" in checks["inbox"]["fix"]
    assert not checks["roles"]["ok"]
    assert "'crm web'" in checks["roles"]["fix"]


def test_swapped_tokens_are_seen(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-A-1")
    check = _found("settings")
    assert not check.ok
    assert "swapped" in str(check.fix)


def test_a_missing_store_sends_to_migrate(data: Path) -> None:
    check = _found("store")
    assert not check.ok
    assert "crm migrate" in str(check.fix)


@pytest.mark.parametrize(
    ("answer", "scopes", "said"),
    [
        ({"ok": True, "team": "Halyard"}, "chat:write,commands", "users:read"),
        ({"ok": False, "error": "invalid_auth"}, "", "invalid_auth"),
    ],
)
def test_what_slack_says_of_the_token_is_passed_on(
    two_teams: Store, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], scopes: str, said: str
) -> None:
    with _slack(answer, scopes) as address:
        for name, value in (
            ("SLACK_BOT_TOKEN", "xoxb-1"),
            ("SLACK_APP_TOKEN", "xapp-1"),
            ("INGEST_DOMAIN", "crm.halyard.com"),
            ("CRM_SLACK_API_URL", address),
        ):
            monkeypatch.setenv(name, value)
        check = _found("slack")
    assert not check.ok
    assert said in check.detail
