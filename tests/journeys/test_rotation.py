"""An app that installs by OAuth and listens by Socket Mode: its tokens are renewed, its sockets replaced in time."""

from collections.abc import Iterator
from typing import Any

import pytest

from crm_store.sealing import new_key
from tests import stores
from tests.journeys.apart import Served, open_workspace, rows, until
from tests.journeys.house import Demo, words_of
from tests.journeys.installing import Browser

TWELVE_HOURS = 43_200
OAUTH = {"CRM_SLACK_CLIENT_ID": "1.01", "CRM_SLACK_CLIENT_SECRET": "local-client-secret", "SLACK_BOT_TOKEN": ""}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Served]]:
    """A workspace that gives tokens which run out, and Rapport on two sockets, installed by its page."""
    workspace = open_workspace(tmp_path_factory.mktemp("rotation"), "--rotate-tokens")
    stores.migrated(workspace.data / "crm.db")
    app_token = str(workspace.ready["app_token"])
    served = Served.start(workspace, SLACK_APP_TOKEN=app_token, CRM_TOKEN_KEYS=new_key(), CRM_CHANNEL="", **OAUTH)
    status, text = Browser().install(served, "T_RAPPORT")
    assert status == 200, text
    yield workspace, served
    assert [served.stop(), workspace.stop()] == [0, 0]


def _kept(workspace: Demo) -> bytes:
    return bytes(rows(workspace, "SELECT bot_token FROM installations")[0][0])


def _answered(workspace: Demo, text: str, words: str) -> bool:
    return any(words in words_of(one) for one in workspace.messages() if text in words_of(one))


def _connections(workspace: Demo) -> int:
    """How many sockets are open."""
    return int(workspace._get("workspace")["sockets"])


def _log(workspace: Demo, kind: str) -> list[dict[str, Any]]:
    """The calls or envelopes so far."""
    return [one for one in workspace._get("log")["entries"] if one["kind"] == kind]


def test_a_workspace_that_installed_by_oauth_is_answered_through_sockets(house: tuple[Demo, Served]) -> None:
    workspace, _ = house
    until(lambda: _connections(workspace) == 2)
    workspace.type("settings roles")
    until(lambda: _answered(workspace, "Roles of", "What each may do"))


def test_a_token_that_ran_out_is_renewed_and_the_answer_still_comes(house: tuple[Demo, Served]) -> None:
    workspace, served = house
    before = _kept(workspace)
    workspace._post("clock", {"advance_s": TWELVE_HOURS})
    workspace.act(type="mention", user="U_ADA", channel="C_SALES", text="help deals")
    until(lambda: _answered(workspace, "deal", "/crm"))
    assert _kept(workspace) != before
    assert any(one["answer"].get("error") == "token_expired" for one in _log(workspace, "api"))
    assert not any("xoxe" in line for line in served.log)


def test_sockets_are_replaced_before_they_end_and_nothing_is_sent_twice(house: tuple[Demo, Served]) -> None:
    workspace, _ = house
    assert workspace._post("faults", {"refresh_sockets": True})["refreshed"] == 2
    until(lambda: _connections(workspace) == 4)
    workspace.act(type="mention", user="U_ADA", channel="C_SALES", text="help mute")
    until(lambda: _answered(workspace, "mute", "/crm"))
    workspace._post("clock", {"advance_s": 10})
    until(lambda: _connections(workspace) == 2)
    assert {one["retry_attempt"] for one in _log(workspace, "envelope") if one["type"] == "events_api"} == {0}
