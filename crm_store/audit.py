"""The ledger of an action: what it added, changed and removed, chained into the audit and kept for its undo."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, inspect, select

from crm_store.engine import plain_rows
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.columns import TeamRow
from crm_store.models.people import Team
from crm_store.models.plumbing import Audit, Undo

UNDO_FOR: Final = timedelta(days=90)
_START: Final = "0" * 64
_CHAIN: Final = cast(Table, Audit.__table__)
_COLUMNS: Final = tuple(column.name for column in _CHAIN.columns if column.name != "team_id")
_LAST: Final = (
    select(_CHAIN.c.seq, _CHAIN.c.hash)
    .where(_CHAIN.c.team_id == bindparam("team"))
    .order_by(_CHAIN.c.seq.desc())
    .limit(1)
)


@dataclass(slots=True)
class Ledger:
    """Rows an action touches; filled by the action, written when it ends."""

    work: Work
    verb: str
    undo_id: str
    row_id: str = ""
    sentence: str = ""
    undoable: bool = True
    note: dict[str, Any] = field(default_factory=dict)
    _added: list[TeamRow] = field(default_factory=list)
    _before: list[tuple[TeamRow, dict[str, Any]]] = field(default_factory=list)
    _removed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: TeamRow) -> None:
        """Take a new row into the team and into the ledger."""
        self.work.add(row)
        self._added.append(row)

    @property
    def added(self) -> Sequence[TeamRow]:
        """The rows that are new so far, in their order."""
        return self._added

    def change(self, row: TeamRow) -> None:
        """Keep how a row is now; call it before the first change."""
        if not any(known is row for known, _ in self._before) and not any(known is row for known in self._added):
            self._before.append((row, values(row)))

    def remove(self, row: TeamRow) -> None:
        """Remove a row; its values stay in the undo."""
        self._removed.append({"table": row.__tablename__, "values": values(row)})
        self.work.session.delete(row)

    def steps(self) -> list[dict[str, Any]]:
        """What was done, as the undo reads it; called after the flush."""
        added = [{"op": "added", "table": row.__tablename__, "key": key(row)} for row in self._added]
        changed = []
        for row, before in self._before:
            after = values(row)
            fields = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
            if fields:
                changed.append({"op": "changed", "table": row.__tablename__, "key": key(row), "fields": fields})
        return [*added, *changed, *({"op": "removed", **one} for one in self._removed)]


@contextmanager
def record(work: Work, verb: str, row_id: str = "", sentence: str = "", *, undoable: bool = True) -> Iterator[Ledger]:
    """Open a ledger for one action; when the block ends, audit and undo are written in the same transaction."""
    ledger = Ledger(work, verb, work.new_id(Prefix.UNDO), row_id, sentence, undoable)
    yield ledger
    # The flush gives new rows their defaults, which the undo must know.
    work.session.flush()
    steps = ledger.steps()
    append(work, verb, ledger.row_id, {"steps": [_blanked(work, step) for step in steps], **ledger.note})
    if ledger.undoable and steps:
        work.add(
            Undo(
                undo_id=ledger.undo_id,
                actor=work.actor,
                verb=verb,
                sentence=ledger.sentence,
                inverse=steps,
                at=work.now,
                expires_at=work.now + UNDO_FOR,
            )
        )


def append(work: Work, verb: str, row_id: str, change: dict[str, Any]) -> None:
    """Chain one entry: hash = SHA-256(previous hash, canonical JSON of all columns)."""
    work.lock_team()
    # Past the session, which would ask for the chain's end and write the entry with many times the work.
    found = work.connection.execute(_LAST, {"team": work.team_id}).first()
    seq, previous = (found.seq + 1, found.hash) if found else (1, _START)
    entry = Audit(
        team_id=work.team_id,
        seq=seq,
        at=work.now,
        actor=work.actor,
        verb=verb,
        row_id=row_id,
        change=change,
        previous_hash=previous,
        hash="",
    )
    entry.hash = digest(entry)
    plain_rows.insert(work, Audit, [{name: getattr(entry, name) for name in _COLUMNS}])


def digest(entry: Audit) -> str:
    """What an entry's hash must be."""
    columns = [entry.team_id, entry.seq, _plain(entry.at), entry.actor, entry.verb, entry.row_id, entry.change]
    canonical = json.dumps([entry.previous_hash, *columns], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether a team's audit chain holds."""

    ok: bool
    rows: int
    first_bad: int | None
    problem: str | None


def verify(work: Work) -> ChainReport:
    """Walk the team's chain from its start and report the first entry that does not fit."""
    chain = work.session.scalars(select(Audit).order_by(Audit.seq).execution_options(yield_per=1000))
    with closing(chain):
        return _walk(chain)


def _walk(chain: Iterable[Audit]) -> ChainReport:
    previous, rows = _START, 0
    for entry in chain:
        rows += 1
        if entry.seq != rows:
            return ChainReport(False, rows, entry.seq, f"entry {rows} is missing")
        if entry.previous_hash != previous:
            return ChainReport(False, rows, entry.seq, "the entry does not follow from the one before it")
        if digest(entry) != entry.hash:
            return ChainReport(False, rows, entry.seq, "the entry was changed after it was written")
        previous = entry.hash
    return ChainReport(True, rows, None, None)


def values(row: TeamRow) -> dict[str, Any]:
    """All columns of a row as JSON can hold them."""
    return {column.key: _plain(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}


def key(row: TeamRow) -> list[Any]:
    """A row's primary key."""
    return [_plain(getattr(row, column.name)) for column in type(row).__table__.primary_key]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return value


def _blanked(work: Work, step: dict[str, Any]) -> dict[str, Any]:
    """The step with what tells of a person replaced by keyed pseudonyms, so that erasing need not break the chain."""
    personal = _personal_columns(step["table"])
    if step["op"] == "changed":
        fields = {
            name: [_pseudonym(work, one) for one in pair] if name in personal else pair
            for name, pair in step["fields"].items()
        }
        return {**step, "fields": fields, "key": _safe_key(work, step, personal)}
    if step["op"] == "removed":
        kept = {name: _pseudonym(work, one) if name in personal else one for name, one in step["values"].items()}
        return {**step, "values": kept}
    return {**step, "key": _safe_key(work, step, personal)}


def _safe_key(work: Work, step: dict[str, Any], personal: frozenset[str]) -> list[Any]:
    names = [column.name for column in _table(step["table"]).primary_key]
    return [_pseudonym(work, one) if name in personal else one for name, one in zip(names, step["key"], strict=True)]


def _table(name: str) -> Any:
    return TeamRow.metadata.tables[name]


def _personal_columns(table: str) -> frozenset[str]:
    return frozenset(column.name for column in _table(table).columns if column.info.get("personal"))


def _pseudonym(work: Work, value: Any) -> Any:
    if value in (None, ""):
        return value
    team = work.session.get(Team, work.team_id)
    secret = team.pseudonym_key.encode() if team else b""
    return "~" + hmac.new(secret, str(value).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]
