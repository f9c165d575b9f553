"""A bare Bolt app on a local workspace of its own: acknowledges every command; told `answer`, it says a word too."""

import asyncio
import json
import sys
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack.demo_workspace import HOME_TEAM, MANIFEST, demo_workspace
from bot.local_slack.server import start
from crm_store.clock import MovableClock


async def main() -> None:
    """Serve until terminated."""
    workspace = await start(demo_workspace(MovableClock()), 0)
    client = AsyncWebClient(token=HOME_TEAM.bot_token, base_url=workspace.slack_api)
    app = AsyncApp(client=client, signing_secret=MANIFEST.signing_secret)

    @app.command("/crm")
    async def acknowledge(ack: Any, respond: Any) -> None:
        await ack()
        if "answer" in sys.argv:
            await respond("found")

    handler = AsyncSocketModeHandler(app, MANIFEST.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    sys.stdout.write(json.dumps({"control": workspace.control}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main())
