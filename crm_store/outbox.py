"""The outbox: whatever leaves is a row written in the transaction that caused it, delivered in order by one loop."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.plumbing import OutboxRow

LEASE: Final = timedelta(seconds=30)
BELL: Final = "outbox"
_OPEN: Final = ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed row; `attempts` is the fencing token."""

    team_id: str
    outbox_id: str
    kind: str
    order_key: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


def enqueue(
    work: Work,
    kind: str,
    order_key: str,
    dedupe_key: str,
    payload: dict[str, Any],
    not_before: datetime | None = None,
) -> str | None:
    """Write what is to be sent; None says that the same thing is on its way already."""
    now = work.now
    outbox_id = work.new_id(Prefix.OUTBOX)
    row = {
        "outbox_id": outbox_id,
        "kind": kind,
        "order_key": order_key,
        "dedupe_key": dedupe_key,
        "payload": payload,
        "created_at": now,
        "not_before": not_before or now,
        "state": "waiting",
        "attempts": 0,
    }
    if not work.insert(OutboxRow, [row], or_nothing=True):
        return None
    work.ring(BELL)
    return outbox_id


def anything(work: Work) -> bool:
    """Whether a claim may find something."""
    return work.session.scalar(select(OutboxRow.outbox_id).where(_free(work.now)).limit(1)) is not None


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        (OutboxRow.state == "waiting") & (OutboxRow.not_before <= now),
        (OutboxRow.state == "sending") & (OutboxRow.lease_until < now),
    )


def claim(work: Work, most: int = 20) -> list[Outgoing]:
    """Take what may go now: of each order key only the oldest open row, so that nothing overtakes."""
    now = work.now
    earlier = aliased(OutboxRow)
    overtaken = (
        select(earlier.outbox_id)
        .where(
            earlier.team_id == OutboxRow.team_id,
            earlier.order_key == OutboxRow.order_key,
            earlier.state.in_(_OPEN),
            earlier.outbox_id < OutboxRow.outbox_id,
        )
        .exists()
    )
    free = _free(now)
    wanted = (
        select(OutboxRow.team_id, OutboxRow.outbox_id)
        .where(OutboxRow.state.in_(_OPEN), free, ~overtaken)
        .order_by(OutboxRow.outbox_id)
        .limit(most)
    )
    claimed = []
    for team_id, outbox_id in work.session.execute(wanted).all():
        row = work.session.scalars(
            update(OutboxRow)
            .where(OutboxRow.team_id == team_id, OutboxRow.outbox_id == outbox_id, free)
            .values(state="sending", attempts=OutboxRow.attempts + 1, lease_until=now + LEASE)
            .returning(OutboxRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        ).one_or_none()
        if row is not None:
            claimed.append(
                Outgoing(row.team_id, row.outbox_id, row.kind, row.order_key, row.payload, row.attempts, row.created_at)
            )
    return claimed


def free(work: Work) -> int:
    """Free what a killed process was sending: the next try looks for it in Slack before it is sent again."""
    freed = work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == "sending")
        .values(state="waiting", lease_until=None)
        .returning(OutboxRow.outbox_id)
    ).all()
    return len(freed)


def claim_behind(work: Work, row: Outgoing, most: int) -> list[Outgoing]:
    """Take what waits right behind a claimed row: of its kind, for its place, never tried before."""
    following = work.session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.team_id == row.team_id,
            OutboxRow.order_key == row.order_key,
            OutboxRow.state.in_(_OPEN),
            OutboxRow.outbox_id > row.outbox_id,
        )
        .order_by(OutboxRow.outbox_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    taken = []
    for one in following:
        if one.kind != row.kind or one.state != "waiting" or one.attempts or one.not_before > work.now:
            break
        one.state, one.attempts, one.lease_until = "sending", 1, work.now + LEASE
        taken.append(
            Outgoing(one.team_id, one.outbox_id, one.kind, one.order_key, one.payload, one.attempts, one.created_at)
        )
    return taken


def sent(work: Work, outbox_id: str, attempts: int, sent_ref: str | None) -> bool:
    """Record where it went (for Slack: channel and ts)."""
    return _end(work, outbox_id, attempts, {"state": "sent", "sent_ref": sent_ref, "problem": None})


def sent_otherwise(work: Work, row: Outgoing, payload: dict[str, Any]) -> bool:
    """Let a row go by another way, at once; False where another worker has it."""
    done = work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.outbox_id == row.outbox_id, OutboxRow.attempts == row.attempts, OutboxRow.state == "sending")
        .values(state="waiting", payload=payload, not_before=work.now, lease_until=None)
        .returning(OutboxRow.outbox_id)
        .execution_options(synchronize_session=False)
    ).first()
    work.ring(BELL)
    return done is not None


def failed(work: Work, outbox_id: str, attempts: int, problem: str) -> bool:
    """Give up: the other side will never take it."""
    return _end(work, outbox_id, attempts, {"state": "failed", "problem": problem})


def later(work: Work, outbox_id: str, attempts: int, problem: str, seconds: float, *, counted: bool = True) -> bool:
    """Try again after that many seconds; a wait the other side asked for does not count as a try."""
    new: dict[str, Any] = {"state": "waiting", "problem": problem, "not_before": work.now + timedelta(seconds=seconds)}
    if not counted:
        new["attempts"] = attempts - 1
    return _end(work, outbox_id, attempts, new)


def _end(work: Work, outbox_id: str, attempts: int, new: dict[str, Any]) -> bool:
    done = work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.outbox_id == outbox_id, OutboxRow.state == "sending", OutboxRow.attempts == attempts)
        .values(lease_until=None, **new)
        .returning(OutboxRow.outbox_id)
    ).scalar_one_or_none()
    return done is not None


def lately(work: Work, kind: str, order_key: str, since: datetime) -> int:
    """How many of a kind were written for one place since then: what would be too many becomes a digest."""
    return (
        work.session.scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(OutboxRow.kind == kind, OutboxRow.order_key == order_key, OutboxRow.created_at >= since)
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits to leave, and since when."""

    waiting: int
    due: int
    oldest: datetime | None
    failed: int


def depth(work: Work, within: timedelta = timedelta()) -> Depth:
    """What is not sent yet; `due` counts what may go now, or within that time."""
    waiting, oldest = work.session.execute(
        select(func.count(), func.min(OutboxRow.created_at)).select_from(OutboxRow).where(OutboxRow.state.in_(_OPEN))
    ).one()
    due = work.session.scalar(
        select(func.count())
        .select_from(OutboxRow)
        .where(OutboxRow.state.in_(_OPEN), OutboxRow.not_before <= work.now + within)
    )
    lost = work.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "failed"))
    return Depth(waiting, due or 0, oldest, lost or 0)
