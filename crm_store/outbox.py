"""The outbox: whatever leaves is a row written in the transaction that caused it, delivered in order by one loop."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, Table, Update, bindparam, func, or_, select, update

from crm_store.engine.process import this_process
from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.ids import Prefix
from crm_store.models.plumbing import OutboxRow

LEASE: Final = timedelta(seconds=30)
BELL: Final = "outbox"
_OPEN: Final = ("waiting", "sending")
_OUTBOX: Final = cast(Table, OutboxRow.__table__)
_ROW: Final = _OUTBOX.c


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


@dataclass(frozen=True, slots=True)
class Leaving:
    """One of many things to be sent; those of one `order_key` leave in the order in which they were written."""

    kind: str
    order_key: str
    dedupe_key: str
    payload: dict[str, Any]
    not_before: datetime | None = None


def enqueue(
    work: Work,
    kind: str,
    order_key: str,
    dedupe_key: str,
    payload: dict[str, Any],
    not_before: datetime | None = None,
) -> str | None:
    """Write what is to be sent; None says that the same thing is on its way already."""
    row = _row(work, Leaving(kind, order_key, dedupe_key, payload, not_before))
    if not work.insert(OutboxRow, [row], or_nothing=True):
        return None
    work.ring(BELL)
    return str(row["outbox_id"])


def enqueue_many(work: Work, leaving: Iterable[Leaving]) -> int:
    """Write many at once, in their order, and say how many are new: what is on its way already is passed over."""
    new = work.insert(OutboxRow, [_row(work, one) for one in leaving], or_nothing=True)
    if new:
        work.ring(BELL)
    return new


def _row(work: Work, one: Leaving) -> dict[str, Any]:
    now = work.now
    return {
        "outbox_id": work.new_id(Prefix.OUTBOX),
        "kind": one.kind,
        "order_key": one.order_key,
        "dedupe_key": one.dedupe_key,
        "payload": one.payload,
        "created_at": now,
        "not_before": one.not_before or now,
        "state": "waiting",
        "attempts": 0,
    }


def anything(work: Work) -> bool:
    """Whether a claim may find something."""
    return any(work.connection.execute(one, {"now": work.now}).first() for one in _any())


@cache
def _any() -> tuple[Select[Any], ...]:
    return tuple(select(_ROW.outbox_id).where(one).limit(1) for one in _free())


@cache
def _free() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What waits and may go, and what is left over of a sender that was killed."""
    now = bindparam("now", type_=_ROW.not_before.type)
    return (
        (_ROW.state == "waiting") & (_ROW.not_before <= now),
        (_ROW.state == "sending") & (_ROW.lease_until < now),
    )


def claim(work: Work, most: int = 20) -> list[Outgoing]:
    """Take what may go now: of each order key only the oldest open row, so that nothing overtakes."""
    now = work.now
    asked = {"now": now, "most": most}
    found = sorted({tuple(one) for query in _looks() for one in work.connection.execute(query, asked)})[:most]
    if not found:
        return []
    taken = {
        "teams": list({team_id for _, team_id in found}),
        "ids": [outbox_id for outbox_id, _ in found],
        "now": now,
        "until": now + LEASE,
        "by": this_process(),
    }
    claimed = [Outgoing(*row) for row in work.connection.execute(_claiming(), taken)]
    return sorted(claimed, key=lambda row: row.outbox_id)


@cache
def _looks() -> tuple[Select[Any], ...]:
    """One statement for each kind of free row: with both in one, all that waits would be sorted at every look."""
    earlier = _OUTBOX.alias("earlier")
    overtaken = (
        select(earlier.c.outbox_id)
        .where(
            earlier.c.team_id == _ROW.team_id,
            earlier.c.order_key == _ROW.order_key,
            earlier.c.state.in_(_OPEN),
            earlier.c.outbox_id < _ROW.outbox_id,
        )
        .exists()
    )
    return tuple(
        select(_ROW.outbox_id, _ROW.team_id)
        .where(one, ~overtaken)
        .order_by(_ROW.outbox_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=_OUTBOX)
        for one in _free()
    )


@cache
def _claiming() -> Any:
    new = {
        "state": "sending",
        "attempts": _ROW.attempts + 1,
        "lease_until": bindparam("until"),
        "holder": bindparam("by"),
    }
    return (
        update(_OUTBOX)
        .where(_these(), or_(*_free()))
        .values(new)
        .returning(
            _ROW.team_id, _ROW.outbox_id, _ROW.kind, _ROW.order_key, _ROW.payload, _ROW.attempts, _ROW.created_at
        )
    )


def _these() -> ColumnElement[bool]:
    """Rows by their keys; an id is of one team only, which the index wants to know."""
    return _ROW.team_id.in_(bindparam("teams", expanding=True)) & _ROW.outbox_id.in_(bindparam("ids", expanding=True))


def _held() -> tuple[ColumnElement[bool], ...]:
    return _ROW.state == "sending", _ROW.attempts == bindparam("tries")


def extend_all(work: Work, rows: Sequence[Outgoing]) -> int:
    """Keep rows that are under way; those that another worker holds by now are not touched, and not counted."""
    kept = 0
    for attempts in {one.attempts for one in rows}:
        some = [one for one in rows if one.attempts == attempts]
        asked: dict[str, Any] = {"teams": list({one.team_id for one in some}), "ids": [one.outbox_id for one in some]}
        asked |= {"tries": attempts, "until": work.now + LEASE}
        kept += work.connection.execute(_extending(), asked).rowcount
    return kept


@cache
def _extending() -> Update:
    return update(_OUTBOX).where(_these(), *_held()).values(lease_until=bindparam("until"))


def free(work: Work, holders: Collection[str] | None = None) -> int:
    """Free what killed processes were sending (those named, or all): it is looked for in Slack before it goes again."""
    named = () if holders is None else (OutboxRow.holder.in_(holders),)
    freed = work.session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == "sending", *named)
        .values(state="waiting", lease_until=None, holder=None)
        .returning(OutboxRow.outbox_id)
    ).all()
    if freed:
        work.ring(BELL)
    return len(freed)


def holders(work: Work) -> set[str]:
    """Which processes have rows under way."""
    held = select(OutboxRow.holder).where(OutboxRow.state == "sending", OutboxRow.holder.is_not(None)).distinct()
    return {str(one) for one in work.session.scalars(held)}


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
        one.state, one.attempts, one.lease_until, one.holder = "sending", 1, work.now + LEASE, this_process()
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
    asked = {f"new_{name}": value for name, value in new.items()}
    asked |= {"ids": [outbox_id], "tries": attempts}
    if work.team_id != ALL_TEAMS:
        asked["teams"] = [work.team_id]
    work.flush()
    return bool(work.connection.execute(_ending(work.team_id != ALL_TEAMS, tuple(new)), asked).rowcount)


@cache
def _ending(of_a_team: bool, names: tuple[str, ...]) -> Update:
    """Prepared, since every row ends with it: whoever acts for a team ends rows of that team alone."""
    which = _these() if of_a_team else _ROW.outbox_id.in_(bindparam("ids", expanding=True))
    new: dict[str, Any] = {"lease_until": None, "holder": None} | {name: bindparam(f"new_{name}") for name in names}
    return update(_OUTBOX).where(which, *_held()).values(new)


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
