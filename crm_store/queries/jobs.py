"""Job runs: what ran for whom, when, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select

from crm_store.engine.work import Work
from crm_store.models.plumbing import JobRun

BY_HAND: Final = "now:"
"""Slots of runs that somebody asked for begin so."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One run of a job; the slot is the moment it was due, in UTC."""

    team_id: str
    job: str
    slot: str
    state: str
    attempts: int
    started_at: datetime
    ended_at: datetime | None
    detail: dict[str, Any]


def last_slots(work: Work, job: str) -> dict[str, str]:
    """The latest scheduled slot of a job for each team; runs asked for by hand are not among them."""
    rows = work.session.execute(
        select(JobRun.team_id, func.max(JobRun.slot))
        .where(JobRun.job == job, JobRun.slot.not_like(BY_HAND + "%"))
        .group_by(JobRun.team_id)
    )
    return dict(rows.all())


def waiting(work: Work, jobs: Sequence[str]) -> bool:
    """Whether a claim would find something."""
    return work.session.scalar(select(JobRun.slot).where(JobRun.job.in_(jobs), free(work.now)).limit(1)) is not None


def free(now: datetime) -> ColumnElement[bool]:
    """Runs that wait, and runs whose holder's lease ran out (it was killed)."""
    return or_(JobRun.state == "waiting", (JobRun.state == "running") & (JobRun.lease_until < now))


def lines(work: Work, job: str | None = None, most: int = 20) -> tuple[JobLine, ...]:
    """The latest runs, newest first."""
    query = select(JobRun).order_by(JobRun.started_at.desc(), JobRun.slot.desc()).limit(most)
    if job:
        query = query.where(JobRun.job == job)
    return tuple(
        JobLine(row.team_id, row.job, row.slot, row.state, row.attempts, row.started_at, row.ended_at, row.detail)
        for row in work.session.scalars(query)
    )
