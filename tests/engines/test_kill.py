"""Killed at any moment, the store keeps every key that was acknowledged; acknowledging early is seen to lose."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.models.plumbing import NeverLog
from tests import stores

ROOT = Path(__file__).parents[2]


class Victim:
    """The acknowledging program, started once; each round is a process that is killed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.acknowledging", str(file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._round = 0

    def acknowledged_until_killed(self, mode: str, after: int) -> set[str]:
        """Let it acknowledge some keys, kill it, and give back every key it acknowledged."""
        assert self._program.stdin
        assert self._program.stdout
        self._round += 1
        self._program.stdin.write(f"{mode} {self._round}\n")
        self._program.stdin.flush()
        keys: set[str] = set()
        child = 0
        for line in self._program.stdout:
            if line == "dead\n":
                return keys
            if line.startswith("pid "):
                child = int(line.split()[1])
            else:
                keys.add(line.strip())
            if child and len(keys) >= after:
                os.kill(child, signal.SIGKILL)
                after = sys.maxsize
        raise AssertionError("the program ended by itself")

    def close(self) -> None:
        """End the program, which waits for a line."""
        self._program.communicate(timeout=60)


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    file = stores.migrated(tmp_path / "crm.db")
    running = Victim(file)
    yield running
    running.close()


def found(file: Path, clock: MovableClock) -> set[str]:
    store = SqliteStore(f"sqlite:///{file}", clock)
    desk = store.team("tea_rapport")
    assert desk.read_now(lambda work: work.connection.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    keys = set(desk.read_now(lambda work: list(work.session.scalars(select(NeverLog.value_key)))))
    store.close()
    return keys


def lost(victim: Victim, clock: MovableClock, mode: str) -> tuple[int, int]:
    """How many keys were acknowledged over six kills, and how many of them are gone."""
    chance = random.Random(20261125)
    acknowledged: set[str] = set()
    for _ in range(6):
        acknowledged |= victim.acknowledged_until_killed(mode, chance.randint(1, 400))
    return len(acknowledged), len(acknowledged - found(victim.file, clock))


def test_no_key_acknowledged_after_its_commit_is_ever_lost(victim: Victim, clock: MovableClock) -> None:
    acknowledged, gone = lost(victim, clock, "late")
    assert acknowledged > 100
    assert gone == 0


def test_acknowledging_before_the_commit_is_seen_to_lose(victim: Victim, clock: MovableClock) -> None:
    acknowledged, gone = lost(victim, clock, "early")
    assert acknowledged > 100
    assert gone > 0
