"""When Python looks for garbage: not while modules load, and through all objects only while nobody waits.

A look through all of a serving process's objects takes a quarter of a second and stops every thread, so that whoever
waits for an acknowledgement waits for it as well. What is there after the start stays there: it is set apart
(`gc.freeze`) and looked through once an hour alone. What came since is looked through whenever nothing is in hand.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from crm_store.clock import Clock

_LOOK_EVERY: Final = 5.0
_LONGEST: Final = 120.0
"""After so many seconds with always something in hand, what came since the last look is looked through nevertheless."""
_ALL_EVERY: Final = 3600.0
_HARDLY_EVER: Final = 100_000
"""So many looks through the young come before Python looks through all by itself: long after we have done so."""


@contextmanager
def left_alone() -> Iterator[None]:
    """Load modules without looks for garbage, of which they make none; what was loaded is set apart."""
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
        gc.enable()


@contextmanager
def set_apart() -> Iterator[None]:
    """For as long as the block runs, Python looks by itself through what is young alone; `Sweeper` does the rest.

    What is set apart stays so: the process ends soon, and its last look need not go through all of that.
    """
    youngest, young, old = gc.get_threshold()
    gc.set_threshold(youngest, young, _HARDLY_EVER)
    gc.freeze()
    try:
        yield
    finally:
        gc.set_threshold(youngest, young, old)


class Sweeper:
    """The role that looks for garbage in the moments in which nothing is in hand."""

    def __init__(self, busy: Callable[[], bool], clock: Clock) -> None:
        self._busy = busy
        self._clock = clock
        self._looked_at = self._looked_at_all_at = clock.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then until told to stop."""
        while not stop.is_set():
            self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await stop.wait()

    def look(self) -> None:
        """Look through what came since the last time, once an hour through all; not while anything is in hand."""
        now = self._clock.monotonic()
        if self._busy():
            if now - self._looked_at >= _LONGEST:
                # What is in hand now will be garbage soon, so it is not set apart.
                gc.collect()
                self._looked_at = now
            return
        if now - self._looked_at_all_at >= _ALL_EVERY:
            gc.unfreeze()
            self._looked_at_all_at = now
        gc.collect()
        gc.freeze()
        self._looked_at = now
