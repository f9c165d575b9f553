"""The clock that stands, and the clock that runs."""

from datetime import UTC, datetime, timedelta

from crm_store.clock import MovableClock, SystemClock

DAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_a_standing_clock_moves_only_when_it_is_moved() -> None:
    clock = MovableClock(DAY)
    assert (clock.now(), clock.monotonic()) == (DAY, 0.0)
    assert clock.advance(90) == DAY + timedelta(seconds=90)
    assert (clock.now(), clock.monotonic()) == (DAY + timedelta(seconds=90), 90.0)


def test_a_running_clock_can_be_put_forward() -> None:
    clock, machine = MovableClock(), SystemClock()
    clock.advance(3600)
    assert clock.now() - machine.now() > timedelta(minutes=59)
    assert clock.monotonic() - machine.monotonic() > 3590


def test_the_machines_clock_is_aware_and_never_runs_backwards() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    first = clock.monotonic()
    assert clock.monotonic() >= first
