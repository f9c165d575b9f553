"""Whether a look-up from memory is ever behind: two processes commit, killed at random, and each answer is compared.

`python -m benchmarks.look_up_fresh STORE NUMBER` is a writer: it renames customers for ever and says each new name once
it is committed.
"""

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from queue import Queue
from random import Random
from threading import Thread
from typing import Any, Final

from benchmarks.figures import quantile
from crm_store.actions import customers, teams
from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup import freshness, index_build
from crm_store.lookup.index import TeamIndex
from crm_store.lookup.search import search
from crm_store.lookup.sql_candidates import SQL
from crm_store.migrations.upgrade import bring_up_to_date
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewCustomer

_ROOT: Final = Path(__file__).parents[1]
_COMMITS: Final = 10_000
_CUSTOMERS: Final = 200
_WRITERS: Final = 2
_KILLED_EACH: Final = 250
_POLLS: Final = 2_000


def measure(commits: str = str(_COMMITS), killed_each: int = _KILLED_EACH) -> dict[str, Any]:
    """Of so many commits how many look-ups were behind, how many processes were killed, and what the look costs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "crm.db"
        store = SqliteStore(f"sqlite:///{file}", SystemClock())
        bring_up_to_date(store)
        store.house().write_now(teams.create, "Bench", "T_BENCH", {})
        desk = _desk(store)
        for number in range(_CUSTOMERS):
            desk.write_now(customers.add, NewCustomer(f"Customer {_word(f'first {number}')}"))
        index = TeamIndex(desk.read_now(index_build.build))
        stale, waits, killed = _watch(desk, index, file, int(commits), killed_each)
        poll = desk.read_now(_cost_of_the_look)
        store.close()
    return {
        "commits": len(waits),
        "killed": killed,
        "stale": stale,
        "spent": index.spent,
        "look_p50_us": round(1e6 * quantile(poll, 0.5), 1),
        "look_p99_us": round(1e6 * quantile(poll, 0.99), 1),
        "answer_p50_ms": round(1e3 * quantile(waits, 0.5), 2),
        "answer_p99_ms": round(1e3 * quantile(waits, 0.99), 2),
    }


def _watch(desk: Desk, index: TeamIndex, file: Path, commits: int, killed_each: int) -> tuple[int, list[float], int]:
    """Ask for each committed name at once, by memory and by SQL in one unit, while writers are killed and replaced."""
    dice = Random(6)
    said: Queue[str] = Queue()
    with contextlib.ExitStack() as stack:
        writers = [_Writer(file, said) for _ in range(_WRITERS)]
        for writer in writers:
            stack.callback(writer.kill)
        stale, killed = 0, 0
        waits: list[float] = []
        for number in range(commits):
            word = said.get(timeout=60)
            began = time.perf_counter()
            desk.read_now(search, word, retriever=index)
            waits.append(time.perf_counter() - began)
            stale += not desk.read_now(_agree, word, index)
            if dice.randrange(killed_each) == 0 or number == commits // 2:
                dice.choice(writers).again()
                killed += 1
    return stale, waits, killed


def _agree(work: Work, word: str, index: TeamIndex) -> bool:
    """Whether memory and tables say the same in one state of the store."""
    answers = [search(work, word, retriever=one).found for one in (index, SQL)]
    return answers[0] == answers[1]


def _cost_of_the_look(work: Work) -> list[float]:
    """Seconds to see whether the index is as the store is."""
    costs = []
    for _ in range(_POLLS):
        began = time.perf_counter()
        freshness.newest(work)
        costs.append(time.perf_counter() - began)
    return costs


class _Writer:
    """A process that commits until it is killed; what it says goes into a queue."""

    _numbers = itertools.count()

    def __init__(self, file: Path, said: "Queue[str]") -> None:
        self._file = file
        self._said = said
        self._begin()

    def _begin(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.look_up_fresh", str(self._file), str(next(self._numbers))],
            cwd=_ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._reader = Thread(target=self._listen, args=(self._process,), daemon=True)
        self._reader.start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        for line in process.stdout:
            self._said.put(line.strip())

    def again(self) -> None:
        """Kill it wherever it is, and begin another."""
        self.kill()
        self._begin()

    def kill(self) -> None:
        """Kill it wherever it is."""
        self._process.kill()
        self._process.wait()
        self._reader.join(10)
        if self._process.stdout:
            self._process.stdout.close()


def _desk(store: SqliteStore) -> Desk:
    team = store.house().read_now(team_queries.by_slack_team, "T_BENCH")
    return store.team(team.team_id if team else "")


def _word(seed: str) -> str:
    return "".join(chr(97 + byte % 26) for byte in blake2b(seed.encode(), digest_size=10).digest())


def _ids(work: Work) -> Iterator[str]:
    return iter([row[0] for row in work.connection.exec_driver_sql("SELECT customer_id FROM customers")])


def write_for_ever(file: str, number: str) -> None:
    """Rename one customer after the other, saying each name in one system call, so that a kill never cuts it."""
    desk = _desk(SqliteStore(f"sqlite:///{file}", SystemClock()))
    ids = list(desk.read_now(_ids))
    for at in itertools.count():
        word = _word(f"{number} {at}")
        desk.write_now(customers.edit, ids[(at * 7 + int(number) * 3) % len(ids)], {"name": f"Customer {word}"})
        os.write(1, f"{word}\n".encode())


if __name__ == "__main__":
    write_for_ever(*sys.argv[1:3])
