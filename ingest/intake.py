"""The store behind the SMTP door: whose address it is, and the row that makes a 250 true."""

import asyncio
from collections.abc import Sequence
from typing import Final

from crm_store import inbox
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import StoreUnavailable
from crm_store.inbox import Arrival
from crm_store.queries import teams
from ingest import address, headers
from ingest.smtp.received import ReceivedMail

SOURCE: Final = "mail"
_MOST_HEADER = 65_536


class StoreIntake:
    """What the door asks of the store; a fault of the store rises and is answered with 451."""

    def __init__(self, store: Store, domain: str) -> None:
        self._store = store
        self._domain = domain

    async def owner_of(self, rcpt: str) -> bool:
        """Whether somebody has this ingest address now: asked each time, so that a revoked one is refused at once."""
        reading = address.read(rcpt, self._domain)
        if reading is None:
            return False
        hashed = address.secret_hash(reading.secret)
        return await self._store.house().read(teams.address_owner, hashed) is not None

    async def keep(self, mail: ReceivedMail) -> None:
        """One row for each colleague addressed, all in one transaction; returns after the commit."""
        # The header of a large mail is read outside the event loop, as its bytes were.
        message_id = await asyncio.to_thread(_message_id, mail.raw)
        await self._store.house().keep(keep, mail, message_id, self._domain)


def keep(work: Work, mail: ReceivedMail, message_id: str | None, domain: str) -> int:
    """Put the mail into the inbox of everybody it is for and say how many rows are new.

    Only the inbox is written, so there is no audit entry and no undo: filing it writes both.
    """
    owners = _owners(work, mail.rcpts, domain)
    if not owners:
        # A mail to postmaster belongs to nobody in particular: the first team's admins look at it.
        first = next(iter(teams.teams(work)), None)
        if first is None:
            raise StoreUnavailable("No team is set up yet.")
        owners = {(first.team_id, ""): list(mail.rcpts)}
    new = 0
    seen: set[str] = set()
    for (team_id, user_id), rcpts in owners.items():
        envelope = {
            "user_id": user_id,
            "rcpts": rcpts,
            "mail_from": mail.mail_from,
            "peer": mail.peer,
            "helo": mail.helo,
        }
        # Of several colleagues in one team each gets a row, since each may have asked for something else.
        key = mail.key if team_id not in seen else f"{mail.key}:{user_id}"
        seen.add(team_id)
        new += inbox.put(work, Arrival(team_id, SOURCE, key, mail.raw, envelope, message_id)) is not None
    return new


def _owners(work: Work, rcpts: Sequence[str], domain: str) -> dict[tuple[str, str], list[str]]:
    """Recipients by team and user, in an order that does not depend on the sender's."""
    owners: dict[tuple[str, str], list[str]] = {}
    for rcpt in sorted(set(rcpts)):
        reading = address.read(rcpt, domain)
        owner = teams.address_owner(work, address.secret_hash(reading.secret)) if reading else None
        if owner:
            owners.setdefault(owner, []).append(rcpt)
    return dict(sorted(owners.items()))


def _message_id(raw: bytes) -> str | None:
    """The Message-ID, from the first bytes alone; a mail that cannot be read is kept all the same."""
    try:
        header, _, _ = headers.read_headers(raw[:_MOST_HEADER])
        return headers.message_id(header.raw("message-id"))
    except Exception:  # noqa: BLE001 - the bytes are hostile, and keeping them matters more than this one field.
        return None
