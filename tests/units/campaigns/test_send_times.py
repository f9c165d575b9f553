"""Own hours are used where the team's past replies show that they do better than one hour for everybody."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from crm_store.actions import send_times as acts
from crm_store.engine.work import Work
from crm_store.matching import zones
from crm_store.queries import send_times as queries
from crm_store.values import send_times
from crm_store.values.sending import SendHours
from tests.cast import Cast
from tests.units.campaigns import shop
from tests.units.campaigns.test_letter_limits import campaign

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = SendHours.parse("8-18 mon-fri")


def habits(random: Random, *, own: bool) -> dict[str, list[int]]:
    """A hundred people with ten replies each, near an hour of their own or at any."""
    found = {}
    for at in range(100):
        usual = random.randrange(8, 18)
        hours = [usual + random.choice((-1, 0, 0, 1)) if own else random.randrange(8, 18) for _ in range(10)]
        found[f"cus_{at}"] = hours
    return found


def test_people_with_hours_of_their_own_are_written_to_at_them() -> None:
    judged = send_times.judge(habits(Random(1), own=True))
    assert judged.better
    assert judged.own > 2 * judged.fixed
    assert "at the hour at which each person usually answers" in judged.sentence
    assert f"met {judged.own} of 100" in judged.sentence


@pytest.mark.parametrize("seed", range(5))
def test_without_habits_letters_leave_as_for_everybody(seed: int) -> None:
    judged = send_times.judge(habits(Random(seed), own=False))
    assert not judged.better
    assert "no sure difference" in judged.sentence


def test_too_few_replies_judge_nothing() -> None:
    few = dict(list(habits(Random(1), own=True).items())[:20])
    assert send_times.judge(few).sentence.endswith("too few replies are known to say when people answer.")


def test_a_letter_waits_for_the_readers_hour_once_and_never_outside_the_hours_for_sending() -> None:
    now = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    at = queries.at_own_hour(HOURS, BERLIN, 15, now, now)
    assert at == datetime(2026, 11, 25, 14, tzinfo=UTC)
    late = at + timedelta(hours=2)
    assert queries.at_own_hour(HOURS, BERLIN, 15, late, at) == late
    assert queries.at_own_hour(HOURS, BERLIN, 22, now, now) == now
    friday = datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert queries.at_own_hour(HOURS, BERLIN, 9, friday, friday) == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_a_team_is_judged_on_its_own_replies_and_its_letters_keep_to_it(cast: Cast) -> None:
    cast.ben.write_now(campaign, 2)
    now = cast.store.clock.now()
    day = (now - timedelta(days=1)).replace(hour=13, minute=20)

    def answers(work: Work) -> None:
        for at in range(6):
            shop.letter(work, f"cmm_{at}", "cus_0", day - timedelta(days=at), incoming=True)

    cast.ben.write_now(answers)
    assert cast.ben.read_now(queries.replies) == {"cus_0": [13] * 6}
    assert not cast.ben.write_now(acts.keep, send_times.judge({})) or cast.ben.read_now(queries.sentence)
    better = send_times.Judged(60, 40, 10, 9, better=True)
    assert cast.ben.write_now(acts.keep, better)
    assert not cast.ben.write_now(acts.keep, better)
    assert cast.ben.read_now(queries.sentence) == better.sentence


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+4930123456", "Europe/Berlin"), ("+81312345678", "Asia/Tokyo"), ("+1800", None), ("none", None)],
)
def test_a_number_tells_where_its_owner_lives_where_that_is_sure(number: str, zone: str | None) -> None:
    assert zones.of_phone(number, 2026) == (ZoneInfo(zone) if zone else None)


@pytest.mark.parametrize(
    ("country", "zone"), [("France", "Europe/Paris"), ("jp", "Asia/Tokyo"), ("United States", None), ("", None)]
)
def test_a_country_tells_its_zone_where_it_has_one(country: str, zone: str | None) -> None:
    assert zones.of_country(country, 2026) == (ZoneInfo(zone) if zone else None)
