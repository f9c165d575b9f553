"""Those who keep the workspace: the app is invited and removed, a channel archived, the app uninstalled."""

import pytest

from bot.local_slack.errors import RefusedError
from tests.local_slack.conftest import App, Caller

BEN = {"user": "U_BEN"}


async def test_an_invited_app_can_write_and_a_removed_one_cannot(call: Caller, app: App) -> None:
    """Before, between and after; nothing is done twice."""
    here = {**BEN, "channel": "C_NOAPP"}
    assert (await call("chat.postMessage", channel="C_NOAPP", text="1"))["error"] == "not_in_channel"
    await call.running.gesture({"type": "invite", **here})
    with pytest.raises(RefusedError, match="already in leadership"):
        await call.running.gesture({"type": "invite", **here})
    await call.ok("chat.postMessage", channel="C_NOAPP", text="2")
    heard = await call.running.gesture({"type": "message", **here, "text": "welcome"})
    assert heard["delivered"] == 1
    await call.running.gesture({"type": "remove", **here})
    assert (await call("chat.postMessage", channel="C_NOAPP", text="3"))["error"] == "not_in_channel"
    with pytest.raises(RefusedError, match="not in leadership"):
        await call.running.gesture({"type": "remove", **here})


async def test_a_talk_with_the_app_is_nobodys_channel(call: Caller) -> None:
    with pytest.raises(RefusedError, match="not with direct messages"):
        await call.running.gesture({"type": "remove", **BEN, "channel": "D_BEN"})


async def test_an_archived_channel_is_closed_until_it_is_opened_again(call: Caller) -> None:
    here = {**BEN, "channel": "C_SALES"}
    await call.running.gesture({"type": "archive", **here})
    assert (await call("chat.postMessage", channel="C_SALES", text="1"))["error"] == "is_archived"
    with pytest.raises(RefusedError, match="is archived"):
        await call.running.gesture({"type": "message", **here, "text": "2"})
    await call.running.gesture({"type": "unarchive", **here})
    await call.ok("chat.postMessage", channel="C_SALES", text="3")


async def test_an_uninstalled_app_is_told_and_its_token_refused(call: Caller, app: App) -> None:
    """Only in that team, only by an admin, and until it is installed again."""
    with pytest.raises(RefusedError, match="Only an admin"):
        await call.running.gesture({"type": "uninstall", "user": "U_ADA"})
    await call.running.gesture({"type": "uninstall", **BEN})
    told = [(await app.next(kind))["payload"] for kind in ("tokens_revoked", "app_uninstalled")]
    assert [one["team_id"] for one in told] == ["T_RAPPORT", "T_RAPPORT"]
    assert told[0]["event"]["tokens"]["bot"] == ["U_RAPPORT"]
    assert (await call("auth.test"))["error"] == "token_revoked"
    assert (await call("auth.test", token="xoxb-local-other"))["ok"]
    with pytest.raises(RefusedError, match="not installed"):
        await call.running.gesture({"type": "uninstall", **BEN})
    await call.running.gesture({"type": "install", **BEN})
    assert (await call("auth.test"))["ok"]


async def test_consent_installs_an_uninstalled_app_again(call: Caller) -> None:
    """The code of the authorize page is traded for a token that works."""
    await call.running.gesture({"type": "uninstall", **BEN})
    address = f"{call.running.page}oauth/v2/allow?team=T_RAPPORT&redirect_uri=http://127.0.0.1:1/back"
    async with call.http.get(address, allow_redirects=False) as answer:
        code = answer.headers["Location"].partition("code=")[2].partition("&")[0]
    traded = await call("oauth.v2.access", token="", code=code, client_id="1.01", client_secret="local-client-secret")
    assert (await call("auth.test", token=traded["access_token"]))["ok"]
