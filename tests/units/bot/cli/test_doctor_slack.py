"""What the doctor hears from Slack: tokens of several workspaces, scopes with their reasons, sockets, clock, links."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from bot import manifest
from bot.cli import doctor_slack
from bot.cli.check import Check
from bot.installations import sealed
from crm_store import settings
from crm_store.clock import SystemClock
from crm_store.sealing import Seal, new_key
from crm_store.settings import Settings
from crm_store.values.installations import Installation, Standing, Tokens

KEY = new_key()
ALL = ",".join(manifest.scopes())
NOW = SystemClock().now()


@contextmanager
def _slack(answers: dict[str, dict[str, Any]], scopes: str = ALL) -> Iterator[str]:
    """A Slack that answers each token in its own way."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            body = json.dumps(answers.get(token, {"ok": False, "error": "invalid_auth"})).encode()
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


def _chosen(address: str, **more: Any) -> Settings:
    return settings.read({}, slack_api_url=address, token_keys=SecretStr(KEY), **more)


def _installed(name: str, *, gone: bool = False, lasts: int | None = None, key: str = KEY) -> Installation:
    kept = sealed.close(Seal([key]), f"tea_{name}", Tokens(f"xoxb-{name}", None, lasts), NOW - timedelta(hours=12))
    standing, because = (Standing.GONE, "app_uninstalled") if gone else (Standing.INSTALLED, None)
    known = (f"tea_{name}", f"T_{name}", name, "A01", "U_BOT", "U_ADA", ("chat:write",))
    return Installation(*known, standing, because, None if gone else kept, 1, NOW, NOW)


def _checks(chosen: Settings, *installed: Installation, now: datetime | None = None) -> dict[str, Check]:
    return {one.check: one for one in doctor_slack.examine(chosen, installed, now or SystemClock().now())}


def test_each_workspace_is_tried_with_its_own_token_and_the_wrong_one_is_named() -> None:
    with _slack({"xoxb-acme": {"ok": True, "team": "Acme"}}) as address:
        checks = _checks(_chosen(address), _installed("acme"), _installed("globex"), _installed("linden", gone=True))
    assert (checks["slack:T_acme"].ok, checks["slack:T_acme"].fix) == (True, None)
    assert not checks["slack:T_globex"].ok
    assert "globex: invalid_auth" in checks["slack:T_globex"].detail
    assert "/slack/install" in (checks["slack:T_globex"].fix or "")
    assert checks["slack:T_linden"].ok
    assert "took Rapport away" in checks["slack:T_linden"].detail


def test_a_missing_scope_is_named_with_its_reason() -> None:
    fewer = ",".join(one for one in manifest.scopes() if one != "users:read.email")
    with _slack({"xoxb-acme": {"ok": True, "team": "Acme"}}, fewer) as address:
        check = _checks(_chosen(address), _installed("acme"))["slack:T_acme"]
    assert not check.ok
    assert f"users:read.email ({manifest.scopes()['users:read.email']})" in check.detail
    assert check.detail.count(";") == 0


def test_a_token_that_ran_out_or_does_not_open_is_said_without_asking_slack() -> None:
    with _slack({}) as address:
        checks = _checks(_chosen(address), _installed("late", lasts=60), _installed("strange", key=new_key()))
    assert "ran out" in checks["slack:T_late"].detail
    assert "CRM_TOKEN_KEYS" in checks["slack:T_strange"].detail
    assert not checks["slack:T_late"].ok
    assert not checks["slack:T_strange"].ok


def test_sealed_tokens_without_any_key_are_one_more_check() -> None:
    with _slack({}) as address:
        checks = _checks(settings.read({}, slack_api_url=address), _installed("acme"))
    assert not checks["token_keys"].ok
    assert not checks["slack:T_acme"].ok


@pytest.mark.parametrize(
    ("answer", "ok", "said"),
    [
        ({"ok": True, "url": "wss://x"}, True, "opens sockets"),
        ({"ok": False, "error": "not_allowed_token_type"}, False, "another kind"),
        ({"ok": False, "error": "invalid_auth"}, False, "invalid_auth"),
    ],
)
def test_whether_sockets_open_is_tried_with_the_app_token(answer: dict[str, Any], ok: bool, said: str) -> None:
    with _slack({"xapp-1": answer}) as address:
        check = _checks(_chosen(address, slack_app_token=SecretStr("xapp-1")))["sockets"]
    assert (check.ok, said in check.detail, check.fix is None) == (ok, True, ok)


@pytest.mark.parametrize(
    ("seconds", "ok", "said"), [(0, True, "agrees"), (200, False, "ahead"), (-200, False, "behind")]
)
def test_a_clock_that_differs_from_slacks_is_said_before_signatures_fail(seconds: int, ok: bool, said: str) -> None:
    with _slack({"xoxb-1": {"ok": True, "team": "Acme"}}) as address:
        chosen = _chosen(address, slack_bot_token=SecretStr("xoxb-1"))
        check = _checks(chosen, now=SystemClock().now() + timedelta(seconds=seconds))["clock"]
    assert (check.ok, said in check.detail) == (ok, True)


def test_a_link_domain_that_the_manifest_does_not_name_is_said() -> None:
    with _slack({"xoxb-acme": {"ok": True, "team": "Acme"}}) as address:
        other = _checks(_chosen(address, link_domain="crm.acme.example"), _installed("acme"))["links"]
        same = _checks(_chosen(address, link_domain=manifest.unfurl_domains()[0]), _installed("acme"))["links"]
    assert (other.ok, same.ok) == (False, True)
    assert "crm.acme.example" in other.detail


def test_a_slack_that_does_not_answer_is_said_for_each() -> None:
    with _slack({}) as address:
        pass
    checks = _checks(_chosen(address, slack_app_token=SecretStr("xapp-1")), _installed("acme"))
    assert "does not answer" in checks["slack:T_acme"].detail
    assert "does not answer" in checks["sockets"].detail
    assert "clock" not in checks


@pytest.mark.parametrize(("public", "ok"), [("", False), ("http://crm.example", False), ("https://crm.example", True)])
def test_installing_needs_an_address_that_slack_sends_browsers_to(public: str, ok: bool) -> None:
    chosen = _chosen(
        "http://127.0.0.1:9/api/", slack_client_id="1.01", slack_client_secret=SecretStr("s"), public_url=public
    )
    assert _checks(chosen)["installing"].ok is ok
