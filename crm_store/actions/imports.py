"""Imports: a file's rows in batches, each row once whatever happens, and the way back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, update

from crm_store import audit
from crm_store.actions.import_rows import write_rows
from crm_store.actions.import_undo import undo_import
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.lookup.reading import TEAM, plain, read_plain
from crm_store.models.plumbing import Import, ImportRow
from crm_store.values.imports import ImportCounts, ImportedRow

__all__ = ["MOST_ROWS", "apply_rows", "begin", "finish", "undo_import"]

MOST_ROWS = 200
_STATE: Final = plain("SELECT state, mapping, counts FROM imports WHERE team_id = ? AND import_id = ?")
# A span, which is one walk of the key: for a list of numbers the database would walk all rows of the import.
_DONE: Final = plain('SELECT "row" FROM import_rows WHERE team_id = ? AND import_id = ? AND "row" BETWEEN ? AND ?')
_TABLE: Final = cast(Table, Import.__table__)
_COUNTED: Final = (
    update(_TABLE)
    .where(_TABLE.c.team_id == bindparam("team"), _TABLE.c.import_id == bindparam("import"))
    .values(counts=bindparam("summed"))
)


def begin(work: Work, file_name: str, kind: str, mapping: dict[str, Any], raw: bytes | None) -> str:
    """Note that a file is being taken in, with what its columns were taken for; `raw` lets it be read again."""
    import_id = work.new_id(Prefix.IMPORT)
    # An import is taken back by undo_import, which knows its rows.
    with audit.record(work, "import", import_id, f"Import of {file_name}", undoable=False) as ledger:
        ledger.add(
            Import(
                import_id=import_id,
                file_name=file_name,
                kind=kind,
                mapping=mapping,
                state="running",
                counts={},
                raw=raw,
                by=work.actor,
                at=work.now,
            )
        )
    return import_id


def apply_rows(work: Work, import_id: str, rows: Sequence[ImportedRow]) -> ImportCounts:
    """Take in at most 200 rows: people known by address, key or name and company are not made twice.

    A row that was applied before is passed over, so that a batch may be repeated.
    """
    if len(rows) > MOST_ROWS:
        raise BadInput(f"At most {MOST_ROWS} rows at a time.")
    running = _running(work, import_id)
    if not rows:
        return ImportCounts()
    numbers = [row.row for row in rows]
    done = {row for (row,) in read_plain(work, _DONE, TEAM, import_id, min(numbers), max(numbers))}
    overwrite = frozenset(str(one) for one in running.mapping.get("overwrite") or ())
    plan = write_rows(work, import_id, [row for row in rows if row.row not in done], overwrite)
    counts = _summed(running.counts, plan.counts)
    work.connection.execute(_COUNTED, {"team": work.team_id, "import": import_id, "summed": counts})
    if plan.ids or plan.updates:
        changed = sorted({row_id for _, row_id in plan.updates})
        audit.append(work, "import-rows", import_id, {"rows": len(plan.ids), "ids": plan.ids, "changed": changed})
    return plan.counts


def finish(work: Work, import_id: str, problems: Sequence[tuple[int, str]] = ()) -> None:
    """The file is through; `problems` are rows that could not be read, kept beside the others."""
    row = _import(work, import_id)
    with audit.record(work, "import-end", import_id, f"Import of {row.file_name} ended", undoable=False) as ledger:
        ledger.change(row)
        row.state = "done"
        row.raw = None
        row.counts = {**row.counts, "errors": int(row.counts.get("errors", 0)) + len(problems)}
        values = [
            {"import_id": import_id, "row": number, "outcome": "error", "row_id": None, "problem": problem[:500]}
            for number, problem in problems
        ]
        for start in range(0, len(values), MOST_ROWS):
            work.insert(ImportRow, values[start : start + MOST_ROWS], or_nothing=True)


@dataclass(frozen=True, slots=True)
class _Running:
    """What a batch needs to know of its import."""

    mapping: dict[str, Any]
    counts: dict[str, Any]


def _running(work: Work, import_id: str) -> _Running:
    """Read past the session, as each of many batches asks for it."""
    found = read_plain(work, _STATE, TEAM, import_id)
    if not found:
        raise NotFound("There is no such import.", wanted=import_id)
    state, *told = found[0]
    if state != "running":
        raise BadInput("That import has ended or was taken back.")
    return _Running(*(json.loads(one) if isinstance(one, str) else one for one in told))


def _import(work: Work, import_id: str) -> Import:
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None:
        raise NotFound("There is no such import.", wanted=import_id)
    return row


def _summed(before: dict[str, Any], counts: ImportCounts) -> dict[str, Any]:
    more = {
        "created": counts.created,
        "updated": counts.updated,
        "skipped": counts.skipped,
        "duplicates": counts.duplicates,
        "errors": len(counts.errors),
    }
    return {name: int(before.get(name, 0)) + number for name, number in more.items()}
