"""The inbox: whatever arrives is a row with a unique key before it is acknowledged, and is handled from that row."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    CursorResult,
    Select,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    update,
)

from crm_store import inbox_parts
from crm_store.engine import plain_rows
from crm_store.engine.process import this_process
from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.ids import Prefix, new_id
from crm_store.models.plumbing import InboxRow
from crm_store.values.arrivals import Arrival, Claimed, Depth, InboxLine

# What arrives is spoken of as the inbox's own.
__all__ = ["Arrival", "Claimed", "Depth", "InboxLine"]

LEASE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=30)
LANE: Final = "lane"
"""Under this key of the envelope stands whose turn a row is: of one lane only one row is handled at a time."""
SUSPECT: Final = 2
"""A row whose process died so often while it was in hand is looked at alone."""
_LOOKS: Final = 6
"""So often a claim looks past lanes that have their share already."""
_INBOX: Final = cast(Table, InboxRow.__table__)
_ROW: Final = _INBOX.c
_LANE: Final = InboxRow.envelope[LANE].as_string()


def put(work: Work, arrival: Arrival) -> str | None:
    """Keep an arrival; None says that its key is known already."""
    head, beside = inbox_parts.divided(arrival.raw, arrival.more)
    row = _row(arrival, head, work.now)
    if not work.insert(InboxRow, [row], or_nothing=True):
        return None
    inbox_parts.write(work, arrival.team_id, row["inbox_id"], beside)
    work.ring(bell(arrival.source))
    return str(row["inbox_id"])


def put_all(work: Work, arrivals: Sequence[Arrival]) -> None:
    """Keep many arrivals of any teams at once; those whose key is known already are passed over."""
    small = [one for one in arrivals if not inbox_parts.is_large(one.raw, one.more)]
    now = work.now
    plain_rows.insert(work, InboxRow, [_row(one, one.raw, now) for one in small], or_nothing=True)
    for source in {one.source for one in small}:
        work.ring(bell(source))
    for one in arrivals:
        if inbox_parts.is_large(one.raw, one.more):
            put(work, one)


def _row(arrival: Arrival, head: bytes, now: datetime) -> dict[str, Any]:
    return {
        "team_id": arrival.team_id,
        "inbox_id": new_id(Prefix.INBOX, now),
        "source": arrival.source,
        "key": arrival.key,
        "raw": head,
        "envelope": arrival.envelope,
        "message_id": arrival.message_id,
        "received_at": now,
        "state": "waiting",
        "attempts": 0,
        "failures": 0,
        "not_before": now,
    }


def bell(source: str) -> str:
    """The bell that rings when something arrived by that way."""
    return f"inbox:{source}"


def anything(work: Work, sources: Sequence[str]) -> bool:
    """Whether a claim would find something."""
    return work.connection.execute(_any(), {"sources": list(sources), "now": work.now}).first() is not None


@cache
def _any() -> "CompoundSelect[Any]":
    """One of each kind of free row, so that each is found by the index alone."""
    waiting, left = (select(_ROW.inbox_id).where(one).limit(1).subquery() for one in _free())
    return select(waiting).union_all(select(left))


@cache
def _free() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What waits and may go, and what is left over of a worker that was killed."""
    wanted, now = _ROW.source.in_(bindparam("sources", expanding=True)), bindparam("now", type_=_ROW.not_before.type)
    return (
        wanted & (_ROW.state == "waiting") & (_ROW.not_before <= now),
        wanted & (_ROW.state == "working") & (_ROW.lease_until < now),
    )


def claim(work: Work, sources: Sequence[str], most: int = 10, *, busy: bool = False) -> list[Claimed]:
    """Take waiting rows, oldest first, and rows whose holder's lease ran out (it was killed).

    A row that was in hand at several deaths of its process is taken alone, and not while the claimer is `busy` with
    others: should the process die once more, that tells of this row and of no other.
    """
    found = _look(work, sources, (), most)
    suspect = next((place for place, one in enumerate(found) if one.cut_short >= SUSPECT), None)
    if suspect is not None:
        found = found[:suspect] or ([] if busy else found[:1])
    return _take(work, sources, [(one.team_id, one.inbox_id) for one in found])


def claim_in_turn(work: Work, source: str, most: int, behind: int = 1) -> list[Claimed]:
    """Take waiting rows so that no lane is at work twice: of each at most `behind` rows, which follow each other.

    Nothing of a lane overtakes, and whoever says a hundred things at once lets others have their turn.
    """
    at_work = (InboxRow.source == source) & (InboxRow.state == "working") & (InboxRow.lease_until >= work.now)
    held = select(InboxRow.team_id, _LANE).where(at_work, _LANE.is_not(None))
    full = {(team_id, lane) for team_id, lane in work.connection.execute(held)}
    ids: list[tuple[str, str]] = []
    taken: Counter[tuple[str, str | None]] = Counter()
    for _ in range(_LOOKS):
        rows = _look(work, [source], {lane for _team, lane in full}, most - len(ids) + 1)
        known = set(ids)
        for team_id, inbox_id, lane, _cut_short in rows:
            if (team_id, inbox_id) in known or (team_id, lane) in full or len(ids) == most:
                continue
            ids.append((team_id, inbox_id))
            taken[team_id, lane] += 1
            if lane is not None and taken[team_id, lane] >= behind:
                full.add((team_id, lane))
        if len(ids) == most or len(rows) <= most - len(known):
            break
    return _take(work, [source], ids)


class _Free(NamedTuple):
    """A row that may be taken; `cut_short` says how many tries of it ended without a word."""

    team_id: str
    inbox_id: str
    lane: str | None
    cut_short: int


def _look(work: Work, sources: Sequence[str], lanes: Collection[str], most: int) -> list[_Free]:
    """Free rows, oldest first, without those lanes."""
    asked = {"sources": list(sources), "now": work.now, "most": most, "lanes": list(lanes)}
    found = [one for query in _looks(bool(lanes)) for one in work.connection.execute(query, asked)]
    found.sort(key=attrgetter("received_at", "inbox_id"))
    return [_Free(*one[:4]) for one in found[:most]]


@cache
def _looks(past_lanes: bool) -> tuple[Select[Any], ...]:
    """One statement for each kind of free row: with both in one, all that waits would be sorted at every look."""
    return tuple(
        select(_ROW.team_id, _ROW.inbox_id, _LANE, _ROW.attempts - _ROW.failures, _ROW.received_at)
        .where(free, *((or_(_LANE.is_(None), _LANE.not_in(bindparam("lanes", expanding=True))),) if past_lanes else ()))
        .order_by(_ROW.received_at, _ROW.inbox_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        for free in _free()
    )


def _take(work: Work, sources: Sequence[str], ids: Sequence[tuple[str, str]]) -> list[Claimed]:
    if not ids:
        return []
    now = work.now
    asked = {
        "teams": list({team_id for team_id, _ in ids}),
        "ids": [inbox_id for _, inbox_id in ids],
        "sources": list(sources),
        "now": now,
        "until": now + LEASE,
        "by": this_process(),
    }
    taken = [Claimed(*row) for row in work.connection.execute(_claiming(), asked)]
    return sorted(taken, key=attrgetter("received_at", "inbox_id"))


@cache
def _claiming() -> Any:
    return (
        update(_INBOX)
        .where(_these(), or_(*_free()))
        .values(state="working", attempts=_ROW.attempts + 1, lease_until=bindparam("until"), holder=bindparam("by"))
        .returning(
            _ROW.team_id,
            _ROW.inbox_id,
            _ROW.source,
            _ROW.key,
            _ROW.raw,
            _ROW.envelope,
            _ROW.received_at,
            _ROW.attempts,
            _ROW.failures,
        )
    )


def _these() -> ColumnElement[bool]:
    """Rows by their keys; an id is of one team only, which the index wants to know."""
    return _ROW.team_id.in_(bindparam("teams", expanding=True)) & _ROW.inbox_id.in_(bindparam("ids", expanding=True))


def extend_all(work: Work, rows: Iterable[Claimed]) -> int:
    """Keep rows that are in hand; those that another worker holds by now are not touched, and not counted."""
    kept = 0
    for attempts, some in _by_attempts(rows).items():
        asked = _keys(some) | {"tries": attempts, "until": work.now + LEASE}
        kept += work.connection.execute(_extending(), asked).rowcount
    return kept


@cache
def _extending() -> Update:
    return update(_INBOX).where(_these(), *_held()).values(lease_until=bindparam("until"))


def _held() -> tuple[ColumnElement[bool], ...]:
    return _ROW.state == "working", _ROW.attempts == bindparam("tries")


def _by_attempts(rows: Iterable[Claimed]) -> dict[int, list[Claimed]]:
    found: dict[int, list[Claimed]] = defaultdict(list)
    for one in rows:
        found[one.attempts].append(one)
    return found


def _keys(rows: Iterable[Claimed]) -> dict[str, list[str]]:
    rows = list(rows)
    return {"teams": list({one.team_id for one in rows}), "ids": [one.inbox_id for one in rows]}


def finish_all(work: Work, ends: Sequence[tuple[Claimed, str]]) -> list[bool]:
    """Mark many rows as done that have no effect but this; False where somebody else holds one by now."""
    alike: dict[tuple[str, int], list[Claimed]] = defaultdict(list)
    for row, verdict in ends:
        alike[verdict, row.attempts].append(row)
    done: set[str] = set()
    for (verdict, attempts), rows in alike.items():
        asked = _keys(rows) | {"tries": attempts, "said": verdict}
        done |= set(work.connection.execute(_finishing(), asked).scalars())
    return [row.inbox_id in done for row, _verdict in ends]


@cache
def _finishing() -> Any:
    new: dict[str, Any] = {"state": "done", "lease_until": None, "holder": None, "verdict": bindparam("said")}
    return update(_INBOX).where(_these(), *_held()).values(new).returning(_ROW.inbox_id)


def extend(work: Work, inbox_id: str, attempts: int) -> bool:
    """Keep a row while long work goes on; False says that it was lost to another worker."""
    kept = (InboxRow.inbox_id == inbox_id, InboxRow.state == "working", InboxRow.attempts == attempts)
    held = work.session.execute(update(InboxRow).where(*kept).values(lease_until=work.now + LEASE))
    return bool(cast(CursorResult[Any], held).rowcount)


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
    return _end(work, inbox_id, attempts, "waiting", problem, failed=True, not_before=work.now + pause)


def give_back(work: Work, inbox_id: str, attempts: int) -> bool:
    """Give a row back unharmed, at an orderly stop."""
    return _end(work, inbox_id, attempts, "waiting", None, attempts=attempts - 1)


def free(work: Work, holders: Collection[str] | None = None) -> int:
    """Free what killed processes had begun: those named, or all, for a house that has its store to itself.

    Were one of them at work after all, its end of the row would be refused by the fencing token.
    """
    named = () if holders is None else (InboxRow.holder.in_(holders),)
    freed = work.session.execute(
        update(InboxRow)
        .where(InboxRow.state == "working", *named)
        .values(state="waiting", lease_until=None, holder=None)
        .returning(InboxRow.source)
    ).all()
    for (source,) in set(freed):
        work.ring(bell(source))
    return len(freed)


def holders(work: Work) -> set[str]:
    """Which processes have rows in hand."""
    held = select(InboxRow.holder).where(InboxRow.state == "working", InboxRow.holder.is_not(None)).distinct()
    return {str(one) for one in work.session.scalars(held)}


def release(work: Work, inbox_id: str) -> bool:
    """Let a held or set-aside row be handled again, at a person's wish."""
    changed = work.session.execute(
        update(InboxRow)
        .where(InboxRow.inbox_id == inbox_id, InboxRow.state.in_(("held", "set_aside")))
        .values(state="waiting", attempts=0, failures=0, not_before=work.now, lease_until=None)
        .returning(InboxRow.source)
    ).scalar_one_or_none()
    if changed:
        work.ring(bell(changed))
    return changed is not None


def _end(
    work: Work, inbox_id: str, attempts: int, state: str, verdict: str | None, /, *, failed: bool = False, **more: Any
) -> bool:
    asked = {"ids": [inbox_id], "tries": attempts, "said": verdict, "then": state}
    asked |= {f"new_{name}": value for name, value in more.items()}
    if work.team_id != ALL_TEAMS:
        asked["teams"] = [work.team_id]
    work.flush()
    done = work.connection.execute(_ending(work.team_id != ALL_TEAMS, tuple(more), failed), asked)
    return bool(done.rowcount)


@cache
def _ending(of_a_team: bool, more: tuple[str, ...], failed: bool) -> Update:
    """Prepared, since every row ends with it: whoever acts for a team ends rows of that team alone."""
    which = _these() if of_a_team else _ROW.inbox_id.in_(bindparam("ids", expanding=True))
    new: dict[str, Any] = {
        "state": bindparam("then"),
        "lease_until": None,
        "holder": None,
        "verdict": bindparam("said"),
        **({"failures": _ROW.failures + 1} if failed else {}),
    }
    return update(_INBOX).where(which, *_held()).values(new | {name: bindparam(f"new_{name}") for name in more})


def read_raw(work: Work, inbox_id: str) -> bytes | None:
    """The bytes as they came."""
    raw = work.session.scalar(select(InboxRow.raw).where(InboxRow.inbox_id == inbox_id))
    return None if raw is None else inbox_parts.whole(work, inbox_id, raw)


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


def depth(work: Work) -> Depth:
    """What is not done yet, over all sources."""
    pending = InboxRow.state.in_(("waiting", "working"))
    waiting, oldest = work.session.execute(
        select(func.count(), func.min(InboxRow.received_at)).select_from(InboxRow).where(pending)
    ).one()
    aside = work.session.scalar(select(func.count()).select_from(InboxRow).where(InboxRow.state == "set_aside"))
    return Depth(waiting, oldest, aside or 0)
