"""The sender: claims letters that are due, hands them over, and notes what became of each, exactly once."""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from campaigns import rounds
from campaigns.journal import Before, Journal, name_of
from campaigns.letters import Letter, Sending, written
from campaigns.notes import Notes
from campaigns.pace import Pace
from campaigns.signing import Signer
from campaigns.transport import Folder, NotTaken, Relay, Transport
from crm_store.actions import doubts, mail_domains, sends
from crm_store.engine.store import Store
from crm_store.errors import BadInput, BadSetting
from crm_store.settings import Settings
from crm_store.values.sending import ClaimedLetter, LetterLeft, SendHours, domain_of

OUTGOING: Final = "outgoing"
_AT_ONCE: Final = 200
_FRESH: Final = 10.0


class Sender:
    """Runs in the worker role; several on one store share the work."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        house: Sending,
        transport: Transport | None = None,
        at_once: int = _AT_ONCE,
    ) -> None:
        """At most `at_once` letters are claimed in a round."""
        self._store, self._house = store, house
        self._hours = hours(settings)
        self._transport = transport or way(settings)
        # Workers that see the same folder know of each other's tries; others leave them alone.
        self._holder = name_of(settings.data / OUTGOING)
        self._signer = Signer.from_file(settings.dkim_key, settings.dkim_selector) if settings.dkim_key else None
        self._pace = Pace(store.clock, settings.send_rate)
        self._gap = timedelta(minutes=1) / settings.send_rate_domain if settings.send_rate_domain else timedelta(0)
        self._resting: dict[str, datetime] = {}
        # No more than leave in half a minute, so that what is claimed is not overtaken by a word against it.
        self._most = min(at_once, max(1, settings.send_rate // 2)) if settings.send_rate else at_once
        self._hands = settings.send_connections
        self._desk = store.house()
        self._doubts = True

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is being handed over is finished first."""
        try:
            await rounds.each(self._store, sends.BELL, "sender", partial(self.round, stop), stop)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    async def round(self, stop: asyncio.Event | None = None) -> int:
        """Claim what is due and hand it over; says how many were claimed."""
        began = self._store.clock.monotonic()
        claimed = await self._desk.write(sends.claim, self._hours, self._most, self._holder, self._gap)
        if not claimed:
            await self._ask()
            return 0
        waiting = deque(claimed)
        self._resting.clear()
        notes = Notes(self._store, self._transport)

        async def hand() -> None:
            while waiting:
                await self._one(waiting.popleft(), notes, began, stop)

        try:
            ends = await asyncio.gather(*(hand() for _ in range(self._hands)), return_exceptions=True)
        finally:
            await notes.end()
        for problem in ends:
            if isinstance(problem, BaseException):
                raise problem
        return len(claimed)

    async def _ask(self) -> None:
        """Ask about letters in doubt once nothing else of their campaigns waits."""
        if self._doubts:
            self._doubts = False
            await self._desk.write(doubts.ask)

    async def _one(self, one: ClaimedLetter, notes: Notes, began: float, stop: asyncio.Event | None) -> None:
        """Hand one letter over; what left is noted with others, everything else at once."""
        desk = self._store.team(one.team_id)
        if stop is not None and stop.is_set():
            await desk.write(sends.hand_back, one.send_id, one.attempts)
            return
        if not one.again and (until := self._resting.get(domain_of(one.to_address))):
            await desk.write(sends.hand_back, one.send_id, one.attempts, until)
            return
        try:
            letter = written(one, self._house)
            left = await self._hand(one, letter, began)
        except BadInput as problem:
            await desk.write(sends.not_sent, one.send_id, one.attempts, problem.sentence, passing=False)
        except NotTaken as problem:
            await self._refused(one, problem)
        else:
            if left:
                notes.add(one, LetterLeft(one.send_id, one.attempts, letter.identifier, letter.subject, letter.text))
                return
            await desk.write(doubts.unknown, one.send_id, one.attempts)
            await self._transport.settled([one.send_id])
            self._doubts = True

    async def _refused(self, one: ClaimedLetter, problem: NotTaken) -> None:
        desk = self._store.team(one.team_id)
        dead = one.to_address if problem.dead else ""
        await desk.write(
            sends.not_sent, one.send_id, one.attempts, problem.sentence, passing=problem.passing, dead=dead
        )
        if problem.slow:
            # Its other letters of this round are known to be of no use; those of later rounds are not claimed.
            domain = domain_of(one.to_address)
            self._resting[domain] = await desk.write(mail_domains.slow, domain)

    async def _hand(self, one: ClaimedLetter, letter: Letter, began: float) -> bool:
        """Whether it left; False says that nobody can know."""
        if one.again:
            before = await self._transport.before(one.send_id)
            if before is not Before.STAYED:
                return before is Before.LEFT
        wait = self._pace.wait_for()
        if wait > 0:
            await asyncio.sleep(wait)
        # A try that was cut off was looked at in another life; answers may overtake a reminder, and whatever waited.
        if one.again or one.step or self._store.clock.monotonic() - began > _FRESH:
            desk = self._store.team(one.team_id)
            if not await desk.write(sends.look_again, one.send_id, one.attempts, self._hours):
                raise NotTaken("it may not leave now, or another worker has it", passing=True)
        if self._signer is not None:
            letter = _signed(self._signer, letter)
        return await self._transport.hand(letter)


def _signed(signer: Signer, letter: Letter) -> Letter:
    return replace(letter, content=signer.signed(letter.content, domain_of(letter.sender)))


def way(settings: Settings) -> Transport:
    """The relay that is set, else the folder in the data folder."""
    address = settings.relay.get_secret_value()
    outgoing = settings.data / OUTGOING
    if address:
        unique = settings.relay_unique == "on"
        return Relay(address, Journal(outgoing / "journal"), settings.send_connections, unique=unique)
    return Folder(Path(outgoing))


def hours(settings: Settings) -> SendHours:
    """The hours that are set; raises BadSetting with one sentence."""
    try:
        return SendHours.parse(settings.send_hours)
    except BadInput as problem:
        raise BadSetting(f"CRM_SEND_HOURS: {problem.sentence}") from problem
