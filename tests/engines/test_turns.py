"""Much that may wait is written in large groups, and makes way at once for whoever else wants to write."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.turns import Turns
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.plumbing import NeverLog
from tests import stores

TEAM, ADA = "tea_rapport", "usr_ada"


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[SqliteStore]:
    opened = stores.fresh(tmp_path / "crm.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def beside(tmp_path: Path, clock: MovableClock, store: SqliteStore) -> Iterator[SqliteStore]:
    """What another process has open; locks of a file are an opener's own, also within one process."""
    opened = SqliteStore(f"sqlite:///{tmp_path / 'crm.db'}", clock)
    yield opened
    opened.close()


def keep(work: Work, key: str) -> None:
    work.insert(NeverLog, [{"value_key": key, "added_by": ADA}])


def kept(work: Work) -> int:
    return work.session.scalar(select(func.count(NeverLog.value_key))) or 0


@pytest.mark.parametrize(("alone", "commits"), [(True, 1 + len((2, 4, 6))), (False, 2 + len((1, 2, 4, 4, 1)))])
def test_what_is_patient_comes_last_and_goes_together_unless_somebody_else_writes(
    store: SqliteStore, alone: bool, commits: int
) -> None:
    held, go_on = threading.Event(), threading.Event()
    order: list[str] = []
    committed: list[int] = []
    event.listen(store.writer, "commit", lambda _connection: committed.append(1))

    def first(_work: Work) -> None:
        held.set()
        assert go_on.wait(60)

    begun = [store.submit_write(TEAM, ADA, first, patient=True)]
    assert held.wait(60)
    patient = [store.submit_write(TEAM, ADA, lambda _: order.append("patient"), patient=True) for _ in range(12)]
    if not alone:
        begun.append(store.submit_write(TEAM, ADA, lambda _: order.append("usual")))
    go_on.set()
    for one in (*begun, *patient):
        one.result(10)
    assert order == [*["usual"] * (not alone), *["patient"] * 12]
    assert len(committed) == commits


def test_a_group_of_the_patient_ends_as_soon_as_somebody_has_something_to_write(store: SqliteStore) -> None:
    held, go_on = threading.Event(), threading.Event()

    def first(work: Work) -> None:
        keep(work, "first")
        held.set()
        assert go_on.wait(60)

    patient = [store.submit_write(TEAM, ADA, first, patient=True)]
    assert held.wait(60)
    patient += [store.submit_write(TEAM, ADA, partial(keep, key=f"later {at}"), patient=True) for at in range(9)]
    seen = store.submit_write(TEAM, ADA, kept)
    go_on.set()
    assert seen.result(10) == 1
    for one in patient:
        one.result(10)
    assert store.team(TEAM).read_now(kept) == 10


def test_another_process_that_waits_is_let_in_between_two_of_a_group(
    store: SqliteStore, beside: SqliteStore, tmp_path: Path
) -> None:
    held, go_on = threading.Event(), threading.Event()
    look = Turns(str(tmp_path / "crm.db"))

    def first(work: Work) -> None:
        keep(work, "first")
        held.set()
        assert go_on.wait(60)

    def second(work: Work) -> int:
        keep(work, "second")
        # What was committed before is all that the other process sees.
        return beside.submit_read(TEAM, ADA, kept).result(10)

    begun = store.submit_write(TEAM, ADA, first, patient=True)
    assert held.wait(60)
    seen_by_others = store.submit_write(TEAM, ADA, second, patient=True)
    theirs = beside.submit_write(TEAM, ADA, lambda work: keep(work, "theirs"))
    waits = any(look.others_wait() for _ in iter(lambda: theirs.done(), True))
    go_on.set()
    begun.result(10)
    theirs.result(10)
    look.close()
    assert waits
    assert seen_by_others.result(10) >= 1


def test_one_of_the_patient_that_fails_takes_no_other_with_it(store: SqliteStore) -> None:
    held, go_on = threading.Event(), threading.Event()

    def first(_work: Work) -> None:
        held.set()
        assert go_on.wait(60)

    def fails(work: Work) -> None:
        keep(work, "of the one that fails")
        raise BadInput("No.")

    begun = [store.submit_write(TEAM, ADA, first, patient=True)]
    assert held.wait(60)
    begun += [store.submit_write(TEAM, ADA, partial(keep, key=f"before {at}"), patient=True) for at in range(2)]
    begun.append(store.submit_write(TEAM, ADA, partial(keep, key="beside"), patient=True))
    failing = store.submit_write(TEAM, ADA, fails, patient=True)
    begun += [store.submit_write(TEAM, ADA, partial(keep, key=f"after {at}"), patient=True) for at in range(2)]
    go_on.set()
    for one in begun:
        one.result(10)
    with pytest.raises(BadInput):
        failing.result(10)
    assert store.team(TEAM).read_now(kept) == 5


def test_nobody_is_seen_to_wait_who_does_not(tmp_path: Path) -> None:
    mine, theirs = Turns(str(tmp_path / "x.db")), Turns(str(tmp_path / "x.db"))
    assert not mine.others_wait()
    with theirs.waiting():
        assert mine.others_wait()
        mine.make_way()
    assert not mine.others_wait()
    mine.close()
    theirs.close()
