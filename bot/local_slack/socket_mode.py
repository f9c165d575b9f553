"""Socket Mode: single-use tickets, at most ten sockets, one socket an envelope in turn."""

import asyncio
import json
import secrets
from collections import OrderedDict
from typing import Any

from aiohttp import WSMsgType, web

from bot.local_slack.delivery import Delivery
from bot.local_slack.limits import REFRESH_WARNING_SECONDS, SOCKETS
from bot.local_slack.people import Manifest
from bot.local_slack.timers import Timers

Json = dict[str, Any]
_TICKETS = 1_000
_FRAME_BYTES = 4_000_000


class _Socket:
    """One open connection and what is still to be written to it."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self.ws = ws
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()

    async def write(self) -> None:
        """Write frames in order until there is an end mark; then close."""
        while (frame := await self.frames.get()) is not None:
            try:
                await self.ws.send_str(frame)
            except ConnectionError:
                return  # The app is gone; what it did not acknowledge is sent again.
        await self.ws.close(code=1001)


class SocketMode:
    """The sockets of the app."""

    timeout_reason = "timeout"

    def __init__(self, manifest: Manifest, delivery: Delivery, timers: Timers) -> None:
        self._manifest = manifest
        self._delivery = delivery
        self._timers = timers
        self._sockets: list[_Socket] = []
        self._tickets: OrderedDict[str, None] = OrderedDict()
        self._turn = 0

    @property
    def n_open(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def ticket(self) -> str:
        """A ticket that opens one socket."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = None
        if len(self._tickets) > _TICKETS:
            self._tickets.popitem(last=False)
        return ticket

    def deliver(self, envelope: Json) -> bool:
        """Hand an envelope to the next socket in turn."""
        if not self._sockets:
            return False
        self._turn = (self._turn + 1) % len(self._sockets)
        self._sockets[self._turn].frames.put_nowait(json.dumps(envelope))
        return True

    def drop(self) -> int:
        """Close every socket; says how many."""
        dropped, self._sockets = self._sockets, []
        for socket in dropped:
            socket.frames.put_nowait(None)
        return len(dropped)

    def refresh(self) -> int:
        """Warn every socket that it is closed soon, and close it then, as Slack does every few hours; says how many."""
        old = list(self._sockets)
        for socket in old:
            socket.frames.put_nowait(json.dumps({"type": "disconnect", "reason": "warning", **self._host()}))
        self._timers.after(REFRESH_WARNING_SECONDS, lambda: self._close(old))
        return len(old)

    def _close(self, old: list[_Socket]) -> None:
        for socket in old:
            if socket in self._sockets:
                self._sockets.remove(socket)
                socket.frames.put_nowait(
                    json.dumps({"type": "disconnect", "reason": "refresh_requested", **self._host()})
                )
                socket.frames.put_nowait(None)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One socket, from its handshake to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid_ticket")
        if len(self._sockets) >= SOCKETS:
            return web.Response(status=429, text="too_many_websockets")
        del self._tickets[ticket]
        ws = web.WebSocketResponse(max_msg_size=_FRAME_BYTES, timeout=1.0)
        await ws.prepare(request)
        socket = _Socket(ws)
        self._sockets.append(socket)
        socket.frames.put_nowait(json.dumps(self._hello()))
        writer = asyncio.create_task(socket.write())
        self._delivery.reachable()
        try:
            async for frame in ws:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledged(frame.data)
        finally:
            if socket in self._sockets:
                self._sockets.remove(socket)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return ws

    def _acknowledged(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        if isinstance(answer, dict) and isinstance(answer.get("envelope_id"), str):
            self._delivery.acknowledge(answer["envelope_id"], answer.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "connection_info": {"app_id": self._manifest.app_id},
            **self._host(),
        }

    def _host(self) -> Json:
        return {"debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18_060}}
