"""Tokens that run out: given by consent, renewed once with what came beside them, refused when they are over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.local_slack.demo_workspace import MANIFEST, demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from bot.local_slack.tokens import LASTS_SECONDS
from crm_store.clock import MovableClock
from tests.local_slack.conftest import Caller

OURS = {"client_id": MANIFEST.client_id, "client_secret": MANIFEST.client_secret}


@pytest.fixture
async def rotating() -> AsyncIterator[Caller]:
    """A workspace whose app rotates its tokens."""
    running: RunningWorkspace = await start(demo_workspace(MovableClock(), replace(MANIFEST, rotates=True)))
    async with aiohttp.ClientSession() as http:
        yield Caller(running, http)
    await running.stop()


async def _installed(call: Caller, team: str = "T_RAPPORT") -> dict[str, Any]:
    there = {"team": team, "redirect_uri": "http://127.0.0.1:9/", "state": "s"}
    async with call.http.get(call.running.page + "oauth/v2/allow", params=there, allow_redirects=False) as answer:
        code = answer.headers["Location"].split("code=")[1].split("&")[0]
    return await call("oauth.v2.access", token="", code=code, **OURS)


async def _renewed(call: Caller, refresh_token: str) -> dict[str, Any]:
    return await call("oauth.v2.access", token="", grant_type="refresh_token", refresh_token=refresh_token, **OURS)


async def test_a_token_runs_out_and_its_renewal_works(rotating: Caller) -> None:
    first = await _installed(rotating)
    assert first["expires_in"] == LASTS_SECONDS
    assert (await rotating("auth.test", token=first["access_token"]))["team_id"] == "T_RAPPORT"
    rotating.running.advance(LASTS_SECONDS - 1)
    assert (await rotating("auth.test", token=first["access_token"]))["ok"]
    rotating.running.advance(1)
    assert (await rotating("auth.test", token=first["access_token"]))["error"] == "token_expired"
    second = await _renewed(rotating, first["refresh_token"])
    assert second["team"]["id"] == "T_RAPPORT"
    assert (await rotating("auth.test", token=second["access_token"]))["ok"]


async def test_a_refresh_token_is_good_once_and_the_token_before_lives_on(rotating: Caller) -> None:
    first = await _installed(rotating)
    second = await _renewed(rotating, first["refresh_token"])
    assert (await _renewed(rotating, first["refresh_token"]))["error"] == "invalid_refresh_token"
    assert (await rotating("auth.test", token=first["access_token"]))["ok"]
    await _renewed(rotating, second["refresh_token"])
    assert (await rotating("auth.test", token=first["access_token"]))["error"] == "invalid_auth"
    assert (await rotating("auth.test", token=second["access_token"]))["ok"]


async def test_an_app_that_does_not_rotate_gets_its_lasting_token(call: Caller) -> None:
    granted = await _installed(call)
    assert granted["access_token"] == "xoxb-local"
    assert "refresh_token" not in granted
    assert (await _renewed(call, "xoxe-1-made-up"))["error"] == "invalid_refresh_token"


async def test_a_removed_app_renews_nothing(rotating: Caller) -> None:
    first = await _installed(rotating)
    await rotating.running.gesture({"type": "uninstall", "user": "U_BEN"})
    assert (await rotating("auth.test", token=first["access_token"]))["error"] == "invalid_auth"
    assert (await _renewed(rotating, first["refresh_token"]))["error"] == "invalid_refresh_token"
