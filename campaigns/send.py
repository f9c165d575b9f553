"""The sender: claims letters that are due, hands them over, and notes what became of each, exactly once."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from campaigns import rounds
from campaigns.letters import Letter, Sending, written
from campaigns.signing import Signer
from campaigns.transport import Before, Folder, Journal, NotTaken, Relay, Transport
from crm_store.actions import sends
from crm_store.clock import Clock
from crm_store.engine.store import Store
from crm_store.errors import BadInput, BadSetting
from crm_store.settings import Settings
from crm_store.values.sending import ClaimedLetter, LetterLeft, SendHours

OUTGOING: Final = "outgoing"
_AT_ONCE: Final = 100
_FRESH: Final = 30.0
_NOTED: Final = 10
_MINUTE: Final = 60.0


class Pace:
    """At most so many letters a minute, spread evenly; 0 is no limit."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock, self._gap = clock, _MINUTE / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait_for(self) -> float:
        """How long the next letter has to wait, in seconds; asking takes the place."""
        now = self._clock.monotonic()
        at = max(now, self._next)
        self._next = at + self._gap
        return at - now


class Sender:
    """Runs in the worker role; several on one store share the work."""

    def __init__(self, store: Store, settings: Settings, house: Sending, transport: Transport | None = None) -> None:
        self._store, self._house = store, house
        self._hours = hours(settings)
        self._transport = transport or way(settings)
        self._signer = Signer.from_file(settings.dkim_key, settings.dkim_selector) if settings.dkim_key else None
        self._pace = Pace(store.clock, settings.send_rate)
        # No more than leave in half a minute, so that what is claimed is not overtaken by a word against it.
        self._most = min(_AT_ONCE, max(1, settings.send_rate // 2)) if settings.send_rate else _AT_ONCE
        self._gate = asyncio.Semaphore(settings.send_connections)
        self._desk = store.house()

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
        claimed = await self._desk.write(sends.claim, self._hours, self._most)
        # Noted a few at a time: an automatic answer may come within a second, and must find its letter.
        for start in range(0, len(claimed), _NOTED):
            some = claimed[start : start + _NOTED]
            ends = await asyncio.gather(*(self._one(each, began, stop) for each in some), return_exceptions=True)
            await self._note([one for one in ends if isinstance(one, tuple)])
            for problem in ends:
                if isinstance(problem, BaseException):
                    raise problem
        return len(claimed)

    async def _note(self, left: Sequence[tuple[ClaimedLetter, LetterLeft]]) -> None:
        """Write down what left, a unit for each team."""
        for team_id in sorted({each.team_id for each, _ in left}):
            own = [letter for each, letter in left if each.team_id == team_id]
            await self._store.team(team_id).write(sends.sent, own)
        await self._transport.settled([letter.send_id for _, letter in left])

    async def _one(
        self, one: ClaimedLetter, began: float, stop: asyncio.Event | None
    ) -> tuple[ClaimedLetter, LetterLeft] | None:
        """What left of a claimed letter; everything else is written down at once."""
        desk = self._store.team(one.team_id)
        async with self._gate:
            if stop is not None and stop.is_set():
                await desk.write(sends.hand_back, one.send_id, one.attempts)
                return None
            try:
                letter = written(one, self._house)
                left = await self._hand(one, letter, began)
            except BadInput as problem:
                await desk.write(sends.not_sent, one.send_id, one.attempts, problem.sentence, passing=False)
                return None
            except NotTaken as problem:
                dead = one.to_address if problem.dead else ""
                await desk.write(
                    sends.not_sent, one.send_id, one.attempts, problem.sentence, passing=problem.passing, dead=dead
                )
                return None
            if not left:
                await desk.write(sends.unknown, one.send_id, one.attempts)
                await self._transport.settled([one.send_id])
                return None
            return one, LetterLeft(one.send_id, one.attempts, letter.identifier, letter.subject, letter.text)

    async def _hand(self, one: ClaimedLetter, letter: Letter, began: float) -> bool:
        """Whether it left; False says that nobody can know."""
        if one.again:
            before = await self._transport.before(one.send_id)
            if before is not Before.STAYED:
                return before is Before.LEFT
        wait = self._pace.wait_for()
        if wait > 0:
            await asyncio.sleep(wait)
        if self._store.clock.monotonic() - began > _FRESH:
            held = await self._store.team(one.team_id).write(sends.hold, one.send_id, one.attempts)
            if not held:
                raise NotTaken("another worker has it", passing=True)
        if self._signer is not None:
            letter = _signed(self._signer, letter)
        return await self._transport.hand(letter)


def _signed(signer: Signer, letter: Letter) -> Letter:
    content = signer.signed(letter.content, letter.sender.rpartition("@")[2])
    return Letter(
        letter.send_id, letter.sender, letter.recipient, letter.identifier, letter.subject, letter.text, content
    )


def way(settings: Settings) -> Transport:
    """The relay that is set, else the folder in the data folder."""
    address = settings.relay.get_secret_value()
    outgoing = settings.data / OUTGOING
    if address:
        return Relay(address, Journal(outgoing / "journal"), settings.send_connections)
    return Folder(Path(outgoing))


def hours(settings: Settings) -> SendHours:
    """The hours that are set; raises BadSetting with one sentence."""
    try:
        return SendHours.parse(settings.send_hours)
    except BadInput as problem:
        raise BadSetting(f"CRM_SEND_HOURS: {problem.sentence}") from problem
