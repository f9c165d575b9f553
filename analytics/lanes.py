"""A second process for one half of an analysis: it shares what was read, and its lines go out as they come."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from analytics.lines import Line, told
from crm_store.errors import CrmError

HERE: Final = sys.platform.startswith("linux") and (os.cpu_count() or 1) > 1
"""Elsewhere a process may not be forked once libraries of numbers are loaded, and one core gains nothing by it."""
Tell = Callable[[Line], None]


class HalfFailed(CrmError):
    """The second process ended before it had told everything; nothing of this run is shown."""


class Voice:
    """Standard output for lines of several threads: whole lines only."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def tell(self, line: Line) -> None:
        """One line for the parent."""
        self.pass_on(told(line))

    def pass_on(self, raw: bytes) -> None:
        """A line that another process has made."""
        with self._turn:
            sys.stdout.buffer.write(raw)
            sys.stdout.buffer.flush()


@contextmanager
def beside(voice: Voice, half: Callable[[Tell], None]) -> Iterator[None]:
    """Do one half in a process of its own while the body does the other; returns when both are done.

    The second process has all that was read by now without reading it again, and ends when this one does. Raises
    HalfFailed where it did not come to its end. No other thread may hold a lock when this begins.
    """
    lines_out, lines_in = os.pipe()
    watched, held = os.pipe()
    second = os.fork()
    if second == 0:
        os.close(lines_out)
        os.close(held)
        _second(lines_in, watched, half)
    os.close(lines_in)
    os.close(watched)
    relay = threading.Thread(target=_relay, args=(lines_out, voice), name="second-half")
    relay.start()
    try:
        yield
        relay.join()
        _, status = os.waitpid(second, 0)
        second = 0
        if status != 0:
            raise HalfFailed
    finally:
        os.close(held)
        if second:
            relay.join()
            os.waitpid(second, 0)


def _second(lines_in: int, watched: int, half: Callable[[Tell], None]) -> NoReturn:
    """The second process: it never returns into the code of the first."""
    threading.Thread(target=_end_with, args=(watched,), daemon=True).start()
    code = 1
    try:
        with os.fdopen(lines_in, "wb") as out:

            def tell(line: Line) -> None:
                out.write(told(line))
                out.flush()

            half(tell)
        code = 0
    except BaseException:  # noqa: BLE001 -- a process ends here: what went wrong is told, then the first one gives up
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _end_with(watched: int) -> None:
    """End as soon as the first process has ended, however it did: its end of the pipe is closed then."""
    os.read(watched, 1)
    os._exit(1)


def _relay(lines_out: int, voice: Voice) -> None:
    with os.fdopen(lines_out, "rb") as lines:
        for raw in lines:
            voice.pass_on(raw)
