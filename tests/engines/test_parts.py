"""Parts of one long thing are done by one call where nobody waits, and a large group of them is given up for others."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Part
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.plumbing import NeverLog
from tests import stores

TEAM, ADA = "tea_rapport", "usr_ada"
_MANY = 40


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[SqliteStore]:
    opened = stores.fresh(tmp_path / "crm.db", clock)
    yield opened
    opened.close()


def kept(work: Work) -> int:
    return work.session.scalar(select(func.count(NeverLog.value_key))) or 0


class _Long:
    """A long thing in parts of two keys each; `bad` cannot be written, and at `meets` somebody else comes."""

    def __init__(self, store: SqliteStore, bad: str = "", meets: str = "") -> None:
        self._store, self._bad, self._meets = store, bad, meets
        self.calls: list[int] = []
        self.others: list[Future[int]] = []

    def do(self, work: Work, keys: Sequence[str]) -> int:
        self.calls.append(len(keys))
        work.insert(NeverLog, [{"value_key": key, "added_by": ADA} for key in keys])
        if self._bad in keys and self._bad:
            raise BadInput("This key cannot be kept.")
        if self._meets in keys and not self.others:
            self.others.append(self._store.submit_write(TEAM, ADA, kept))
            work.make_way()
        return len(keys)

    def handed_in(self) -> list[Future[Any]]:
        """All parts, which wait until the writer is free for them."""
        held, go_on = threading.Event(), threading.Event()

        def hold(_work: Work) -> None:
            held.set()
            assert go_on.wait(60)

        first = self._store.submit_write(TEAM, ADA, hold, patient=True)
        assert held.wait(60)
        do = self.do
        parts = [Part(do, [f"k{2 * at}", f"k{2 * at + 1}"], 0) for at in range(_MANY)]
        waiting = [self._store.submit_write(TEAM, ADA, part, patient=True) for part in parts]
        go_on.set()
        first.result(10)
        return waiting


def test_parts_that_wait_together_are_done_by_one_call_whose_answer_is_the_first_ones(store: SqliteStore) -> None:
    long = _Long(store)
    answers = [one.result(10) for one in long.handed_in()]
    assert sum(answers) == sum(long.calls) == 2 * _MANY
    assert len(long.calls) < _MANY / 3
    assert store.team(TEAM).read_now(kept) == 2 * _MANY


def test_a_part_that_fails_is_told_so_and_takes_no_other_with_it(store: SqliteStore) -> None:
    waiting = _Long(store, bad="k41").handed_in()
    failed = [at for at, one in enumerate(waiting) if one.exception(10)]
    assert failed == [20]
    assert store.team(TEAM).read_now(kept) == 2 * (_MANY - 1)


def test_a_large_group_is_given_up_for_whoever_comes_and_done_again(store: SqliteStore) -> None:
    long = _Long(store, meets="k61")
    answers = [one.result(10) for one in long.handed_in()]
    (seen,) = long.others
    # What was written of the group that was under way is not there, nor need anybody wait for its commit.
    assert seen.result(10) < 61
    assert sum(answers) == 2 * _MANY < sum(long.calls)
    assert store.team(TEAM).read_now(kept) == 2 * _MANY
