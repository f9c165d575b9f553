"""One way in for every file of customers, companies, deals or orders, from chat and from the command line."""

import contextlib
import gc
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Final

from crm_store.actions import import_mappings, imports
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.queries import imports as import_queries
from crm_store.queries import teams
from crm_store.queries.import_standing import standing
from crm_store.values.imports import ColumnChoice, ImportCounts, ImportedRow
from ingest.files import kin, whole
from ingest.files.dry_run import DryRun
from ingest.files.mapping import OVERWRITABLE, guess_mapping, head_fingerprint
from ingest.files.preview import Preview, first_rows, of_table
from ingest.files.rows import Problem, rows
from ingest.files.tables import Table, read_table
from ingest.files.vcard import cards, is_vcard

_LARGEST: Final = 200_000_000
_AT_ONCE: Final = 100
_AHEAD: Final = 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file; `import_id` takes it back, and is None after a dry run.

    `possible` are rows that made somebody new, with the name of who may be the same; `resumed` is how many rows an
    earlier run had taken in, and `proposed` how many pairs of people wait in the tray of duplicates since.
    """

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
    possible: tuple[tuple[int, str], ...] = ()
    preview: Preview = field(default_factory=Preview)
    resumed: int = 0
    proposed: int = 0


@dataclass(frozen=True, slots=True)
class _Contents:
    kind: str
    items: list[ImportedRow | Problem]
    mapping: dict[str, Any]
    overwrite: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    preview: Preview = field(default_factory=Preview)

    @property
    def good(self) -> list[ImportedRow]:
        """What can be taken in."""
        return [item for item in self.items if isinstance(item, ImportedRow)]

    @property
    def problems(self) -> list[tuple[int, str]]:
        """What cannot, by row."""
        return [(item.row, item.problem) for item in self.items if isinstance(item, Problem)]


def import_file(
    desk: Desk,
    raw: bytes,
    name: str,
    mapping_overrides: dict[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    choice: ColumnChoice | None = None,
) -> ImportOutcome:
    """Take a CSV or vCard file in, a few thousand rows a transaction at most; blocks until all is stored.

    A file whose import was stopped goes on where it was. Without a `choice` of columns the one remembered for files
    with this head is taken; a choice that has a name is remembered under it.

    Raises BadInput with one sentence where the file cannot be read at all; single bad rows are reported and passed.
    """
    if whole.is_whole(raw):
        return _whole_export(desk, raw, name, dry_run, progress)
    contents = _read(desk, raw, name, mapping_overrides or {}, choice, keep=not dry_run)
    if dry_run:
        counts, import_id, resumed, proposed = _try_out(desk, contents, progress), None, 0, 0
        possible = _named(desk, counts)
    else:
        import_id, resumed = _begin(desk, raw, name, contents)
        with _out_of_the_way():
            counts = _take_in(desk, import_id, contents, progress)
        if resumed:
            counts = _whole(desk, import_id)
        desk.write_now(imports.finish, import_id, contents.problems)
        possible = desk.read_now(import_queries.possible_duplicates, import_id)
        proposed = kin.propose(desk, import_id)
    return ImportOutcome(
        rows=len(contents.items),
        created=counts.created,
        updated=counts.updated,
        skipped=counts.skipped,
        duplicates=counts.duplicates,
        errors=tuple(sorted([*contents.problems, *counts.errors])),
        import_id=import_id,
        unknown_columns=contents.unknown,
        kind=contents.kind,
        warnings=contents.warnings,
        possible=possible,
        preview=contents.preview,
        resumed=resumed,
        proposed=proposed,
    )


def _whole_export(desk: Desk, raw: bytes, name: str, dry_run: bool, progress: Progress | None) -> ImportOutcome:
    counts, lines, problems, import_id = whole.take_in(desk, raw, name, dry_run=dry_run, progress=progress)
    return ImportOutcome(
        rows=lines + len(problems),
        created=counts.created,
        updated=0,
        skipped=0,
        duplicates=counts.duplicates,
        errors=problems,
        import_id=import_id,
        unknown_columns=(),
        kind="everything",
    )


def _begin(desk: Desk, raw: bytes, name: str, contents: _Contents) -> tuple[str, int]:
    """A new import, or the one of this very file that was stopped, with how many rows it has."""
    told = {"columns": contents.mapping, "overwrite": list(contents.overwrite)}
    mark = hashlib.sha256(raw)
    mark.update(json.dumps(told, sort_keys=True).encode())
    fingerprint = mark.hexdigest()
    stopped = desk.read_now(import_queries.under_way, fingerprint)
    if stopped:
        return stopped, desk.read_now(import_queries.outcome, stopped).rows
    told["fingerprint"] = fingerprint
    return desk.write_now(imports.begin, name, contents.kind, told, None), 0


@contextlib.contextmanager
def _out_of_the_way() -> Iterator[None]:
    """Let the garbage collector pass over what was read: it would walk a long list again with every group written."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _take_in(desk: Desk, import_id: str, contents: _Contents, progress: Progress | None) -> ImportCounts:
    good, done, counts = contents.good, 0, ImportCounts()
    ahead = _AHEAD if desk.read_now(import_queries.writes_in_order) else 1
    batches = _batches(good)
    # What waits together is committed together, unless somebody else wants to write: a batch is the longest they wait.
    while some := list(islice(batches, ahead)):
        waiting = [
            desk.store.submit_write(
                desk.team_id, desk.actor, partial(imports.apply_rows, import_id=import_id, rows=batch), patient=True
            )
            for batch in some
        ]
        for batch, written in zip(some, waiting, strict=True):
            counts = counts.plus(written.result())
            done += len(batch)
            if progress is not None:
                progress(done, len(good))
    return counts


def _whole(desk: Desk, import_id: str) -> ImportCounts:
    """The counts of all runs of an import together."""
    record = desk.read_now(import_queries.outcome, import_id)
    return ImportCounts(record.created, record.updated, record.skipped, record.duplicates, record.errors)


def _try_out(desk: Desk, contents: _Contents, progress: Progress | None) -> ImportCounts:
    good, done, counts = contents.good, 0, ImportCounts()
    trial = DryRun(desk.store.clock.now(), frozenset(contents.overwrite))
    for batch in _batches(good):
        counts = counts.plus(trial.batch(batch, desk.read_now(standing, batch)))
        done += len(batch)
        if progress is not None:
            progress(done, len(good))
    return counts


def _named(desk: Desk, counts: ImportCounts) -> tuple[tuple[int, str], ...]:
    """Possible duplicates of a dry run; those within the file itself have no name in the store yet."""
    names = desk.read_now(import_queries.names_of, [other for _, other in counts.possible][:1_000])
    return tuple((row, names.get(other, "a row above")) for row, other in counts.possible)


def _read(
    desk: Desk, raw: bytes, name: str, overrides: dict[str, str], choice: ColumnChoice | None, *, keep: bool
) -> _Contents:
    if len(raw) > _LARGEST:
        raise BadInput(f"{name} has more than 200 MB; split it.", field="file")
    if not raw.strip():
        raise BadInput(f"{name} is empty.", field="file")
    if is_vcard(raw, name):
        items = list(cards(raw))
        good = [item for item in items if isinstance(item, ImportedRow)]
        overwrite = choice.overwrite if choice else ()
        preview = Preview(first=first_rows(good), program="vCard")
        return _Contents("customers", items, {"format": "vcard"}, _allowed(overwrite), preview=preview)
    if raw.startswith(b"From ") and b"\nReceived:" in raw[:20_000]:
        raise BadInput(f"{name} is a mailbox; `crm import` at the terminal takes it in.", field="file")
    return _read_table(desk, read_table(raw, name), overrides, choice, keep=keep)


def _read_table(
    desk: Desk, table: Table, overrides: dict[str, str], choice: ColumnChoice | None, *, keep: bool
) -> _Contents:
    fingerprint = head_fingerprint(table)
    remembered = desk.read_now(import_queries.saved_mapping, fingerprint)
    chosen = choice if choice and (choice.columns or not remembered) else remembered or choice or ColumnChoice()
    overwrite = _allowed((choice.overwrite if choice else ()) or chosen.overwrite)
    mapping = guess_mapping(table, overrides, chosen.columns)
    saved = remembered.name if remembered and chosen is remembered else ""
    if choice and choice.name and keep:
        told = ColumnChoice(mapping.by_column(table), overwrite, choice.name)
        saved = desk.write_now(import_mappings.save, fingerprint, told)
    team = desk.read_now(teams.team)
    items = list(rows(table, mapping, team.currency if team else "EUR"))
    preview = of_table(table, mapping, [item for item in items if isinstance(item, ImportedRow)], saved)
    told_columns = mapping.told(table)
    return _Contents(mapping.kind, items, told_columns, overwrite, mapping.unknown, table.warnings, preview)


def _allowed(overwrite: Iterable[str]) -> tuple[str, ...]:
    wrong = [one for one in overwrite if one not in OVERWRITABLE]
    if wrong:
        raise BadInput(f"“{wrong[0]}” cannot be replaced; {', '.join(OVERWRITABLE)} can.", field="overwrite")
    return tuple(one for one in OVERWRITABLE if one in set(overwrite))


def _batches(items: Iterable[ImportedRow]) -> Iterator[list[ImportedRow]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
