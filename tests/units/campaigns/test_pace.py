"""How fast letters leave: evenly over each minute."""

from datetime import UTC, datetime

import pytest

from campaigns.pace import Pace
from crm_store.clock import MovableClock
from crm_store.values.sending import domain_of


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


def test_the_domain_of_an_address_is_what_follows_the_last_at_sign() -> None:
    assert domain_of('"a@b"@Shop.Example') == "shop.example"
