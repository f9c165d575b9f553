"""One way in for every file of customers, companies, deals or orders, from chat and from the command line."""

import contextlib
import gc
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from crm_store.actions import import_mappings, imports
from crm_store.engine import statistics
from crm_store.engine.store import Desk, Part
from crm_store.engine.work import Work
from crm_store.errors import BadInput, StoreUnavailable
from crm_store.queries import imports as import_queries
from crm_store.queries import teams
from crm_store.queries.identity import with_keys
from crm_store.queries.import_standing import standing
from crm_store.values.imports import ColumnChoice, ImportCounts, ImportedRow
from ingest.files import ahead, kin, whole
from ingest.files.contents import AT_ONCE, Contents, ListFile, refuse_others
from ingest.files.dry_run import DryRun
from ingest.files.mapping import OVERWRITABLE
from ingest.files.preview import Preview

_AHEAD: Final = 480
"""Batches that wait to be written: two groups of the writer, so that it need not wait for whoever reads."""
_TOGETHER: Final = 120
"""Batches handed over together: one by one they would be committed as they come, which is much for each row."""
Progress = Callable[[int, int], None]


class Stopped(KeyboardInterrupt):
    """Somebody stopped an import; what is in stays, and the same file goes on from there."""

    def __init__(self, import_id: str) -> None:
        super().__init__(import_id)
        self.import_id = import_id


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
    refuse_others(raw, name)
    with ahead.reading(raw, name) as file:
        contents, overwrite = _understood(desk, file, mapping_overrides or {}, choice, keep=not dry_run)
        if dry_run:
            counts, import_id, resumed, proposed = _try_out(desk, contents, overwrite, progress), None, 0, 0
            possible = _named(desk, counts)
        else:
            import_id, resumed = _begin(desk, raw, name, contents, overwrite)
            with _out_of_the_way():
                counts = _take_in(desk, import_id, contents, progress)
            if resumed:
                counts = _whole(desk, import_id)
            desk.write_now(imports.finish, import_id, contents.problems)
            if contents.good >= statistics.MANY:
                # What is in is in, whether or not the database finds the time for this.
                with contextlib.suppress(StoreUnavailable):
                    desk.write_now(statistics.learn)
            possible = desk.read_now(import_queries.possible_duplicates, import_id)
            proposed = kin.propose(desk, import_id)
    return ImportOutcome(
        rows=contents.rows,
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


def _begin(desk: Desk, raw: bytes, name: str, contents: Contents, overwrite: Sequence[str]) -> tuple[str, int]:
    """A new import, or the one of this very file that was stopped, with how many rows it has."""
    told = {"columns": contents.mapping, "overwrite": list(overwrite)}
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


def _take_in(desk: Desk, import_id: str, contents: Contents, progress: Progress | None) -> ImportCounts:
    """Rows are read while those before them are written; what waits together is written together."""
    ahead, together, batches = _AHEAD, _TOGETHER, iter(contents.batches)
    if not desk.read_now(import_queries.writes_in_order):
        # Nobody waits for one writer there, so that each unit may be as long as a unit may be.
        ahead, together, batches = 1, 1, _joined(batches, imports.MOST_ROWS // AT_ONCE)
    taken = _Taken(contents.good, progress)
    waiting: deque[tuple[int, Future[ImportCounts]]] = deque()

    def take(work: Work, rows: Sequence[ImportedRow]) -> ImportCounts:
        return imports.apply_rows(work, import_id, rows)

    try:
        while some := list(islice(batches, together)):
            parts = (Part(take, batch, ImportCounts()) for batch in some)
            written = [desk.store.submit_write(desk.team_id, desk.actor, part, patient=True) for part in parts]
            waiting.extend(zip(map(len, some), written, strict=True))
            while len(waiting) > ahead - together or (waiting and waiting[0][1].done()):
                taken.note(*waiting.popleft())
        while waiting:
            taken.note(*waiting.popleft())
    except KeyboardInterrupt:
        for _, one in waiting:
            one.cancel()
        raise Stopped(import_id) from None
    return taken.counts


@dataclass(slots=True)
class _Taken:
    """What was written so far."""

    good: int
    progress: Progress | None
    counts: ImportCounts = field(default_factory=ImportCounts)
    rows: int = 0

    def note(self, rows: int, written: "Future[ImportCounts]") -> None:
        """Wait for a batch, and tell of it."""
        self.counts = self.counts.plus(written.result())
        self.rows += rows
        if self.progress is not None:
            self.progress(self.rows, self.good)


def _joined(batches: Iterator[list[ImportedRow]], number: int) -> Iterator[list[ImportedRow]]:
    while some := list(islice(batches, number)):
        yield [row for batch in some for row in batch]


def _whole(desk: Desk, import_id: str) -> ImportCounts:
    """The counts of all runs of an import together."""
    record = desk.read_now(import_queries.outcome, import_id)
    return ImportCounts(record.created, record.updated, record.skipped, record.duplicates, record.errors)


def _try_out(desk: Desk, contents: Contents, overwrite: Iterable[str], progress: Progress | None) -> ImportCounts:
    done, counts = 0, ImportCounts()
    trial = DryRun(desk.store.clock.now(), frozenset(overwrite))
    for some in contents.batches:
        batch = list(map(with_keys, some))
        counts = counts.plus(trial.batch(batch, desk.read_now(standing, batch)))
        done += len(batch)
        if progress is not None:
            progress(done, contents.good)
    return counts


def _named(desk: Desk, counts: ImportCounts) -> tuple[tuple[int, str], ...]:
    """Possible duplicates of a dry run; those within the file itself have no name in the store yet."""
    names = desk.read_now(import_queries.names_of, [other for _, other in counts.possible][:1_000])
    return tuple((row, names.get(other, "a row above")) for row, other in counts.possible)


def _understood(
    desk: Desk, file: ListFile, overrides: dict[str, str], choice: ColumnChoice | None, *, keep: bool
) -> tuple[Contents, tuple[str, ...]]:
    """What the list holds, and which fields may replace what is known: as chosen, or as remembered for its like."""
    remembered = desk.read_now(import_queries.saved_mapping, file.fingerprint) if file.fingerprint else None
    chosen = choice if choice and (choice.columns or not remembered) else remembered or choice or ColumnChoice()
    overwrite = _allowed((choice.overwrite if choice else ()) or chosen.overwrite)
    team = desk.read_now(teams.team)
    contents = file.understood(overrides, chosen.columns, team.currency if team else "EUR")
    saved = remembered.name if remembered and chosen is remembered else ""
    if choice and choice.name and keep and file.fingerprint:
        told = ColumnChoice(contents.by_column, overwrite, choice.name)
        saved = desk.write_now(import_mappings.save, file.fingerprint, told)
    return replace(contents, preview=replace(contents.preview, saved=saved)), overwrite


def _allowed(overwrite: Iterable[str]) -> tuple[str, ...]:
    wrong = [one for one in overwrite if one not in OVERWRITABLE]
    if wrong:
        raise BadInput(f"“{wrong[0]}” cannot be replaced; {', '.join(OVERWRITABLE)} can.", field="overwrite")
    return tuple(one for one in OVERWRITABLE if one in set(overwrite))
