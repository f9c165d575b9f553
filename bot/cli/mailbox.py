"""`crm import x.mbox`: years of mail from a mailbox file, with progress, and taken up again where it stopped."""

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Final

from bot.cli.desks import note
from crm_store.actions import teams as team_actions
from crm_store.clock import Clock
from crm_store.engine.store import Desk
from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key, local_part
from crm_store.queries import mail_history
from crm_store.queries import teams as team_queries
from ingest.files import mbox, survey
from ingest.files.intake import ImportOutcome
from ingest.files.mailbox import MailboxImport

_LOOKED_AT: Final = 65_536
_EVERY: Final = 5.0


def is_mailbox(file: str) -> bool:
    """Whether the file is a mailbox, told by how it begins; what cannot be read is told later."""
    try:
        with Path(file).open("rb") as opened:
            return mbox.is_mbox(opened.read(_LOOKED_AT))
    except OSError:
        return False


def take_in(desk: Desk, file: str, whose: str | None, domain: str, parsers: int, *, dry_run: bool) -> ImportOutcome:
    """Import a mailbox file at the desk of the colleague whose mailbox it is."""
    path = Path(file)
    owner = _owner(desk, path, whose)
    told = _Told(desk.store.clock)
    run = MailboxImport(desk.store.team(desk.team_id, owner), path, domain, dry_run, parsers, told.progress)
    outcome = asyncio.run(run.run())
    if run.resumed:
        note(f"An earlier run had come as far as mail {run.resumed}; this one went on from there.")
    return outcome


def colleague(desk: Desk, whose: str) -> str | None:
    """The colleague who writes from that address, by their id."""
    found = desk.read_now(team_queries.find_user_by_address, whose)
    return found.user_id if found else None


def _owner(desk: Desk, path: Path, whose: str | None) -> str:
    """Whose mailbox it is: who was named, else who is in most of its mails."""
    colleagues = desk.read_now(mail_history.colleagues)
    address = email_key(whose or "")
    if whose and not address:
        raise BadInput(f"--for {whose} is no mail address.")
    if not address:
        address = survey.look(path, set(colleagues)).owner
        if not address:
            raise BadInput("It cannot be told whose mailbox this is; say --for with their mail address.")
        note(f"Taken for the mailbox of {address}; say --for if it is somebody else's.")
    if address in colleagues:
        return colleagues[address]
    if colleagues:
        raise BadInput(f"{address} is not the address of a colleague; add it, or say --for with one that is.")
    # An empty store can be tried before Slack is joined, as with a list of customers.
    name = local_part(address).replace(".", " ").title() or address
    mark = f"M{hashlib.sha256(address.encode()).hexdigest()[:16].upper()}"
    return desk.write_now(team_actions.add_user, mark, name, address)


class _Told:
    """Says on standard error how far an import has come: on one line for a person, now and then for a log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._last = clock.monotonic()
        self._first = 0

    def progress(self, done: int, of: int) -> None:
        """One more batch is stored."""
        now = self._clock.monotonic()
        self._first = self._first or done
        to_person = sys.stderr.isatty()
        if not to_person and now - self._last < _EVERY and done < of:
            return
        self._last = now
        pace = (done - self._first) / max(now - self._began, 0.001) * 60
        said = f"{done} of {of} mails" + (f", {pace:.0f} a minute" if done > self._first else "")
        sys.stderr.write(f"\r{said}" + ("\n" if done >= of else "") if to_person else f"{said}\n")
        sys.stderr.flush()
