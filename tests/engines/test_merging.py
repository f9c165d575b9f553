"""Merges on both engines: taken back in another order, every row is as in a house where nobody was merged."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from crm_store.clock import MovableClock
from crm_store.engine.postgres import PostgresStore
from crm_store.engine.store import Store
from crm_store.migrations.upgrade import bring_up_to_date
from tests import stores
from tests.cast import gather
from tests.engines.conftest import Server
from tests.units.crm_store.merging.days import Day
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


@pytest.mark.postgres
def test_any_day_on_postgres_leaves_no_trace_of_its_merges(server: Server) -> None:
    template = server.unmigrated()
    clock = MovableClock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    store = PostgresStore(server.url(template), clock)
    bring_up_to_date(store)
    gather(store)
    before = House(store.team("tea_rapport", "usr_ada"), clock).move_in()
    store.close()
    numbers = count()

    def opened() -> tuple[House, Callable[[], None]]:
        """A house of its own, from a copy of the one in which all have moved in."""
        name = f"{template}_{next(numbers)}"
        server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        later = MovableClock(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
        copy = stores.fluent(PostgresStore(server.url(name), later))
        house = House(copy.team("tea_rapport", "usr_ada"), later, [*before.people], [*before.firms], count=before.count)

        def close() -> None:
            copy.close()
            server.run(f"DROP DATABASE {name}")

        return house, close

    def two() -> tuple[House, House, Callable[[], None]]:
        (merged, close), (control, close_control) = opened(), opened()

        def close_both() -> None:
            close()
            close_control()

        return merged, control, close_both

    run_state_machine_as_test(
        type("ThisDay", (Day,), {"moves": staticmethod(two)}),
        settings=settings(max_examples=3, stateful_step_count=8, deadline=None, derandomize=True),
    )
