"""Reports by the clock: once for their time, to the team's channel, and only where there is something to tell."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.jobs import JOBS, Scheduler
from crm_store.actions import teams
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.models.history import Communication
from crm_store.models.plumbing import OutboxRow
from crm_store.models.scoring import ModelRun
from crm_store.settings import read
from tests.cast import Cast

BY_CLOCK = tuple(one for one in JOBS if one.name in ("weekly", "report_card"))


def logged(work: Work, day: datetime) -> None:
    work.add(
        Communication(communication_id=f"com_{day:%m%d}", kind="call", direction="outgoing", happened_at=day,
                      logged_at=day, logged_by="usr_ada", source="chat", source_key=f"{day:%m%d}")
    )  # fmt: skip


def chosen(work: Work, settings: dict[str, str]) -> None:
    teams.change_settings(work, **settings)


def sent(desk: Desk) -> list[dict[str, Any]]:
    return desk.read_now(
        lambda work: [one.payload for one in work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "report"))]
    )


async def drain(scheduler: Scheduler) -> list[str]:
    for job in BY_CLOCK:
        await scheduler.tick(job.name)
    said = []
    while outcome := await scheduler.run_waiting():
        said.append(outcome.sentence)
    return said


@pytest.fixture
def scheduler(cast: Cast, clock: MovableClock) -> Scheduler:
    """The usual schedules, for teams in Berlin."""
    for desk in (cast.ada, cast.cleo):
        desk.write_now(chosen, {"time_zone": "Europe/Berlin"})
    return Scheduler(cast.store, read({}), clock, jobs=BY_CLOCK)


async def test_the_week_goes_out_on_monday_at_eight_where_the_team_lives(
    cast: Cast, clock: MovableClock, scheduler: Scheduler
) -> None:
    cast.ada.write_now(logged, datetime(2026, 11, 24, 10, tzinfo=UTC))
    clock.advance((datetime(2026, 11, 30, 6, 59, tzinfo=UTC) - clock.now()).total_seconds())
    assert await drain(scheduler) == []
    clock.advance(120)
    await drain(scheduler)
    wanted = {"since": "2026-11-23", "until": "2026-11-29", "zone": "Europe/Berlin"}
    assert sent(cast.ada) == [{"channel": "C_SALES", "which": "week", **wanted}]
    assert sent(cast.cleo) == []


async def test_a_week_is_reported_once_however_often_the_job_runs(
    cast: Cast, clock: MovableClock, scheduler: Scheduler
) -> None:
    cast.ada.write_now(logged, datetime(2026, 11, 18, 10, tzinfo=UTC))
    first = await scheduler.run_now(cast.ada.team_id, "weekly")
    again = await scheduler.run_now(cast.ada.team_id, "weekly")
    assert (first.detail, again.detail) == ({"sent": True}, {"sent": False})
    assert len(sent(cast.ada)) == 1
    clock.advance(7 * 86_400)
    assert (await scheduler.run_now(cast.ada.team_id, "weekly")).detail == {"sent": False}


@pytest.mark.parametrize(
    ("settings", "channels"),
    [({"reports": "off"}, []), ({"report_channel": "C_BOARD"}, ["C_BOARD"]), ({"channel": ""}, ["usr_ben"])],
    ids=["none", "a channel", "the manager, where there is no channel"],
)
async def test_a_team_chooses_where_its_reports_go(
    cast: Cast, scheduler: Scheduler, settings: dict[str, str], channels: list[str]
) -> None:
    cast.ada.write_now(logged, datetime(2026, 11, 18, 10, tzinfo=UTC))
    cast.ben.write_now(chosen, settings)
    await scheduler.run_now(cast.ada.team_id, "weekly")
    assert [one.get("channel") or one["user_id"] for one in sent(cast.ada)] == channels


async def test_the_report_card_goes_out_on_the_first_where_there_is_a_score(
    cast: Cast, clock: MovableClock, scheduler: Scheduler
) -> None:
    cast.ada.write_now(
        lambda work: work.add(
            ModelRun(run_id="run_1.lead", kind="lead", as_of=clock.now().date(), verdict="abstained",
                     sentence="Too few.", at=work.now)
        )
    )  # fmt: skip
    clock.advance((datetime(2026, 12, 1, 8, 0, tzinfo=UTC) - clock.now()).total_seconds())
    await drain(scheduler)
    cards = [one for one in sent(cast.ada) if one["which"] == "health"]
    assert [one["channel"] for one in cards] == ["C_SALES"]
    assert [one for one in sent(cast.cleo) if one["which"] == "health"] == []
