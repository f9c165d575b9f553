"""The mail worker: claims inbox rows, reads them in the sandbox, plans, and files each in one unit."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from crm_store import inbox, inbox_parts
from crm_store.actions import mailroom
from crm_store.clock import Clock
from crm_store.engine.store import Desk, Store
from crm_store.errors import NotFound, StoreUnavailable
from crm_store.inbox import Claimed
from crm_store.log import get_logger
from crm_store.matching.contact_points import email_key
from crm_store.settings import Settings
from crm_store.values.mail import KnownFacts
from ingest import address, dkim_check, filed_files, plan
from ingest.address import AutoForwarded
from ingest.authenticity import Trust
from ingest.carry_out import carry_out
from ingest.dkim_check import Lookup
from ingest.hops import own_hops
from ingest.imap import WAY as MAILBOX
from ingest.in_parts import InParts, Raw
from ingest.intake import SOURCE
from ingest.known_together import KnownTogether
from ingest.pace import AT_ONCE, Pace
from ingest.parsed import ParsedMail
from ingest.plan import Letter, Manners, Step
from ingest.readers import Readers
from ingest.sandbox import Sandbox

_SOURCES: Final = [SOURCE]
_REST: Final = 0.05
_GRACE: Final = 5.0
_ROUND: Final = 1.0
_CUT_SHORT: Final = "The process ended each time while this mail was handled"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail as the sandbox read it, with the mails attached to it."""

    mail: ParsedMail
    attached: tuple[ParsedMail, ...]


class MailWorker:
    """Handles mail rows until it is told to stop; a mail that fails costs only itself."""

    def __init__(
        self,
        store: Store,
        sandbox: Sandbox | Readers,
        settings: Settings,
        clock: Clock,
        lookup: Lookup | None = None,
        pace: Pace | None = None,
    ) -> None:
        """With `lookup`, which asks the name service, signatures of mails are checked here; `pace` watches the door."""
        self._lookup = lookup
        self._pace = pace or Pace(clock.monotonic)
        self._store = store
        self._known = KnownTogether(store)
        self._sandbox = sandbox
        self._clock = clock
        self._attempts = settings.attempts
        self._domain = settings.ingest_domain.lower()
        trust = Trust(settings.mail_verification, settings.mail_authserv_id)
        self._manners = Manners(trust, self._domain, settings.mail_burst)
        self._stopping = asyncio.Event()
        self._under_way = 0
        self._alone = False
        self._freed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Handle mail until `stop` is set; what was claimed and not begun is given back then."""
        self._stopping = stop
        await self._sandbox.start()
        working = asyncio.ensure_future(self._work(stop))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({working}, timeout=_GRACE)
        finally:
            # What is still being read goes back to the inbox unharmed.
            working.cancel()
            stopping.cancel()
            ended, _ = await asyncio.gather(working, stopping, return_exceptions=True)
            await self._sandbox.stop()
        if isinstance(ended, Exception):
            raise ended

    async def _work(self, stop: asyncio.Event) -> None:
        """Take what waits as soon as there is room, so that no mail waits for the end of a slow one."""
        async with asyncio.TaskGroup() as handling:
            while not stop.is_set():
                began = self._clock.monotonic()
                rung = self._store.bells.rung(inbox.bell(SOURCE))
                room = 0 if self._alone else self._pace.at_once - self._under_way
                try:
                    claimed = await self._claim(room) if room > 0 else []
                except StoreUnavailable:
                    # The door answers 451 meanwhile; what is kept waits.
                    _log.warning("mail_worker_waits_for_the_store")
                    claimed = []
                begun = [handling.create_task(self._counted(row)) for row in claimed]
                if begun and self._pace.pressure:
                    # A round is seen through, so that its cost is known; what is slow to read goes on beside the next.
                    await asyncio.wait(begun, timeout=_ROUND)
                    await self._pace.rest(self._clock.monotonic() - began)
                elif room <= 0:
                    self._freed.clear()
                    await self._freed.wait()
                elif len(claimed) < room:
                    await self._wait(stop, rung)

    async def process_one(self) -> bool:
        """Handle one waiting row; False says that there was none."""
        return await self._round(1)

    @property
    def busy(self) -> bool:
        """Whether a mail is under way."""
        return bool(self._under_way)

    async def idle(self) -> None:
        """Return once no mail waits and none is under way."""
        while self._under_way or await self._store.house().read(inbox.anything, _SOURCES):
            if self._under_way or not await self._round():
                await asyncio.sleep(_REST)

    async def _round(self, most: int = AT_ONCE) -> bool:
        claimed = await self._claim(most)
        await asyncio.gather(*(self._counted(row) for row in claimed))
        return bool(claimed)

    async def _claim(self, most: int) -> list[Claimed]:
        house = self._store.house()
        # A look costs the writer nothing; only what is there is claimed.
        if not await house.read(inbox.anything, _SOURCES):
            return []
        claimed = await house.write(inbox.claim, _SOURCES, most, busy=self._under_way > 0)
        self._under_way += len(claimed)
        self._alone = any(row.cut_short >= inbox.SUSPECT for row in claimed)
        return claimed

    async def _counted(self, row: Claimed) -> None:
        try:
            await self._handle(row)
        except StoreUnavailable:
            _log.warning("mail_left_to_its_lease", inbox_id=row.inbox_id)
        finally:
            self._under_way -= 1
            self._alone = False
            self._freed.set()

    async def _wait(self, stop: asyncio.Event, rung: int) -> None:
        """Until a mail arrives, the next look is due, or the end."""
        ringing = asyncio.ensure_future(self._store.bells.wait(inbox.bell(SOURCE), rung))
        stopping = asyncio.ensure_future(stop.wait())
        _, waiting = await asyncio.wait({ringing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _handle(self, row: Claimed) -> None:
        desk = self._store.team(row.team_id, row.envelope.get("user_id") or "system")
        if self._stopping.is_set():
            await desk.write(inbox.give_back, row.inbox_id, row.attempts)
            return
        try:
            if row.cut_short >= inbox.SUSPECT + self._attempts:
                await desk.write(mailroom.set_aside, row.inbox_id, row.attempts, _CUT_SHORT)
            else:
                await self._file(desk, row)
        except asyncio.CancelledError:
            await asyncio.shield(desk.write(inbox.give_back, row.inbox_id, row.attempts))
            raise
        except Exception as problem:  # noqa: BLE001 - the worker's edge: a poisoned mail must not stop the others.
            await self._failed(desk, row, problem)

    async def _failed(self, desk: Desk, row: Claimed, problem: Exception) -> None:
        failures = row.failures + 1
        _log.warning("mail_failed", inbox_id=row.inbox_id, failures=failures, error=type(problem).__name__)
        what = f"{type(problem).__name__} at try {failures}"
        try:
            if failures >= self._attempts:
                await desk.write(mailroom.set_aside, row.inbox_id, row.attempts, what)
            else:
                await desk.write(inbox.postpone, row.inbox_id, row.attempts, what)
        except Exception as again:  # noqa: BLE001 - the store is down; the lease runs out and the row is claimed again.
            _log.error("mail_left_to_its_lease", inbox_id=row.inbox_id, error=type(again).__name__)

    async def _file(self, desk: Desk, row: Claimed) -> None:
        raw = await _raw(desk, row)
        read = await self._read(row, raw)
        if not row.envelope.get("user_id"):
            await desk.write(mailroom.set_aside, row.inbox_id, row.attempts, "mail to postmaster")
            return
        letter = self._letter(row, read)
        try:
            known = await self._known.ask(desk.team_id, desk.actor, plan.sought(letter))
        except NotFound as gone:
            await desk.write(mailroom.set_aside, row.inbox_id, row.attempts, gone.sentence)
            return
        planned = plan.make(letter, known, self._manners)
        if planned.step is Step.HOLD and self._may_be_proven(letter, known):
            letter = await self._with_proof(raw, letter)
            planned = plan.make(letter, known, self._manners)
        files = await filed_files.take_out(desk, self._sandbox, raw, planned.filings)
        await desk.write(carry_out, row, read.mail, planned, files, self._counted_as(letter))

    def _counted_as(self, letter: Letter) -> str:
        """Whose mails count as a burst; what a person let in, or answered a question about, was counted before."""
        return "" if letter.approved or letter.answers or letter.in_bulk else plan.sender_key(letter)

    def _may_be_proven(self, letter: Letter, known: KnownFacts) -> bool:
        """Whether a signature could let this mail in; for anybody's mail no name is asked for."""
        if self._lookup is None or self._manners.trust.way == "address" or letter.approved:
            return False
        by_machine = any(isinstance(verb, AutoForwarded) for verb in letter.verbs)
        return by_machine or email_key(letter.mail.from_.address or "") in known.colleagues

    async def _with_proof(self, raw: Raw, letter: Letter) -> Letter:
        if self._lookup is None:
            return letter
        sender = email_key(letter.mail.from_.address or "")
        found = await dkim_check.gather(raw, sender, self._lookup, self._sandbox.verify)
        return replace(letter, signed_by=found.signed_by, unproven=found.why)

    async def _read(self, row: Claimed, raw: Raw) -> _Read:
        mail = await self._sandbox.parse(raw, mail_from=row.envelope.get("mail_from"))
        number = len(mail.attached_mails)
        return _Read(mail, await self._sandbox.parse_attached(raw, number) if number else ())

    def _letter(self, row: Claimed, read: _Read) -> Letter:
        readings = (address.read(rcpt, self._domain) for rcpt in row.envelope.get("rcpts", []))
        if row.envelope.get("way") == MAILBOX:
            # Nobody sent it here: it lay in a mailbox, so it is filed as it stands and gives no instructions.
            return Letter(
                mail=replace(read.mail, first_lines=()),
                received_at=row.received_at,
                verbs=(AutoForwarded(),),
                answers=row.envelope.get("answers", {}),
                approved=bool(row.envelope.get("approved_by")),
                authenticated_user=row.envelope.get("authenticated_user"),
                in_bulk=True,
            )
        return Letter(
            mail=read.mail,
            received_at=row.received_at,
            verbs=tuple(verb for reading in readings if reading for verb in reading.verbs),
            mail_from=row.envelope.get("mail_from") or "",
            attached=read.attached,
            answers=row.envelope.get("answers", {}),
            approved=bool(row.envelope.get("approved_by")),
            authenticated_user=row.envelope.get("authenticated_user"),
            own_hops=own_hops(row.raw, self._domain),
        )


async def _raw(desk: Desk, row: Claimed) -> Raw:
    """The mail of a row; a large one comes from the store in parts, each when it is wanted."""
    if len(row.raw) != inbox_parts.HEAD:
        return row.raw

    async def fetch(place: int) -> bytes:
        return await desk.read(inbox_parts.part, row.inbox_id, place)

    return InParts(row.raw, await desk.read(inbox_parts.sizes, row.inbox_id), fetch)
