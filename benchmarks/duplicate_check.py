"""The look before an insert: its time, and how often the customer whom a new contact repeats is among those looked at.

`duplicate_check:FOLDER` measures on the store in that folder; otherwise a list of 20,000 made-up customers is taken in
first. The peer compares the new name with every name by rapidfuzz, as a form without an index would.
"""

import random
import tempfile
import time
from typing import Any, Final

from rapidfuzz import fuzz, process
from sqlalchemy import text

from benchmarks.figures import quantile
from benchmarks.imports import made_up
from crm_store.actions import teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup import duplicate_check
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.queries import teams as team_queries
from ingest.files.intake import import_file

_ROWS: Final = 20_000
_LOOKS: Final = 300
_PEER_LOOKS: Final = 5
_SEED: Final = 5
_KNOWN: Final = text(
    "SELECT c.customer_id, c.name, k.name FROM customers AS c LEFT JOIN companies AS k"
    " ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " WHERE c.team_id = :team_id AND c.merged_into IS NULL AND c.removed_at IS NULL ORDER BY c.customer_id"
)


def measure(folder: str = "") -> dict[str, Any]:
    """Milliseconds of processor time a look, and the share in which the right customer is among the three shown."""
    with tempfile.TemporaryDirectory() as made:
        store = SqliteStore(f"sqlite:///{folder or made}/crm.db", SystemClock())
        desk = _desk(store, made_anew=not folder)
        known = desk.read_now(_known)
        dice = random.Random(_SEED)
        asked = [(known[at][0], *_repeated(dice, *known[at][1:])) for at in dice.sample(range(len(known)), _LOOKS)]
        taken, hits = [], 0
        for customer_id, name, company in asked:
            began = time.process_time()
            shown = desk.read_now(duplicate_check.like, name, company)
            taken.append(time.process_time() - began)
            hits += any(one.customer.customer_id == customer_id for one in shown)
        store.close()
    peer = _peer([f"{name} {company}" for _, name, company in known], asked[:_PEER_LOOKS])
    return {
        "customers": len(known),
        "looks": len(taken),
        "cpu_p50_ms": round(1_000 * quantile(taken, 0.5), 2),
        "cpu_p95_ms": round(1_000 * quantile(taken, 0.95), 2),
        "found": round(hits / len(taken), 4),
        "peer": "rapidfuzz token_set_ratio over all names with companies",
        "peer_cpu_ms": round(1_000 * peer, 2),
        "ratio": round(quantile(taken, 0.5) / peer, 4),
    }


def _desk(store: SqliteStore, *, made_anew: bool) -> Desk:
    if not made_anew:
        return store.team(store.house().read_now(team_queries.teams)[0].team_id)
    bring_up_to_date(store)
    desk = store.team(store.house().write_now(teams.create, "Bench", "T_BENCH"))
    import_file(desk, made_up(_ROWS), "customers.csv")
    return desk


def _known(work: Work) -> list[tuple[str, str, str]]:
    rows = work.session.execute(_KNOWN, {"team_id": work.team_id})
    return [(customer_id, name, company or "") for customer_id, name, company in rows]


def _repeated(dice: random.Random, name: str, company: str) -> tuple[str, str]:
    """The same person written again: two letters of the name changed places, and the company without its last word."""
    places = [at for at in range(1, len(name)) if name[at - 1 : at + 1].isalpha() and name[at - 1] != name[at]]
    at = dice.choice(places or [len(name)])
    words = company.split()
    return name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :], " ".join(words[:-1] or words)


def _peer(texts: list[str], asked: list[tuple[str, str, str]]) -> float:
    began = time.process_time()
    for _, name, company in asked:
        process.extract(f"{name} {company}", texts, scorer=fuzz.token_set_ratio, limit=20)
    return (time.process_time() - began) / len(asked)
