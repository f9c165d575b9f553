"""Bells: a commit in this process wakes whoever waits for such rows; others look every 250 ms."""

import asyncio
import threading

LOOK_EVERY = 0.25


class Bells:
    """Rung from any thread, waited for on an event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    def ring(self, names: set[str]) -> None:
        """Wake everybody who waits for one of these."""
        with self._lock:
            woken = [pair for name in names for pair in self._waiting.get(name, ())]
        for loop, event in woken:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, name: str, seconds: float = LOOK_EVERY) -> None:
        """Return when the bell is rung, or after that many seconds."""
        pair = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.setdefault(name, set()).add(pair)
        try:
            async with asyncio.timeout(seconds):
                await pair[1].wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting[name].discard(pair)
