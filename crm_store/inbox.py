"""The inbox: whatever arrives is a row with a unique key before it is acknowledged, and is handled from that row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update

from crm_store.engine.work import Work
from crm_store.ids import Prefix, new_id
from crm_store.models.plumbing import InboxRow

LEASE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=30)
LANE: Final = "lane"
"""Under this key of the envelope stands whose turn a row is: of one lane only one row is handled at a time."""
_LOOKED_AT: Final = 50
"""So many rows are looked at for each that is taken, where all in front are of the same lane."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that has arrived and is to be kept."""

    team_id: str
    source: str
    key: str
    raw: bytes
    envelope: dict[str, Any]
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row to be handled; `attempts` is the fencing token."""

    team_id: str
    inbox_id: str
    source: str
    key: str
    raw: bytes
    envelope: dict[str, Any]
    received_at: datetime
    attempts: int


def put(work: Work, arrival: Arrival) -> str | None:
    """Keep an arrival; None says that its key is known already."""
    row = _row(arrival, work.now)
    if not work.insert(InboxRow, [row], or_nothing=True):
        return None
    work.ring(bell(arrival.source))
    return str(row["inbox_id"])


def put_all(work: Work, arrivals: Sequence[Arrival]) -> int:
    """Keep many arrivals at once and say how many are new."""
    now = work.now
    new = work.insert(InboxRow, [_row(one, now) for one in arrivals], or_nothing=True)
    for source in {one.source for one in arrivals} if new else ():
        work.ring(bell(source))
    return new


def _row(arrival: Arrival, now: datetime) -> dict[str, Any]:
    return {
        "team_id": arrival.team_id,
        "inbox_id": new_id(Prefix.INBOX, now),
        "source": arrival.source,
        "key": arrival.key,
        "raw": arrival.raw,
        "envelope": arrival.envelope,
        "message_id": arrival.message_id,
        "received_at": now,
        "state": "waiting",
        "attempts": 0,
        "not_before": now,
    }


def bell(source: str) -> str:
    """The bell that rings when something arrived by that way."""
    return f"inbox:{source}"


def anything(work: Work, sources: Sequence[str]) -> bool:
    """Whether a claim would find something."""
    wanted = select(InboxRow.inbox_id).where(InboxRow.source.in_(sources), _free(work.now)).limit(1)
    return work.session.scalar(wanted) is not None


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        (InboxRow.state == "waiting") & (InboxRow.not_before <= now),
        (InboxRow.state == "working") & (InboxRow.lease_until < now),
    )


def claim(work: Work, sources: Sequence[str], most: int = 10) -> list[Claimed]:
    """Take waiting rows, oldest first, and rows whose holder's lease ran out (it was killed)."""
    wanted = (
        select(InboxRow.team_id, InboxRow.inbox_id)
        .where(InboxRow.source.in_(sources), _free(work.now))
        .order_by(InboxRow.received_at, InboxRow.inbox_id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return _take(work, [(team_id, inbox_id) for team_id, inbox_id in work.session.execute(wanted).all()])


def claim_in_turn(work: Work, source: str, most: int) -> list[Claimed]:
    """Take waiting rows so that of each lane only the oldest is at work.

    Nothing of a lane overtakes, and whoever says a hundred things at once lets others have their turn.
    """
    now = work.now
    lane = InboxRow.envelope[LANE].as_string()
    at_work = (InboxRow.source == source) & (InboxRow.state == "working") & (InboxRow.lease_until >= now)
    taken = {tuple(one) for one in work.session.execute(select(InboxRow.team_id, lane).where(at_work)).all()}
    lanes = {name for _team_id, name in taken if name is not None}
    wanted = (
        select(InboxRow.team_id, InboxRow.inbox_id, lane)
        .where(InboxRow.source == source, _free(now), or_(lane.is_(None), lane.not_in(lanes)))
        .order_by(InboxRow.received_at, InboxRow.inbox_id)
        .with_for_update(skip_locked=True)
    )
    ids: list[tuple[str, str]] = []
    for limit in (most * 2, most * _LOOKED_AT):
        rows = [(*one,) for one in work.session.execute(wanted.limit(limit)).all()]
        ids = _first_of_lanes(rows, taken)[:most]
        if len(ids) == most or len(rows) < limit:
            break
    return _take(work, ids)


def _first_of_lanes(rows: Sequence[tuple[Any, ...]], taken: Collection[tuple[Any, ...]]) -> list[tuple[str, str]]:
    """Team and id of what may go: all without a lane, and of each lane that nobody works at the oldest."""
    ids, seen = [], set(taken)
    for team_id, inbox_id, lane in rows:
        if lane is None or (team_id, lane) not in seen:
            ids.append((team_id, inbox_id))
            seen.add((team_id, lane))
    return ids


def _take(work: Work, ids: Sequence[tuple[str, str]]) -> list[Claimed]:
    now = work.now
    free = _free(now)
    claimed = []
    for team_id, inbox_id in ids:
        row = work.session.scalars(
            update(InboxRow)
            .where(InboxRow.team_id == team_id, InboxRow.inbox_id == inbox_id, free)
            .values(state="working", attempts=InboxRow.attempts + 1, lease_until=now + LEASE)
            .returning(InboxRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        ).one_or_none()
        if row is not None:
            claimed.append(
                Claimed(
                    row.team_id, row.inbox_id, row.source, row.key, row.raw, row.envelope, row.received_at, row.attempts
                )
            )
    return claimed


def extend(work: Work, inbox_id: str, attempts: int) -> bool:
    """Keep a row while long work goes on; False says that it was lost to another worker."""
    held = work.session.execute(
        update(InboxRow)
        .where(InboxRow.inbox_id == inbox_id, InboxRow.state == "working", InboxRow.attempts == attempts)
        .values(lease_until=work.now + LEASE)
        .returning(InboxRow.inbox_id)
    ).scalar_one_or_none()
    return held is not None


def finish(work: Work, inbox_id: str, attempts: int, verdict: str) -> bool:
    """Mark a row as done, in the transaction of its effects; False says that somebody else holds it by now."""
    return _end(work, inbox_id, attempts, "done", verdict)


def set_aside(work: Work, inbox_id: str, attempts: int, verdict: str) -> bool:
    """Put poison aside for a person to look at."""
    return _end(work, inbox_id, attempts, "set_aside", verdict)


def hold(work: Work, inbox_id: str, attempts: int, verdict: str) -> bool:
    """Keep a row until a person has decided (unknown sender, unclear customer)."""
    return _end(work, inbox_id, attempts, "held", verdict)


def postpone(work: Work, inbox_id: str, attempts: int, problem: str) -> bool:
    """Give a row back after a failed try; the pause doubles with each."""
    pause = min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_PAUSE)
    return _end(work, inbox_id, attempts, "waiting", problem, not_before=work.now + pause)


def give_back(work: Work, inbox_id: str, attempts: int) -> bool:
    """Give a row back unharmed, at an orderly stop."""
    return _end(work, inbox_id, attempts, "waiting", None, attempts_after=attempts - 1)


def free(work: Work) -> int:
    """Free what a process that was killed had begun: for the start of a house that has its store to itself.

    Were another process at work after all, its end of the row would be refused by the fencing token.
    """
    freed = work.session.execute(
        update(InboxRow)
        .where(InboxRow.state == "working")
        .values(state="waiting", lease_until=None)
        .returning(InboxRow.inbox_id)
    ).all()
    return len(freed)


def release(work: Work, inbox_id: str) -> bool:
    """Let a held or set-aside row be handled again, at a person's wish."""
    changed = work.session.execute(
        update(InboxRow)
        .where(InboxRow.inbox_id == inbox_id, InboxRow.state.in_(("held", "set_aside")))
        .values(state="waiting", attempts=0, not_before=work.now, lease_until=None)
        .returning(InboxRow.source)
    ).scalar_one_or_none()
    if changed:
        work.ring(bell(changed))
    return changed is not None


def _end(work: Work, inbox_id: str, attempts: int, state: str, verdict: str | None, **more: Any) -> bool:
    new: dict[str, Any] = {"state": state, "lease_until": None, "verdict": verdict}
    if "attempts_after" in more:
        new["attempts"] = more.pop("attempts_after")
    done = work.session.execute(
        update(InboxRow)
        .where(InboxRow.inbox_id == inbox_id, InboxRow.state == "working", InboxRow.attempts == attempts)
        .values(**new, **more)
        .returning(InboxRow.inbox_id)
    ).scalar_one_or_none()
    return done is not None


def read_raw(work: Work, inbox_id: str) -> bytes | None:
    """The bytes as they came."""
    return work.session.scalar(select(InboxRow.raw).where(InboxRow.inbox_id == inbox_id))


@dataclass(frozen=True, slots=True)
class InboxLine:
    """What was received and what became of it."""

    inbox_id: str
    source: str
    key: str
    message_id: str | None
    received_at: datetime
    state: str
    attempts: int
    verdict: str | None


def lines(work: Work, state: str | None = None, most: int | None = None) -> list[InboxLine]:
    """The inbox, oldest first."""
    query = select(
        InboxRow.inbox_id,
        InboxRow.source,
        InboxRow.key,
        InboxRow.message_id,
        InboxRow.received_at,
        InboxRow.state,
        InboxRow.attempts,
        InboxRow.verdict,
    ).order_by(InboxRow.received_at, InboxRow.inbox_id)
    if state:
        query = query.where(InboxRow.state == state)
    return [InboxLine(*row) for row in work.session.execute(query.limit(most)).all()]


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, and since when."""

    waiting: int
    oldest: datetime | None
    set_aside: int


def depth(work: Work) -> Depth:
    """What is not done yet, over all sources."""
    pending = InboxRow.state.in_(("waiting", "working"))
    waiting, oldest = work.session.execute(
        select(func.count(), func.min(InboxRow.received_at)).select_from(InboxRow).where(pending)
    ).one()
    aside = work.session.scalar(select(func.count()).select_from(InboxRow).where(InboxRow.state == "set_aside"))
    return Depth(waiting, oldest, aside or 0)
