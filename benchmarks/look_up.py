"""A mistyped look-up in the demo's store; the peer is rapidfuzz's extract with WRatio over the same names."""

import time
from typing import Any, Final

from rapidfuzz import fuzz, process
from sqlalchemy import select

from benchmarks.figures import quantile, running_demo
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.lookup import search
from crm_store.models.people import Company, Customer
from crm_store.queries import teams

_QUERIES: Final = ("jhon smth acme", "rayn group", "ann lee globx", "smith", "muller", "lee globex")
_ROUNDS: Final = 20


def measure() -> dict[str, Any]:
    """Milliseconds a query, both over the same customers."""
    with running_demo() as demo:
        store = SqliteStore(demo.ready["database"], SystemClock())
        team = store.house().read_now(teams.by_slack_team, "T_RAPPORT")
        desk = store.team(team.team_id if team else "")
        waits = []
        for _ in range(_ROUNDS):
            for query in _QUERIES:
                began = time.perf_counter()
                desk.read_now(search.search, query)
                waits.append(1e3 * (time.perf_counter() - began))
        names = desk.read_now(_names)
        store.close()
    peer = []
    for _ in range(_ROUNDS):
        for query in _QUERIES:
            began = time.perf_counter()
            process.extract(query, names, scorer=fuzz.WRatio, limit=5)
            peer.append(1e3 * (time.perf_counter() - began))
    return {
        "customers": len(names),
        "p50_ms": round(quantile(waits, 0.5), 2),
        "p95_ms": round(quantile(waits, 0.95), 2),
        "peer": "rapidfuzz extract, WRatio, names in memory",
        "peer_p50_ms": round(quantile(peer, 0.5), 2),
        "ratio": round(quantile(waits, 0.5) / quantile(peer, 0.5), 2),
    }


def _names(work: Work) -> list[str]:
    rows = work.session.execute(
        select(Customer.name, Company.name).outerjoin(
            Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id)
        )
    )
    return [f"{name} {company or ''}" for name, company in rows]
