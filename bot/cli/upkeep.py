"""Upkeep of a store: its schema, its jobs, its inbox, its audit chain, its copies, and what ails it."""

import argparse
import asyncio
import dataclasses
import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.cli import desks, rubbish
from bot.cli.desks import Office, note, say
from crm_store import audit, inbox, settings
from crm_store import backup as copies
from crm_store.audit import ChainReport
from crm_store.clock import SystemClock
from crm_store.engine import Store
from crm_store.errors import BadInput, BadSetting
from crm_store.inbox import InboxLine
from crm_store.values.teams import TeamView

if TYPE_CHECKING:
    from campaigns.jobs import JobOutcome

_STATES: Final = ("waiting", "working", "done", "held", "set_aside")


def migrate(_options: argparse.Namespace) -> int:
    """Bring the schema up to date, and say from which version to which."""
    with desks.opened(any_schema=True) as office:
        say(_migrated(office.store))
    return 0


def _migrated(store: Store) -> str:
    from crm_store.migrations.upgrade import bring_up_to_date  # noqa: PLC0415 -- alembic loads only where it migrates

    have, need = store.house().read_now(copies.schema), copies.needed_schema()
    if have is not None and have > need:
        raise BadSetting(f"The store's schema is {have}, newer than {need}, which this version of Rapport knows.")
    with copies.spoken():
        done = bring_up_to_date(store)
    if done.before == done.after:
        return f"The schema is {done.after}, the newest; nothing was to be done."
    kept = f" A copy of the old store is {done.copy}." if done.copy else ""
    return f"The schema went from {done.before or 'empty'} to {done.after}.{kept}"


def run_job(options: argparse.Namespace) -> int:
    """Run a job now, wait for its end, and say what came of it."""
    from campaigns.jobs import Scheduler  # noqa: PLC0415 -- the scheduler loads for this command alone

    as_of = desks.day(options.as_of)
    with rubbish.set_apart(), desks.opened() as office:
        team = office.team(options.team)
        clock = office.store.clock
        began = clock.monotonic()
        scheduler = Scheduler(office.store, office.settings, clock)
        outcome = asyncio.run(scheduler.run_now(team.team_id, options.name, as_of, progress=note))
        took = round((clock.monotonic() - began) * 1000, 1)
    if options.json:
        line = {**_ended(outcome, team, as_of), "ms": took}
        say(json.dumps(line, ensure_ascii=False, default=_plain))
    else:
        say(outcome.sentence)
    return 0 if outcome.ok else 1


def _ended(outcome: "JobOutcome", team: TeamView, as_of: date | None) -> dict[str, Any]:
    """The outcome in one flat object: what the job itself counted stands beside its name and state."""
    told = dict(outcome.detail)
    if "suggestions" in told:
        told |= {"suggestions": len(told["suggestions"]), "suggestion_ids": told["suggestions"]}
    return {
        "job": outcome.job,
        "state": "done" if outcome.ok else "failed",
        "team": team.name,
        "team_id": team.team_id,
        "slot": outcome.slot,
        "as_of": as_of,
        **told,
        "sentence": outcome.sentence,
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def inbox_lines(options: argparse.Namespace) -> int:
    """What was received and what became of it, a line a row, of all teams."""
    if options.state is not None and options.state not in _STATES:
        raise BadInput(f"There is no state {options.state}; there are {', '.join(_STATES)}.")
    with desks.opened() as office:
        for row in office.store.house().read_now(inbox.lines, options.state):
            say(json.dumps(_row(row), ensure_ascii=False) if options.json else _row_told(row))
    return 0


def _row(row: InboxLine) -> dict[str, Any]:
    return {**dataclasses.asdict(row), "received_at": row.received_at.isoformat()}


def _row_told(row: InboxLine) -> str:
    return (
        f"{row.received_at:%Y-%m-%d %H:%M}  {row.source:<8}{row.state:<10}{row.inbox_id}  {row.verdict or ''}".rstrip()
    )


def audit_verify(options: argparse.Namespace) -> int:
    """Walk every team's chain; 1 if one is broken."""
    with desks.opened() as office:
        reports = _chains(office)
    broken = next((report for _, report in reports if not report.ok), None)
    if options.json:
        overall = {
            "ok": broken is None,
            "rows": sum(report.rows for _, report in reports),
            "first_bad": broken.first_bad if broken else None,
            "problem": broken.problem if broken else None,
            "teams": [{"team": team.name, "team_id": team.team_id, **dataclasses.asdict(one)} for team, one in reports],
        }
        say(json.dumps(overall, ensure_ascii=False))
    else:
        for team, report in reports:
            say(_chain_sentence(team, report))
    return 1 if broken else 0


def _chains(office: Office) -> list[tuple[TeamView, ChainReport]]:
    return [(team, office.store.team(team.team_id).read_now(audit.verify)) for team in office.teams]


def _chain_sentence(team: TeamView, report: ChainReport) -> str:
    if report.ok:
        return f"{team.name}: the chain of {report.rows} entries holds."
    return f"{team.name}: the chain breaks at entry {report.first_bad}: {report.problem}."


def backup(options: argparse.Namespace) -> int:
    """Write a consistent copy of the store to a new file, and check it."""
    copy = copies.back_up(settings.read(), Path(options.file))
    say(f"{copy.file} holds {_what(copy)}; it was read back and is whole.")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Bring a copy back, migrate it, and check its audit chain."""
    done = copies.restore(settings.read(), Path(options.file))
    if done.kept_as is not None:
        note(f"The store that was there is now {done.kept_as}.")
    with desks.opened(any_schema=True) as office:
        migrated = _migrated(office.store)
        broken = [(team, report) for team, report in _chains(office) if not report.ok]
    say(f"{_what(done.copy)[0].upper()}{_what(done.copy)[1:]} came back from {done.copy.file}. {migrated}")
    for team, report in broken:
        note(_chain_sentence(team, report))
    return 1 if broken else 0


def _what(copy: copies.Copy) -> str:
    size = f"{copy.size / 1_000_000:.1f} MB"
    return f"{copy.rows} rows in {len(copy.tables)} tables ({size})" if copy.tables else f"a dump of {size}"


def doctor(options: argparse.Namespace) -> int:
    """Look at everything Rapport stands on; 1 if something is wrong."""
    from bot.cli.doctor import examine  # noqa: PLC0415 -- Slack's client and the parser load for this command alone

    well = True
    for check in examine(SystemClock()):
        well = well and check.ok
        if options.json:
            say(json.dumps(dataclasses.asdict(check), ensure_ascii=False))
        else:
            say(f"{'well ' if check.ok else 'WRONG'}  {check.check:<16}{check.detail}")
            if check.fix:
                say(f"{'':<23}→ {check.fix}")
    return 0 if well else 1
