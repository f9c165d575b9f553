"""Many small wishes become few units: what is asked while one is under way goes together in the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from crm_store.errors import StoreUnavailable

T = TypeVar("T")
R = TypeVar("R")
_MOST: Final = 100
_UNDER_WAY: Final = 2
"""A second unit may join the commit that the first waits for."""


class Gathered(Generic[T, R]):
    """Asked on one event loop; each wish gets its own answer, and one that fails costs no other."""

    def __init__(self, together: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int = _MOST) -> None:
        """`together` answers many wishes in their order, all or none."""
        self._together = together
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def ask(self, wish: T) -> R:
        """The answer to one wish; raises what its unit raised."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if len(self._under_way) < _UNDER_WAY:
            task = asyncio.create_task(self._go_on())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await answer

    async def _go_on(self) -> None:
        # Whoever asks in the same turn of the loop comes along.
        await asyncio.sleep(0)
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            await self._answer([pair for pair in some if not pair[1].done()])

    async def _answer(self, some: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        if not some:
            return
        try:
            answers = await self._together([wish for wish, _ in some])
        except asyncio.CancelledError:
            for _, answer in some:
                answer.cancel()
            raise
        except Exception as problem:  # noqa: BLE001 -- whoever waits hears of it
            await self._failed(some, problem)
            return
        for (_, answer), found in zip(some, answers, strict=True):
            if not answer.done():
                answer.set_result(found)

    async def _failed(self, some: list[tuple[T, "asyncio.Future[R]"]], problem: Exception) -> None:
        """One of them was at fault: each is tried alone, unless it is the store that is away."""
        if len(some) > 1 and not isinstance(problem, StoreUnavailable):
            for pair in some:
                await self._answer([pair])
            return
        for _, answer in some:
            if not answer.done():
                answer.set_exception(problem)
