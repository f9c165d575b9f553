"""Starts the workspace on a loopback address: Web API, sockets, files, page and control door in one small server."""

import json
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.local_slack.answers import ResponseDoor
from bot.local_slack.control import Control, advance
from bot.local_slack.errors import RefusedError
from bot.local_slack.file_door import FileDoor
from bot.local_slack.gestures import Json, perform
from bot.local_slack.http_events import HttpEvents
from bot.local_slack.hub import Hub
from bot.local_slack.people import MailDoor
from bot.local_slack.state import Workspace, new_name
from bot.local_slack.web_api.door import Door
from crm_store.clock import MovableClock

_HOST = "127.0.0.1"
_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_STATIC = Path(__file__).parent / "static"
_REQUEST_BYTES = 110_000_000


class RunningWorkspace:
    """A workspace that listens."""

    def __init__(self, hub: Hub, runner: web.AppRunner, control: Control, events: HttpEvents | None) -> None:
        self.hub = hub
        self.workspace = hub.space
        self._runner = runner
        self._control = control
        self._events = events

    @property
    def port(self) -> int:
        """The port it listens on."""
        return urlsplit(self.page).port or 0

    @property
    def page(self) -> str:
        """The address of the page."""
        return self.hub.base

    @property
    def slack_api(self) -> str:
        """The base address of the Web API."""
        return self.hub.base + "api/"

    @property
    def control(self) -> str:
        """The address of the control door."""
        return self.hub.base + "_control/"

    async def gesture(self, body: Json) -> Json:
        """Act as a person, without HTTP between; raises RefusedError."""
        return await perform(self.hub, body)

    async def settle(self, timeout_s: float = 10) -> bool:
        """Wait until nothing is on its way and the app rests; False when that took too long."""
        return await self._control.settled(timeout_s)

    def offer_mail(self, door: MailDoor) -> None:
        """Let people write mail on the page, to this listener."""
        self.hub.mail = door
        self.workspace.changed()

    def advance(self, seconds: float) -> str:
        """Move the workspace's clock and do what is due by then."""
        return advance(self.hub, seconds)

    async def stop(self) -> None:
        """Close everything."""
        self._control.stop()
        self.hub.timers.stop()
        self.hub.sockets.drop()
        if self._events:
            await self._events.stop()
        await self._runner.cleanup()


async def start(
    workspace: Workspace,
    port: int = 0,
    *,
    events_url: str | None = None,
    busy: Callable[[], bool] | None = None,
    idle: Callable[[], Awaitable[bool]] | None = None,
    app_clock: MovableClock | None = None,
) -> RunningWorkspace:
    """Start a workspace; with `events_url` the app gets signed requests there in place of sockets.

    An `app_clock` is that of an app in this process, so that weeks may pass for it too.
    """
    hub = Hub(workspace)
    control = Control(hub, busy, idle, app_clock)
    app = web.Application(middlewares=[_only_from_here, _sentences], client_max_size=_REQUEST_BYTES)
    app.add_routes(_routes(hub, control))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, _HOST, port)
    await site.start()
    host, taken = runner.addresses[0][:2]
    hub.base = f"http://{host}:{taken}/"
    events = (
        HttpEvents(events_url, workspace.manifest, hub.delivery, workspace.clock, hub.journal) if events_url else None
    )
    hub.delivery.transport = events or hub.sockets
    return RunningWorkspace(hub, runner, control, events)


def _routes(hub: Hub, control: Control) -> list[web.RouteDef]:
    api, files, consent = Door(hub), FileDoor(hub), Consent(hub)
    return [
        web.get("/api/{method}", api.handle),
        web.post("/api/{method}", api.handle),
        web.get("/link/", hub.sockets.handle),
        web.post("/response/{name}", ResponseDoor(hub).handle),
        web.post("/upload/{file}/{name}", files.upload),
        web.get("/files/{file}/{name}", files.download),
        web.get("/oauth/v2/authorize", consent.ask),
        web.get("/oauth/v2/allow", consent.allow),
        *control.routes(),
        web.get("/", _page),
        web.get("/archives/{channel}/{message}", _permalink),
        web.get("/static/{name}", _static),
    ]


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that another web site makes a browser send, or that reach us by another name."""
    if _name_of(f"//{request.host}") not in _NAMES:
        return web.Response(status=403, text="This workspace answers only as 127.0.0.1 or localhost.")
    origin = request.headers.get("Origin")
    if origin is not None and (_name_of(origin) not in _NAMES or urlsplit(origin).netloc != request.host):
        return web.Response(status=403, text="Another web site may not use this workspace.")
    return await handler(request)


def _name_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


@web.middleware
async def _sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal with its sentence."""
    try:
        return await handler(request)
    except RefusedError as refusal:
        text = json.dumps({"error": str(refusal)})
        return web.Response(status=400, text=text, content_type="application/json")


async def _page(_request: web.Request) -> web.StreamResponse:
    return _from_static("index.html")


async def _permalink(request: web.Request) -> web.StreamResponse:
    query = f"?{request.query_string}" if request.query_string else ""
    raise web.HTTPFound(f"/{query}#archives/{request.match_info['channel']}/{request.match_info['message']}")


async def _static(request: web.Request) -> web.StreamResponse:
    return _from_static(request.match_info["name"])


def _from_static(name: str) -> web.StreamResponse:
    path = _STATIC / name
    if path.parent != _STATIC or not path.is_file():
        return web.Response(status=404, text="There is no such page.")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})


class Consent:
    """The page where an installer allows the app into a team."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def ask(self, request: web.Request) -> web.Response:
        """A page with one link a team."""
        manifest = self._hub.space.manifest
        if request.query.get("client_id") != manifest.client_id:
            return web.Response(status=400, text="invalid_client_id")
        links = "".join(
            f'<li><a href="/oauth/v2/allow?{escape(urlencode({**request.query, "team": team.id}))}">'
            f"Allow in {escape(team.name)}</a></li>"
            for team in self._hub.space.teams.values()
        )
        title = f"{escape(manifest.name)} asks for access"
        page = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><ul>{links}</ul></html>"
        return web.Response(text=page, content_type="text/html")

    async def allow(self, request: web.Request) -> web.Response:
        """Give the app a code at its own address."""
        team, target = request.query.get("team", ""), request.query.get("redirect_uri", "")
        if team not in self._hub.space.teams or _name_of(target) not in _NAMES:
            return web.Response(status=400, text="bad_redirect_uri")
        code = new_name("code-")
        self._hub.codes[code] = team
        more = urlencode({"code": code, "state": request.query.get("state", "")})
        raise web.HTTPFound(f"{target}{'&' if '?' in target else '?'}{more}")
