"""The control door: gestures, faults, clock, log and what a person sees; for people and tests, never for the app."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.local_slack import (
    administering,
    entities,
    gestures,
    grouping,
    mail_door,
    pressing,
    submitting,
    visible,
    writing,
)
from bot.local_slack.errors import RefusedError
from bot.local_slack.hub import Hub
from crm_store.clock import MovableClock

Json = dict[str, Any]
_PING_SECONDS = 15.0
_LOOK_SECONDS = 0.02
_QUIET_SECONDS = 0.2

# Each of these modules puts its gestures into the table when it is loaded.
ACTS = (administering, entities, grouping, pressing, submitting, writing)


class Control:
    """Answers `/_control/…`."""

    def __init__(
        self,
        hub: Hub,
        busy: Callable[[], bool] | None = None,
        idle: Callable[[], Awaitable[bool]] | None = None,
        app_clock: MovableClock | None = None,
    ) -> None:
        self._hub = hub
        self._app_clock = app_clock
        self._busy = busy
        self._idle = idle
        self._streams: set[asyncio.Event] = set()
        self.stopping = asyncio.Event()
        hub.space.watchers.append(self._changed)

    def routes(self) -> list[web.RouteDef]:
        """The door's addresses."""
        return [
            web.post("/_control/gestures", self.gestures),
            web.post("/_control/settle", self.settle),
            web.post("/_control/faults", self.faults),
            web.post("/_control/clock", self.clock),
            web.post("/_control/mail", self.mail),
            web.get("/_control/state", self.state),
            web.get("/_control/workspace", self.workspace),
            web.get("/_control/log", self.log),
            web.get("/_control/stream", self.stream),
        ]

    def stop(self) -> None:
        """Let the streams end."""
        self.stopping.set()
        self._changed()
        if self._changed in self._hub.space.watchers:
            self._hub.space.watchers.remove(self._changed)

    def _changed(self) -> None:
        for event in self._streams:
            event.set()

    async def gestures(self, request: web.Request) -> web.Response:
        """Act as a person."""
        return _json(await gestures.perform(self._hub, await _body(request)))

    async def faults(self, request: web.Request) -> web.Response:
        """Order faults."""
        dropped = 0
        body = await _body(request)
        if self._hub.faults.order(body):
            dropped = self._hub.sockets.drop()
        refreshed = self._hub.sockets.refresh() if body.get("refresh_sockets") else 0
        return _json({"ok": True, "dropped": dropped, "refreshed": refreshed})

    async def clock(self, request: web.Request) -> web.Response:
        """Move the workspace's clock forwards, and that of the app behind it where this is asked for."""
        body = await _body(request)
        seconds = _seconds(body, "advance_s", 0)
        if body.get("app"):
            if self._app_clock is None:
                raise RefusedError("The app behind this workspace runs by a clock that cannot be moved.")
            self._app_clock.advance(seconds)
        return _json({"now": advance(self._hub, seconds)})

    async def mail(self, request: web.Request) -> web.Response:
        """Hand a mail to the listener that the host named."""
        return _json(await mail_door.send(self._hub, self._hub.mail, await _body(request)))

    async def state(self, request: web.Request) -> web.Response:
        """What a person sees."""
        last, after = request.query.get("last", ""), request.query.get("after", "")
        most = int(last) if last.isdecimal() else None
        return _json(visible.state(self._hub, self._person(request), most, after))

    async def workspace(self, request: web.Request) -> web.Response:
        """Team, people, commands and shortcuts around a person, by default the first one."""
        first = next(seat.id for seat in self._hub.space.seats.values() if not seat.is_bot)
        user = self._person(request) if request.query.get("user") else first
        return _json(visible.directory(self._hub, user))

    async def log(self, request: web.Request) -> web.Response:
        """Calls and envelopes so far."""
        since = request.query.get("since", "0")
        text = self._hub.journal.text(int(since) if since.isdecimal() else 0)
        return web.Response(text=text, content_type="application/json")

    async def settle(self, request: web.Request) -> web.Response:
        """Wait until nothing is on its way and the app has nothing to do."""
        timeout = _seconds(await _body(request), "timeout_s", 10)
        loop = asyncio.get_running_loop()
        began = loop.time()
        settled = await self.settled(timeout)
        return _json({"settled": settled, "waited_ms": round((loop.time() - began) * 1000, 1)})

    async def settled(self, timeout: float) -> bool:  # noqa: ASYNC109 - callers want an answer, not an exception
        """Whether all came to rest within so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._settled()
        except TimeoutError:
            return False
        return True

    async def _settled(self) -> None:
        while True:
            await self._hub.delivery.quiet.wait()
            if await self._app_rests() and self._hub.delivery.quiet.is_set():
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _app_rests(self) -> bool:
        if self._hub.calls_under_way or (self._busy and self._busy()):
            return False
        if self._idle:
            return await self._idle()
        # Of an app in another process only its silence tells that it has done what it had to.
        return asyncio.get_running_loop().time() - self._hub.last_call >= _QUIET_SECONDS

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell the page of every change, by server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        changed = asyncio.Event()
        self._streams.add(changed)
        try:
            await self._feed(response, changed)
        except ConnectionError:
            pass  # The page was closed.
        finally:
            self._streams.discard(changed)
        return response

    async def _feed(self, response: web.StreamResponse, changed: asyncio.Event) -> None:
        frame = f"data: {json.dumps({'seq': self._hub.space.seq})}\n\n"
        while not self.stopping.is_set():
            await response.write(frame.encode())
            try:
                async with asyncio.timeout(_PING_SECONDS):
                    await changed.wait()
                changed.clear()
                frame = f"data: {json.dumps({'seq': self._hub.space.seq})}\n\n"
            except TimeoutError:
                frame = ": ping\n\n"

    def _person(self, request: web.Request) -> str:
        user = request.query.get("user", "")
        seat = self._hub.space.seats.get(user)
        if seat is None or seat.is_bot:
            raise RefusedError(f"There is no person {user!r} in this workspace.")
        return user


def advance(hub: Hub, seconds: float) -> str:
    """Move the clock, do what is due by then, and say what the clock shows."""
    clock = hub.space.clock
    if not isinstance(clock, MovableClock):
        raise RefusedError("This workspace runs by a clock that cannot be moved.")
    now = clock.advance(seconds)
    hub.timers.wake()
    hub.space.changed()
    return now.isoformat()


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise RefusedError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise RefusedError("The body is not a JSON object.")
    return body


def _seconds(body: Json, name: str, usual: float) -> float:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise RefusedError(f"{name} is a number of seconds, not below 0.")
    return float(value)


def _json(answer: Json) -> web.Response:
    return web.Response(text=json.dumps(answer), content_type="application/json")
