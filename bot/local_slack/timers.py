"""Things to do later by the workspace's own clock, so that moving it moves retries and expiries."""

import asyncio
import heapq
from collections.abc import Callable

from crm_store.clock import Clock


class Timer:
    """One thing to do later; it can be called off."""

    __slots__ = ("action", "due")

    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Do not do it after all."""
        self.action = None

    def __lt__(self, other: "Timer") -> bool:
        return self.due < other.due


class Timers:
    """All that waits, with one alarm set for the earliest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[Timer] = []
        self._alarm: asyncio.TimerHandle | None = None

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do something once that many seconds have passed."""
        timer = Timer(self._clock.monotonic() + seconds, action)
        heapq.heappush(self._heap, timer)
        if self._heap[0] is timer:
            self._set_alarm()
        return timer

    def wake(self) -> None:
        """Do what is due by now; called by the alarm, and whenever the clock was moved."""
        while self._heap and (self._heap[0].action is None or self._heap[0].due <= self._clock.monotonic()):
            action = heapq.heappop(self._heap).action
            if action:
                action()
        self._set_alarm()

    def stop(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if self._heap:
            wait = max(self._heap[0].due - self._clock.monotonic(), 0.001)
            self._alarm = asyncio.get_running_loop().call_later(wait, self.wake)
