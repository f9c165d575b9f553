"""`crm demo`: a local Slack workspace with a sales team in it, and every role, in one process."""

import argparse
import asyncio
import contextlib
import json
import webbrowser
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from pydantic import SecretStr

from bot.cli.serve import ALL_ROLES, catch_signals, quiet_logs, running, say
from bot.cli.wiring import House
from bot.demo import team as first_team
from bot.demo.load import load
from bot.demo.values import DemoTeam
from bot.local_slack import server
from bot.local_slack.demo_workspace import HOME_TEAM, MANIFEST, OTHER_TEAM, demo_workspace
from bot.local_slack.people import MailDoor
from bot.local_slack.state import Workspace
from crm_store import inbox, outbox, settings
from crm_store.actions import teams as team_actions
from crm_store.clock import MovableClock
from crm_store.engine import Store, open_store
from crm_store.errors import BadSetting
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.queries import teams as team_queries
from crm_store.settings import Settings
from ingest import address

_CHANNELS: Final = {HOME_TEAM.id: "C_SALES", OTHER_TEAM.id: "C_OTHER"}
_SEATS: Final = {"U_ADA": HOME_TEAM.id, "U_BEN": HOME_TEAM.id, "U_CLEO": OTHER_TEAM.id}


def demo(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; prints where the page is, or one JSON line."""
    chosen = _settings(options)
    quiet_logs(chosen)
    clock = MovableClock()
    store = open_store(chosen, clock)
    try:
        bring_up_to_date(store)
        return asyncio.run(_live(store, chosen, options, clock))
    finally:
        store.close()


def _settings(options: argparse.Namespace) -> Settings:
    given = settings.read()
    more: dict[str, object] = {
        "slack_bot_token": SecretStr(HOME_TEAM.bot_token),
        "slack_app_token": SecretStr(MANIFEST.app_token),
        "slack_signing_secret": SecretStr(""),
        "smtp_port": options.smtp_port,
        "smtp_host": "127.0.0.1",
        "port": 0,
        "web_host": "127.0.0.1",
        "mail_verification": "address",
        "slack_api_url": "http://127.0.0.1/api/",
    }
    if options.json and "CRM_LOG_LEVEL" not in given.model_fields_set:
        more["log_level"] = "WARNING"
    if "send_hours" not in given.model_fields_set:
        more["send_hours"] = "always"
    if options.data:
        more["data"] = Path(options.data).absolute()
    return given.model_copy(update=more)


async def _live(store: Store, chosen: Settings, options: argparse.Namespace, clock: MovableClock) -> int:
    """The clock is the store's, which the page can move."""
    async with AsyncExitStack() as stack:
        house = House(store, chosen)
        catch_signals(house.stop)
        team = first_team.make(store.clock.now().date())
        addresses = await asyncio.to_thread(_fill, store, chosen, team, not options.no_seed)
        space = demo_workspace(MovableClock())
        if not options.no_seed:
            _write_history(space, team)
        workspace = await _open(space, options.port, house, clock)
        stack.push_async_callback(workspace.stop)
        house.settings = chosen.model_copy(update={"slack_api_url": workspace.slack_api})
        http = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = {HOME_TEAM.id: HOME_TEAM.bot_token, OTHER_TEAM.id: OTHER_TEAM.bot_token}
        smtp_port = await stack.enter_async_context(running(house, ALL_ROLES, http, tokens))
        workspace.offer_mail(MailDoor("127.0.0.1", smtp_port, addresses))
        ready = {
            "ready": True,
            "page": workspace.page,
            "slack_api": workspace.slack_api,
            "control": workspace.control,
            "web": f"http://127.0.0.1:{house.web_port}/",
            "smtp": {"host": "127.0.0.1", "port": smtp_port},
            "database": chosen.store_url.replace("+psycopg", ""),
            "ingest_addresses": addresses,
        }
        _announce(ready, options)
        await house.stop.wait()
    return 0


async def _open(space: Workspace, port: int, house: House, clock: MovableClock) -> server.RunningWorkspace:
    async def idle() -> bool:
        waiting = await house.store.house().read(inbox.depth)
        leaving = await house.store.house().read(outbox.depth, timedelta(minutes=2))
        return not waiting.waiting and not leaving.due and not house.busy

    try:
        return await server.start(space, port, busy=lambda: house.busy, idle=idle, app_clock=clock)
    except OSError as problem:
        raise BadSetting(f"Port {port} cannot be opened ({problem.strerror}); choose another with --port.") from problem


def _announce(ready: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json:
        say(json.dumps(ready))
        return
    say(f"Rapport is ready: {ready['page']}")
    say(f"Forward mail to {ready['ingest_addresses']['U_ADA']} by SMTP on 127.0.0.1:{ready['smtp']['port']}.")
    say("Press Ctrl-C to stop.")
    if not options.no_browser:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(ready["page"])


def _fill(store: Store, chosen: Settings, team: DemoTeam, seed: bool) -> dict[str, str]:
    """Both teams with their people, and every person's ingest address."""
    other = first_team.make_other(team.today)
    people = {
        user.slack_user_id: (user.name, user.address, user.role, user.time_zone) for user in (*team.users, *other.users)
    }
    for slack_team, data in ((HOME_TEAM, team), (OTHER_TEAM, other)):
        if seed:
            load(store, data, slack_team.id, _CHANNELS[slack_team.id])
        else:
            _empty_team(store, slack_team.id, slack_team.name)
    return {who: _address_of(store, chosen, who, slack_team, people[who]) for who, slack_team in _SEATS.items()}


def _empty_team(store: Store, slack_team_id: str, name: str) -> None:
    house = store.house()
    if house.read_now(team_queries.by_slack_team, slack_team_id) is None:
        house.write_now(team_actions.create, name, slack_team_id, {"channel": _CHANNELS[slack_team_id]})


def _address_of(
    store: Store, chosen: Settings, slack_user_id: str, slack_team_id: str, person: tuple[str, str, str, str]
) -> str:
    """The person's ingest address: the one there is, or a new one."""
    team = store.house().read_now(team_queries.by_slack_team, slack_team_id)
    if team is None:
        raise BadSetting("The demo team could not be made.")
    desk = store.team(team.team_id)
    user = desk.read_now(team_queries.user_by_slack, slack_user_id)
    if user is None:
        name, mail, role, zone = person
        desk.write_now(team_actions.add_user, slack_user_id, name, mail, role, zone)
        user = desk.read_now(team_queries.user_by_slack, slack_user_id)
    if user is None:
        raise BadSetting("The demo's people could not be made.")
    known = desk.read_now(team_queries.ingest_address, user.user_id)
    if known is None:
        minted = address.mint(user.name.split()[0])
        desk.write_now(team_actions.mint_address, user.user_id, minted.local_part, address.secret_hash(minted.secret))
        known = minted.local_part
    return f"{known}@{chosen.ingest_domain}"


def _write_history(space: Workspace, team: DemoTeam) -> None:
    threads: dict[str, str] = {}
    for line in team.channel_lines:
        ts = space.seed_message(line.channel, line.user, line.text, line.at, threads.get(line.thread))
        threads.setdefault(line.thread, ts)
