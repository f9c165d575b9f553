"""`python -m bot.local_slack`: the workspace alone, for any Bolt app in any language."""

import argparse
import asyncio
import json
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from bot.local_slack import manifest_file
from bot.local_slack.demo_workspace import HOME_TEAM, MANIFEST, demo_workspace
from bot.local_slack.errors import RefusedError
from bot.local_slack.people import MailDoor
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock

_PORTS = 65_536


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the workspace is to be started: where it listens, for which app, and where its mail goes."""

    port: int = 0
    events_url: str | None = None
    manifest: Path | None = None
    mail: MailDoor | None = None
    rotates: bool = False


def wanted(options: argparse.Namespace) -> Wanted:
    """The options of the command line; raises RefusedError with a sentence."""
    mail = _mail_door(options.smtp, options.mail_to) if options.smtp else None
    manifest = Path(options.manifest) if options.manifest else None
    return Wanted(options.port, options.events_url, manifest, mail, options.rotate_tokens)


def _mail_door(address: str, to: str) -> MailDoor:
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < _PORTS:
        raise RefusedError(f"--smtp takes HOST:PORT, and {address!r} is none.")
    return MailDoor(host or "127.0.0.1", int(port), {"*": to} if to else {})


async def serve(start_as: Wanted) -> None:
    """Run until SIGINT or SIGTERM; raises RefusedError when the manifest cannot be read."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    app, scopes = manifest_file.read(start_as.manifest) if start_as.manifest else (MANIFEST, HOME_TEAM.scopes)
    app = replace(app, rotates=app.rotates or start_as.rotates)
    running = await start(demo_workspace(MovableClock(), app, scopes), start_as.port, events_url=start_as.events_url)
    if start_as.mail:
        running.offer_mail(start_as.mail)
    sys.stdout.write(ready_line(running) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await running.stop()


def main() -> int:
    """Read the arguments and serve."""
    reader = argparse.ArgumentParser(prog="local_slack", description=__doc__)
    reader.add_argument("--port", type=int, default=0, help="the port to listen on; 0 takes a free one")
    reader.add_argument("--events-url", help="send signed requests there in place of Socket Mode")
    reader.add_argument("--manifest", help="the app's Slack manifest as JSON, for its commands, shortcuts and scopes")
    reader.add_argument("--rotate-tokens", action="store_true", help="give tokens that run out after twelve hours")
    reader.add_argument("--smtp", metavar="HOST:PORT", help="let people write mail on the page, to this listener")
    reader.add_argument("--mail-to", default="", help="the address such mail goes to unless another is typed")
    try:
        asyncio.run(serve(wanted(reader.parse_args())))
    except RefusedError as refusal:
        reader.error(str(refusal))
    return 0


if __name__ == "__main__":
    sys.exit(main())
