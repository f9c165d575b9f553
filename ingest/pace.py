"""Filing gives way to the mail door: taking mail in comes first, and the more it presses the longer filing rests."""

import asyncio
from collections.abc import Callable
from typing import Final

AT_ONCE: Final = 8
# Under pressure fewer are filed together, so that whoever waits for a 250 waits for fewer units of filing.
_AT_ONCE_UNDER_PRESSURE: Final = 4
# Below so many mails a second, and such a share of the time in which senders wait for their 250, both get along.
_QUIET_RATE: Final = 25.0
_QUIET_SHARE: Final = 0.25
# The span over which both are counted, in seconds.
_SPAN: Final = 0.5
# Up to a busy hour's pace filing has so large a share of the time, as long as senders have their answers in time.
_SHARE: Final = 0.4
_BUSY_PRESSURE: Final = 4.0
_TIMELY_SECONDS: Final = 0.05
# In a rush beyond that, where senders stand in line or wait long, it falls as far as this.
_LEAST_SHARE: Final = 0.1
# No rest is longer, and it is looked so often whether it is still needed, in seconds.
_LONGEST_REST: Final = 10.0
_LOOK_AGAIN: Final = 0.2


class Pace:
    """Watches the door, and tells the worker how long to rest between one round of mails and the next.

    A rest is a multiple of the time that the last round took: none while the door is quiet, at twice the quiet rate as
    long as the round itself. It leaves filing its share, and less only in a rush: what comes then is filed after it.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._began = seconds()
        self._arrived = 0
        self._answered = 0
        self._waited = 0.0
        self._waiting = 0
        self._since = self._began
        self._pressure = 0.0
        self._summed = 0.0
        self._mean_wait = 0.0
        self._in_line = 0.0

    def arrived(self) -> None:
        """A sender has begun to hand over a mail."""
        self._turn(self._seconds())
        self._arrived += 1

    def keeping(self) -> None:
        """A sender waits from now on for the answer to its mail."""
        now = self._seconds()
        self._turn(now)
        self._sum(now)
        self._waiting += 1

    def kept(self) -> None:
        """A sender has its answer."""
        now = self._seconds()
        self._turn(now)
        self._sum(now)
        self._waiting -= 1
        self._answered += 1

    def _sum(self, now: float) -> None:
        """How long anybody waited, and how long all waited together, since the last event."""
        passed = now - self._since
        self._waited += passed if self._waiting else 0.0
        self._summed += passed * self._waiting
        self._since = now

    @property
    def pressure(self) -> float:
        """How far the door is beyond what is quiet: 0 up to there, 1 at twice as much."""
        self._turn(self._seconds())
        return max(self._pressure, self._arrived / _SPAN / _QUIET_RATE - 1.0)

    @property
    def at_once(self) -> int:
        """How many mails to file together."""
        return _AT_ONCE_UNDER_PRESSURE if self.pressure else AT_ONCE

    def _turn(self, now: float) -> None:
        passed = now - self._began
        if passed < _SPAN:
            return
        self._sum(now)  # Who waits across the end of a span waits in both.
        busy = max(self._arrived / passed / _QUIET_RATE, self._waited / passed / _QUIET_SHARE)
        self._pressure = max(0.0, busy - 1.0)
        self._mean_wait = self._summed / max(self._answered, self._waiting, 1)
        self._in_line = self._summed / passed
        self._arrived, self._answered, self._waited, self._summed, self._began = 0, 0, 0.0, 0.0, now

    def rest_after(self, took: float) -> float:
        """Seconds to rest after a round that took so long."""
        pressure = self.pressure
        usual = min(pressure, 1.0 / _SHARE - 1.0)
        rush = max(0.0, pressure - _BUSY_PRESSURE, self._in_line - 1.0)
        late = max(0.0, self._mean_wait / _TIMELY_SECONDS - 1.0)
        return min(_LONGEST_REST, took * min(usual + rush + late, 1.0 / _LEAST_SHARE - 1.0))

    async def rest(self, took: float) -> None:
        """Let the door go first for a while, and no longer than it needs that."""
        began = self._seconds()
        while (left := self.rest_after(took) - (self._seconds() - began)) > 0:  # noqa: ASYNC110 -- pressure fades by time
            await asyncio.sleep(min(left, _LOOK_AGAIN))
