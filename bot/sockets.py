"""Sockets to Slack that are replaced before they end: the new one is open while the old one still takes what comes."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from crm_store.log import get_logger

_ENDS: Final = frozenset({"warning", "refresh_requested"})
"""Reasons with which Slack announces that a socket is closed soon, about ten seconds ahead."""
_PATIENCE: Final = 20.0
_LOOK_EVERY: Final = 0.25
_PING_EVERY: Final = 10.0
_log = get_logger(__name__)


class _Socket(SocketModeClient):
    """Slack's own client; where it would close its socket and open another, it only says that its time is over.

    A socket that breaks without a warning is opened again by the client itself.
    """

    def __init__(self, app_token: str, web_client: AsyncWebClient) -> None:
        super().__init__(app_token=app_token, web_client=web_client, ping_interval=_PING_EVERY)
        self.ending = asyncio.Event()

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """Take one message; an announced end replaces nothing here."""
        if _announces_the_end(message):
            self.ending.set()
            return
        await super().run_message_listeners(message, raw_message)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Open the socket anew, unless another one takes its place."""
        if not self.ending.is_set():
            await super().connect_to_new_endpoint(force)

    @property
    def is_over(self) -> bool:
        """Whether Slack has closed it."""
        return self.current_session is None or self.current_session.closed


class SocketLine:
    """One socket at a time, and two while one takes over from the other."""

    def __init__(self, front: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._front = front
        self._app_token = app_token
        self._client = client
        self._leaving: set[asyncio.Task[None]] = set()

    async def keep(self, stop: asyncio.Event) -> None:
        """Hold the line until told to stop."""
        current = await self._opened()
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            ending = asyncio.create_task(current.ending.wait())
            await asyncio.wait({stopped, ending}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            if stop.is_set():
                break
            following = await self._opened()
            _log.info("socket_replaced")
            task = asyncio.create_task(_left(current))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            current = following
        for task in tuple(self._leaving):
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await current.close()  # type: ignore[no-untyped-call]

    async def _opened(self) -> _Socket:
        socket = _Socket(self._app_token, self._client)
        handler = AsyncSocketModeHandler(self._front, self._app_token, web_client=self._client)
        # The handler brings a client of its own, which is never connected.
        await handler.client.close()  # type: ignore[no-untyped-call]
        handler.client = socket
        socket.socket_mode_request_listeners.append(handler.handle)  # type: ignore[arg-type]
        await socket.connect()  # type: ignore[no-untyped-call]
        return socket


async def _left(socket: _Socket) -> None:
    """Let Slack close it, so that nothing is on its way while it ends; then let it go."""
    try:
        for _ in range(round(_PATIENCE / _LOOK_EVERY)):
            if socket.is_over:
                break
            await asyncio.sleep(_LOOK_EVERY)
    finally:
        await socket.close()  # type: ignore[no-untyped-call]


def _announces_the_end(message: Mapping[str, Any]) -> bool:
    return message.get("type") == "disconnect" and message.get("reason") in _ENDS
