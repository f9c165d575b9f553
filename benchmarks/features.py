"""Features of a large team made in the store, and a day's increment; the peer is the plain SQL of the same numbers.

`./run bench features` takes a million orders; CRM_BENCH_ORDERS takes another size. Both sides run in fresh processes on
one SQLite file whose orders have a covering index, and both write their table to it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from crm_store.actions import features as acts
from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore, library
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.people import Team
from crm_store.queries import feature_sql, features

TEAM: Final = "tea_bench"
TODAY: Final = date(2026, 11, 25)
_ORDERS: Final = int(os.environ.get("CRM_BENCH_ORDERS", "1000000"))
_PER_CUSTOMER: Final = 10_000_000 / 852_000
_DIRTY: Final = 0.001


def measure() -> dict[str, Any]:
    """Seconds and MiB of a whole build, of the plain SQL, and of a day's increment with 0.1 % of customers dirty."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        customers = fill(path, _ORDERS)
        peer = _child("plain", path)
        ours = _child("build", path)
        day = _child("increment", path)
    return {
        "orders": _ORDERS,
        "customers": customers,
        "build_s": ours["wall_s"],
        "build_cpu_s": ours["cpu_s"],
        "build_peak_mib": ours["peak_mib"],
        "peer": "CREATE TABLE AS SELECT of the same numbers of orders, SQLite, covering index",
        "peer_s": peer["wall_s"],
        "peer_cpu_s": peer["cpu_s"],
        "peer_peak_mib": peer["peak_mib"],
        "ratio": round(ours["cpu_s"] / peer["cpu_s"], 2),
        "wall_ratio": round(ours["wall_s"] / peer["wall_s"], 2),
        "longest_unit_ms": ours["longest_ms"],
        "increment_s": day["wall_s"],
        "increment_cpu_s": day["cpu_s"],
        "increment_share": round(day["cpu_s"] / ours["cpu_s"], 4),
        "increment_customers": day["customers"],
        "windows_asked_for_cpu_s": day["windows_s"],
    }


def fill(path: Path, orders: int) -> int:
    """A migrated store with customers and orders over four years, and how many customers there are."""
    store = SqliteStore(f"sqlite:///{path}", _clock(TODAY))
    bring_up_to_date(store)
    customers = max(1, round(orders / _PER_CUSTOMER))
    desk = store.team(TEAM)
    desk.write_now(_found)
    desk.write_now(fill_team, customers, orders)
    store.close()
    return customers


def _found(work: Work) -> None:
    work.add(
        Team(team_id=TEAM, name="Bench", settings={"currency": "EUR"}, pseudonym_key="k" * 32, created_at=work.now)
    )


def fill_team(work: Work, customers: int, orders: int) -> None:
    """Customers of one team, and their orders over four years."""
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :most) "
    indexes = ("ix_orders_team_id_customer_id_ordered_at", "ix_orders_features", "ix_orders_team_id_ordered_on")
    made = [
        work.connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}).scalar()
        for name in indexes
    ]
    for name in indexes:
        work.connection.execute(text(f"DROP INDEX {name}"))
    work.session.execute(
        text(
            "INSERT INTO customers (team_id, customer_id, name, name_key, level, source, needs_check, created_at,"
            f" version) {numbers} SELECT :team_id, printf('cus_%08d', n), 'Customer', 'customer', 'team', 'bench', 0,"
            " '2022-01-01 00:00:00.000000', 1 FROM numbers"
        ),
        {"team_id": work.team_id, "most": customers},
    )
    work.session.execute(
        text(
            "INSERT INTO orders (team_id, order_id, external_key, customer_id, ordered_at, ordered_on, total_minor,"
            f" currency, source) {numbers} SELECT :team_id, printf('ord_%09d', n), printf('key-%09d', n),"
            " printf('cus_%08d', 1 + abs(random() % :customers)), day || ' 12:00:00.000000', day,"
            " 500 + abs(random() % 20000) - 600 * (random() % 50 = 0), 'EUR', 'bench'"
            " FROM (SELECT n, date('2026-11-25', -abs(random() % 1460) || ' days') AS day FROM numbers)"
        ),
        {"team_id": work.team_id, "most": orders, "customers": customers},
    )
    for sql in made:
        work.connection.execute(text(str(sql)))


def _child(what: str, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.features", what, str(path)], capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _plain(path: Path) -> dict[str, Any]:
    """The peer: the same numbers of orders by one statement, as one would write it, on a plain connection."""
    connection = library().connect(path)
    connection.execute("PRAGMA cache_size=-8000")
    told = feature_sql.values(TEAM, (TODAY, TODAY), "EUR", 10**14)
    connection.execute(_PLAIN, {**{name: str(value) for name, value in told.items()}, "largest": 10**14})
    connection.commit()
    connection.close()
    return {}


_SALE: Final = "currency = :currency AND total_minor BETWEEN 0 AND :largest"
_PLAIN: Final = f"""
    CREATE TABLE plain AS SELECT customer_id, min(ordered_on) FILTER (WHERE sale) AS first_order_on,
        max(ordered_on) FILTER (WHERE sale) AS last_order_on,
        count(DISTINCT ordered_on) FILTER (WHERE sale) AS order_days, sum(total_minor) FILTER (WHERE sale) AS spent,
        count(*) FILTER (WHERE refund) AS returns, sum(-total_minor) FILTER (WHERE refund) AS returned,
        count(*) FILTER (WHERE currency <> :currency) AS foreign_orders,
        count(DISTINCT ordered_on) FILTER (WHERE sale AND ordered_on > :since_30) AS order_days_30,
        count(DISTINCT ordered_on) FILTER (WHERE sale AND ordered_on > :since_90) AS order_days_90,
        count(DISTINCT ordered_on) FILTER (WHERE sale AND ordered_on > :since_180) AS order_days_180,
        count(DISTINCT ordered_on) FILTER (WHERE sale AND ordered_on > :since_365) AS order_days_365,
        sum(total_minor) FILTER (WHERE sale AND ordered_on > :since_30) AS spent_30,
        sum(total_minor) FILTER (WHERE sale AND ordered_on > :since_90) AS spent_90,
        sum(total_minor) FILTER (WHERE sale AND ordered_on > :since_180) AS spent_180,
        sum(total_minor) FILTER (WHERE sale AND ordered_on > :since_365) AS spent_365
    FROM (
        SELECT customer_id, ordered_on, total_minor, currency, {_SALE} AS sale,
            currency = :currency AND total_minor < 0 AS refund
        FROM orders WHERE team_id = :team_id AND ordered_on <= :as_of AND removed_at IS NULL
    )
    GROUP BY customer_id
    """


def _build(path: Path) -> dict[str, Any]:
    store = SqliteStore(f"sqlite:///{path}", _clock(TODAY))
    desk = store.team(TEAM)
    desk.write_now(acts.begin, TODAY)
    longest = 0.0
    while True:
        begun = time.perf_counter()
        if not desk.write_now(acts.build_some):
            break
        longest = max(longest, time.perf_counter() - begun)
    store.close()
    return {"longest_ms": round(longest * 1000, 1)}


def _increment(path: Path) -> dict[str, Any]:
    """The second day after the build: a thousandth of the customers made anew; then what left its windows taken out.

    The day before is kept up first, since the house runs for many days and a first statement costs its making. Windows
    are brought along when somebody asks for them, which no job does.
    """
    worked, seconds, cpu, windows = 0, 0.0, 0.0, 0.0
    clock = _clock(TODAY)
    store = SqliteStore(f"sqlite:///{path}", clock)
    desk = store.team(TEAM)
    for back in (1, 2):
        clock.advance(86_400)
        some = desk.read_now(_some, max(1, round(desk.read_now(features.count) * _DIRTY)))
        desk.write_now(Work.mark_dirty, some)
        begun, used = time.perf_counter(), time.process_time()
        worked = keep_up(desk, TODAY + timedelta(days=back))
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
        used = time.process_time()
        desk.write_now(acts.roll)
        windows = time.process_time() - used
    store.close()
    told = {"wall_s": seconds, "cpu_s": cpu, "windows_s": windows}
    return {"customers": worked, **{name: round(value, 3) for name, value in told.items()}}


def _some(work: Work, most: int) -> list[str]:
    found = work.session.execute(
        text("SELECT customer_id FROM customers WHERE team_id = :team_id ORDER BY random() LIMIT :most"),
        {"team_id": TEAM, "most": most},
    )
    return [row.customer_id for row in found]


def keep_up(desk: Desk, as_of: date) -> int:
    """What the job does in the store each time."""
    desk.write_now(acts.begin, as_of)
    worked = 0
    while seen := desk.read_now(features.dirty, acts.MOST):
        desk.write_now(acts.refresh, [one for one, _ in seen])
        desk.write_now(acts.clean, seen)
        worked += len(seen)
    return worked


def _clock(day: date) -> MovableClock:
    return MovableClock(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


_CHILDREN: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {
    "plain": _plain, "build": _build, "increment": _increment,
}  # fmt: skip


def _answer(what: str, path: Path) -> None:
    begun, used = time.perf_counter(), time.process_time()
    said = _CHILDREN[what](path)
    # The peak of this program alone: what the operating system reports as usage begins with the parent's.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    figures = {
        "wall_s": round(time.perf_counter() - begun, 2),
        "cpu_s": round(time.process_time() - used, 2),
        "peak_mib": round(int(peak.split()[1]) / 1024, 1),
    }
    sys.stdout.write(json.dumps({**figures, **said}))


if __name__ == "__main__":
    _answer(sys.argv[1], Path(sys.argv[2]))
