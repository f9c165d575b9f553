"""The store behind every mail door: whose address it is, and the row that makes a 250 true, committed in groups."""

import asyncio
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_store import inbox
from crm_store.engine.store import SYSTEM, Store
from crm_store.engine.work import Work
from crm_store.errors import StoreUnavailable
from crm_store.inbox import Arrival
from crm_store.queries import teams
from ingest import address, headers
from ingest.smtp.received import AddressGone, Owner, ReceivedMail

SOURCE: Final = "mail"
_MOST_HEADER: Final = 65_536
_AT_ONCE: Final = 200
# So long a commit waits for mails that are coming in just now, looking so often whether there are any left.
_GATHER_LOOKS: Final = 3
_GATHER_SECONDS: Final = 0.0005
_MOST_KNOWN: Final = 10_000
# A second old is as old as an owner may be where another process may have revoked the address; keeping asks anew.
_FRESH_SECONDS: Final = 1.0
_PLAIN_ID: Final = re.compile(
    rb"^message-id[ \t]*:(?:[ \t]*<([!-;=?-~]{1,500})>[ \t]*\r?\n(?![ \t]))?", re.IGNORECASE | re.MULTILINE
)


@dataclass(slots=True)
class _Waiting:
    mail: ReceivedMail
    message_id: str | None
    answer: "asyncio.Future[frozenset[str]]"
    more: Callable[[], bool] | None


class StoreIntake:
    """What a door asks of the store; a fault of the store rises and is answered as a passing failure."""

    def __init__(self, store: Store, domain: str) -> None:
        self._store = store
        self._domain = domain
        self._known: dict[str, tuple[Owner, float]] = {}
        self._rung = -1
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    def recall(self, rcpt: str) -> Owner | None:
        """The owner of an ingest address as far as it is known; forgotten the moment an address or a user changes."""
        self._forget_if_changed()
        known = self._known.get(rcpt)
        return known[0] if known and known[1] > self._store.clock.monotonic() else None

    def _forget_if_changed(self) -> int:
        rung = self._store.bells.rung(teams.OWNERS_CHANGED)
        if rung != self._rung or len(self._known) > _MOST_KNOWN:
            self._known.clear()
            self._rung = rung
        return rung

    async def owner_of(self, rcpt: str) -> Owner | None:
        """Who has this ingest address now."""
        reading = address.read(rcpt, self._domain)
        if reading is None:
            return None
        before = self._forget_if_changed()
        hashed = address.secret_hash(reading.secret)
        found = await self._store.house().read(teams.address_owner, hashed)
        if found is None:
            return None
        owner = Owner(*found)
        # What was read while somebody changed an address may be what it was before.
        if self._forget_if_changed() == before:
            self._known[rcpt] = owner, self._store.clock.monotonic() + _FRESH_SECONDS
        return owner

    async def login(self, name: str, secret: str) -> Owner | None:
        """Who logs in: the owner of the secret, if the name is one of their own mail addresses."""
        reading = address.read(f"{secret.strip()}@{self._domain}", self._domain)
        if reading is None:
            return None
        return await self._store.house().read(_login, name, address.secret_hash(reading.secret))

    async def keep(self, mail: ReceivedMail, more: Callable[[], bool] | None = None) -> None:
        """One row for each colleague addressed, all in one transaction; returns after the commit.

        What arrives while a commit is under way is committed together after it. A commit waits a moment for more only
        where `more` says that it is coming in. Raises AddressGone, with nothing kept, where a recipient has no owner
        any more.
        """
        waiting = _Waiting(mail, _message_id(mail.raw), asyncio.get_running_loop().create_future(), more)
        self._waiting.append(waiting)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        gone = await waiting.answer
        if gone:
            self._known.clear()
            raise AddressGone(gone)

    async def _commit(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                group, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                await self._keep_group(group)
        finally:
            self._committing = None
            for one in self._waiting:
                one.answer.cancel()
            self._waiting = []

    async def _gather(self) -> None:
        """One commit for mails that end within a millisecond of each other costs them less than two of them would."""
        for _ in range(_GATHER_LOOKS):
            more = self._waiting[-1].more
            if more is None or not more() or len(self._waiting) >= _AT_ONCE:
                return
            await asyncio.sleep(_GATHER_SECONDS)

    async def _keep_group(self, group: list[_Waiting]) -> None:
        letters = [(one.mail, one.message_id) for one in group]
        try:
            outcomes = await self._store.house().keep(keep_all, letters, self._domain)
        except StoreUnavailable as problem:
            _fail(group, problem)
        except Exception as problem:  # noqa: BLE001 - a mail that cannot be kept fails alone, whatever it was.
            if len(group) == 1:
                _fail(group, problem)
                return
            for one in group:
                await self._keep_group([one])
        else:
            for one, gone in zip(group, outcomes, strict=True):
                if not one.answer.done():
                    one.answer.set_result(gone)


def _fail(group: Sequence[_Waiting], problem: Exception) -> None:
    for one in group:
        if not one.answer.done():
            one.answer.set_exception(problem)


def _login(work: Work, name: str, hashed: str) -> Owner | None:
    found = teams.address_owner(work, hashed)
    if found is None:
        return None
    owner = Owner(*found)
    user = teams.find_user_by_address(work.act_as(owner.team_id, SYSTEM), name)
    matches = user is not None and user.active and hmac.compare_digest(user.user_id, owner.user_id)
    return owner if matches else None


def keep_all(work: Work, letters: Sequence[tuple[ReceivedMail, str | None]], domain: str) -> list[frozenset[str]]:
    """Put mails into the inbox of everybody they are for; says of each which recipients nobody has any more.

    A mail with such a recipient is not kept. Only the inbox is written, so there is no audit entry and no undo:
    filing it writes both.
    """
    owners = _owners(work, {rcpt for mail, _ in letters for rcpt in mail.rcpts}, domain)
    arrivals: list[Arrival] = []
    outcomes: list[frozenset[str]] = []
    for mail, message_id in letters:
        secret = [rcpt for rcpt in mail.rcpts if address.read(rcpt, domain)]
        gone = frozenset(rcpt for rcpt in secret if rcpt not in owners)
        outcomes.append(gone)
        if not gone:
            boxes = _by_owner(secret, owners) or {_first_team(work): list(mail.rcpts)}
            arrivals += _arrivals(mail, message_id, boxes)
    if arrivals:
        inbox.put_all(work, arrivals)
    return outcomes


def _owners(work: Work, rcpts: Iterable[str], domain: str) -> dict[str, Owner]:
    hashes = {
        rcpt: address.secret_hash(reading.secret)
        for rcpt in rcpts
        if (reading := address.read(rcpt, domain)) is not None
    }
    found = teams.address_owners(work, set(hashes.values())) if hashes else {}
    return {rcpt: Owner(*found[hashed]) for rcpt, hashed in hashes.items() if hashed in found}


def _by_owner(rcpts: Iterable[str], owners: dict[str, Owner]) -> dict[Owner, list[str]]:
    """Recipients by team and user, in an order that does not depend on the sender's."""
    boxes: dict[Owner, list[str]] = {}
    for rcpt in sorted(set(rcpts)):
        boxes.setdefault(owners[rcpt], []).append(rcpt)
    return dict(sorted(boxes.items()))


def _first_team(work: Work) -> Owner:
    """A mail to postmaster belongs to nobody in particular: the first team's admins look at it."""
    first = next(iter(teams.teams(work)), None)
    if first is None:
        raise StoreUnavailable("No team is set up yet.")
    return Owner(first.team_id, "")


def _arrivals(mail: ReceivedMail, message_id: str | None, boxes: dict[Owner, list[str]]) -> list[Arrival]:
    arrivals: list[Arrival] = []
    seen: set[str] = set()
    for (team_id, user_id), rcpts in boxes.items():
        envelope: dict[str, Any] = {
            "user_id": user_id,
            "rcpts": rcpts,
            "mail_from": mail.mail_from,
            "peer": mail.peer,
            "helo": mail.helo,
        }
        if mail.login is not None and mail.login.team_id == team_id:
            envelope["authenticated_user"] = mail.login.user_id
        # Of several colleagues in one team each gets a row, since each may have asked for something else.
        key = mail.key if team_id not in seen else f"{mail.key}:{user_id}"
        seen.add(team_id)
        arrivals.append(Arrival(team_id, SOURCE, key, mail.raw, envelope, message_id, mail.more))
    return arrivals


def _message_id(raw: bytes) -> str | None:
    """The Message-ID, from the first bytes alone; a mail that cannot be read is kept all the same."""
    end = raw.find(b"\r\n\r\n", 0, _MOST_HEADER)
    head = raw[: end + 2 if end >= 0 else _MOST_HEADER]
    plain = _PLAIN_ID.search(head)
    if plain is None:
        return None
    if plain[1] is not None:
        return plain[1].decode("ascii")
    try:
        header, _, _ = headers.read_headers(head)
        return headers.message_id(header.raw("message-id"))
    except Exception:  # noqa: BLE001 - the bytes are hostile, and keeping them matters more than this one field.
        return None
