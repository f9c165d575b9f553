"""Running a job by hand from chat: one message that says how far it is, and word of how it ended."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.ask import Ask
from bot.grammar.house_commands import RunJob
from bot.handlers import jobs
from bot.routes import Routes
from campaigns.jobs import JobCall, JobSpec, Scheduler
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import teams
from crm_store.settings import read
from crm_store.values.teams import UserView
from tests.cast import Cast

NIGHTLY = RunJob("nightly", None)
Job = Callable[[JobCall], Awaitable[tuple[str, dict[str, Any]]]]


@dataclass
class Asking:
    """Somebody who asks for a job, and what is answered at once."""

    desk: Desk
    user: UserView
    answers: list[Any] = field(default_factory=list)

    async def answer(self, message: Any) -> None:
        self.answers.append(message)


async def _asks(desk: Desk, work: Job, clock: MovableClock, command: RunJob = NIGHTLY) -> Asking:
    """Ask for a job whose work is `work`, and wait until it has ended."""
    spec = JobSpec("nightly", "schedule_nightly", "latest", work)
    scheduler = Scheduler(desk.store, read({}), clock, jobs=(spec,))
    routes = Routes()
    jobs.register(routes, scheduler.run_now)
    user = await desk.read(teams.user, desk.actor)
    assert user is not None
    asking = Asking(desk, user)
    before = asyncio.all_tasks()
    await routes.commands[RunJob](cast(Ask, asking), command)
    await asyncio.gather(*(asyncio.all_tasks() - before))
    return asking


def _sent(work: Work, kind: str) -> list[dict[str, Any]]:
    rows = work.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.outbox_id))
    return [dict(row.payload) for row in rows]


async def test_how_far_a_job_is_stands_in_one_message_that_changes(cast: Cast, clock: MovableClock) -> None:
    async def night(call: JobCall) -> tuple[str, dict[str, Any]]:
        for words in ("reading customers", "value of customers", "potential of customers"):
            call.progress(words)
            await asyncio.sleep(0)
            clock.advance(3)
        return "12 scores.", {}

    asking = await _asks(cast.ben, night, clock)
    told = cast.ben.read_now(_sent, "progress")
    assert len({one["object_id"] for one in told}) == 1
    assert {one["user_id"] for one in told} == {"usr_ben"}
    said = [one["text"] for one in told]
    assert any("reading customers" in one for one in said)
    assert any("potential of customers" in one for one in said)
    assert "The job nightly is no longer at work." in said
    assert len(asking.answers) == 1
    (ended,) = cast.ben.read_now(_sent, "notice")
    assert ended["text"] == "The job nightly has ended: 12 scores."


async def test_words_that_come_at_once_do_not_flood_the_channel(cast: Cast, clock: MovableClock) -> None:
    async def night(call: JobCall) -> tuple[str, dict[str, Any]]:
        for number in range(50):
            call.progress(f"customer {number}")
        return "Done.", {}

    await _asks(cast.ben, night, clock)
    told = [one["text"] for one in cast.ben.read_now(_sent, "progress")]
    assert len([text for text in told if "customer" in text]) == 1


async def test_a_run_that_fails_says_that_what_was_shown_stays(cast: Cast, clock: MovableClock) -> None:
    async def night(call: JobCall) -> tuple[str, dict[str, Any]]:
        call.progress("reading customers")
        raise RuntimeError("out of memory")

    await _asks(cast.ben, night, clock)
    notices = [one["text"] for one in cast.ben.read_now(_sent, "notice") if one["user_id"] == "usr_ben"]
    assert any("failed" in text and "What was shown before stays." in text for text in notices)
    assert not any("out of memory" in text for text in notices)
    said = [one["text"] for one in cast.ben.read_now(_sent, "progress")]
    assert "The job nightly is no longer at work." in said


async def test_a_day_that_is_named_is_the_day_of_the_run(cast: Cast, clock: MovableClock) -> None:
    days: list[date] = []

    async def night(call: JobCall) -> tuple[str, dict[str, Any]]:
        days.append(call.as_of)
        return "", {}

    await _asks(cast.ben, night, clock, RunJob("nightly", date(2026, 11, 1)))
    assert days == [date(2026, 11, 1)]


async def test_a_rep_is_refused_before_anything_runs(cast: Cast, clock: MovableClock) -> None:
    async def night(call: JobCall) -> tuple[str, dict[str, Any]]:
        raise AssertionError(call.team_id)

    with pytest.raises(NotAllowed):
        await _asks(cast.ada, night, clock)
    assert cast.ada.read_now(_sent, "notice") == []
