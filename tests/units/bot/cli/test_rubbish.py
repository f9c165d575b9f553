"""Garbage is looked for in moments without work, and what is there after the start is looked through once an hour."""

import gc
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.cli.rubbish import Sweeper, left_alone, set_apart
from crm_store.clock import MovableClock


class Knot:
    """Held by itself alone, once nobody else holds it."""

    def __init__(self) -> None:
        self.me = self


def tied() -> "weakref.ref[Knot]":
    return weakref.ref(Knot())


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    """Python's own looks stay away, so that it is ours that finds."""
    gc.disable()
    gc.freeze()  # The tests themselves are a heap that takes long to look through.
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 6, 15, tzinfo=UTC))


def test_garbage_is_found_while_nothing_is_in_hand(clock: MovableClock) -> None:
    knot = tied()
    Sweeper(lambda: False, clock).look()
    assert knot() is None


def test_nobody_waits_for_a_look_while_something_is_in_hand_unless_that_never_ends(clock: MovableClock) -> None:
    sweeper, knot = Sweeper(lambda: True, clock), tied()
    clock.advance(60)
    sweeper.look()
    assert knot() is not None
    clock.advance(61)
    sweeper.look()
    assert knot() is None


def test_what_was_set_apart_is_looked_through_once_an_hour(clock: MovableClock) -> None:
    sweeper, kept = Sweeper(lambda: False, clock), [Knot()]
    knot = weakref.ref(kept[0])
    sweeper.look()
    kept.clear()
    sweeper.look()
    assert knot() is not None
    clock.advance(3600)
    sweeper.look()
    assert knot() is None


def test_python_looks_through_everything_by_itself_again_once_the_house_is_closed() -> None:
    before = gc.get_threshold()
    with set_apart():
        assert gc.get_threshold()[2] > before[2]
        assert gc.get_freeze_count()
    assert gc.get_threshold() == before


def test_modules_load_without_a_look_and_garbage_is_looked_for_again_afterwards() -> None:
    with left_alone():
        assert not gc.isenabled()
    assert gc.isenabled()
