"""Quantiles, a demo to measure, and the bare Bolt app and the bare mail listener it is measured beside."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.journeys.house import ROOT, Demo

_BARE_LISTENER: Final = """
import asyncio, sys
from aiosmtpd.smtp import SMTP
class Nothing:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
async def main():
    loop = asyncio.get_running_loop()
    bare = lambda: SMTP(Nothing(), hostname="bare.example", data_size_limit=50 * 1_048_576)
    server = await loop.create_server(bare, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies; nan for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


@contextlib.contextmanager
def running_demo(*arguments: str, **environment: str) -> Iterator[Demo]:
    """A demo in a folder of its own, stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo.start(Path(folder), *arguments, **environment)
        try:
            yield demo
        finally:
            demo.stop()


@contextlib.contextmanager
def bare_bolt(*arguments: str) -> Iterator[str]:
    """The control door of a workspace with a Bolt app that does next to nothing, stopped at the end."""
    command = [sys.executable, "-m", "benchmarks.peers.bare_bolt", *arguments]
    peer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert peer.stdout is not None
    try:
        control = str(json.loads(peer.stdout.readline())["control"])
        time.sleep(1.0)
        yield control
    finally:
        peer.terminate()
        peer.wait()


@contextlib.contextmanager
def bare_listener() -> Iterator[tuple[int, int]]:
    """Port and process of an aiosmtpd that stores nothing, stopped at the end."""
    process = subprocess.Popen([sys.executable, "-c", _BARE_LISTENER], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.communicate()
