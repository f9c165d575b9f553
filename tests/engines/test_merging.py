"""Merges on both engines: taken back in another order, every row is as in a house where nobody was merged."""

from pathlib import Path

from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from tests import stores
from tests.cast import gather
from tests.units.crm_store.merging.players import House, Op, Twins, dump

_DAY: list[Op] = [
    ("merge", 1, 2), ("mail", 2, 1), ("edit", 1, 1), ("merge", 0, 1), ("note", 2, 2), ("mail", 1, 3), ("merge", 3, 0),
    ("join", 1, 3), ("newcomer", 3, 0), ("deal", 3, 4), ("unmerge", 1, 0), ("join", 0, 1), ("edit", 0, 3),
    ("trade", 3, 0), ("mail", 0, 5), ("merge", 0, 1), ("newcomer", 1, 0), ("mail", 2, 6),
]  # fmt: skip


def test_a_day_of_merges_leaves_no_trace_once_they_are_taken_back(
    store: Store, clock: MovableClock, tmp_path: Path
) -> None:
    beside = MovableClock(clock.now())
    control_store = stores.fresh(tmp_path / "control.db", beside)
    houses = []
    for one, moves in ((store, clock), (control_store, beside)):
        gather(one)
        houses.append(House(one.team("tea_rapport", "usr_ada"), moves).move_in())
    merged, control = houses
    Twins(merged, control).play(_DAY)
    here, there = dump(merged.desk), dump(control.desk)
    control_store.close()
    assert [table for table in there if here[table] != there[table]] == []
