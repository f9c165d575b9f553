"""A Bolt app that acknowledges first, works a moment, and then notes each text in a file: what a kill does to that."""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

_WORK_S: Final = 0.05


async def main(address: str, bot_token: str, app_token: str, secret: str, notes: str) -> None:
    """Serve a workspace that is there already, until killed."""
    app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=address), signing_secret=secret)

    @app.event("message")
    async def heard(event: dict[str, Any]) -> None:
        await asyncio.sleep(_WORK_S)
        with Path(notes).open("a", encoding="utf-8") as file:  # noqa: ASYNC230 -- a line is short, and nobody else waits
            file.write(f"{event.get('text')}\n")

    handler = AsyncSocketModeHandler(app, app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
