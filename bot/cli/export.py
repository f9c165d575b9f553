"""`crm export`: what the team has, as tables, as JSON Lines of everything, and its mails as a mailbox."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from bot.cli.desks import note, opened, say
from bot.cli.mailbox import colleague
from crm_store.actions import exports
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.values.exports import ALL, KINDS, MAILS
from ingest.files import export as files

_WHOLE = "rapport.jsonl"
Writer = Callable[[Desk, BinaryIO], int]


def export(options: argparse.Namespace) -> int:
    """`crm export DIR` or `crm export FILE --what customers`."""
    target = Path(options.target)
    plan = _plan(target, options.what)
    with opened() as office:
        desk = office.desk(options.team)
        if options.whose:
            user_id = colleague(desk, options.whose)
            if user_id is None:
                raise BadInput(f"{options.whose} is not the address of a colleague.")
            desk = office.store.team(desk.team_id, user_id)
        for what, path in plan:
            rows = write(desk, what, path)
            line = {"what": what, "file": str(path), "rows": rows}
            say(json.dumps(line, ensure_ascii=False) if options.json else f"{path}: {rows} rows of {what}")
    if not options.whose and not options.json:
        note("Private notes stay with their authors; --for EMAIL takes one colleague's own along.")
    return 0


def write(desk: Desk, what: str, path: Path) -> int:
    """One file, which appears only when it is whole; the store keeps who took it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            with part.open("wb") as file:
                rows = _writer(what)(desk, file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise BadInput(f"{path} cannot be written: {problem.strerror}.") from problem
    desk.write_now(exports.note, what, rows)
    return rows


def _writer(what: str) -> Writer:
    if what == ALL:
        return files.write_everything
    if what == MAILS:
        return files.write_mails
    return lambda desk, file: files.write_table(desk, what, file)


def _plan(target: Path, what: str | None) -> list[tuple[str, Path]]:
    """Which files come to be."""
    meant = {".jsonl": ALL, ".ndjson": ALL, ".mbox": MAILS, ".csv": what or KINDS[0]}.get(target.suffix.lower())
    if meant is None or target.is_dir():
        return [(one, target / _named(one)) for one in ([what] if what else [ALL, MAILS, *KINDS])]
    if what and what != meant:
        raise BadInput(f"{what} does not fit into {target.name}; tables are .csv, all is .jsonl, mails are .mbox.")
    if meant in {ALL, MAILS} and target.suffix.lower() == ".csv":
        raise BadInput(f"{meant} does not fit into {target.name}; all is .jsonl and mails are .mbox.")
    return [(meant, target)]


def _named(what: str) -> str:
    return {ALL: _WHOLE, MAILS: "mails.mbox"}.get(what, f"{what}.csv")
