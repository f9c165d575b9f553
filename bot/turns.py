"""Whose turn it is: rows are claimed many at once, handled a few at a time, and those of one lane one after another."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from bot.receive import SOURCE
from crm_store import inbox
from crm_store.engine.store import Store
from crm_store.errors import StoreUnavailable
from crm_store.inbox import Claimed

AT_ONCE: Final = 3  # With 8 of them the slowest acknowledgements beside the nightly job took twice as long.
_IN_HAND: Final = 32
"""So many rows are held at most: one claim for all of them costs little more than one for each."""
_BEHIND: Final = 4
"""So many lines of one person in one place are held at most; then others have their turn."""
_KEPT_EVERY: Final = inbox.LEASE.total_seconds() / 3


class Stopping(Exception):
    """The turn of a row does not come any more: it goes back to the inbox unharmed."""


class Turns:
    """Takes rows as they come and lets each have its turn."""

    def __init__(self, store: Store, handle: Callable[[Claimed], Awaitable[bool]]) -> None:
        """`handle` works on a row within `turn()`; False says that the row was left to its lease."""
        self._store = store
        self._handle = handle
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._stop = asyncio.Event()
        self._in_hand: dict[tuple[str, int], Claimed] = {}
        self._running: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether any row is in hand."""
        return bool(self._running)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until few enough are at work; raises Stopping where the turn does not come any more."""
        async with self._gate:
            if self._stop.is_set():
                raise Stopping
            yield

    async def run(self, stop: asyncio.Event) -> None:
        """Take rows until told to stop; then finish what is at work, and give back what is not."""
        self._stop = stop
        keeping = asyncio.create_task(self._keep())
        try:
            while not stop.is_set():
                rung = self._store.bells.rung(inbox.bell(SOURCE))
                claimed = await self._claim()
                for chain in _chains(claimed):
                    self._start(chain)
                if not claimed:
                    await self._store.bells.wait(inbox.bell(SOURCE), rung)
            if self._running:
                await asyncio.wait(self._running, timeout=8)
        finally:
            keeping.cancel()

    async def _claim(self) -> list[Claimed]:
        room = _IN_HAND - len(self._in_hand)
        if room < _IN_HAND // 2:
            return []
        house = self._store.house()
        try:
            # A look takes no write lock, and most looks find nothing.
            if not await house.read(inbox.anything, [SOURCE]):
                return []
            return await house.write(inbox.claim_in_turn, SOURCE, room, _BEHIND)
        except StoreUnavailable:
            return []

    def _start(self, chain: Sequence[Claimed]) -> None:
        for row in chain:
            self._in_hand[row.inbox_id, row.attempts] = row
        task = asyncio.create_task(self._follow(chain))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _follow(self, chain: Sequence[Claimed]) -> None:
        """The rows of one lane in their order; behind one that was left to its lease none may go."""
        going_on = True
        for row in chain:
            if going_on and not self._stop.is_set():
                with suppress(Stopping):
                    going_on = await self._handle(row)
                    self._done(row)
                    continue
            with suppress(StoreUnavailable):
                await self._store.team(row.team_id).write(inbox.give_back, row.inbox_id, row.attempts)
            self._done(row)

    def _done(self, row: Claimed) -> None:
        """Where there is room again, or the lane has its next turn, the inbox is looked at."""
        self._in_hand.pop((row.inbox_id, row.attempts), None)
        left = len(self._in_hand)
        if left in (0, _IN_HAND // 2) or (left < _IN_HAND // 2 and inbox.LANE in row.envelope):
            self._store.bells.ring({inbox.bell(SOURCE)})

    async def _keep(self) -> None:
        """Whatever is in hand is ours for as long as it takes."""
        while True:
            await asyncio.sleep(_KEPT_EVERY)
            if self._in_hand:
                with suppress(StoreUnavailable):
                    await self._store.house().write(inbox.extend_all, list(self._in_hand.values()))


def _chains(rows: Sequence[Claimed]) -> list[list[Claimed]]:
    """Rows of one lane together, in their order; all others alone."""
    chains: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for row in rows:
        chains[row.team_id, row.envelope.get(inbox.LANE) or f"\x00{row.inbox_id}"].append(row)
    return list(chains.values())
