"""One way in for every file of customers or orders, from chat and from the command line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from crm_store.actions import imports
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.queries import identity, teams
from crm_store.values.imports import ImportCounts, ImportedRow
from ingest.files.dry_run import DryRun
from ingest.files.mapping import guess_mapping
from ingest.files.rows import Problem, rows
from ingest.files.tables import read_table
from ingest.files.vcard import cards, is_vcard

_LARGEST: Final = 200_000_000
_AT_ONCE: Final = imports.MOST_ROWS


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file; `import_id` takes it back, and is None after a dry run."""

    rows: int
    created: int
    updated: int
    skipped: int
    duplicates: int
    errors: tuple[tuple[int, str], ...]
    import_id: str | None
    unknown_columns: tuple[str, ...]
    kind: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Contents:
    kind: str
    items: list[ImportedRow | Problem]
    mapping: dict[str, Any]
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def import_file(
    desk: Desk,
    raw: bytes,
    name: str,
    mapping_overrides: dict[str, str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportOutcome:
    """Take a CSV or vCard file in, 200 rows a transaction; blocks until all is stored.

    Raises BadInput with one sentence where the file cannot be read at all; single bad rows are reported and passed.
    """
    contents = _read(desk, raw, name, mapping_overrides or {})
    good = [item for item in contents.items if isinstance(item, ImportedRow)]
    problems = [(item.row, item.problem) for item in contents.items if isinstance(item, Problem)]
    import_id = None
    if not dry_run:
        import_id = desk.write_now(imports.begin, name, contents.kind, contents.mapping, raw)
    counts, trial = ImportCounts(), DryRun()
    for batch in _batches(good):
        if import_id is None:
            counts = counts.plus(trial.batch(batch, desk.read_now(identity.known, batch)))
        else:
            counts = counts.plus(desk.write_now(imports.apply_rows, import_id, batch))
        if progress is not None:
            progress(counts.created + counts.updated + counts.skipped + counts.duplicates, len(good))
    if import_id is not None:
        desk.write_now(imports.finish, import_id, problems)
    errors = tuple(sorted([*problems, *counts.errors]))
    return ImportOutcome(
        rows=len(contents.items),
        created=counts.created,
        updated=counts.updated,
        skipped=counts.skipped,
        duplicates=counts.duplicates,
        errors=errors,
        import_id=import_id,
        unknown_columns=contents.unknown,
        kind=contents.kind,
        warnings=contents.warnings,
    )


def _read(desk: Desk, raw: bytes, name: str, overrides: dict[str, str]) -> _Contents:
    if len(raw) > _LARGEST:
        raise BadInput(f"{name} has more than 200 MB; split it.", field="file")
    if not raw.strip():
        raise BadInput(f"{name} is empty.", field="file")
    if is_vcard(raw, name):
        return _Contents("customers", list(cards(raw)), {"format": "vcard"})
    if raw.startswith(b"From ") and b"\nReceived:" in raw[:20_000]:
        raise BadInput(f"{name} is a mailbox; `crm import` at the terminal takes it in.", field="file")
    table = read_table(raw, name)
    mapping = guess_mapping(table, overrides)
    team = desk.read_now(teams.team)
    items = list(rows(table, mapping, team.currency if team else "EUR"))
    return _Contents(mapping.kind, items, mapping.told(table), mapping.unknown, table.warnings)


def _batches(items: Iterable[ImportedRow]) -> Iterator[list[ImportedRow]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
