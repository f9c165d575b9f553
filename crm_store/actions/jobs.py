"""Job runs as rows: one a team, job and slot, whoever schedules it; claimed by lease, tried three times at most.

None of these is audited or undone: the rows tell what a schedule did; what a job changes is audited where it does so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_store.actions import news
from crm_store.engine import statistics
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.lookup import LookupChange
from crm_store.models.plumbing import InboxRow, JobRun, OutboxRow
from crm_store.queries.jobs import BY_HAND, free

BELL: Final = "jobs"
LEASE: Final = timedelta(seconds=60)
TRIES: Final = 3
KEPT: Final = timedelta(days=7)
"""How long rows that are done stay, so that a second delivery of the same thing is still known."""
SENT_KEPT: Final = timedelta(days=30)
CHANGES_KEPT: Final = 10_000
MOST_ROWS: Final = 200
# As it came through a door, and from a mailbox file, whose mails are years old when they come.
_MAIL: Final = ("mail", "mailbox")


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A run to be done; `attempts` is the fencing token."""

    team_id: str
    job: str
    slot: str
    attempts: int


def enqueue(work: Work, job: str, slot: str, *, latest_only: bool = False) -> bool:
    """Put a slot's run down; False says that another scheduler did so already.

    With `latest_only` a run that still waits stands for this slot too, so that a slow job does not pile up.
    """
    standing = select(JobRun.slot).where(JobRun.job == job, JobRun.state == "waiting")
    if latest_only and work.session.scalar(standing.limit(1)) is not None:
        return False
    new = work.insert(JobRun, [_row(work, job, slot, state="waiting", attempts=0)], or_nothing=True)
    if new:
        work.ring(BELL)
    return bool(new)


def begin_now(work: Work, job: str) -> ClaimedJob | None:
    """Put down a run that somebody asked for and take it at once; None while the same job runs for this team."""
    busy = select(JobRun.slot).where(JobRun.job == job, JobRun.state == "running", JobRun.lease_until >= work.now)
    work.lock_team()
    if work.session.scalar(busy.limit(1)) is not None:
        return None
    slot = f"{BY_HAND}{work.new_id(Prefix.JOB)}"
    row = _row(work, job, slot, state="running", attempts=1) | {"lease_until": work.now + LEASE}
    return ClaimedJob(work.team_id, job, slot, 1) if work.insert(JobRun, [row], or_nothing=True) else None


def claim(work: Work, jobs: Sequence[str]) -> ClaimedJob | None:
    """Take the oldest free run of all teams; one that was tried three times is given up, and its team's admins hear."""
    other = aliased(JobRun)
    busy = select(other.slot).where(
        other.team_id == JobRun.team_id,
        other.job == JobRun.job,
        other.state == "running",
        other.lease_until >= work.now,
    )
    query = (
        select(JobRun)
        .where(JobRun.job.in_(jobs), free(work.now), ~busy.exists())
        .order_by(JobRun.started_at, JobRun.slot)
        .limit(20)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for row in work.session.scalars(query).all():
        if row.attempts >= TRIES:
            row.state, row.ended_at, row.lease_until = "failed", work.now, None
            team = work.act_as(row.team_id, work.actor)
            _tell(
                team, row.job, row.slot, f"The job {row.job} did not end in {TRIES} tries. Nothing shown was changed."
            )
            continue
        row.state, row.attempts, row.lease_until = "running", row.attempts + 1, work.now + LEASE
        return ClaimedJob(row.team_id, row.job, row.slot, row.attempts)
    return None


def hold(work: Work, run: ClaimedJob) -> bool:
    """Extend the lease; False says that somebody else holds the run by now."""
    return _change(work, run, lease_until=work.now + LEASE)


def finish(work: Work, run: ClaimedJob, detail: dict[str, Any]) -> bool:
    """The run ended well."""
    return _change(work, run, state="done", ended_at=work.now, lease_until=None, detail=detail)


def fail(work: Work, run: ClaimedJob, sentence: str, *, again: bool) -> bool:
    """The run failed: it waits for its next try, or is given up and the admins hear why."""
    if again and run.attempts < TRIES:
        return _change(work, run, state="waiting", lease_until=None, detail={"problem": sentence})
    done = _change(work, run, state="failed", ended_at=work.now, lease_until=None, detail={"problem": sentence})
    if done:
        _tell(work, run.job, run.slot, sentence)
    return done


def give_back(work: Work, run: ClaimedJob) -> bool:
    """Give a run back unharmed, at an orderly stop."""
    return _change(work, run, state="waiting", lease_until=None, attempts=run.attempts - 1)


def prune(work: Work) -> int:
    """Remove at most 200 rows that are done with and say how many; 0 says that none is left.

    Arrivals go a week after they were done (mail stays, for it may be read again), what was sent after 30 days, and
    of the look-up's changes all but the newest; what waits or was set aside stays.
    """
    before = work.now - KEPT
    gone = _let_go(
        work, InboxRow.inbox_id, MOST_ROWS,
        InboxRow.state == "done", InboxRow.received_at < before, InboxRow.source.not_in(_MAIL),
    )  # fmt: skip
    sent = (OutboxRow.state == "sent", OutboxRow.created_at < work.now - SENT_KEPT)
    gone += _let_go(work, OutboxRow.outbox_id, MOST_ROWS - gone, *sent)
    newest = work.session.scalar(select(func.max(LookupChange.seq))) or 0
    gone += _let_go(work, LookupChange.seq, MOST_ROWS - gone, LookupChange.seq <= newest - CHANGES_KEPT)
    old = delete(JobRun).where(JobRun.state == "done", JobRun.started_at < before, JobRun.job != "nightly")
    work.session.execute(old.execution_options(synchronize_session=False))
    return gone


def _let_go(work: Work, key: InstrumentedAttribute[Any], most: int, *done: ColumnElement[bool]) -> int:
    keys = list(work.session.scalars(select(key).where(*done).limit(most))) if most else []
    if keys:
        gone = delete(key.class_).where(key.in_(keys))
        work.session.execute(gone.execution_options(synchronize_session=False))
    return len(keys)


def tune(work: Work) -> bool:
    """Tell SQLite again what it is to suppose of its tables, should it have learnt otherwise; says whether it had.

    PostgreSQL learns by itself. Not audited: it changes no row.
    """
    return work.dialect == "sqlite" and statistics.suppose(work.connection)


def _change(work: Work, run: ClaimedJob, **new: Any) -> bool:
    done = work.session.execute(
        update(JobRun)
        .where(
            JobRun.team_id == run.team_id,
            JobRun.job == run.job,
            JobRun.slot == run.slot,
            JobRun.state == "running",
            JobRun.attempts == run.attempts,
        )
        .values(**new)
        .returning(JobRun.slot)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return done is not None


def _row(work: Work, job: str, slot: str, *, state: str, attempts: int) -> dict[str, Any]:
    now: datetime = work.now
    return {"job": job, "slot": slot, "state": state, "attempts": attempts, "started_at": now, "detail": {}}


def _tell(work: Work, job: str, slot: str, sentence: str) -> None:
    news.tell(work, None, f"job:{job}:{slot}", sentence)
