"""Bells: a commit in this process wakes whoever waits for such rows; others look every 250 ms."""

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from typing import Final

LOOK_EVERY: Final = 0.25


class Bells:
    """Rung from any thread, waited for on an event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rung: Counter[str] = Counter()
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    def ring(self, names: set[str]) -> None:
        """Wake everybody who waits for one of these."""
        with self._lock:
            self._rung.update(names)
            woken = [pair for name in names for pair in self._waiting.get(name, ())]
        for loop, event in woken:
            # A loop that is closed, perhaps this very moment, has nobody left to wake.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    def rung(self, name: str) -> int:
        """How often it rang so far: ask before looking for rows, so that no ring is missed between look and wait."""
        with self._lock:
            return self._rung[name]

    async def wait(self, name: str, rung: int | None = None, seconds: float = LOOK_EVERY) -> None:
        """Return when the bell rings, has rung since `rung` was asked, or after that many seconds."""
        pair = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if rung is not None and self._rung[name] != rung:
                return
            self._waiting.setdefault(name, set()).add(pair)
        try:
            async with asyncio.timeout(seconds):
                await pair[1].wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting[name].discard(pair)
