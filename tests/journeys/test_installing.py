"""Workspaces install Rapport by themselves, work at once, go, and come back; by the pages and signed requests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crm_store import outbox
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.sealing import new_key
from tests import stores
from tests.journeys.apart import Served, free_port, open_workspace, rows, signed, until
from tests.journeys.house import Demo, crm, words_of
from tests.journeys.installing import Browser, event

KEY = new_key()
OAUTH = {"CRM_SLACK_CLIENT_ID": "1.01", "CRM_SLACK_CLIENT_SECRET": "local-client-secret", "SLACK_BOT_TOKEN": ""}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Served]]:
    """The workspace, and the web role to which no bot token was given."""
    data, port = tmp_path_factory.mktemp("installing"), free_port()
    workspace = open_workspace(data, "--events-url", f"http://127.0.0.1:{port}/slack/events")
    stores.migrated(workspace.data / "crm.db")
    secrets = f"the-next-secret, {workspace.ready['signing_secret']}"
    served = Served.start(
        workspace, "web", PORT=str(port), SLACK_SIGNING_SECRET=secrets, CRM_TOKEN_KEYS=KEY, CRM_CHANNEL="", **OAUTH
    )
    yield workspace, served
    assert [served.stop(), workspace.stop()] == [0, 0]


def _now() -> float:
    return SystemClock().now().timestamp()


def _standing(workspace: Demo) -> dict[str, str]:
    return dict(
        rows(
            workspace,
            "SELECT t.slack_team_id, i.standing FROM installations i JOIN teams t ON t.team_id = i.team_id",
        )
    )


def _said(workspace: Demo, words: str, channel: str = "C_SALES", user: str = "U_ADA") -> dict[str, Any] | None:
    return next((one for one in workspace.messages(channel, user) if words in words_of(one)), None)


def _send(workspace: Demo, served: Served, body: bytes) -> int:
    return served.post(body, signed(body, _now(), str(workspace.ready["signing_secret"])))[0]


def _owe(workspace: Demo, text: str) -> None:
    """Something that Rapport has to say in #sales."""
    store = SqliteStore(str(workspace.ready["database"]), SystemClock())
    try:
        (team_id,) = rows(workspace, "SELECT team_id FROM teams WHERE slack_team_id = 'T_RAPPORT'")[0]
        payload = {"channel": "C_SALES", "text": text}
        store.team(team_id).write_now(outbox.enqueue, "post", "post:C_SALES", f"owed:{text}", payload)
    finally:
        store.close()


def test_two_workspaces_install_and_each_is_answered_at_once_by_its_own_client(house: tuple[Demo, Served]) -> None:
    workspace, served = house
    for team, name in (("T_RAPPORT", "Rapport demo"), ("T_OTHER", "Other team")):
        status, text = Browser().install(served, team)
        assert (status, name in text) == (200, True), text
    assert _standing(workspace) == {"T_RAPPORT": "installed", "T_OTHER": "installed"}
    workspace.type("help")
    assert until(lambda: _said(workspace, "log"))
    workspace.type("help", user="U_CLEO", channel="C_OTHER")
    assert until(lambda: _said(workspace, "log", "C_OTHER", "U_CLEO"))
    people = dict(rows(workspace, "SELECT slack_user_id, role FROM users"))
    assert {"U_ADA", "U_BEN", "U_CLEO"} <= set(people)
    assert "U_GUEST" not in people
    assert "admin" in people.values()


def test_tokens_lie_in_no_file_in_clear_and_in_no_log(house: tuple[Demo, Served]) -> None:
    workspace, served = house
    assert _standing(workspace)
    for file in workspace.data.glob("crm.db*"):
        assert b"xoxb-local" not in file.read_bytes(), file.name
    assert not any("xoxb-" in line or KEY in line for line in served.log)


def test_installing_again_takes_the_new_token_and_makes_no_second_team(house: tuple[Demo, Served]) -> None:
    workspace, served = house
    before = rows(workspace, "SELECT version, bot_token FROM installations ORDER BY team_id")
    assert Browser().install(served, "T_RAPPORT")[0] == 200
    after = rows(workspace, "SELECT version, bot_token FROM installations ORDER BY team_id")
    assert len(after) == len(before) == 2
    assert sorted(one[0] for one in after) == sorted([before[0][0] + 1, before[1][0]])


def test_an_answer_counts_once_in_the_browser_that_began_and_is_a_sentence_otherwise(
    house: tuple[Demo, Served],
) -> None:
    _, served = house
    here = f"http://127.0.0.1:{served.ready['web_port']}/slack/oauth_redirect"
    browser = Browser()
    state = browser.begin(served).split("state=")[1].split("&")[0]
    status, text = Browser().open(f"{here}?code=x&state={state}")
    assert (status, "in this browser" in text) == (400, True)
    status, text = browser.open(f"{here}?error=access_denied&state={state}")
    assert (status, "Nobody allowed it" in text) == (400, True)
    assert browser.open(f"{here}?code=x&state={state}")[0] == 400
    other = Browser()
    state = other.begin(served).split("state=")[1].split("&")[0]
    status, text = other.open(f"{here}?code=made-up&state={state}")
    assert (status, "good for ten minutes" in text) == (400, True)
    assert Browser().open(here)[0] == 400


def test_both_signing_secrets_count_during_a_rotation_and_no_third(house: tuple[Demo, Served]) -> None:
    workspace, served = house
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "c-777"}).encode()
    for secret, status in (("the-next-secret", 200), (str(workspace.ready["signing_secret"]), 200), ("third", 401)):
        assert served.post(body, signed(body, _now(), secret))[0] == status


def test_a_workspace_that_leaves_is_forgotten_what_waits_is_kept_and_coming_back_sends_it(
    house: tuple[Demo, Served],
) -> None:
    workspace, served = house
    users_alone = event("tokens_revoked", "Ev_USERS", _now() + 2, tokens={"oauth": ["U_ADA"], "bot": []})
    assert _send(workspace, served, users_alone) == 200
    stale = event("app_uninstalled", "Ev_STALE", _now() - 3600)
    assert _send(workspace, served, stale) == 200
    until(lambda: rows(workspace, "SELECT 1 FROM inbox WHERE key LIKE '%Ev_STALE%' AND state = 'done'"))
    assert _standing(workspace)["T_RAPPORT"] == "installed"
    replaced = event("tokens_revoked", "Ev_REPLACED", _now() + 2, tokens={"bot": ["U_RAPPORT"]})
    assert _send(workspace, served, replaced) == 200
    until(lambda: rows(workspace, "SELECT 1 FROM inbox WHERE key LIKE '%Ev_REPLACED' AND state = 'done'"))
    assert _standing(workspace)["T_RAPPORT"] == "installed"
    workspace._post("faults", {"error": {"method": "auth.test", "error": "token_revoked", "times": 1}})
    revoked = event("tokens_revoked", "Ev_GONE", _now() + 2, tokens={"bot": ["U_RAPPORT"]})
    assert _send(workspace, served, revoked) == 200
    until(lambda: _standing(workspace)["T_RAPPORT"] == "gone")
    assert rows(workspace, "SELECT bot_token FROM installations WHERE standing = 'gone'") == [(None,)]
    assert _send(workspace, served, event("app_uninstalled", "Ev_GONE2", _now() + 2)) == 200
    _owe(workspace, "said while you were away")
    until(lambda: rows(workspace, "SELECT 1 FROM outbox WHERE problem = 'not_installed' AND state = 'away'"))
    assert _said(workspace, "said while you were away") is None
    assert Browser().install(served, "T_RAPPORT")[0] == 200
    until(lambda: _said(workspace, "said while you were away"))
    told = until(
        lambda: next(
            (one for user in ("U_ADA", "U_BEN") for one in workspace.messages(workspace.direct(user), user)
             if "installed in this workspace again" in words_of(one)), None,
        )
    )  # fmt: skip
    assert "go out now: 1" in words_of(told)
    assert _standing(workspace) == {"T_RAPPORT": "installed", "T_OTHER": "installed"}


def test_a_house_without_the_keys_of_its_tokens_says_so_at_the_start(house: tuple[Demo, Served]) -> None:
    workspace, _ = house
    there = {"DATABASE_URL": str(workspace.ready["database"]), "CRM_SLACK_API_URL": str(workspace.ready["slack_api"])}
    ended = crm("web", CRM_TOKEN_KEYS=new_key(), SLACK_SIGNING_SECRET="s", PORT="0", **there, **OAUTH)
    assert (ended.returncode, "is not among CRM_TOKEN_KEYS" in ended.stderr) == (2, True)
    assert len(ended.stderr.splitlines()) == 1
