"""Health, readiness and figures of a role that runs."""

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from crm_store import inbox
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.inbox import Arrival
from ingest.api.health import Health, beat
from tests.cast import Cast


async def _ask(store: Store, path: str, data: Path, *, stopping: bool = False) -> tuple[int, str]:
    app = web.Application()
    app.add_routes(Health(store, data, lambda: stopping).routes())
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(path)
        return answer.status, await answer.text()


async def test_a_healthy_house_is_ready(store: Store, cast: Cast, tmp_path: Path) -> None:
    assert (await _ask(store, "/healthz", tmp_path))[0] == 200
    assert (await _ask(store, "/readyz", tmp_path))[0] == 200


async def test_a_house_that_stops_takes_no_more_work(store: Store, cast: Cast, tmp_path: Path) -> None:
    status, said = await _ask(store, "/readyz", tmp_path, stopping=True)
    assert status == 503
    assert "stopping" in said


async def test_an_arrival_that_waits_too_long_is_told(
    store: Store, cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    store.house().write_now(inbox.put, Arrival("tea_rapport", "mail", "k", b"raw", {}))
    clock.advance(600)
    status, said = await _ask(store, "/readyz", tmp_path)
    assert status == 503
    assert "1 arrivals wait" in said
    assert '"behind": {"arrivals": 1, "oldest_seconds": 600.0}' in said
    assert "rapport_inbox_oldest_seconds 600.0" in (await _ask(store, "/metrics", tmp_path))[1]


async def test_a_role_that_fell_silent_is_named(store: Store, cast: Cast, clock: MovableClock, tmp_path: Path) -> None:
    store.house().write_now(beat, "scheduler", "node")
    clock.advance(120)
    status, said = await _ask(store, "/readyz", tmp_path)
    assert status == 503
    assert "the scheduler has not been heard of" in said
    store.house().write_now(beat, "scheduler", "node")
    assert (await _ask(store, "/readyz", tmp_path))[0] == 200
