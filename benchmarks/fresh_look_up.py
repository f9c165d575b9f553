"""Two writers, killed at random, and a reader with the index in memory: how many look-ups were behind a commit."""

import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.figures import quantile
from crm_store.actions import customers, teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup.index.retriever import IndexRetriever
from crm_store.lookup.search import search
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewCustomer

_COMMITS: Final = 10_000
_KILLED_EVERY: Final = 400
_CUSTOMERS: Final = 200
_WRITERS: Final = 2
_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"
_CHECKS: Final = 2_000


def measure(value: str = "") -> dict[str, Any]:
    """Commits, kills, stale look-ups, and microseconds that the check of an unchanged store costs."""
    commits = int(value or _COMMITS)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'crm.db'}"
        store = SqliteStore(url, SystemClock())
        bring_up_to_date(store)
        store.house().write_now(teams.create, "Bench", "T_BENCH", {})
        team = store.house().read_now(team_queries.by_slack_team, "T_BENCH")
        desk = store.team(team.team_id if team else "")
        ids = [desk.write_now(customers.add, NewCustomer(f"Start {at}")).row_id for at in range(_CUSTOMERS)]
        index = IndexRetriever()
        index.warm(desk)
        told = _watch(desk, index, url, ids, commits)
        checks = desk.read_now(_checks, index)
        store.close()
    return {"commits": commits, **told, "check_p50_us": round(quantile(checks, 0.5), 1)}


def _watch(desk: Desk, index: IndexRetriever, url: str, ids: list[str], commits: int) -> dict[str, int]:
    """Ask for each new name as soon as its writer says that it is committed."""
    dice, seeds = Random(5), count(1)
    share = len(ids) // _WRITERS
    own = [ids[at * share : (at + 1) * share] for at in range(_WRITERS)]
    writers = [_start(url, desk.team_id, next(seeds), some) for some in own]
    stale = kills = rebuilt = 0
    for done in range(commits):
        at = done % _WRITERS
        while not (line := _line(writers[at])):
            writers[at].wait()
            writers[at] = _start(url, desk.team_id, next(seeds), own[at])
        customer_id, name = line.split()
        if not index.is_warm(desk.team_id):
            index.warm(desk)
            rebuilt += 1
        found = desk.read_now(search, name, retriever=index).found
        # The same writer may have renamed its customer again meanwhile: only then may another answer be right.
        stale += not (found and found[0].customer.customer_id == customer_id) and not desk.read_now(
            _renamed, customer_id, name
        )
        if dice.randrange(_KILLED_EVERY) == 0:
            writers[dice.randrange(_WRITERS)].kill()
            kills += 1
    for writer in writers:
        writer.kill()
        writer.communicate()
    return {"kills": kills, "stale": stale, "rebuilt": rebuilt, "from_memory": index.answered}


def _renamed(work: Work, customer_id: str, name: str) -> bool:
    return all(one.customer.customer_id != customer_id for one in search(work, name).found)


def _line(writer: "subprocess.Popen[str]") -> str:
    """The next whole line; nothing from one that was killed within a line."""
    line = writer.stdout.readline() if writer.stdout else ""
    return line if line.endswith("\n") else ""


def _start(url: str, team_id: str, seed: int, ids: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.fresh_look_up", url, team_id, str(seed), *ids]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _write(url: str, team_id: str, seed: int, ids: list[str]) -> None:
    """Rename customers for ever, and say each new name once it is committed."""
    desk = SqliteStore(url, SystemClock()).team(team_id)
    dice = Random(seed)
    while True:
        word = "".join(dice.choice(_CONSONANTS) + dice.choice(_VOWELS) for _ in range(6))
        customer_id = dice.choice(ids)
        desk.write_now(customers.edit, customer_id, {"name": f"Ann {word.capitalize()}"})
        sys.stdout.write(f"{customer_id} {word}\n")
        sys.stdout.flush()


def _checks(work: Work, index: IndexRetriever) -> list[float]:
    """What it costs to see that nothing has changed."""
    costs = []
    for _ in range(_CHECKS):
        began = time.perf_counter()
        index.catch_up(work)
        costs.append(1e6 * (time.perf_counter() - began))
    return costs


if __name__ == "__main__":
    _write(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
