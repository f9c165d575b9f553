"""Senders of mail for the benchmarks: many connections as fast as they are answered, or a steady number a second."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.demo import mails

_FILLING: Final = "A line of ordinary text that a customer may have written.\n" * 170
_AT: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)


def forwards(to: str) -> Iterator[bytes]:
    """Forwarded mails of about 10 KB, each with words of its own, ready for the wire."""
    for number in itertools.count():
        raw = mails.forwarded_by(
            "ada@halyard.example",
            to,
            ("John Smith", "john.smith@acme.example"),
            at=_AT,
            subject=f"Mail number {number} of the bench",
            text=f"This is about {number}.\n{_FILLING}",
        )
        lines = raw.replace(b"\r\n", b"\n").split(b"\n")
        yield b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


class Refused(Exception):
    """The server did not take the mail."""


@dataclass(slots=True)
class Postman:
    """One connection that hands over mail after mail."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def dial(cls, host: str, port: int) -> "Postman":
        """Connect and say hello."""
        one = cls(*await asyncio.open_connection(host, port))
        await one._reply("220")
        await one._say("EHLO bench.example", "250")
        return one

    async def hand_over(self, to: str, wire: bytes) -> float:
        """One mail; seconds from the end of the data to its 250."""
        await self._say("MAIL FROM:<ada@halyard.example>", "250")
        await self._say(f"RCPT TO:<{to}>", "250")
        await self._say("DATA", "354")
        began = time.perf_counter()
        self.writer.write(wire)
        await self._reply("250")
        return time.perf_counter() - began

    async def _say(self, line: str, wanted: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self._reply(wanted)

    async def _reply(self, wanted: str) -> None:
        while True:
            line = await self.reader.readline()
            if line[3:4] != b"-":
                break
        if not line.startswith(wanted.encode()):
            raise Refused(line.decode("ascii", "replace").strip())

    async def leave(self) -> None:
        """Hang up."""
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


@dataclass(slots=True)
class Round:
    """What one server took in one round."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return len(self.waits) / self.seconds


async def rush(host: str, port: int, to: str, connections: int, seconds: float) -> Round:
    """So many connections, each sending its next mail as soon as the last one is answered."""
    letters, done = forwards(to), Round()
    postmen = [await Postman.dial(host, port) for _ in range(connections)]
    began = time.perf_counter()

    async def walk(postman: Postman) -> None:
        while time.perf_counter() - began < seconds:
            done.waits.append(await postman.hand_over(to, next(letters)))

    await asyncio.gather(*(walk(one) for one in postmen))
    done.seconds = time.perf_counter() - began
    await asyncio.gather(*(one.leave() for one in postmen))
    return done


async def stream(host: str, port: int, to: str, per_second: float, seconds: float, connections: int = 20) -> Round:
    """So many mails a second whatever the answers take; late ones are sent as soon as a connection is free."""
    letters, done = forwards(to), Round()
    free: asyncio.Queue[Postman] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await Postman.dial(host, port))
    began = time.perf_counter()

    async def walk(postman: Postman, wire: bytes) -> None:
        try:
            done.waits.append(await postman.hand_over(to, wire))
        finally:
            free.put_nowait(postman)

    async with asyncio.TaskGroup() as walks:
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            walks.create_task(walk(await free.get(), next(letters)))
    done.seconds = time.perf_counter() - began
    await asyncio.gather(*(free.get_nowait().leave() for _ in range(connections)))
    return done
