"""Settings -> store, clock, roles: the only place that constructs long-lived objects."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Conversation, check_dialog
from bot.deliver import Delivery
from bot.gestures import Gesture
from bot.handlers import every
from bot.handlers.find import options_for
from bot.install import InstallDoor
from bot.installations import joining
from bot.installations.exchange import Exchange
from bot.installations.registry import Workspaces
from bot.installations.renewal import Renewal
from bot.receive import Reception, build_front
from bot.render import Renderer
from bot.signatures import is_signed
from bot.sockets import SocketLine
from crm_store.engine.process import this_process
from crm_store.engine.store import Store
from crm_store.log import get_logger
from crm_store.queries import teams as team_queries
from crm_store.sealing import Seal
from crm_store.settings import Settings
from ingest.api.clicks import Clicking
from ingest.api.forms import FormDoor
from ingest.api.health import Health, beat
from ingest.api.mail import MailDoor
from ingest.api.unsubscribe import Unsubscribing
from ingest.intake import StoreIntake
from ingest.pace import Pace

_BEAT_EVERY: Final = 10.0
_log = get_logger(__name__)


@dataclass(slots=True)
class Role:
    """Something that runs until it is told to stop, and ends cleanly."""

    name: str
    run: Callable[[asyncio.Event], Coroutine[Any, Any, None]]
    busy: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class House:
    """Everything that runs in this process."""

    store: Store
    settings: Settings
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    roles: list[Role] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    web_port: int = 0
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(self.store.clock.monotonic)

    @property
    def busy(self) -> bool:
        """Whether any role is in the middle of something."""
        return any(role.busy() for role in self.roles)

    def start(self) -> None:
        """Let all roles run, and show that they live."""
        node = this_process()
        for role in self.roles:
            self.tasks.append(asyncio.create_task(role.run(self.stop), name=role.name))
        self.tasks.append(asyncio.create_task(self._beat(node), name="heartbeat"))
        for task in self.tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A role that dies takes the process with it: whoever watches the process starts it anew."""
        if not task.cancelled() and (problem := task.exception()):
            _log.error("role_died", role=task.get_name(), exc_info=problem)
            self.stop.set()

    async def _beat(self, node: str) -> None:
        while not self.stop.is_set():
            for role in self.roles:
                await self.store.house().write(beat, role.name, node)
            try:
                async with asyncio.timeout(_BEAT_EVERY):
                    await self.stop.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        """Wait for what runs, at most 8 seconds."""
        self.stop.set()
        if self.tasks:
            _done, late = await asyncio.wait(self.tasks, timeout=8)
            for task in late:
                task.cancel()


async def connect_workspaces(house: House, tokens: Mapping[str, str], http: aiohttp.ClientSession) -> Workspaces:
    """Every workspace we speak for: those whose tokens are set, and those that installed us by themselves."""
    store, settings = house.store, house.settings
    given = await joining.connect_given(settings, tokens, http, store)
    seal = Seal(settings.token_ring) if settings.token_ring else None
    renewal = None
    if seal is not None and settings.slack_client_id:
        renewal = Renewal(store, Exchange(settings, http), seal)
    workspaces = Workspaces(store, settings, http, given, seal=seal, renewal=renewal)
    await workspaces.refresh(strict=True)
    if seal is not None:
        house.roles.append(Role("installations", workspaces.run))
    return workspaces


def slack_roles(
    house: House, workspaces: Workspaces, run_job: Callable[..., Awaitable[Any]]
) -> tuple[AsyncApp, Conversation, Delivery]:
    """The bot: its reception, its working half and its delivery."""
    store, settings = house.store, house.settings
    routes = every(run_job, settings.clamd)

    known: dict[str, str] = {}

    async def teams(slack_team_id: str) -> str | None:
        """A workspace never changes its team, so what was found once is kept."""
        if slack_team_id not in known:
            team = await store.house().read(team_queries.by_slack_team, slack_team_id)
            if team is None:
                return None
            known[slack_team_id] = team.team_id
        return known[slack_team_id]

    async def check(gesture: Gesture) -> Mapping[str, str]:
        return check_dialog(routes, gesture)

    async def options(gesture: Gesture) -> list[dict[str, Any]]:
        team_id = await teams(gesture.team)
        return await options_for(store.team(team_id), gesture) if team_id else []

    async def authorize(team_id: str | None, **_: object) -> AuthorizeResult | None:
        workspace = await workspaces.find(team_id or "")
        if workspace is None:
            return None
        # Bolt needs no token of ours: all calls are made by the workspace's own client.
        return AuthorizeResult(
            enterprise_id=None, team_id=workspace.slack_team_id, bot_user_id=workspace.bot_user_id, bot_token=None
        )

    reception = Reception(store, teams, check, options)
    front = build_front(reception, authorize)
    conversation = Conversation(store, settings, routes, workspaces)
    delivery = Delivery(store, settings, workspaces, Renderer())
    house.roles.append(Role("conversation", conversation.run, lambda: conversation.busy))
    house.roles.append(Role("delivery", delivery.run, lambda: delivery.busy))
    return front, conversation, delivery


def install_door(house: House, workspaces: Workspaces, http: aiohttp.ClientSession) -> InstallDoor | None:
    """The pages where workspaces install us by themselves, where the app's own credentials are set."""
    settings = house.settings
    if not settings.slack_client_id:
        return None
    exchange, seal = Exchange(settings, http), Seal(settings.token_ring)
    return InstallDoor(house.store, settings, exchange, seal, workspaces, lambda: public_address(house))


def public_address(house: House) -> str:
    """Where people's browsers reach the web role."""
    chosen = house.settings
    return chosen.public_url.rstrip("/") or f"http://{chosen.web_host}:{house.web_port or chosen.port}"


def socket_role(front: AsyncApp, settings: Settings, http: aiohttp.ClientSession, sockets: int) -> list[Role]:
    """Sockets to Slack; two of them, so that a refresh loses nothing."""
    client = AsyncWebClient(base_url=settings.slack_api_url, session=http)
    token = settings.slack_app_token.get_secret_value()
    return [Role(f"socket-{number}", SocketLine(front, token, client).keep) for number in range(1, sockets + 1)]


async def serve_web(
    house: House, front: AsyncApp | None, stack: AsyncExitStack, port: int, installing: InstallDoor | None = None
) -> int:
    """Health and metrics, and Slack's HTTP addresses where they are set up; gives the port."""
    app = web.Application(client_max_size=2_000_000)
    app.add_routes(Health(house.store, house.settings.data, house.stop.is_set).routes())
    app.add_routes(Unsubscribing(house.store).routes())
    app.add_routes(Clicking(house.store).routes())
    app.add_routes(FormDoor(house.store, house.store.clock).routes())
    secret = house.settings.mail_http_secret.get_secret_value()
    if secret:
        intake = StoreIntake(house.store, house.settings.ingest_domain)
        mails = MailDoor(intake, secret, house.store.clock, most_bytes=house.settings.mail_size_limit)
        app.add_routes(mails.routes())
    if installing is not None:
        app.add_routes(installing.routes())
        stack.push_async_callback(installing.close)
    if front is not None:
        app.router.add_post("/slack/events", _events(house, front))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, house.settings.web_host, port)
    await site.start()
    address = runner.addresses[0]
    return int(address[1])


def _events(house: House, front: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        body = await request.read()
        if not is_signed(request.headers, body, house.settings.signing_secrets, house.store.clock.now()):
            return web.Response(status=401, text="The signature does not fit.")
        asked = await _read_request(request)
        if asked is None:
            return web.Response(status=400)
        return await to_aiohttp_response(await front.async_dispatch(asked))

    return events


async def _read_request(request: web.Request) -> AsyncBoltRequest | None:
    """The request as Bolt reads it; None for a body that Slack never sends."""
    try:
        return await to_bolt_request(request)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        # Whoever signs may still send what makes no sense.
        return None
