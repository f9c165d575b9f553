"""The roles: serve, web, ingest, worker; signals; and the order in which things start and stop."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import aiohttp

from bot.cli import rubbish, wiring
from bot.cli.desks import refuse_other_schema
from bot.cli.listening import listen
from bot.cli.wiring import House, Role
from campaigns.answers import Answerer
from campaigns.confirmations import Confirmer
from campaigns.jobs import Scheduler
from campaigns.letters import Sending
from campaigns.send import Sender
from crm_store import inbox, log, outbox, queues, settings
from crm_store.clock import Clock, SystemClock
from crm_store.engine import Store, open_store
from crm_store.errors import BadSetting
from crm_store.lookup.keeper import Keeper
from crm_store.settings import Settings
from ingest.name_service import NameService
from ingest.readers import Readers
from ingest.worker import MailWorker

ALL_ROLES: Final = frozenset({"web", "ingest", "worker"})
_HAND_OVER: Final = 0.0005
_NOISY: Final = ("slack_bolt", "slack_sdk", "apscheduler", "mail.log", "asyncio")
_log = log.get_logger(__name__)


def serve(_options: argparse.Namespace) -> int:
    """All roles in one process, with the real Slack."""
    return _run_roles(ALL_ROLES)


def web(_options: argparse.Namespace) -> int:
    """Slack, health and metrics."""
    return _run_roles(frozenset({"web"}))


def ingest(_options: argparse.Namespace) -> int:
    """The mail listener alone."""
    return _run_roles(frozenset({"ingest"}))


def worker(_options: argparse.Namespace) -> int:
    """Mail reading, jobs and the clock."""
    return _run_roles(frozenset({"worker"}))


def _run_roles(roles: frozenset[str]) -> int:
    chosen = settings.read()
    log.set_up(chosen.log_style, chosen.log_level, _NOISY)
    if "web" in roles:
        refuse_without_tokens(chosen)
    clock = SystemClock()
    store = open_store(chosen, clock)
    try:
        refuse_other_schema(store)
        return asyncio.run(_until_stopped(store, chosen, roles))
    finally:
        store.close()


def refuse_without_tokens(chosen: Settings) -> None:
    """Say which token is missing, and where it comes from."""
    if not (chosen.slack_bot_token.get_secret_value() or chosen.slack_client_id):
        raise BadSetting("SLACK_BOT_TOKEN is not set: install the app from manifest.yaml and copy its bot token.")
    if not (chosen.slack_app_token.get_secret_value() or chosen.slack_signing_secret.get_secret_value()):
        raise BadSetting("Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.")


async def _until_stopped(store: Store, chosen: Settings, roles: frozenset[str]) -> int:
    async with AsyncExitStack() as stack:
        house = House(store, chosen)
        catch_signals(house.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = {"": chosen.slack_bot_token.get_secret_value()}
        smtp_port = await stack.enter_async_context(running(house, roles, http, tokens))
        _log.info("ready", roles=sorted(roles), web_port=house.web_port or None, smtp_port=smtp_port or None)
        await house.stop.wait()
    return 0


@asynccontextmanager
async def running(
    house: House, roles: frozenset[str], http: aiohttp.ClientSession, tokens: Mapping[str, str]
) -> AsyncIterator[int]:
    """Start the roles, give the mail port, and stop them in the opposite order."""
    store, chosen = house.store, house.settings
    # The event loop acknowledges; threads that work for it must hand the interpreter over sooner than after 5 ms.
    sys.setswitchinterval(_HAND_OVER)
    smtp_port = 0
    if roles == ALL_ROLES and chosen.store_url.startswith("sqlite"):
        await store.house().write(inbox.free)
        await store.house().write(outbox.free)
    else:
        await store.house().write(queues.take_over)
    store.listen()
    async with AsyncExitStack() as stack:
        scheduler = Scheduler(store, chosen, store.clock)
        if "worker" in roles:
            await _add_worker(house, stack, scheduler)
        front = installing = None
        if "web" in roles:
            workspaces = await wiring.connect_workspaces(house, tokens, http)
            installing = wiring.install_door(house, workspaces, http)
            front, _conversation, _delivery = wiring.slack_roles(house, workspaces, scheduler.run_now)
            if chosen.slack_app_token.get_secret_value():
                house.roles += wiring.socket_role(front, chosen, http, chosen.slack_sockets)
        by_http = front if chosen.signing_secrets else None
        if "web" in roles:
            house.web_port = await wiring.serve_web(house, by_http, stack, chosen.port, installing)
            house.roles.append(Role("look-up", Keeper(store, chosen).run))
        house.roles.append(Role("sweeper", rubbish.Sweeper(lambda: house.busy, store.clock).run))
        stack.enter_context(rubbish.set_apart())
        house.start()
        stack.push_async_callback(house.close)
        if "ingest" in roles:
            smtp_port = await listen(house, stack)
        yield smtp_port


async def _add_worker(house: House, stack: AsyncExitStack, scheduler: Scheduler) -> None:
    # The mail worker starts them: nobody else has to wait for a child of theirs.
    readers = Readers(house.settings.parsers)
    stack.push_async_callback(readers.stop)
    lookup = NameService().texts if house.settings.mail_dkim == "on" else None
    mail = MailWorker(house.store, readers, house.settings, house.store.clock, lookup, house.pace)
    house.roles.append(Role("mail-worker", mail.run, lambda: mail.busy))
    house.roles.append(Role("scheduler", _scheduled(scheduler)))
    house.roles.append(Role("sender", _sending(house)))
    house.roles.append(Role("confirmer", _confirming(house)))
    house.roles.append(Role("answers", Answerer(house.store).run))


def _sending(house: House) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
    """Letters of campaigns; the address for unsubscribing is known once the web role listens."""

    async def run(stop: asyncio.Event) -> None:
        await Sender(house.store, house.settings, _in_common(house)).run(stop)

    return run


def _confirming(house: House) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
    """Letters that ask whether somebody consents."""

    async def run(stop: asyncio.Event) -> None:
        await Confirmer(house.store, house.settings, _in_common(house)).run(stop)

    return run


def _in_common(house: House) -> Sending:
    chosen = house.settings
    by_purpose = chosen.one_click == "purpose"
    return Sending(chosen.send_from, chosen.ingest_domain, wiring.public_address(house), by_purpose)


def _scheduled(scheduler: Scheduler) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
    async def run(stop: asyncio.Event) -> None:
        await scheduler.start()
        try:
            await stop.wait()
        finally:
            await scheduler.stop()

    return run


def catch_signals(stop: asyncio.Event) -> None:
    """The first SIGTERM or SIGINT starts the stop; later ones change nothing."""
    loop = asyncio.get_running_loop()

    def end(_number: int, _frame: object) -> None:
        # loop.add_signal_handler is undone while the loop closes: a repeated SIGTERM in those milliseconds would kill.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def quiet_logs(chosen: Settings) -> None:
    """Logs as set, without the chatter of libraries."""
    log.set_up(chosen.log_style, chosen.log_level, _NOISY)


def demo(options: argparse.Namespace) -> int:
    """The demo lies in a module of its own, with the local workspace."""
    from bot.cli.demo import demo as run  # noqa: PLC0415 -- the local workspace loads for the demo alone

    return run(options)


def say(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def own_clock() -> Clock:
    """The machine's clock."""
    return SystemClock()
