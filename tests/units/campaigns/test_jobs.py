"""Slots by the clock, one run for each whoever ticks, leases, and tries that end."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from campaigns import schedules
from campaigns.jobs import JOBS, JobCall, JobSpec, Scheduler, upkeep
from crm_store import inbox, outbox
from crm_store.actions import jobs as rows
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput, BadSetting, Stale
from crm_store.models.lookup import LookupChange
from crm_store.models.plumbing import InboxRow, JobRun, OutboxRow
from crm_store.queries import jobs as lines
from crm_store.settings import Settings, read
from tests.cast import Cast

BERLIN = ZoneInfo("Europe/Berlin")


def settings(**schedule: str) -> Settings:
    return read({}, **{"schedule_nightly": "never", "schedule_upkeep": "never", **schedule})


class Ran:
    """A runner that notes what it was asked for, and fails as often as it is told."""

    def __init__(self, failing: int = 0) -> None:
        self.calls: list[tuple[str, str, date]] = []
        self.failing = failing

    async def __call__(self, spec: JobSpec, call: JobCall) -> tuple[str, dict[str, Any]]:
        self.calls.append((spec.name, call.team_id, call.as_of))
        if self.failing:
            self.failing -= 1
            raise BadInput("The numbers ran out.")
        return "Done.", {"n": len(self.calls)}


async def drain(scheduler: Scheduler) -> int:
    count = 0
    while await scheduler.run_waiting():
        count += 1
    return count


def states(store: Store) -> list[str]:
    return store.house().read_now(lambda work: sorted(work.session.scalars(select(JobRun.state))))


@pytest.mark.parametrize(
    ("text", "after", "until", "slots"),
    [
        ("0 3 * * *", "2026-11-24T12:00", "2026-11-25T12:00", ["2026-11-25T02:00:00+00:00"]),
        ("0 3 * * *", "2026-07-01T12:00", "2026-07-02T12:00", ["2026-07-02T01:00:00+00:00"]),
        ("*/30 * * * *", "2026-11-25T12:00", "2026-11-25T12:29", []),
        ("30 2 * * *", "2026-10-24T12:00", "2026-10-25T12:00", ["2026-10-25T00:30:00+00:00"]),
        ("every 5s", "2026-11-25T12:00", "2026-11-25T12:00:05", ["2026-11-25T12:00:05+00:00"]),
        ("never", "2026-11-24T12:00", "2026-11-25T12:00", []),
    ],
)
def test_slots_are_reckoned_where_the_team_lives_and_named_in_utc(
    text: str, after: str, until: str, slots: list[str]
) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (after, until)]
    assert [schedules.name(slot) for slot in schedules.due(text, BERLIN, *moments)] == slots


def test_an_hourly_schedule_runs_through_the_night_whose_hour_repeats() -> None:
    after = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert len(schedules.due("0 * * * *", BERLIN, after, after + timedelta(hours=5))) == 5


def test_fields_that_make_no_schedule_are_named() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    with pytest.raises(BadSetting, match="61 \\* \\* \\* \\*"):
        schedules.due("61 * * * *", BERLIN, now - timedelta(days=1), now)


async def test_two_schedulers_run_each_slot_once(cast: Cast, clock: MovableClock) -> None:
    ran = Ran()
    both = [Scheduler(cast.ada.store, settings(schedule_nightly="every 60s"), clock, ran, (JOBS[0],)) for _ in range(2)]
    for _ in range(5):
        clock.advance(60)
        await asyncio.gather(*(one.tick("nightly") for one in both))
        await asyncio.gather(*(drain(one) for one in both))
    assert len(ran.calls) == 10
    assert {team for _, team, _ in ran.calls} == {"tea_rapport", "tea_other"}


async def test_missed_slots_of_the_night_are_made_up_for_once(cast: Cast, clock: MovableClock) -> None:
    ran = Ran()
    scheduler = Scheduler(cast.ada.store, settings(schedule_nightly="0 3 * * *"), clock, ran, (JOBS[0],))
    clock.advance(86_400)
    assert await scheduler.tick("nightly") == 2
    assert await drain(scheduler) == 2
    clock.advance(5 * 86_400)
    later = Scheduler(cast.ada.store, settings(schedule_nightly="0 3 * * *"), clock, ran, (JOBS[0],))
    assert await later.tick("nightly") == 2
    assert await later.tick("nightly") == 0
    assert await drain(later) == 2
    assert ran.calls[-1][2] == date(2026, 12, 1)


async def test_a_job_may_ask_for_all_missed_slots(cast: Cast, clock: MovableClock) -> None:
    every = JobSpec("nightly", "schedule_nightly", "all", upkeep)
    scheduler = Scheduler(cast.ada.store, settings(schedule_nightly="0 3 * * *"), clock, Ran(), (every,))
    clock.advance(3 * 86_400)
    assert await scheduler.tick("nightly") == 6


async def test_a_failing_job_is_tried_three_times_and_then_told_to_the_admins(cast: Cast, clock: MovableClock) -> None:
    ran = Ran(failing=99)
    scheduler = Scheduler(cast.ada.store, settings(schedule_nightly="every 60s"), clock, ran, (JOBS[0],))
    await cast.ada.write(rows.enqueue, "nightly", "2026-11-25T03:00:00+00:00")
    assert await drain(scheduler) == 3
    assert states(cast.ada.store) == ["failed"]
    told = await cast.ada.read(lambda work: [*work.session.scalars(select(OutboxRow.payload))])
    assert len(told) == 1
    assert "The numbers ran out." in told[0]["text"]
    assert told[0]["user_id"] == "usr_ben"


async def test_a_job_that_fails_once_is_done_at_the_second_try(cast: Cast, clock: MovableClock) -> None:
    scheduler = Scheduler(cast.ada.store, settings(), clock, Ran(failing=1), (JOBS[0],))
    await cast.ada.write(rows.enqueue, "nightly", "slot")
    assert await drain(scheduler) == 2
    assert states(cast.ada.store) == ["done"]


async def test_a_run_whose_holder_was_killed_is_taken_over_after_its_lease(cast: Cast, clock: MovableClock) -> None:
    house = cast.ada.store.house()
    await cast.ada.write(rows.enqueue, "nightly", "slot")
    dead = await house.write(rows.claim, ["nightly"])
    assert dead is not None
    assert await house.write(rows.claim, ["nightly"]) is None
    clock.advance(61)
    heir = await house.write(rows.claim, ["nightly"])
    assert heir is not None
    assert heir.attempts == 2
    assert not await cast.ada.write(rows.finish, dead, {})
    assert not await cast.cleo.write(rows.finish, heir, {})
    assert await cast.ada.write(rows.finish, heir, {})


async def test_a_run_that_kills_its_holder_three_times_is_given_up(cast: Cast, clock: MovableClock) -> None:
    house = cast.ada.store.house()
    await cast.ada.write(rows.enqueue, "nightly", "slot")
    for _ in range(3):
        assert await house.write(rows.claim, ["nightly"]) is not None
        clock.advance(61)
    assert await house.write(rows.claim, ["nightly"]) is None
    assert states(cast.ada.store) == ["failed"]


async def test_a_slow_job_does_not_pile_up(cast: Cast) -> None:
    assert await cast.ada.write(rows.enqueue, "nightly", "slot 1", latest_only=True)
    assert not await cast.ada.write(rows.enqueue, "nightly", "slot 2", latest_only=True)
    assert await cast.ada.write(rows.enqueue, "upkeep", "slot 2", latest_only=True)


async def test_a_person_may_run_a_job_at_once_and_as_of_a_day(cast: Cast, clock: MovableClock) -> None:
    ran = Ran()
    scheduler = Scheduler(cast.ada.store, settings(), clock, ran)
    outcome = await scheduler.run_now("tea_rapport", "nightly", date(2026, 10, 1))
    assert (outcome.ok, outcome.sentence, outcome.detail) == (True, "Done.", {"n": 1})
    assert ran.calls == [("nightly", "tea_rapport", date(2026, 10, 1))]
    (line,) = await cast.ada.read(lines.lines, "nightly")
    assert (line.state, line.attempts) == ("done", 1)
    again = await scheduler.run_now("tea_rapport", "nightly")
    assert again.ok
    assert again.slot != outcome.slot
    with pytest.raises(BadInput, match="no job nightle"):
        await scheduler.run_now("tea_rapport", "nightle")


async def test_a_job_asked_for_twice_runs_once(cast: Cast, clock: MovableClock) -> None:
    await cast.ada.write(rows.begin_now, "nightly")
    scheduler = Scheduler(cast.ada.store, settings(), clock, Ran())
    with pytest.raises(Stale, match="running already"):
        await scheduler.run_now("tea_rapport", "nightly")
    assert (await scheduler.run_now("tea_other", "nightly")).ok


async def test_a_score_does_not_wait_for_the_night(cast: Cast, clock: MovableClock) -> None:
    begun, scored, never = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run(spec: JobSpec, _call: JobCall) -> tuple[str, dict[str, Any]]:
        if spec.name == "nightly":
            begun.set()
            await never.wait()
        scored.set()
        return "", {}

    jobs = tuple(replace(one, due=None) for one in JOBS if one.name in ("nightly", "scores"))
    always = settings(schedule_nightly="every 1s", schedule_scores="every 1s")
    scheduler = Scheduler(cast.ada.store, always, clock, run, jobs)
    await scheduler.start()
    await asyncio.wait_for(begun.wait(), 60)
    await asyncio.wait_for(scored.wait(), 60)
    await scheduler.stop()
    assert {one.state for one in await cast.ada.read(lines.lines, "nightly")} == {"waiting"}


async def test_start_and_stop_run_what_is_due_and_give_back_what_is_not_done(cast: Cast, clock: MovableClock) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def endless(_spec: JobSpec, _call: JobCall) -> tuple[str, dict[str, Any]]:
        begun.set()
        await never.wait()
        return "", {}

    scheduler = Scheduler(cast.ada.store, settings(schedule_nightly="every 1s"), clock, endless, (JOBS[0],))
    await scheduler.start()
    async with asyncio.timeout(60):
        await begun.wait()
    await scheduler.stop()
    assert states(cast.ada.store) == ["waiting", "waiting"]
    attempts = cast.ada.store.house().read_now(lambda work: [*work.session.scalars(select(JobRun.attempts))])
    assert attempts == [0, 0]


async def test_upkeep_lets_go_of_what_was_done_a_week_ago_and_keeps_what_waits(cast: Cast, clock: MovableClock) -> None:
    house = cast.ada.store.house()
    for key in ("done", "waits"):
        await house.write(inbox.put, inbox.Arrival("tea_rapport", "slack", key, b"{}", {}))
    (claimed,) = await house.write(inbox.claim, ["slack"], 1)
    await house.write(inbox.finish, claimed.inbox_id, claimed.attempts, "filed")
    scheduler = Scheduler(cast.ada.store, settings(), clock)
    assert (await scheduler.run_now("tea_rapport", "upkeep")).detail["pruned"] == 0
    clock.advance(8 * 86_400)
    assert (await scheduler.run_now("tea_rapport", "upkeep")).detail["pruned"] == 1
    kept = await cast.ada.read(lambda work: [*work.session.scalars(select(InboxRow.state))])
    assert kept == ["waiting"]


async def test_upkeep_keeps_the_newest_changes_of_the_look_up_and_what_was_sent_this_month(
    cast: Cast, clock: MovableClock
) -> None:
    def fill(work: Work) -> None:
        many = [{"seq": number, "customer_id": "cus_1", "op": "put"} for number in range(1, rows.CHANGES_KEPT + 451)]
        work.insert(LookupChange, many)
        outbox.enqueue(work, "notice", "dm:1", "old", {})
        (claimed,) = outbox.claim(work)
        outbox.sent(work, claimed.outbox_id, claimed.attempts, None)

    await cast.ada.write(fill)
    scheduler = Scheduler(cast.ada.store, settings(), clock)
    assert (await scheduler.run_now("tea_rapport", "upkeep")).detail["pruned"] == 450
    left = await cast.ada.read(lambda work: [*work.session.scalars(select(LookupChange.seq))])
    assert (min(left), len(left)) == (451, rows.CHANGES_KEPT)
    clock.advance(29 * 86_400)
    assert (await scheduler.run_now("tea_rapport", "upkeep")).detail["pruned"] == 0
    clock.advance(2 * 86_400)
    assert (await scheduler.run_now("tea_rapport", "upkeep")).detail["pruned"] == 1


async def test_one_unit_lets_go_of_a_few_rows_only(cast: Cast) -> None:
    many = [{"seq": number, "customer_id": "cus_1", "op": "put"} for number in range(1, rows.CHANGES_KEPT + 451)]
    await cast.ada.write(lambda work: work.insert(LookupChange, many))
    assert [await cast.ada.write(rows.prune) for _ in range(4)] == [rows.MOST_ROWS, rows.MOST_ROWS, 50, 0]
