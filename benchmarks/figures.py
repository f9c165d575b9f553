"""Quantiles, a demo to measure, and the bare Bolt app it is measured beside."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.journeys.house import ROOT, Demo


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
