"""What left is noted in the store while the next letters leave: whatever has come together goes in one unit."""

import asyncio
from contextlib import suppress
from typing import Final

from campaigns.transport import Transport
from crm_store.actions import sends
from crm_store.engine.store import Store
from crm_store.values.sending import ClaimedLetter, LetterLeft

# An automatic answer may come within a second, and must find its letter.
_LINGER: Final = 0.1
_MOST: Final = 50


class Notes:
    """Gathers letters that left and writes them down; one for each round of a sender."""

    def __init__(self, store: Store, transport: Transport) -> None:
        self._store, self._transport = store, transport
        self._waiting: list[tuple[ClaimedLetter, LetterLeft]] = []
        self._full, self._last = asyncio.Event(), False
        self._task = asyncio.create_task(self._run(), name="sender-notes")

    def add(self, one: ClaimedLetter, left: LetterLeft) -> None:
        """It left."""
        self._waiting.append((one, left))
        if len(self._waiting) >= _MOST:
            self._full.set()

    async def end(self) -> None:
        """Write down what is left to write; raises what the store raised."""
        self._last = True
        self._full.set()
        await self._task

    async def _run(self) -> None:
        while self._waiting or not self._last:
            if not self._last and len(self._waiting) < _MOST:
                self._full.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LINGER):
                        await self._full.wait()
            some, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            await self._write(some)

    async def _write(self, some: list[tuple[ClaimedLetter, LetterLeft]]) -> None:
        for team_id in sorted({one.team_id for one, _ in some}):
            own = [left for one, left in some if one.team_id == team_id]
            await self._store.team(team_id).write(sends.sent, own)
            await self._transport.settled([left.send_id for left in own])
