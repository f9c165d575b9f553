"""The only place that reads the time: a clock is passed to whoever needs one."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What code asks the time of: aware UTC for people and rows, seconds for durations."""

    def now(self) -> datetime:
        """The time as aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, for durations and leases inside one process."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()


class MovableClock:
    """A clock that people can move: it runs with the machine's, or stands still when it was given a day."""

    def __init__(self, standing_at: datetime | None = None) -> None:
        self._standing_at = standing_at
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time as aware UTC, moved by what was advanced."""
        return (self._standing_at or datetime.now(UTC)) + self._ahead

    def monotonic(self) -> float:
        """Seconds that never run backwards, moved by what was advanced."""
        running = 0.0 if self._standing_at else time.monotonic()
        return running + self._ahead.total_seconds()

    def advance(self, seconds: float) -> datetime:
        """Move the clock forwards and say what it shows now."""
        self._ahead += timedelta(seconds=seconds)
        return self.now()
