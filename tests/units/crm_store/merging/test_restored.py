"""Whatever is merged, edited and logged: after the last un-merge every row is as if nobody had been merged."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.models.columns import Base
from tests.cast import gather
from tests.units.crm_store.merging.players import House, Op, Twins, dump

_MORNING = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_LATER = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
_OPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "unmerge", "edit", "mail", "note", "deal"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    min_size=5,
    max_size=10,
)


@dataclass(frozen=True, slots=True)
class Furnished:
    """A file in which the four people have moved in, to be copied."""

    file: Path
    people: tuple[str, ...]
    count: int

    def copy(self, folder: Path) -> tuple[SqliteStore, House]:
        """A house of its own."""
        folder.mkdir()
        shutil.copy(self.file, folder / "crm.db")
        clock = MovableClock(_LATER)
        store = SqliteStore(f"sqlite:///{folder / 'crm.db'}", clock)
        return store, House(store.team("tea_rapport", "usr_ada"), clock, list(self.people), count=self.count)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """Made once, since moving in takes longer than a merge."""
    file = tmp_path_factory.mktemp("merging") / "crm.db"
    clock = MovableClock(_MORNING)
    store = SqliteStore(f"sqlite:///{file}", clock)
    Base.metadata.create_all(store.writer)
    gather(store)
    house = House(store.team("tea_rapport", "usr_ada"), clock).move_in()
    store.close()
    return Furnished(file, tuple(house.people), house.count)


def _differences(furnished: Furnished, ops: list[Op], *, to_the_end: bool = True) -> list[str]:
    """The tables that differ between the house with merges and the one without."""
    with tempfile.TemporaryDirectory() as folder:
        (one, merged), (two, control) = (furnished.copy(Path(folder) / name) for name in ("merged", "control"))
        Twins(merged, control).play(ops, to_the_end=to_the_end)
        here, there = dump(merged.desk), dump(control.desk)
        one.close()
        two.close()
    return [table for table in here if here[table] != there[table]]


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ops=_OPS)
def test_any_sequence_of_merges_edits_and_logs_restores_every_row(furnished: Furnished, ops: list[Op]) -> None:
    assert _differences(furnished, ops) == []


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
