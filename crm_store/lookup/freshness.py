"""Which change of the look-up's tables is the newest that a unit of work sees, and what has changed since another.

The changes of a team are numbered without a gap, under a lock of the team that is held to the commit: a number that
is seen was committed, and so were all before it. So one number tells whether a copy in memory is as the store is.
"""

from dataclasses import dataclass
from typing import Final

from crm_store.engine.work import Work
from crm_store.lookup.index_state import State
from crm_store.lookup.reading import TEAM, driver_cursor, plain, read_plain
from crm_store.lookup.tokens import FORGET

_NEWEST: Final = plain("SELECT seq, mark FROM lookup_changes WHERE team_id = ? ORDER BY seq DESC LIMIT 1")
_MARK: Final = plain("SELECT mark FROM lookup_changes WHERE team_id = ? AND seq = ?")
_SINCE: Final = plain(
    "SELECT seq, mark, customer_id, op FROM lookup_changes WHERE team_id = ? AND seq >= ? ORDER BY seq LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Who changed since a state, in order, up to which state; `more` where others follow."""

    customer_ids: tuple[str, ...]
    until: State
    more: bool


def newest(work: Work) -> State:
    """The state that this unit sees; asked of the driver itself, since every look-up begins with it."""
    cursor = driver_cursor(work)
    try:
        cursor.execute(_NEWEST.sqlite if work.dialect == "sqlite" else _NEWEST.postgresql, (work.team_id,))
        row = cursor.fetchone()
    finally:
        cursor.close()
    return State(work.team_id, *(row or (0, 0)))


def since(work: Work, state: State, most: int) -> Changes | None:
    """At most so many changes after that state; None where a copy of it cannot be brought to the present.

    So it is after somebody was erased, where the changes between are no longer kept, and where the store's history is
    not the one that the copy was made of.
    """
    rows = read_plain(work, _SINCE, TEAM, state.seq, most + 2)
    if not rows or not state.mark or tuple(rows[0][:2]) != (state.seq, state.mark):
        return None
    after = rows[1 : most + 1]
    if any(op == FORGET for *_, op in after) or [seq for seq, *_ in after] != list(
        range(state.seq + 1, state.seq + 1 + len(after))
    ):
        return None
    until = State(state.team_id, *(after[-1][:2] if after else (state.seq, state.mark)))
    return Changes(tuple(dict.fromkeys(row[2] for row in after)), until, len(rows) > most + 1)


def is_of(work: Work, state: State) -> bool:
    """Whether the store's history holds that state, or has gone on so far that this can no longer be told."""
    marks = read_plain(work, _MARK, TEAM, state.seq)
    return not marks or marks[0][0] == state.mark


def may_keep(work: Work) -> bool:
    """Whether all that this unit sees was committed: a unit that writes may yet be undone."""
    if work.dialect == "sqlite":
        return bool(work.connection.exec_driver_sql("PRAGMA query_only").scalar())
    return work.connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
