"""A running workspace, a caller of its Web API, and an app that answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock

Json = dict[str, Any]
NO_ACK = object()
BOT_TOKEN = "xoxb-local"
APP_TOKEN = "xapp-1-A01-local"


class Caller:
    """Calls the Web API and the control door over HTTP."""

    def __init__(self, running: RunningWorkspace, http: aiohttp.ClientSession) -> None:
        self.running = running
        self.http = http
        self._known: dict[str, Json] = {}

    async def raw(self, method: str, token: str = BOT_TOKEN, **args: Any) -> tuple[int, Json, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(self.running.slack_api + method, json=args, headers=headers) as answer:
            return answer.status, await answer.json(), answer.headers

    async def __call__(self, method: str, token: str = BOT_TOKEN, **args: Any) -> Json:
        return (await self.raw(method, token, **args))[1]

    async def ok(self, method: str, **args: Any) -> Json:
        body = await self(method, **args)
        assert body["ok"], body
        return body

    async def door(self, path: str, body: Json | None = None, **headers: str) -> tuple[int, Any]:
        verb = "GET" if body is None else "POST"
        async with self.http.request(verb, self.running.control + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def state(self, user: str = "U_ADA") -> Json:
        """All that somebody sees; whoever knows an earlier state knows it all by what is told to have changed."""
        before = self._known.get(user)
        found: Json = (await self.door(f"state?user={user}"))[1]
        if before is not None:
            changed: Json = (await self.door(f"state?user={user}&after={before['mark']}"))[1]
            assert changed["after"] == before["mark"]
            if changed["seq"] == found["seq"]:
                assert _joined(before, changed) == _messages(found)
        self._known[user] = found
        return found

    async def messages(self, channel: str = "C_SALES", user: str = "U_ADA") -> list[Json]:
        found = [one for one in (await self.state(user))["channels"] if one["id"] == channel]
        messages: list[Json] = found[0]["messages"] if found else []
        return messages


def _messages(state: Json) -> dict[str, list[Json]]:
    return {one["id"]: one["messages"] for one in state["channels"]}


def _joined(before: Json, changed: Json) -> dict[str, list[Json]]:
    """The messages of each channel as a page has them that reads only what changed."""
    joined = {}
    for channel in changed["channels"]:
        known = {one["ts"]: one for one in _messages(before)[channel["id"]] if one["ts"] not in channel["gone"]}
        known |= {one["ts"]: one for one in channel["messages"]}
        joined[channel["id"]] = [known[ts] for ts in sorted(known)]
    return joined


class App:
    """An app on one socket; `answer` decides the acknowledgement of each envelope."""

    def __init__(self) -> None:
        self.answer: Callable[[Json], Any] = lambda envelope: None
        self.envelopes: asyncio.Queue[Json] = asyncio.Queue()
        self.closed = asyncio.Event()
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.hello: Json = {}

    async def connect(self, call: Caller) -> "asyncio.Task[None]":
        url = (await call("apps.connections.open", token=APP_TOKEN))["url"]
        self.socket = await call.http.ws_connect(url)
        self.hello = await self.socket.receive_json(timeout=60)
        return asyncio.create_task(self._read(self.socket))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            envelope = frame.json()
            payload = self.answer(envelope)
            if payload is not NO_ACK:
                more = {} if payload is None else {"payload": payload}
                await socket.send_json({"envelope_id": envelope["envelope_id"], **more})
            self.envelopes.put_nowait(envelope)
        self.closed.set()

    async def next(self, kind: str | None = None) -> Json:
        """The next envelope, or the next of an event or interaction of this type."""
        while True:
            envelope: Json = await asyncio.wait_for(self.envelopes.get(), 60)
            payload = envelope["payload"]
            if kind in (None, payload.get("type"), payload.get("event", {}).get("type"), payload.get("command")):
                return envelope


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def running(clock: MovableClock) -> AsyncIterator[RunningWorkspace]:
    workspace = await start(demo_workspace(clock))
    yield workspace
    await workspace.stop()


@pytest.fixture
async def call(running: RunningWorkspace) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as http:
        yield Caller(running, http)


@pytest.fixture
async def app(call: Caller) -> AsyncIterator[App]:
    app = App()
    reader = await app.connect(call)
    yield app
    assert app.socket is not None
    await app.socket.close()
    await reader
