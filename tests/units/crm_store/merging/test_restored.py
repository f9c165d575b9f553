"""Whatever is merged, edited and logged, of people and companies: after the last un-merge no row tells of it."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from tests import stores
from tests.cast import gather
from tests.units.crm_store.merging.days import Day
from tests.units.crm_store.merging.players import House, Op, Twins, dump

_MORNING = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_LATER = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Furnished:
    """A file in which the four people have moved in, to be copied."""

    file: Path
    people: tuple[str, ...]
    firms: tuple[str, ...]
    count: int

    def copy(self, folder: Path) -> tuple[SqliteStore, House]:
        """A house of its own."""
        folder.mkdir()
        shutil.copy(self.file, folder / "crm.db")
        clock = MovableClock(_LATER)
        store = stores.fluent(SqliteStore(f"sqlite:///{folder / 'crm.db'}", clock))
        return store, House(
            store.team("tea_rapport", "usr_ada"), clock, list(self.people), list(self.firms), count=self.count
        )


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """Made once, since moving in takes longer than a merge."""
    file = tmp_path_factory.mktemp("merging") / "crm.db"
    clock = MovableClock(_MORNING)
    store = stores.fresh(file, clock)
    gather(store)
    house = House(store.team("tea_rapport", "usr_ada"), clock).move_in()
    store.close()
    return Furnished(file, tuple(house.people), tuple(house.firms), house.count)


def _differences(furnished: Furnished, ops: list[Op], *, to_the_end: bool = True) -> list[str]:
    """The tables that differ between the house with merges and the one without."""
    with tempfile.TemporaryDirectory() as folder:
        (one, merged), (two, control) = (furnished.copy(Path(folder) / name) for name in ("merged", "control"))
        Twins(merged, control).play(ops, to_the_end=to_the_end)
        here, there = dump(merged.desk), dump(control.desk)
        one.close()
        two.close()
    return [table for table in here if here[table] != there[table]]


def test_any_day_of_people_and_companies_leaves_no_trace_of_its_merges(furnished: Furnished) -> None:
    def two() -> tuple[House, House, Callable[[], None]]:
        folder = tempfile.TemporaryDirectory()
        (here, merged), (there, control) = (furnished.copy(Path(folder.name) / name) for name in ("one", "two"))

        def close() -> None:
            here.close()
            there.close()
            folder.cleanup()

        return merged, control, close

    run_state_machine_as_test(
        type("ThisDay", (Day,), {"moves": staticmethod(two)}),
        settings=settings(max_examples=4, stateful_step_count=8, deadline=None, derandomize=True),
    )


def test_a_merge_that_stands_would_be_seen(furnished: Furnished) -> None:
    found = _differences(furnished, [("merge", 0, 1), ("mail", 1, 1)], to_the_end=False)
    assert {"customers", "participants", "contact_points", "postings"} <= set(found)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_merges_of_merges_are_taken_back_in_any_order(furnished: Furnished, first: int) -> None:
    chain: list[Op] = [
        ("merge", 1, 2), ("mail", 2, 1), ("merge", 0, 1), ("mail", 2, 2), ("edit", 2, 1), ("merge", 3, 0),
        ("mail", 1, 3), ("note", 1, 1), ("unmerge", first, 0), ("mail", 2, 4), ("edit", 1, 0),
    ]  # fmt: skip
    assert _differences(furnished, chain) == []


def test_a_company_taken_apart_between_two_people_is_not_taken_for_an_edit(furnished: Furnished) -> None:
    ops: list[Op] = [("merge", 0, 1), ("merge", 3, 0), ("join", 2, 0), ("unmerge", 0, 0), ("unmerge", 1, 0)]
    assert _differences(furnished, ops) == []
