"""The look-up by SQL alone over made-up customers: how fast, how often right, and what a write of its words costs.

`look_up_floor:100000` makes so many, otherwise 20,000. Times are the processor's, which other programs disturb less.
"""

import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.figures import quantile
from crm_store.actions import customers, teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.search import search
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.models.people import Company, Customer
from crm_store.queries import teams as team_queries
from crm_store.queries.identity import name_key
from crm_store.values.acts import NewCustomer

_CUSTOMERS: Final = 20_000
_COMPANIES: Final = 2_000
_QUERIES: Final = 400
_WRITES: Final = 100
_AT_ONCE: Final = 1_000
_STARTS: Final = "ba be bo da do fa ga ha jo ka la ma mi na no pa ra ro sa so ta ti va wi za"
_MIDDLES: Final = "la le li lo ma mi na ne ni ra re ri ro sa se ta te ti va ve"
_ENDS: Final = "na ns rd rt son ski tti ll nn ck x za mer ler ger"


def measure(size: str = "") -> dict[str, Any]:
    """Milliseconds of processor time a query and a write, and the share of queries with the right one among five."""
    wanted = int(size or _CUSTOMERS)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(f"sqlite:///{Path(folder) / 'crm.db'}", SystemClock())
        bring_up_to_date(store)
        store.house().write_now(teams.create, "Bench", "T_BENCH", {})
        team = store.house().read_now(team_queries.by_slack_team, "T_BENCH")
        desk = store.team(team.team_id if team else "")
        dice = Random(4)
        began = time.process_time()
        people = _fill(desk, dice, wanted)
        filled = time.process_time() - began
        waits, right = _ask(desk, people, dice)
        writes = _write(desk)
        store.close()
    return {
        "customers": len(people),
        "cpu_p50_ms": round(quantile(waits, 0.5), 2),
        "cpu_p95_ms": round(quantile(waits, 0.95), 2),
        "right_among_five": round(right / _QUERIES, 4),
        "filled_per_second": round(len(people) / filled),
        "write_cpu_p50_ms": round(quantile(writes, 0.5), 2),
        "write_cpu_p95_ms": round(quantile(writes, 0.95), 2),
    }


def _word(dice: Random) -> str:
    return (dice.choice(_STARTS.split()) + dice.choice(_MIDDLES.split()) + dice.choice(_ENDS.split())).capitalize()


def _fill(desk: Desk, dice: Random, wanted: int) -> list[tuple[str, str]]:
    firms = [f"{_word(dice)}{_word(dice).lower()} Ltd" for _ in range(_COMPANIES)]
    people: list[tuple[str, str]] = []
    ids: list[str] = []

    def companies(work: Work) -> None:
        for firm in firms:
            ids.append(work.new_id(Prefix.COMPANY))
            work.add(Company(company_id=ids[-1], name=firm, name_key=name_key(firm), created_at=work.now))

    def some(work: Work) -> None:
        made = []
        for _ in range(_AT_ONCE):
            at, name = dice.randrange(_COMPANIES), f"{_word(dice)} {_word(dice)}"
            row = Customer(customer_id=work.new_id(Prefix.CUSTOMER), name=name, name_key=name_key(name))
            row.company_id, row.created_at, row.source = ids[at], work.now, "bench"
            made.append(work.add(row).customer_id)
            people.append((name, firms[at]))
        tokens.refresh_many(work, made)

    desk.write_now(companies)
    for _ in range(max(1, wanted // _AT_ONCE)):
        desk.write_now(some)
    return people


def _ask(desk: Desk, people: list[tuple[str, str]], dice: Random) -> tuple[list[float], int]:
    waits, right = [], 0
    for name, firm in dice.sample(people, _QUERIES):
        first, last = name.lower().split()
        at = dice.randrange(1, len(last) - 1)
        typed = f"{first} {last[:at]}{last[at + 1]}{last[at]}{last[at + 2 :]} {firm.split()[0].lower()}"
        began = time.process_time()
        answer = desk.read_now(search, typed)
        waits.append(1e3 * (time.process_time() - began))
        right += any((one.customer.name, one.customer.company) == (name, firm) for one in answer.found)
    return waits, right


def _write(desk: Desk) -> list[float]:
    costs = []

    def again(work: Work, customer_id: str) -> None:
        work.session.get_one(Customer, (work.team_id, customer_id)).name += " Junior"
        work.flush()
        began = time.process_time()
        tokens.refresh(work, customer_id)
        costs.append(1e3 * (time.process_time() - began))

    for at in range(_WRITES):
        made = desk.write_now(customers.add, NewCustomer(f"Written {at}", company="Acme"))
        desk.write_now(again, made.row_id)
    return costs
