"""Many messages for many channels while Slack asks to wait: none lost, none twice, the order of each channel kept.

The peer sends the same messages as scripts do: one after the other, the library's retry on 429 switched on.
"""

import asyncio
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from benchmarks.figures import quantile
from bot.deliver import Delivery
from bot.local_slack.demo_workspace import HOME_TEAM, demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from bot.local_slack.state import Channel
from bot.render import Renderer
from bot.workspace import SlackWorkspace
from crm_store import outbox
from crm_store.actions import teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.plumbing import OutboxRow
from crm_store.settings import read

_CHANNELS: Final = 50
_REFUSALS: Final = 100
_PEER_SHARE: Final = 50


def measure(messages: str = "1000") -> dict[str, Any]:
    """Messages lost, doubled, out of order; the least time between two of one channel; and how long it all took."""
    return asyncio.run(_measure(int(messages)))


async def _measure(messages: int) -> dict[str, Any]:
    ours = await storm(messages, _REFUSALS)
    share = max(_CHANNELS, messages // _PEER_SHARE)
    peer = await _peer(share, _REFUSALS * share // messages)
    return {**ours, "peer": "one loop of chat.postMessage with the library's retry", **peer}


def _with_channels(running_at: SystemClock) -> Any:
    space = demo_workspace(running_at)
    for number in range(_CHANNELS):
        name = f"storm-{number:02d}"
        space.add_channel(
            Channel(f"C_{number:02d}", name, HOME_TEAM.id, ["U_ADA", HOME_TEAM.bot_user_id], creator="U_ADA")
        )
    return space


async def storm(messages: int, refusals: int) -> dict[str, Any]:
    """Send that many through the delivery while Slack refuses so often; then count what arrived, and when."""
    clock = SystemClock()
    running = await start(_with_channels(clock))
    with TemporaryDirectory() as folder:
        store = SqliteStore(f"sqlite:///{Path(folder) / 'crm.db'}", clock)
        bring_up_to_date(store)
        team_id = store.house().write_now(teams.create, "Storm", HOME_TEAM.id, {})
        desk = store.team(team_id)
        for first in range(0, messages, 100):
            desk.write_now(_put, range(first, min(messages, first + 100)))
        async with aiohttp.ClientSession() as http:
            client = AsyncWebClient(token=HOME_TEAM.bot_token, base_url=running.slack_api, session=http)
            slack = SlackWorkspace(client, http, HOME_TEAM.id, HOME_TEAM.bot_user_id)
            delivery = Delivery(store, read({"CRM_DATA": folder}), {HOME_TEAM.id: slack}, Renderer())
            await _refuse(http, running, refusals)
            stop, began = asyncio.Event(), time.perf_counter()
            task = asyncio.create_task(delivery.run(stop))
            while await desk.read(_waiting):
                await store.bells.wait(outbox.BELL, store.bells.rung(outbox.BELL))
            seconds = time.perf_counter() - began
            stop.set()
            await task
        store.close()
    found = _arrived(running)
    await running.stop()
    flat = [number for numbers in found.values() for number, _ in numbers]
    gaps = [later[1] - sooner[1] for numbers in found.values() for sooner, later in pairwise(numbers)]
    return {
        "messages": messages,
        "channels": _CHANNELS,
        "refusals": refusals,
        "lost": messages - len(set(flat)),
        "doubled": len(flat) - len(set(flat)),
        "out_of_order": sum([one for one, _ in each] != sorted(one for one, _ in each) for each in found.values()),
        "least_gap_s": round(min(gaps, default=0.0), 2),
        "p50_gap_s": round(quantile(gaps, 0.5), 2),
        "seconds": round(seconds, 1),
        "per_s": round(messages / seconds, 1),
    }


def _put(work: Work, numbers: range) -> None:
    outbox.enqueue_many(work, map(_post, numbers))


def _post(number: int) -> outbox.Leaving:
    channel = f"C_{number % _CHANNELS:02d}"
    payload = {"channel": channel, "text": f"Suggestion {number}"}
    return outbox.Leaving("post", f"channel:{channel}", f"storm:{number}", payload)


def _waiting(work: Work) -> bool:
    still = select(OutboxRow.outbox_id).where(OutboxRow.state.in_(("waiting", "sending"))).limit(1)
    return work.session.scalar(still) is not None


async def _refuse(http: aiohttp.ClientSession, running: RunningWorkspace, times: int) -> None:
    order = {"rate_limit": {"method": "chat.postMessage", "times": times, "retry_after": 1}}
    async with http.post(f"{running.control}faults", json=order):
        pass


def _arrived(running: RunningWorkspace) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for channel in running.workspace.channels.values():
        for message in channel.messages.values():
            if message.text.startswith("Suggestion "):
                found[channel.id].append((int(message.text.split()[1]), float(message.ts)))
    return {name: sorted(numbers, key=lambda one: one[1]) for name, numbers in found.items()}


async def _peer(messages: int, refusals: int) -> dict[str, Any]:
    running = await start(_with_channels(SystemClock()))
    lost = 0
    async with aiohttp.ClientSession() as http:
        await _refuse(http, running, refusals)
        again = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
        client = AsyncWebClient(
            token=HOME_TEAM.bot_token, base_url=running.slack_api, session=http, retry_handlers=[again]
        )
        for number in range(messages):
            try:
                await client.chat_postMessage(channel=f"C_{number % _CHANNELS:02d}", text=f"Suggestion {number}")
            except Exception:  # noqa: BLE001 -- whatever the library gives up with is a lost message
                lost += 1
    await running.stop()
    return {"peer_messages": messages, "peer_refusals": refusals, "peer_lost": lost}
