"""Several parser children: a slow mail holds nobody, and no child starts before it is needed."""

import asyncio

from ingest import in_parts
from ingest.in_parts import Raw
from ingest.parsed import ParsedMail, unreadable
from ingest.readers import Readers
from ingest.sandbox import Sandbox


class Reader(Sandbox):
    """A child whose slow mails end when told, and which may refuse to start."""

    def __init__(self) -> None:
        super().__init__()
        self.started = False
        self.refuses = False
        self.release = asyncio.Event()

    async def start(self) -> None:
        if self.refuses:
            raise OSError("no more processes")
        self.started = True

    async def stop(self) -> None:
        self.started = False

    async def parse(
        self,
        raw: Raw,
        *,
        mail_from: str | None = None,
        region: str | None = None,
        text_subject: str | None = None,
    ) -> ParsedMail:
        del mail_from, region, text_subject
        if raw == b"slow":
            await self.release.wait()
        return unreadable(in_parts.head(raw).decode())


class House:
    """Readers with children of the tests."""

    def __init__(self, most: int = 2) -> None:
        self.children: list[Reader] = []
        self.readers = Readers(most, self._make, patience=0.01)

    def _make(self) -> Reader:
        self.children.append(Reader())
        return self.children[-1]

    @property
    def running(self) -> int:
        return sum(one.started for one in self.children)


async def test_one_child_is_enough_for_mails_that_are_read_at_once() -> None:
    house = House()
    await house.readers.start()
    await asyncio.gather(*(house.readers.parse(b"quick") for _ in range(20)))
    assert house.running == 1


async def test_a_slow_mail_does_not_hold_the_next() -> None:
    house = House()
    await house.readers.start()
    slow = asyncio.create_task(house.readers.parse(b"slow"))
    await asyncio.wait({slow}, timeout=0.02)
    async with asyncio.timeout(60):
        for _ in range(3):
            await house.readers.parse(b"quick")
    assert house.running == 2
    assert not slow.done()
    house.children[0].release.set()
    await slow
    await house.readers.stop()
    assert house.running == 0


async def test_a_child_that_does_not_start_is_tried_again_and_costs_no_mail() -> None:
    house = House()
    await house.readers.start()
    house.children[1].refuses = True
    slow = asyncio.create_task(house.readers.parse(b"slow"))
    await asyncio.wait({slow}, timeout=0.02)
    waiting = asyncio.create_task(house.readers.parse(b"quick"))
    await asyncio.wait({waiting}, timeout=0.1)
    assert house.running == 1
    house.children[1].refuses = False
    async with asyncio.timeout(60):
        await asyncio.gather(house.readers.parse(b"quick"), waiting)
    assert house.running == 2
    house.children[0].release.set()
    await slow


async def test_a_reading_that_is_given_up_frees_its_child() -> None:
    house = House(1)
    await house.readers.start()
    slow = asyncio.create_task(house.readers.parse(b"slow"))
    await asyncio.wait({slow}, timeout=0.02)
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    async with asyncio.timeout(60):
        await house.readers.parse(b"quick")
