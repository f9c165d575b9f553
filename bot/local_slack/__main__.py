"""`python -m bot.local_slack`: the workspace alone, for any Bolt app in any language."""

import argparse
import asyncio
import json
import signal
import sys

from bot.local_slack.demo_workspace import HOME_TEAM, MANIFEST, demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock


def ready_line(running: RunningWorkspace) -> str:
    """The one line that says where everything is."""
    return json.dumps(
        {
            "ready": True,
            "page": running.page,
            "slack_api": running.slack_api,
            "control": running.control,
            "bot_token": HOME_TEAM.bot_token,
            "app_token": MANIFEST.app_token,
            "signing_secret": MANIFEST.signing_secret,
        }
    )


async def serve(port: int, events_url: str | None) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    running = await start(demo_workspace(MovableClock()), port, events_url=events_url)
    sys.stdout.write(ready_line(running) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await running.stop()


def main() -> int:
    """Read the arguments and serve."""
    reader = argparse.ArgumentParser(prog="local_slack", description=__doc__)
    reader.add_argument("--port", type=int, default=0, help="the port to listen on; 0 takes a free one")
    reader.add_argument("--events-url", help="send signed requests there in place of Socket Mode")
    options = reader.parse_args()
    asyncio.run(serve(options.port, options.events_url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
