"""A Slack whose bot tokens run out after twelve hours, and whose refresh tokens are good for one use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from crm_store.clock import Clock

LASTS = 43_200


@dataclass(slots=True)
class RotatingSlack:
    """What it gave out and what it was asked."""

    clock: Clock
    base: str = ""
    renewals: int = 0
    refresh_token: str = "xoxe-1-0"
    until: dict[str, datetime] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    trouble: str = ""

    def give(self, token: str) -> str:
        """A bot token that is good from now on."""
        self.until[token] = self.clock.now() + timedelta(seconds=LASTS)
        return token

    async def access(self, request: web.Request) -> web.Response:
        """A new pair of tokens for the refresh token that is good now."""
        asked = await request.post()
        if self.trouble or asked.get("refresh_token") != self.refresh_token:
            return web.json_response({"ok": False, "error": self.trouble or "invalid_refresh_token"})
        self.renewals += 1
        self.refresh_token = f"xoxe-1-{self.renewals}"
        fresh = {"access_token": self.give(f"xoxe.xoxb-{self.renewals}"), "refresh_token": self.refresh_token}
        return web.json_response({"ok": True, "expires_in": LASTS, **fresh})

    async def post(self, request: web.Request) -> web.Response:
        """Take a message, for a token that has not run out."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.until.get(token, self.clock.now()) <= self.clock.now():
            return web.json_response({"ok": False, "error": "token_expired"})
        self.posted.append(token)
        return web.json_response({"ok": True, "channel": "C_SALES", "ts": "1.1"})


@asynccontextmanager
async def opened(clock: Clock) -> AsyncIterator[RotatingSlack]:
    """Such a Slack on a loopback address."""
    slack = RotatingSlack(clock)
    app = web.Application()
    app.add_routes([web.post("/api/oauth.v2.access", slack.access), web.post("/api/chat.postMessage", slack.post)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()
