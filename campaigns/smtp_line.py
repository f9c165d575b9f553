"""A line to a mail server that is greeted and trusted: commands go in one packet where it allows it (RFC 2920)."""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from typing import Final

import aiosmtplib

_LONGEST: Final = 1 << 15
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f<>]")
_BARE: Final = re.compile(rb"\r\n|\r|\n")


class Gone(ConnectionError):
    """The server hung up, or said something that no server says."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said."""

    code: int
    text: str


class _Protocol(asyncio.Protocol):
    """Gathers replies in their order."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._lines: list[str] = []
        self._waiter: asyncio.Future[None] | None = None
        self.replies: deque[Reply] = deque()
        self.gone = False

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        while (end := self._bytes.find(b"\n")) >= 0:
            line = bytes(self._bytes[:end]).rstrip(b"\r").decode("utf-8", "replace")
            del self._bytes[: end + 1]
            self._line(line)
        if len(self._bytes) > _LONGEST:
            self._end()

    def _line(self, line: str) -> None:
        if not (line[:3].isascii() and line[:3].isdigit()) or len(self._lines) > _LONGEST // 100:
            self._end()
            return
        self._lines.append(line[4:].strip())
        if line[3:4] != "-":
            self.replies.append(Reply(int(line[:3]), "\n".join(self._lines)))
            self._lines = []
            self._wake()

    def connection_lost(self, _problem: Exception | None) -> None:
        self._end()

    def eof_received(self) -> bool:
        self._end()
        return False

    def _end(self) -> None:
        self.gone = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def reply(self) -> Reply:
        while not self.replies:
            if self.gone:
                raise Gone("the server hung up")
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self.replies.popleft()


class Line:
    """One connection. Who greets the server (TLS, login) is aiosmtplib; the letters go by this."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        transport = client.transport
        if not isinstance(transport, asyncio.Transport):
            raise Gone("the server hung up")
        self._client, self._transport = client, transport
        self.pipelining = client.supports_extension("pipelining")
        self._protocol = _Protocol()
        transport.set_protocol(self._protocol)

    @property
    def usable(self) -> bool:
        """Whether a letter can go by it: it stands, and the server did not say a word unasked."""
        return not (self._protocol.gone or self._protocol.replies or self._transport.is_closing())

    async def say(self, *commands: str) -> list[Reply]:
        """Say commands and hear the reply to each; in one packet where the server takes that, else until one refuses.

        Raises Gone.
        """
        if self.pipelining:
            self._write("".join(f"{one}\r\n" for one in commands).encode())
            return [await self._protocol.reply() for _ in commands]
        replies: list[Reply] = []
        for one in commands:
            self._write(f"{one}\r\n".encode())
            replies.append(await self._protocol.reply())
            if replies[-1].code >= 400:
                break
        return replies

    def body(self, content: bytes) -> None:
        """All of a letter but the dot that ends it: until then the server has nothing."""
        if content.count(b"\n") != content.count(b"\r\n") or content.count(b"\r") != content.count(b"\r\n"):
            content = _BARE.sub(b"\r\n", content)
        if not content.endswith(b"\r\n"):
            content += b"\r\n"
        if content.startswith(b"."):
            content = b"." + content
        self._write(content.replace(b"\r\n.", b"\r\n.."))

    async def end(self) -> Reply:
        """The dot that makes it a letter, and what the server says to it. Raises Gone."""
        self._write(b".\r\n")
        return await self._protocol.reply()

    async def quit(self) -> None:
        """Say goodbye and hang up."""
        try:
            if self.usable:
                await self.say("QUIT")
        except Gone:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Hang up."""
        self._transport.close()
        self._client.close()

    def _write(self, data: bytes) -> None:
        if self._protocol.gone or self._transport.is_closing():
            raise Gone("the server hung up")
        self._transport.write(data)


def safe(address: str) -> bool:
    """Whether an address can stand in a command without breaking out of it."""
    return bool(address) and not _CONTROL.search(address)
