"""A few parser children at once, so that a mail that is slow to read does not hold the others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Final

from crm_store.log import get_logger
from ingest.in_parts import Raw
from ingest.parsed import ParsedMail
from ingest.sandbox import Sandbox

_WORTH_ANOTHER: Final = 0.3
_log = get_logger(__name__)


class Readers:
    """Gives each mail to a child that is free; a further child starts only where a mail would wait for long."""

    def __init__(self, most: int = 2, make: Callable[[], Sandbox] = Sandbox, patience: float = _WORTH_ANOTHER) -> None:
        self._all = [make() for _ in range(most)]
        self._cold = self._all[1:]
        self._free: asyncio.LifoQueue[Sandbox] = asyncio.LifoQueue()
        self._free.put_nowait(self._all[0])
        self._patience = patience
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the first child and wait until it can read."""
        await self._all[0].start()

    async def stop(self) -> None:
        """End all children; harmless twice."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in self._all))

    async def parse(self, raw: Raw, *, mail_from: str | None = None) -> ParsedMail:
        """Read one mail, given its envelope's sender where it is known."""
        async with self._one() as reader:
            return await reader.parse(raw, mail_from=mail_from)

    async def parse_attached(self, raw: Raw, number: int) -> tuple[ParsedMail, ...]:
        """Read the mails that are attached to one."""
        async with self._one() as reader:
            return await reader.parse_attached(raw, number)

    async def verify(self, raw: Raw, keys: Mapping[int, str]) -> tuple[int, ...]:
        """Which of the numbered DKIM signatures hold."""
        async with self._one() as reader:
            return await reader.verify(raw, keys)

    async def extract(self, raw: Raw, wanted: Collection[str]) -> dict[str, bytes]:
        """The bytes of files in a mail, by their SHA-256."""
        async with self._one() as reader:
            return await reader.extract(raw, wanted)

    @asynccontextmanager
    async def _one(self) -> AsyncIterator[Sandbox]:
        reader = await self._take()
        try:
            yield reader
        finally:
            self._free.put_nowait(reader)

    async def _take(self) -> Sandbox:
        try:
            async with asyncio.timeout(self._patience):
                return await self._free.get()
        except TimeoutError:
            if self._cold:
                task = asyncio.create_task(self._add(self._cold.pop()), name="further-parser")
                self._starting.add(task)
                task.add_done_callback(self._starting.discard)
        # Whichever is free first: the one that starts, or one whose mail is read meanwhile.
        return await self._free.get()

    async def _add(self, reader: Sandbox) -> None:
        try:
            await reader.start()
        except (OSError, EOFError, ValueError, TimeoutError) as problem:
            _log.warning("further_parser_did_not_start", problem=type(problem).__name__)
            self._cold.append(reader)
        else:
            self._free.put_nowait(reader)
