"""When something unasked may be said, whatever the zone, the hour and the mutes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import noise
from crm_store.values.noise import AT_ONCE, DAILY, NO_BRIEF, Act, Asked, Kind, Mute, Muted, Reader, Standing, room

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ADA = Reader("usr_ada", "Europe/Berlin")
INTERRUPTING: Final = [kind for kind in Kind if kind not in (Kind.BRIEF, Kind.MEETING, Kind.DIGEST)]

zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo",
                         "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"])  # fmt: skip
readers = st.builds(
    Reader,
    st.just("usr_ada"),
    zones,
    st.integers(0, 24),
    st.integers(0, 24),
    st.one_of(st.just(NO_BRIEF), st.integers(0, 24 * 60 - 1)),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is given beside
mutes = st.lists(
    st.builds(
        Mute,
        st.sampled_from(list(Muted)),
        st.sampled_from([*Kind, "cus_ann", "cus_bob", ""]),
        st.one_of(st.none(), moments),
    ),
    max_size=4,
).map(tuple)
standings = st.builds(
    Standing, st.integers(0, 12), st.integers(1, 20), st.one_of(st.none(), moments), mutes, st.integers(0, 5)
)
askings = st.builds(
    Asked,
    st.sampled_from(list(Kind)),
    st.one_of(st.none(), readers),
    standings,
    st.sampled_from([(), ("cus_ann",), ("cus_ann", "cus_bob")]),
)


@given(askings, moments)
def test_whatever_is_put_off_has_a_moment_to_come_and_every_verdict_a_reason(asked: Asked, now: datetime) -> None:
    verdict = noise.decide(asked, now)
    assert verdict.reason
    if verdict.act in (Act.LATER, Act.DIGEST):
        assert verdict.at is not None
        assert verdict.at >= now
        assert verdict.at <= now + timedelta(days=5)


@given(askings, moments)
def test_nobody_is_interrupted_in_quiet_hours_or_more_often_than_the_day_allows(asked: Asked, now: datetime) -> None:
    if asked.reader is None or asked.kind in (Kind.BRIEF, Kind.MEETING):
        return
    if noise.decide(asked, now).act is Act.NOW:
        assert not noise.is_quiet(now, asked.reader)
        assert asked.standing.sent_today < DAILY
        assert asked.kind is Kind.DIGEST or asked.standing.in_hour < AT_ONCE


@given(readers, moments)
def test_whoever_sleeps_is_told_at_the_first_moment_after(reader: Reader, now: datetime) -> None:
    at = noise.waking(now, reader)
    assert at >= now
    assert not noise.is_quiet(at, reader)
    assert at == now or noise.is_quiet(at - timedelta(minutes=1), reader)


@given(readers, moments)
def test_a_brief_is_on_a_working_day_at_the_hour_that_was_set(reader: Reader, now: datetime) -> None:
    at = noise.next_brief(now, reader)
    assert at > now
    assert at.astimezone(ZoneInfo(reader.time_zone)).weekday() < 5


@given(askings, moments)
def test_a_mute_only_ever_makes_it_quieter(asked: Asked, now: datetime) -> None:
    calm = replace(asked, standing=replace(asked.standing, mutes=(), lowered=0))
    order = [Act.NOW, Act.LATER, Act.DIGEST, Act.NEVER]
    if noise.decide(calm, now).act is not Act.LATER:
        assert order.index(noise.decide(asked, now).act) >= order.index(noise.decide(calm, now).act)


@given(st.sampled_from(INTERRUPTING), moments)
def test_the_first_four_of_an_hour_come_and_the_fifth_waits(kind: Kind, now: datetime) -> None:
    always = replace(ADA, quiet_from=0, quiet_until=0)
    if noise.is_quiet(now, always):
        return
    acts = [noise.decide(Asked(kind, always, Standing(n, n + 1, now)), now) for n in range(6)]
    assert [one.act for one in acts] == [Act.NOW] * 4 + [Act.DIGEST] * 2
    assert acts[4].at == now + timedelta(hours=1)


def _mute(what: Muted, target: str = "", hours: int | None = None) -> Callable[[Asked], Asked]:
    until = WEDNESDAY + timedelta(hours=hours) if hours else None
    return lambda asked: replace(asked, standing=replace(asked.standing, mutes=(Mute(what, target, until),)))


@pytest.mark.parametrize(
    ("asked", "act", "why"),
    [
        (Asked(Kind.REPLY, ADA), Act.NOW, "room"),
        (Asked(Kind.REPLY, ADA, Standing(DAILY)), Act.DIGEST, "6 a day"),
        (Asked(Kind.SCORE, ADA, Standing(4, lowered=1)), Act.DIGEST, "muted 1 times, so it has 4"),
        (Asked(Kind.REPLY, ADA, Standing(4)), Act.NOW, "room"),
        (Asked(Kind.SCORE, ADA, Standing(0, lowered=3)), Act.DIGEST, "has 0"),
        (Asked(Kind.SUGGESTION, None, Standing(in_hour=4)), Act.NOW, "calm"),
        (Asked(Kind.SUGGESTION, None, Standing(in_hour=5)), Act.DIGEST, "become one"),
        (Asked(Kind.DIGEST, None, Standing(in_hour=9)), Act.NOW, "calm"),
        (Asked(Kind.DIGEST, ADA, Standing(DAILY)), Act.LATER, "6 a day"),
        (_mute(Muted.KIND, "reply")(Asked(Kind.REPLY, ADA)), Act.NEVER, "this kind"),
        (_mute(Muted.KIND, "reply")(Asked(Kind.PROMISE, ADA)), Act.NOW, "room"),
        (_mute(Muted.CUSTOMER, "cus_ann")(Asked(Kind.REPLY, ADA, customers=("cus_ann",))), Act.NEVER, "this customer"),
        (_mute(Muted.CUSTOMER, "cus_ann")(Asked(Kind.SCORE, ADA, customers=("cus_ann", "cus_bob"))), Act.NOW, "room"),
        (_mute(Muted.CUSTOMER, "cus_ann")(Asked(Kind.SCORE, ADA)), Act.NOW, "room"),
        (_mute(Muted.TODAY, hours=14)(Asked(Kind.REPLY, ADA)), Act.DIGEST, "muted today"),
        (_mute(Muted.TODAY, hours=14)(Asked(Kind.MEETING, ADA)), Act.NEVER, "muted today"),
        (_mute(Muted.TODAY, hours=14)(Asked(Kind.BRIEF, ADA)), Act.NOW, "own time"),
        (_mute(Muted.KIND, "reply", hours=-1)(Asked(Kind.REPLY, ADA)), Act.NOW, "room"),
    ],
)
def test_each_rule_says_what_it_does(asked: Asked, act: Act, why: str) -> None:
    verdict = noise.decide(asked, WEDNESDAY)
    assert verdict.act is act
    assert why in verdict.reason


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-25T18:00", "2026-11-26T08:00"),
        ("2026-11-25T07:59", "2026-11-25T08:00"),
        ("2026-11-27T18:30", "2026-11-30T08:00"),
        ("2026-11-28T12:00", "2026-11-30T08:00"),
        ("2026-11-25T12:00", "2026-11-25T12:00"),
        ("2026-10-23T20:00", "2026-10-26T08:00"),
    ],
    ids=["evening", "early", "friday evening", "saturday", "noon", "over the change of the clocks"],
)
def test_quiet_ends_at_eight_of_the_next_working_day(now: str, at: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin, wanted = (datetime.fromisoformat(one).replace(tzinfo=berlin).astimezone(UTC) for one in (now, at))
    assert noise.waking(begin, ADA) == wanted


def test_each_mute_takes_two_of_a_kinds_places_a_day() -> None:
    assert [room(times) for times in range(5)] == [6, 4, 2, 0, 0]
