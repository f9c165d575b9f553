"""How fast letters leave: evenly, and slower to one domain without slowing another."""

from datetime import UTC, datetime

import pytest

from campaigns.pace import Domains, Pace, domain_of
from crm_store.clock import MovableClock


class Ticking(MovableClock):
    """A clock whose monotonic seconds are moved as its hours are."""

    def monotonic(self) -> float:
        return self.now().timestamp()


@pytest.fixture
def clock() -> Ticking:
    return Ticking(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


def test_letters_are_spread_over_the_minute(clock: Ticking) -> None:
    pace = Pace(clock, 60)
    assert [round(pace.wait_for()) for _ in range(3)] == [0, 1, 2]


def test_one_domain_waits_and_another_does_not(clock: Ticking) -> None:
    domains = Domains(clock, 6)
    assert domains.wait_for("slow.example") == 0
    assert domains.wait_for("slow.example") == 10
    assert domains.wait_for("other.example") == 0
    clock.advance(10)
    assert domains.wait_for("slow.example") == 0


def test_a_domain_that_asks_for_patience_gets_more_each_time_until_it_takes_a_letter(clock: Ticking) -> None:
    domains = Domains(clock, 0)
    pauses = []
    for _ in range(8):
        pauses.append(domains.slow("slow.example"))
        assert domains.slow("slow.example") == pauses[-1], "letters under way at the same time say nothing new"
        clock.advance(pauses[-1])
        assert domains.wait_for("slow.example") == 0
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    domains.fine("slow.example")
    assert domains.slow("slow.example") == 60


def test_the_domain_of_an_address_is_what_follows_the_last_at_sign() -> None:
    assert domain_of('"a@b"@Shop.Example') == "shop.example"
