"""What can wait is said within the reader's hours and the day's measure, and becomes a digest when it is much."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from crm_store.actions import mutes, news
from crm_store.clock import MovableClock
from crm_store.models.noise import Told
from crm_store.queries import alert_views
from crm_store.values.noise import Kind, Muted
from tests.cast import Cast
from tests.engines.test_alerts import leave, told, waiting

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)


def _say(cast: Cast, n: int, user: str | None = "usr_ada") -> list[bool]:
    return [cast.ada.write_now(news.tell, user, f"n{number}", f"news {number}") for number in range(n)]


def _at(clock: MovableClock, moment: datetime) -> None:
    clock.advance((moment - clock.now()).total_seconds())


@pytest.mark.parametrize("n", [1, 3])
def test_a_little_news_by_day_goes_at_once_and_once(cast: Cast, clock: MovableClock, n: int) -> None:
    _at(clock, NOON)
    assert _say(cast, n) == [True] * n
    assert _say(cast, n) == [False] * n
    assert [row.kind for row in leave(cast.ada)] == ["news"] * n


def test_news_of_the_night_waits_for_the_morning(cast: Cast, clock: MovableClock) -> None:
    _at(clock, NIGHT)
    _say(cast, 1)
    assert leave(cast.ada) == []
    assert waiting(cast.ada)[0].not_before.hour < 12


def test_five_within_an_hour_become_one_digest_that_says_them(cast: Cast, clock: MovableClock) -> None:
    _at(clock, NOON)
    _say(cast, 6)
    assert leave(cast.ada) == []
    assert told(cast.ada) == ["held"] * 6
    ids = cast.ada.read_now(lambda work: list(work.session.scalars(select(Told.outbox_id))))
    assert sorted(cast.ada.read_now(alert_views.digest, ids).news) == [f"news {number}" for number in range(6)]


def test_who_muted_notices_gets_none(cast: Cast, clock: MovableClock) -> None:
    _at(clock, NOON)
    cast.ada.write_now(mutes.mute, Muted.KIND, Kind.NEWS.value, "notices", None)
    _say(cast, 1)
    assert leave(cast.ada) == []
    assert told(cast.ada) == ["muted"]


def test_news_for_nobody_in_particular_goes_to_who_leads(cast: Cast) -> None:
    _say(cast, 1, None)
    assert waiting(cast.ada)[0].payload["user_id"] == "usr_ben"
