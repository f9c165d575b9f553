"""Asks a ClamAV daemon whether a file is clean, over its own protocol (clamd, INSTREAM)."""

import asyncio
import struct
from typing import Final

CLEAN: Final = "clean"
_PIECE: Final = 65_536
_LENGTH: Final = struct.Struct(">I")
_LONGEST_ANSWER: Final = 1_000
_SECONDS: Final = 60.0


class ScannerDown(Exception):
    """The scanner gave no answer that says anything about the file."""


async def check(address: str, content: bytes, seconds: float = _SECONDS) -> str:
    """`clean`, or the name of what was found; raises ScannerDown where the daemon does not say either."""
    try:
        async with asyncio.timeout(seconds):
            said = await _ask(address, content)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as problem:
        raise ScannerDown(type(problem).__name__) from problem
    verdict = said.rstrip("\0").removeprefix("stream:").strip()
    if verdict == "OK":
        return CLEAN
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")[:200]
    raise ScannerDown("the scanner refused the file")


async def _ask(address: str, content: bytes) -> str:
    reader, writer = await _open(address)
    try:
        writer.write(b"zINSTREAM\0")
        for at in range(0, len(content), _PIECE):
            piece = content[at : at + _PIECE]
            writer.write(_LENGTH.pack(len(piece)) + piece)
            await writer.drain()
        writer.write(_LENGTH.pack(0))
        await writer.drain()
        return (await reader.readuntil(b"\0")).decode("utf-8", "replace")
    finally:
        writer.close()


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket's path, or `host:port`."""
    if "/" in address:
        return await asyncio.open_unix_connection(address, limit=_LONGEST_ANSWER)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host.strip("[]"), int(port), limit=_LONGEST_ANSWER)
