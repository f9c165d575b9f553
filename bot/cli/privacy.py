"""What a person may ask of whoever keeps data about them: to see it, and to have it erased."""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from bot.cli import desks
from bot.cli.desks import note, say
from crm_store import backup
from crm_store.errors import BadInput
from crm_store.privacy import erase as erasing
from crm_store.privacy import export as exporting
from crm_store.privacy.scrub import scrub
from crm_store.settings import Settings


def export_person(options: argparse.Namespace) -> int:
    """Write all that is kept about a person into one archive."""
    target = Path(options.out)
    if os.path.lexists(target):
        raise BadInput(f"{target} is there already; choose another name.")
    with desks.opened() as office:
        done = office.desk(options.team).write_now(exporting.export, options.who)
    try:
        # Only whoever made it may read it.
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(done.content)
    except OSError as problem:
        raise BadInput(f"{target} cannot be written ({problem.strerror}).") from problem
    found = {"name": done.name, "records": done.records, "mails": done.mails, "files": done.files, "out": str(target)}
    if options.json:
        say(json.dumps(found, ensure_ascii=False))
    else:
        say(f"{target}: {done.records} records, {done.mails} mails and {done.files} files about {done.name}.")
    return 0


def erase_person(options: argparse.Namespace) -> int:
    """Erase a person for good, and print the certificate; at a terminal it asks first."""
    with desks.opened() as office:
        desk = office.desk(options.team)
        if options.dry_run or not (options.json or options.yes or not sys.stdin.isatty()):
            person, counts = desk.read_now(erasing.preview, options.who)
            if options.dry_run:
                _would(person.name, counts, as_json=options.json)
                return 0
            note(f"{person.name} would be erased: {_listed(counts)}. This cannot be taken back.")
            note(f"Type the name {person.name} to go on, anything else to stop:")
            if sys.stdin.readline().strip() != person.name:
                note("Nothing was erased.")
                return 1
        done = desk.write_now(erasing.erase, options.who)
        chosen = office.settings
    # The store is closed now, so that nothing of ours holds the file.
    told = {"erased": True, **dataclasses.asdict(done), "scrubbed": _scrubbed(chosen)}
    if options.json:
        say(json.dumps(told))
    else:
        say(f"Erased: {_listed(done.removed)}; changed: {_listed(done.changed)}.")
        say(f"Certificate {done.certificate} of {done.at}, kept as {done.erasure_id}.")
    return 0


def _would(name: str, counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps({"erased": False, "would_remove": counts}))
    else:
        say(f"{name} would be erased: {_listed(counts)}. Nothing was changed.")


def _scrubbed(chosen: Settings) -> bool:
    file = backup.store_file(chosen)
    if file is None:
        return False
    try:
        scrub(file)
    except Exception as problem:  # noqa: BLE001 -- the erasure is done; whatever hinders the scrubbing is only said
        note(f"The rows are gone, but freed pages may still hold their bytes: {problem}")
        return False
    return True


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {table}" for table, count in sorted(counts.items())) or "nothing"
