"""Thousands of events with duplicates, cut sockets and killed processes: each effect once, none lost.

The peer is a plain Bolt app on the same workspace, without an inbox and without kills: what duplicates do to it.
"""

import asyncio
import json
import re
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.journeys.apart import Served, logged_lines, open_workspace, rows
from tests.journeys.house import Demo

_BATCH: Final = 20
_DUPLICATES: Final = 2  # Of a batch: ten percent.
_KILLS: Final = 20
_DROP_EVERY: Final = 400  # One batch in twenty is cut in the air: five percent.
_SENDERS: Final = 20
_RESENT_AFTER_S: Final = 400
"""Slack sends an event for the last time five minutes after it was not acknowledged."""
_PEER_EVENTS: Final = 200
_PEOPLE: Final = "Name,Company,E-mail\nIda Import,Imported Ltd,ida@imported.example\n"


def measure(events: str = "10000", kills: str = str(_KILLS)) -> dict[str, Any]:
    """Effects lost and done twice; how often sockets were cut and the process was killed; and how long it took."""
    with TemporaryDirectory() as folder:
        workspace = open_workspace(Path(folder))
        try:
            ours = soak(workspace, int(events), int(kills))
            return {**ours, "peer": "Bolt without an inbox, no kills", **asyncio.run(_peer(workspace))}
        finally:
            workspace.stop()


def _serve(workspace: Demo) -> Served:
    return Served.start(workspace, SLACK_APP_TOKEN=str(workspace.ready["app_token"]))


def _fault(workspace: Demo, body: dict[str, Any]) -> None:
    asked = urllib.request.Request(
        str(workspace.ready["control"]) + "faults", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(asked, timeout=30).close()


def soak(workspace: Demo, events: int, most_kills: int) -> dict[str, Any]:
    """People write while sockets are cut and the process is killed; then count what was done."""
    workspace.crm("migrate")
    served = _serve(workspace)
    people = workspace.data / "people.csv"
    people.write_text(_PEOPLE)
    workspace.crm("import", str(people))
    kills = drops = 0
    kill_every = max(_BATCH, events // max(1, most_kills))
    began = time.perf_counter()
    with ThreadPoolExecutor(_SENDERS) as senders:
        for first in range(0, events, _BATCH):
            _fault(workspace, {"duplicate_next": _DUPLICATES})
            under_way = [senders.submit(_write, workspace, number) for number in range(first, first + _BATCH)]
            if first % _DROP_EVERY == 0 and first:
                _fault(workspace, {"drop_sockets": True})
                drops += 1
            if first // kill_every != (first + _BATCH) // kill_every and kills < most_kills:
                served.kill()
                served = _serve(workspace)
                kills += 1
            for one in under_way:
                one.result()
    _settle(workspace, events)
    seconds = time.perf_counter() - began
    served.stop()
    counted = Counter(_numbers(logged_lines(workspace)))
    return {
        "events": events,
        "duplicates": events // _BATCH * _DUPLICATES,
        "socket_drops": drops,
        "kills": kills,
        "lost": sum(number not in counted for number in range(events)),
        "done_twice": sum(count > 1 for count in counted.values()),
        "seconds": round(seconds, 1),
        "per_s": round(events / seconds, 1),
    }


def _write(workspace: Demo, number: int) -> None:
    user = ("U_ADA", "U_BEN")[number % 2]
    text = f"log ida import: line {number} of the soak"
    workspace.act(type="message", user=user, channel=workspace.direct(user), text=text)


def _settle(workspace: Demo, events: int) -> None:
    """Slack sends again what was not acknowledged: its clock is moved on until all has arrived and is handled."""
    pause = threading.Event()
    for _ in range(max(120, events)):
        if not _waiting(workspace) and len(set(_numbers(_raw(workspace)))) >= events:
            return
        workspace._post("clock", {"advance_s": _RESENT_AFTER_S})
        pause.wait(1.0)
    raise AssertionError("not everything that was sent has arrived")


def _waiting(workspace: Demo) -> int:
    return int(rows(workspace, "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'working')")[0][0])


def _raw(workspace: Demo) -> list[str]:
    return [bytes(raw).decode() for (raw,) in rows(workspace, "SELECT raw FROM inbox WHERE source = 'slack'")]


def _numbers(texts: list[str]) -> list[int]:
    return [int(found[1]) for text in texts if (found := re.search(r"line (\d+) of the soak", text))]


async def _peer(workspace: Demo) -> dict[str, Any]:
    """How many of the events a plain app handles twice when one in ten comes twice."""
    client = AsyncWebClient(token=str(workspace.ready["bot_token"]), base_url=str(workspace.ready["slack_api"]))
    app = AsyncApp(client=client, signing_secret=str(workspace.ready["signing_secret"]))
    seen: Counter[str] = Counter()

    @app.event("message")
    async def heard(event: dict[str, Any]) -> None:
        seen[str(event.get("text"))] += 1

    handler = AsyncSocketModeHandler(app, str(workspace.ready["app_token"]))
    await handler.connect_async()  # type: ignore[no-untyped-call]
    direct = await asyncio.to_thread(workspace.direct, "U_ADA")
    for first in range(0, _PEER_EVENTS, _BATCH):
        await asyncio.to_thread(_fault, workspace, {"duplicate_next": _DUPLICATES})
        for number in range(first, first + _BATCH):
            await asyncio.to_thread(_say, workspace, direct, f"peer line {number}")
    await asyncio.sleep(1)
    await handler.close_async()  # type: ignore[no-untyped-call]
    return {"peer_events": _PEER_EVENTS, "peer_done_twice": sum(count > 1 for count in seen.values())}


def _say(workspace: Demo, channel: str, text: str) -> None:
    workspace.act(type="message", user="U_ADA", channel=channel, text=text)
