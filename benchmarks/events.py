"""Events a second through reception, inbox and a handler that does nothing, on SQLite with a commit before each answer.

The peer is a bare Bolt app that hears the same events and keeps nothing.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from benchmarks.figures import quantile
from bot.app import Conversation
from bot.ask import Ask
from bot.gestures import Did, Gesture
from bot.receive import Reception
from bot.routes import Routes
from bot.workspace import SlackWorkspace
from crm_store.actions import teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.plumbing import InboxRow
from crm_store.settings import read

_SLACK_TEAM: Final = "T_BENCH"
_IN_FLIGHT: Final = 50
_LOOK_EVERY: Final = 0.05


def measure(events: str = "2000") -> dict[str, Any]:
    """Events a second of wall and of processor time, and milliseconds until an event was kept."""
    return asyncio.run(_measure(int(events)))


async def _measure(events: int) -> dict[str, Any]:
    ours = await _ours(events)
    peer = await _peer(events)
    ratio = round(ours["per_cpu_s"] / peer["peer_per_cpu_s"], 2)
    return {
        "events": events,
        "in_flight": _IN_FLIGHT,
        **ours,
        "peer": "bare Bolt, keeps nothing",
        **peer,
        "ratio": ratio,
    }


def _event(number: int) -> dict[str, Any]:
    opened = {"type": "app_home_opened", "user": "U_ADA", "channel": "D_ADA", "tab": "home", "event_ts": f"1.{number}"}
    return {"type": "event_callback", "team_id": _SLACK_TEAM, "api_app_id": "A1", "event_id": f"Ev{number}",
            "event_time": 1, "event": opened}  # fmt: skip


async def _ours(events: int) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        store = SqliteStore(f"sqlite:///{Path(folder) / 'crm.db'}", SystemClock())
        bring_up_to_date(store)
        team_id = store.house().write_now(teams.create, "Bench", _SLACK_TEAM, {})
        store.team(team_id).write_now(teams.add_user, "U_ADA", "Ada", None, "rep", "UTC")
        async with aiohttp.ClientSession() as http:
            slack = SlackWorkspace(AsyncWebClient(session=http), http, _SLACK_TEAM, "U_BOT")
            routes = Routes()
            routes.gesture(Did.OPENED_HOME, _nothing_to_do)
            talk = Conversation(store, read({"CRM_DATA": folder}), routes, {_SLACK_TEAM: slack})
            stop, began, worked = asyncio.Event(), time.perf_counter(), time.process_time()
            task = asyncio.create_task(talk.run(stop))
            waits = await _through(_reception(store, team_id), events)
            while await store.house().read(_open):
                await store.bells.wait("nobody rings it", seconds=_LOOK_EVERY)
            seconds, processor = time.perf_counter() - began, time.process_time() - worked
            stop.set()
            await task
        store.close()
    return {
        "per_s": round(events / seconds, 1),
        "per_cpu_s": round(events / processor, 1),
        "kept_p50_ms": round(quantile(waits, 0.5), 1),
        "kept_p99_ms": round(quantile(waits, 0.99), 1),
    }


async def _through(reception: Reception, events: int) -> list[float]:
    """Offer the events, a bounded number at once, and say how long each waited to be kept."""
    waits: list[float] = []
    places = asyncio.Semaphore(_IN_FLIGHT)

    async def one(number: int) -> None:
        async with places:
            began = time.perf_counter()
            await reception.take(_event(number))
            waits.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(one(number) for number in range(events)))
    return waits


def _reception(store: SqliteStore, team_id: str) -> Reception:
    async def known(_slack_team: str) -> str | None:
        return team_id

    async def check(_gesture: Gesture) -> Mapping[str, str]:
        return {}

    async def options(_gesture: Gesture) -> list[dict[str, Any]]:
        return []

    return Reception(store, known, check, options)


async def _nothing_to_do(ask: Ask) -> None:
    await ask.done()


def _open(work: Work) -> bool:
    still = select(InboxRow.inbox_id).where(InboxRow.state.in_(("waiting", "working"))).limit(1)
    return work.session.scalar(still) is not None


async def _peer(events: int) -> dict[str, Any]:
    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=_SLACK_TEAM, bot_user_id="U_BOT", bot_token="xoxb-bench")

    app = AsyncApp(authorize=authorize, request_verification_enabled=False)
    heard, all_heard = 0, asyncio.Event()

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        nonlocal heard
        heard += bool(event)
        if heard == events:
            all_heard.set()

    began, worked = time.perf_counter(), time.process_time()
    for number in range(events):
        await app.async_dispatch(AsyncBoltRequest(body=_event(number), mode="socket_mode"))
    async with asyncio.timeout(60):
        await all_heard.wait()
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    return {"peer_per_s": round(heard / seconds, 1), "peer_per_cpu_s": round(heard / processor, 1)}
