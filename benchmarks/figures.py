"""Quantiles, and a demo to measure."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.journeys.house import Demo


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
