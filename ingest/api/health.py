"""Health, readiness and figures: /healthz asks nobody, /readyz tries the store, /metrics is for Prometheus."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from crm_store import inbox, outbox
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import StoreUnavailable
from crm_store.models.people import Team
from crm_store.models.plumbing import RoleHeartbeat

OLDEST: Final = timedelta(minutes=5)
SILENT: Final = timedelta(minutes=1)
FORGOTTEN: Final = timedelta(days=1)
_LEAST_DISK: Final = 200_000_000


class Health:
    """Answers the three addresses of a role that runs."""

    def __init__(self, store: Store, data: Path, stopping: Callable[[], bool]) -> None:
        self._store = store
        self._data = data
        self._stopping = stopping

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def healthz(self, _request: web.Request) -> web.Response:
        """The event loop turns."""
        return web.json_response({"ok": True})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Whether work can be taken: the store writes, nothing waits too long, the disk has room.

        `behind` says how many arrivals are still to be handled, and for how long the oldest has waited.
        """
        problems: list[str] = []
        behind: dict[str, float] = {}
        if self._stopping():
            problems.append("stopping")
        try:
            async with asyncio.timeout(5):
                await self._store.house().write(_probe)
                waiting = await self._store.house().read(inbox.depth)
                leaving = await self._store.house().read(outbox.depth)
            now = self._store.clock.now()
            behind = {"arrivals": waiting.waiting, "oldest_seconds": round(_age(now, waiting.oldest), 1)}
            if waiting.oldest and now - waiting.oldest > OLDEST:
                problems.append(f"{waiting.waiting} arrivals wait, the oldest since {waiting.oldest.isoformat()}")
            if leaving.due and leaving.oldest and now - leaving.oldest > OLDEST:
                problems.append(f"{leaving.due} messages to Slack wait")
            problems += [
                f"the {role} has not been heard of since {at.isoformat()}"
                for role, at in (await self._store.house().read(last_beats)).items()
                if SILENT < now - at < FORGOTTEN
            ]
        except (StoreUnavailable, TimeoutError):
            problems.append("the store does not answer")
        if self._data.exists() and shutil.disk_usage(self._data).free < _LEAST_DISK:
            problems.append("less than 200 MB of disk are free")
        told = {"ok": not problems, "problems": problems, "behind": behind}
        return web.json_response(told, status=503 if problems else 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Queue depths and ages, made at the moment of asking."""
        registry = CollectorRegistry()
        try:
            waiting = await self._store.house().read(inbox.depth)
            leaving = await self._store.house().read(outbox.depth)
        except StoreUnavailable:
            return web.Response(status=503)
        now = self._store.clock.now()
        _gauge(registry, "rapport_inbox_waiting", "Arrivals not handled yet", waiting.waiting)
        _gauge(registry, "rapport_inbox_oldest_seconds", "Age of the oldest arrival", _age(now, waiting.oldest))
        _gauge(registry, "rapport_inbox_set_aside", "Arrivals a person must look at", waiting.set_aside)
        _gauge(registry, "rapport_outbox_waiting", "Messages not delivered yet", leaving.waiting)
        _gauge(registry, "rapport_outbox_oldest_seconds", "Age of the oldest message", _age(now, leaving.oldest))
        _gauge(registry, "rapport_outbox_failed", "Messages Slack refused for good", leaving.failed)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _gauge(registry: CollectorRegistry, name: str, text: str, value: float) -> None:
    Gauge(name, text, registry=registry).set(value)


def _age(now: datetime, since: datetime | None) -> float:
    return (now - since.astimezone(UTC)).total_seconds() if since else 0.0


def _probe(work: Work) -> None:
    """A write that leaves nothing behind but shows that writing works."""
    work.session.get(Team, "-")


def last_beats(work: Work) -> dict[str, datetime]:
    """When each role was last heard of, on whichever node."""
    beats: dict[str, datetime] = {}
    for row in work.session.query(RoleHeartbeat):
        beats[row.role] = max(row.beat_at, beats.get(row.role, row.beat_at))
    return beats


def beat(work: Work, role: str, node: str) -> None:
    """Note that a role lives on this node."""
    row = work.session.get(RoleHeartbeat, ("-", role, node))
    if row is None:
        work.add(RoleHeartbeat(team_id="-", role=role, node=node, beat_at=work.now))
    else:
        row.beat_at = work.now
