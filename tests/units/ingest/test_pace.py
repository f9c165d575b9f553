"""Filing gives way to the door, and never starves."""

import asyncio

import pytest

from ingest.pace import Pace


class Watch:
    """A stopwatch that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def hour_of(watch: Watch, pace: Pace, *, a_second: int, waits: float = 0.0, seconds: int = 3) -> None:
    """So many mails a second for a while, each waiting so long for its answer."""
    for _ in range(a_second * seconds):
        pace.arrived()
        pace.keeping()
        watch.seconds += waits
        pace.kept()
        watch.seconds += max(0.0, 1 / a_second - waits)


def test_nothing_rests_while_the_door_is_quiet() -> None:
    watch = Watch()
    pace = Pace(watch)
    assert pace.rest_after(0.2) == 0.0
    hour_of(watch, pace, a_second=10, waits=0.02)
    assert pace.rest_after(0.2) == 0.0


@pytest.mark.parametrize(("a_second", "waits"), [(100, 0.001), (15, 0.06)])
def test_filing_rests_when_mail_comes_fast_or_waits_long(a_second: int, waits: float) -> None:
    watch = Watch()
    pace = Pace(watch)
    hour_of(watch, pace, a_second=a_second, waits=waits)
    assert pace.rest_after(0.02) > 0.02


def test_the_busier_the_door_the_longer_the_rest_but_filing_keeps_its_share() -> None:
    rests = []
    for a_second in (30, 60, 90, 110, 120):
        watch = Watch()
        pace = Pace(watch)
        hour_of(watch, pace, a_second=a_second)
        rests.append(pace.rest_after(0.1))
    assert rests == sorted(rests)
    assert 0 < rests[0] < 0.05
    assert 0.1 / (0.1 + rests[-1]) == pytest.approx(0.4)


def test_filing_gives_up_its_share_where_senders_wait_long_but_never_all_of_it() -> None:
    shares = []
    for waits in (0.01, 0.1, 0.3, 3.0):
        watch = Watch()
        pace = Pace(watch)
        hour_of(watch, pace, a_second=100, waits=waits)
        shares.append(0.1 / (0.1 + pace.rest_after(0.1)))
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(0.4)
    assert shares[1] < 0.3
    assert shares[-1] == pytest.approx(0.1)


@pytest.mark.parametrize("a_second", [400, 5_000])
def test_in_a_rush_beyond_a_busy_hour_filing_takes_the_least(a_second: int) -> None:
    watch = Watch()
    pace = Pace(watch)
    hour_of(watch, pace, a_second=a_second)
    assert 0.1 / (0.1 + pace.rest_after(0.1)) == pytest.approx(0.1)


def test_a_line_of_senders_is_a_rush_however_slow_the_machine_is() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(6):
        pace.keeping()
    for _ in range(60):
        pace.arrived()
        pace.keeping()
        watch.seconds += 0.02
        pace.kept()
    assert 0.1 / (0.1 + pace.rest_after(0.1)) < 0.2


def test_under_pressure_fewer_mails_are_filed_together() -> None:
    watch = Watch()
    pace = Pace(watch)
    alone = pace.at_once
    hour_of(watch, pace, a_second=100)
    assert 1 < pace.at_once < alone


def test_no_rest_is_longer_than_ten_seconds() -> None:
    watch = Watch()
    pace = Pace(watch)
    hour_of(watch, pace, a_second=100, waits=3.0)
    assert pace.rest_after(60.0) == 10.0


async def test_a_rest_ends_with_the_rush() -> None:
    watch = Watch()
    pace = Pace(watch)
    hour_of(watch, pace, a_second=300)
    resting = asyncio.ensure_future(pace.rest(0.3))
    await asyncio.sleep(0)
    assert not resting.done()
    watch.seconds += 1.2
    await asyncio.wait_for(resting, 10)


def test_a_rush_is_felt_before_its_span_is_over_and_forgotten_soon_after() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(30):
        pace.arrived()
    assert pace.pressure > 0
    watch.seconds += 0.6
    assert pace.pressure > 0
    watch.seconds += 0.6
    assert pace.pressure == 0


def test_one_long_wait_counts_in_every_span_that_it_lasts() -> None:
    watch = Watch()
    pace = Pace(watch)
    pace.keeping()
    for _ in range(3):
        watch.seconds += 0.6
        assert pace.pressure > 0
    pace.kept()
    watch.seconds += 0.6
    watch.seconds += 0.6
    assert pace.pressure == 0


async def test_a_rest_without_pressure_is_none() -> None:
    pace = Pace(Watch())
    await pace.rest(10.0)
