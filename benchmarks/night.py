"""The night of 100,000 customers with a million orders, while people use the chat; the peer is the same without chat.

`./run bench night`; CRM_BENCH_CUSTOMERS takes another number of customers. The night runs in a process of its own, as
`crm run-job nightly` does, against the store of a running demo whose commands are answered meanwhile. There are four:
the first, which also makes all features and scores; one as it is every night; one beside ten commands a second, as a
team of hundreds gives them; and one beside twenty at any time, which is all that the demo can answer.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.acknowledge import _environment, _load, command
from benchmarks.features import TODAY, fill_team
from benchmarks.figures import quantile
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.queries import teams
from tests.journeys.house import ROOT, Demo

_CUSTOMERS: Final = int(os.environ.get("CRM_BENCH_CUSTOMERS", "100000"))
_ORDERS: Final = 10 * _CUSTOMERS
_A_SECOND: Final = 10


@dataclass(frozen=True, slots=True)
class Spent:
    """What a night took, in seconds by the clock and of processor."""

    wall: float
    processor: float


def measure() -> dict[str, Any]:
    """Seconds of nights with and without chat, and milliseconds to the acknowledgement during them and before."""
    with tempfile.TemporaryDirectory() as folder:
        # Filled while nobody uses it: a demo does not wait for a million rows.
        demo = Demo.start(Path(folder))
        demo.settle(120)
        demo.stop()
        fill(demo.ready["database"])
        demo = Demo.start(Path(folder))
        try:
            control, database = demo.ready["control"], demo.ready["database"]
            _paced(control, 2 * _A_SECOND)
            calm, crowded = _paced(control, 10 * _A_SECOND), _load(control)
            first, alone = (_alone(database) for _ in range(2))
            with_chat, answered = _beside(database, lambda: _paced(control, _A_SECOND))
            in_crowd, thronged = _beside(database, lambda: _load(control))
        finally:
            demo.stop()
    return {
        "customers": _CUSTOMERS,
        "orders": _ORDERS,
        "first": _told(first),
        "beside_chat": _told(with_chat) | _waits(answered, calm),
        "beside_a_crowd": _told(in_crowd) | _waits(thronged, crowded),
        "peer": "a night as usual without chat",
        "alone": _told(alone),
        "ratio": round(with_chat.wall / alone.wall, 2),
    }


def _alone(database: str) -> Spent:
    begun, before = time.perf_counter(), _used()
    return _ended(_night(database), begun, before)


def _beside(database: str, use: Callable[[], list[float]]) -> tuple[Spent, list[float]]:
    """A night while people use the chat, and what they waited for acknowledgements."""
    begun, before, waits = time.perf_counter(), _used(), []
    night = _night(database)
    while night.poll() is None:
        waits += use()
    return _ended(night, begun, before), waits


def _told(spent: Spent) -> dict[str, float]:
    return {"s": round(spent.wall, 1), "cpu_s": round(spent.processor, 1)}


def _waits(waits: list[float], without: list[float]) -> dict[str, float]:
    return {
        "commands": len(waits),
        "ack_p50_ms": round(quantile(waits, 0.5), 1),
        "ack_p99_ms": round(quantile(waits, 0.99), 1),
        "ack_p99_without_night_ms": round(quantile(without, 0.99), 1),
    }


def _paced(control: str, commands: int) -> list[float]:
    """Commands one after the other, so many a second; milliseconds to the acknowledgement of each."""
    waits = []
    for number in range(commands):
        due = time.perf_counter() + 1 / _A_SECOND
        waits.append(command(control, number))
        time.sleep(max(0.0, due - time.perf_counter()))
    return waits


def fill(database: str) -> None:
    """Customers, orders with some products, communications and deals for the one team of a store."""
    store = SqliteStore(database, SystemClock())
    team = store.house().read_now(teams.teams)[0]
    desk = store.team(team.team_id)
    desk.write_now(fill_team, _CUSTOMERS, _ORDERS)
    desk.write_now(_talk)
    desk.write_now(_shelves)
    store.close()


def _talk(work: Work) -> None:
    """Two communications a customer over two years, and a deal with every tenth, most of them closed."""
    told = {"team_id": work.team_id, "today": TODAY.isoformat()}
    some = "FROM customers, (SELECT 1 AS k UNION ALL SELECT 2) WHERE team_id = :team_id AND source = 'bench'"
    day = "date(:today, -abs(random() % 730) || ' days') || ' 12:00:00.000000'"
    statements = (
        "INSERT INTO communications (team_id, communication_id, kind, direction, happened_at, logged_at, logged_by,"
        " new_text, quoted_text, level, source, source_key, version) SELECT :team_id, 'cmm_' || k || customer_id,"
        f" 'mail', CASE k WHEN 1 THEN 'incoming' ELSE 'outgoing' END, {day}, {day}, 'usr', '', '', 'team', 'bench',"
        f" k || customer_id, 1 {some}",
        "INSERT INTO participants (team_id, participant_id, communication_id, role, customer_id)"
        f" SELECT :team_id, 'par_' || k || customer_id, 'cmm_' || k || customer_id, 'from', customer_id {some}",
        "INSERT INTO deals (team_id, deal_id, name, customer_id, stage_id, amount_minor, currency, state, opened_at,"
        " closed_at, version) SELECT :team_id, 'dea_' || customer_id, 'Deal', customer_id, 'stg_bench', 100000, 'EUR',"
        " state, date(day, '-40 days') || ' 12:00:00.000000',"
        " CASE state WHEN 'open' THEN NULL ELSE day || ' 12:00:00.000000' END, 1"
        " FROM (SELECT customer_id, date(:today, -abs(random() % 400) || ' days') AS day,"
        " CASE abs(random() % 5) WHEN 0 THEN 'open' WHEN 1 THEN 'won' ELSE 'lost' END AS state"
        " FROM customers WHERE team_id = :team_id AND source = 'bench' AND customer_id LIKE '%7')",
    )
    for statement in statements:
        work.session.execute(text(statement), {name: told[name] for name in told if f":{name}" in statement})


def _shelves(work: Work) -> None:
    """What was bought, of every fourth order: one or two of 60 products."""
    statement = (
        "INSERT INTO order_lines (team_id, order_id, position, product, quantity, amount_minor)"
        " SELECT team_id, order_id, position, 'Product ' || abs(random() % 60), 1, 1000"
        " FROM orders CROSS JOIN (SELECT 1 AS position UNION ALL SELECT 2)"
        " WHERE team_id = :team_id AND source = 'bench' AND substr(order_id, 5) % 4 = 0"
        " AND (position = 1 OR random() % 2 = 0) ORDER BY order_id, position"
    )
    work.session.execute(text(statement), {"team_id": work.team_id})


def _night(database: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "run-job", "nightly", "--json"],
        cwd=ROOT,
        env={**_environment(), "DATABASE_URL": database},
        stdout=subprocess.PIPE,
    )


def _ended(night: subprocess.Popen[bytes], begun: float, before: float) -> Spent:
    """What the night took since then; one that failed is no measurement."""
    said, _ = night.communicate()
    if night.returncode:
        raise RuntimeError(said.decode())
    return Spent(time.perf_counter() - begun, _used() - before)


def _used() -> float:
    """Processor seconds of all children that have ended, their own children included."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
