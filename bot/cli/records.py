"""`crm import`: customers, orders and mails from a terminal."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot.cli.desks import note, opened, say
from bot.cli.mailbox import is_mailbox
from bot.cli.mailbox import take_in as take_mailbox_in
from crm_store import settings
from crm_store.actions import imports
from crm_store.actions import teams as team_actions
from crm_store.actions.mail_history import KIND as MAILS
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.lookup import keeper
from crm_store.queries import imports as import_queries
from crm_store.values.imports import ColumnChoice
from ingest.files import way_back
from ingest.files.intake import ImportOutcome, Stopped
from ingest.files.intake import import_file as take_in
from ingest.files.preview import Preview

_COLUMNS_SHOWN = 10


def import_file(options: argparse.Namespace) -> int:
    """`crm import FILE` or `crm import --undo IMPORT`."""
    if bool(options.undo) == bool(options.file):
        raise BadInput("Say either a file to import, or --undo with an earlier import.")
    with _any_desk(options.team) as desk:
        if options.undo:
            return undo_import(desk, options.undo, options.json)
        if is_mailbox(options.file):
            if options.map:
                raise BadInput("--map is for lists; a mailbox has no columns.")
            chosen = settings.read()
            outcome = take_mailbox_in(
                desk, options.file, options.whose, chosen.ingest_domain, chosen.parsers, dry_run=options.dry_run
            )
            return _say_outcome(outcome, options.dry_run, options.json)
        if options.whose:
            raise BadInput("--for is for mailboxes; a list of customers is the team's.")
        choice = _choice(desk, options.use, options.overwrite, options.save)
        return import_(desk, options.file, _fields(options.map), options.dry_run, options.json, choice)


def import_(
    desk: Desk,
    file: str,
    fields: dict[str, str],
    dry_run: bool,
    as_json: bool,
    choice: ColumnChoice | None = None,
) -> int:
    """Take a file in; the last line says what became of it and how to take it back."""
    progress = None if as_json else _progress
    try:
        outcome = take_in(desk, _bytes(file), Path(file).name, fields, dry_run, progress, choice)
    except Stopped as stopped:
        note("Stopped; what is in stays. The same command goes on from there.")
        note(f"Take it back with: crm import --undo {stopped.import_id}")
        raise
    status = _say_outcome(outcome, dry_run, as_json)
    if not dry_run:
        keeper.after_import(desk, settings.read(), outcome.created)
    return status


def _say_outcome(outcome: ImportOutcome, dry_run: bool, as_json: bool) -> int:
    if outcome.resumed:
        note(f"An earlier run had taken in {outcome.resumed} rows; this one went on from there.")
    for warning in outcome.warnings:
        sys.stderr.write(f"{warning}\n")
    if dry_run and not as_json:
        for line in _previewed(outcome.preview):
            note(line)
    if outcome.unknown_columns:
        more = len(outcome.unknown_columns) - _COLUMNS_SHOWN
        others = f" and {more} more" if more > 0 else ""
        sys.stderr.write(f"Not used: {', '.join(outcome.unknown_columns[:_COLUMNS_SHOWN])}{others}.\n")
    say(_outcome(outcome) if as_json else _told(outcome, dry_run))
    return 0


def _choice(desk: Desk, use: str, overwrite: str, save: str) -> ColumnChoice | None:
    """What the options say of the columns; None where they say nothing."""
    replaced = tuple(one.strip().lower() for one in overwrite.split(",") if one.strip())
    columns: dict[str, str] = {}
    if use:
        known = desk.read_now(import_queries.mapping_named, use)
        if known is None:
            raise BadInput(f"There is no mapping called {use}; --save NAME remembers one.")
        columns, replaced = known.columns, replaced or known.overwrite
    return ColumnChoice(columns, replaced, save) if columns or replaced or save else None


def _previewed(preview: Preview) -> Iterator[str]:
    """How the columns are understood, and the first rows as they would be read."""
    if preview.program:
        yield f"Read as an export of {preview.program}."
    if preview.saved:
        yield f"Read by the remembered columns of “{preview.saved}”."
    for one in preview.columns:
        yield f"  {one.header} → {one.field or 'left out'}  ({', '.join(one.samples) or 'empty'})"
    for number, row in enumerate(preview.first, 1):
        yield f"  {number}. " + ", ".join(f"{name}: {value}" for name, value in row.items())


def undo_import(desk: Desk, import_id: str, as_json: bool) -> int:
    """Take an import back."""
    way_back.prepare(desk, import_id, None if as_json else partial(_progress, what="parts"))
    receipt = desk.write_now(imports.undo_import, import_id)
    line = {"undone": import_id, "sentence": receipt.sentence, "kept": list(receipt.made)}
    say(json.dumps(line, ensure_ascii=False) if as_json else f"{receipt.sentence}.")
    return 0


@contextmanager
def _any_desk(wanted: str | None) -> Iterator[Desk]:
    """The team's desk; an empty store gets its first team, so that a file can be tried before Slack is joined."""
    with opened() as office:
        if not office.teams and wanted is None:
            office.store.house().write_now(
                team_actions.create,
                "My team",
                None,
                {"currency": office.settings.currency, "time_zone": office.settings.time_zone},
            )
        yield office.desk(wanted)


def _fields(said: list[str]) -> dict[str, str]:
    """`email=E-Post` as a mapping."""
    found = {}
    for one in said:
        field, equals, column = one.partition("=")
        if not (field.strip() and equals and column.strip()):
            raise BadInput(f"--map {one} must be FIELD=COLUMN, such as email=Mail.")
        found[field.strip().lower()] = column.strip()
    return found


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        raise BadInput(f"{file} cannot be read: {problem.strerror}.") from problem


def _outcome(outcome: ImportOutcome) -> str:
    line = {
        "rows": outcome.rows,
        "created": outcome.created,
        "updated": outcome.updated,
        "skipped": outcome.skipped,
        "duplicates": outcome.duplicates,
        "errors": [{"row": row, "problem": problem} for row, problem in outcome.errors],
        "undo": outcome.import_id,
        "kind": outcome.kind,
        "unknown_columns": list(outcome.unknown_columns),
        "possible_duplicates": [{"row": row, "name": name} for row, name in outcome.possible],
        "proposed_pairs": outcome.proposed,
        "columns": {one.header: one.field for one in outcome.preview.columns},
        "program": outcome.preview.program or None,
        "resumed": outcome.resumed,
        "preview": list(outcome.preview.first),
    }
    return json.dumps(line, ensure_ascii=False)


def _told(outcome: ImportOutcome, dry_run: bool) -> str:
    if outcome.kind == MAILS:
        one, done = "mail", "Would file" if dry_run else "Filed"
        first = (
            f"{done} {outcome.created} of {outcome.rows} mails; {outcome.duplicates} known "
            f"already, {outcome.skipped} passed over by the rules, {len(outcome.errors)} to be looked at."
        )
    else:
        one, done = "row", "Would take in" if dry_run else "Took in"
        first = (
            f"{done} {outcome.rows} rows of {outcome.kind}: {outcome.created} new, "
            f"{outcome.updated} completed, {outcome.duplicates} known already, {len(outcome.errors)} not readable."
        )
    lines = [first, *(f"{one.capitalize()} {row}: {problem}" for row, problem in outcome.errors[:20])]
    if len(outcome.errors) > 20:
        lines.append(f"… and {len(outcome.errors) - 20} more {one}s.")
    for row, name in outcome.possible[:20]:
        lines.append(f"{one.capitalize()} {row} may be the same as {name}; a new one was made to be safe.")
    if len(outcome.possible) > 20:
        lines.append(f"… and {len(outcome.possible) - 20} more that may be known already.")
    if outcome.proposed:
        pairs = "1 pair waits" if outcome.proposed == 1 else f"{outcome.proposed} pairs wait"
        lines.append(f"{pairs} to be looked at: /crm duplicates")
    if outcome.import_id:
        lines.append(f"Take it back with: crm import --undo {outcome.import_id}")
    return "\n".join(lines)


def _progress(done: int, of: int, what: str = "rows") -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} {what}" + ("\n" if done >= of else ""))
        sys.stderr.flush()
