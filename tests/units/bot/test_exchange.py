"""What Slack says to a code, told apart into a grant, a refusal for good and one that may pass; and its farewells."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot import gestures, manifest
from bot.gestures import Did
from bot.installations.exchange import Exchange
from crm_store import settings
from crm_store.errors import DeliveryError
from crm_store.sealing import new_key

GRANT: dict[str, Any] = {
    "ok": True,
    "access_token": "xoxb-1",
    "scope": "chat:write,commands",
    "bot_user_id": "U_BOT",
    "app_id": "A01",
    "team": {"id": "T_1", "name": "Halyard"},
    "authed_user": {"id": "U_ADA"},
}


@dataclass(slots=True)
class Desk:
    """An exchange, and the Slack behind it that gives one answer."""

    exchange: Exchange
    answer: dict[str, Any] = field(default_factory=lambda: dict(GRANT))
    status: int = 200
    asked: dict[str, str] = field(default_factory=dict)
    authorization: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.asked = {name: str(value) for name, value in (await request.post()).items()}
        self.authorization = request.headers.get("Authorization", "")
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    desks: list[Desk] = []

    async def take(request: web.Request) -> web.Response:
        return await desks[0].take(request)

    app.router.add_post("/api/oauth.v2.access", take)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    chosen = settings.read(
        {},
        slack_api_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/",
        slack_client_id="1.01",
        slack_client_secret=SecretStr("secret"),
        token_keys=SecretStr(new_key()),
    )
    async with aiohttp.ClientSession() as http:
        desks.append(Desk(Exchange(chosen, http)))
        yield desks[0]
    await runner.cleanup()


async def test_a_code_is_traded_with_the_apps_own_credentials(desk: Desk) -> None:
    grant = await desk.exchange.trade("the-code", "https://crm.example/back")
    assert desk.asked == {"code": "the-code", "redirect_uri": "https://crm.example/back"}
    assert desk.authorization == aiohttp.encode_basic_auth("1.01", "secret")
    assert (grant.slack_team_id, grant.installer, grant.scopes) == ("T_1", "U_ADA", ("chat:write", "commands"))
    assert (grant.tokens.bot_token, grant.tokens.refresh_token, grant.tokens.expires_in) == ("xoxb-1", None, None)
    assert "xoxb" not in repr(grant)


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        ({"ok": False, "error": "invalid_code"}, "invalid_code", True),
        ({"ok": False, "error": "bad_client_secret"}, "bad_client_secret", False),
        ({"ok": False, "error": "internal_error"}, "internal_error", False),
        (GRANT | {"is_enterprise_install": True, "team": None}, "org_install", True),
        (GRANT | {"access_token": None}, "no_bot_token", True),
    ],
)
async def test_a_refusal_says_whether_it_is_for_good(
    desk: Desk, answer: dict[str, Any], code: str, permanent: bool
) -> None:
    desk.answer = answer
    with pytest.raises(DeliveryError) as refused:
        await desk.exchange.trade("c", "https://crm.example/back")
    assert (refused.value.code, refused.value.permanent) == (code, permanent)


async def test_a_slack_that_cannot_be_reached_may_be_reached_later(desk: Desk) -> None:
    nowhere = settings.read({}, slack_api_url="http://127.0.0.1:1/api/")
    async with aiohttp.ClientSession() as http:
        with pytest.raises(DeliveryError) as refused:
            await Exchange(nowhere, http).renew("xoxe-1")
    assert (refused.value.code, refused.value.permanent) == ("network", False)


async def test_the_page_of_consent_asks_for_the_scopes_of_the_manifest() -> None:
    chosen = settings.read({}, slack_api_url="https://slack.com/api/")
    async with aiohttp.ClientSession() as http:
        url = Exchange(chosen, http).consent_url("s&1", "https://crm.example/back", manifest.scopes())
    assert url.startswith("https://slack.com/oauth/v2/authorize?")
    assert "state=s%261" in url
    assert "chat%3Awrite" in url


@pytest.mark.parametrize(
    ("event", "did"),
    [
        ({"type": "app_uninstalled"}, Did.UNINSTALLED),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U_BOT"]}}, Did.REVOKED),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U_ADA"], "bot": []}}, None),
        ({"type": "tokens_revoked", "tokens": ["U_BOT"]}, None),
        ({"type": "tokens_revoked"}, None),
    ],
)
def test_slack_tells_when_the_app_or_its_own_token_is_taken_away(event: dict[str, Any], did: Did | None) -> None:
    read = gestures.read({"type": "event_callback", "team_id": "T_1", "event_time": 1_795_600_000, "event": event})
    assert (read.did if read else None) is did
    if read:
        assert (read.team, read.user, read.stamp) == ("T_1", "", "1795600000")
