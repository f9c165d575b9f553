"""Many workspaces over Socket Mode: the sockets belong to the app, and each team is answered by its own client."""

from collections.abc import Iterator
from functools import partial

import pytest

from crm_store.sealing import new_key
from tests import stores
from tests.journeys.apart import Served, logged_lines, open_workspace, until
from tests.journeys.house import Demo, words_of
from tests.journeys.installing import Browser

OAUTH = {"CRM_SLACK_CLIENT_ID": "1.01", "CRM_SLACK_CLIENT_SECRET": "local-client-secret", "SLACK_BOT_TOKEN": ""}
TEAMS = ("U_ADA", "C_SALES", "Nora Quill"), ("U_CLEO", "C_OTHER", "Nora Reed")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Two teams that installed by the page, heard over one socket of the app and no HTTP."""
    workspace = open_workspace(tmp_path_factory.mktemp("by-socket"))
    stores.migrated(workspace.data / "crm.db")
    app_token = str(workspace.ready["app_token"])
    served = Served.start(
        workspace,
        "web",
        SLACK_APP_TOKEN=app_token,
        CRM_SLACK_SOCKETS="1",
        CRM_TOKEN_KEYS=new_key(),
        CRM_CHANNEL="",
        **OAUTH,
    )
    for team in ("T_RAPPORT", "T_OTHER"):
        status, text = Browser().install(served, team)
        assert status == 200, text
    yield workspace
    assert [served.stop(), workspace.stop()] == [0, 0]


def _answered(workspace: Demo, user: str, channel: str, words: str) -> bool:
    return any(words in words_of(one) for one in workspace.messages(channel, user))


def test_each_team_is_answered_over_the_same_socket(house: Demo) -> None:
    for user, channel, name in TEAMS:
        house.type(f"add {name} at Stone nora@stone.example", user, channel)
        until(partial(_answered, house, user, channel, name))
    house.type("nora", "U_CLEO", "C_OTHER")
    until(partial(_answered, house, "U_CLEO", "C_OTHER", "nora@stone.example"))
    assert not _answered(house, "U_CLEO", "C_OTHER", "Nora Quill")


def test_a_single_socket_is_replaced_before_it_ends_and_each_line_counts_once(house: Demo) -> None:
    direct = house.direct()
    house._post("faults", {"refresh_sockets": True})
    for number in range(5):
        house.act(type="message", user="U_ADA", channel=direct, text=f"log nora: called, refresh number {number}")
    house._post("clock", {"advance_s": 11})
    house.act(type="message", user="U_ADA", channel=direct, text="log nora: called, refresh number 5")
    until(lambda: sum("refresh number" in line for line in logged_lines(house)) >= 6)
    told = sorted(line.rpartition(" ")[2] for line in logged_lines(house) if "refresh number" in line)
    assert told == ["0", "1", "2", "3", "4", "5"]
