"""Filing gives way to the mail door: taking mail in comes first, and the more it presses the longer filing rests."""

import asyncio
from collections.abc import Callable
from typing import Final

AT_ONCE: Final = 8
# Below so many mails a second, and such a share of the time in which senders wait for their 250, both get along.
_QUIET_RATE: Final = 25.0
_QUIET_SHARE: Final = 0.25
# The span over which both are counted, in seconds.
_SPAN: Final = 0.5
# However much the door presses, a mail is filed at least every so many seconds and its own time.
_LONGEST_REST: Final = 1.0
_STEEPNESS: Final = 4.0


class Pace:
    """Watches the door, and tells the worker how many mails to take on at once and how long to rest between them.

    A rest is a multiple of the time that the last mail took. At twice the quiet rate filing gets a fifth of the time;
    a single mail, and the mails of an ordinary hour, are filed at once.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._began = seconds()
        self._arrived = 0
        self._waited = 0.0
        self._waiting = 0
        self._since = 0.0
        self._pressure = 0.0

    def arrived(self) -> None:
        """A sender has begun to hand over a mail."""
        self._turn(self._seconds())
        self._arrived += 1

    def keeping(self) -> None:
        """A sender waits from now on for the answer to its mail."""
        now = self._seconds()
        self._turn(now)
        if not self._waiting:
            self._since = now
        self._waiting += 1

    def kept(self) -> None:
        """A sender has its answer."""
        now = self._seconds()
        self._turn(now)
        self._waiting -= 1
        if not self._waiting:
            self._waited += now - self._since

    @property
    def pressure(self) -> float:
        """How far the door is beyond what is quiet: 0 up to there, 1 at twice as much."""
        self._turn(self._seconds())
        return max(self._pressure, self._arrived / _SPAN / _QUIET_RATE - 1.0)

    def _turn(self, now: float) -> None:
        passed = now - self._began
        if passed < _SPAN:
            return
        if self._waiting:
            # Who waits across the end of a span waits in both.
            self._waited += now - max(self._since, self._began)
            self._since = now
        busy = max(self._arrived / passed / _QUIET_RATE, self._waited / passed / _QUIET_SHARE)
        self._pressure = max(0.0, busy - 1.0)
        self._arrived, self._waited, self._began = 0, 0.0, now

    @property
    def at_once(self) -> int:
        """How many mails the worker may have under way."""
        return 1 if self.pressure else AT_ONCE

    def rest_after(self, took: float) -> float:
        """Seconds to rest after a mail that took so long."""
        return min(_LONGEST_REST, took * _STEEPNESS * self.pressure)

    async def rest(self, took: float) -> None:
        """Let the door go first for a while."""
        rest = self.rest_after(took) if took else 0.0
        if rest:
            await asyncio.sleep(rest)
