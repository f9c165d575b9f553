"""How fast letters of one worker leave: so many a minute in all."""

from typing import Final

from crm_store.clock import Clock

_MINUTE: Final = 60.0


class Pace:
    """At most so many letters a minute, spread evenly; 0 is no limit."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock, self._gap = clock, _MINUTE / per_minute if per_minute else 0.0
        self._next = 0.0

    def wait_for(self) -> float:
        """How long the next letter has to wait, in seconds; asking takes the place."""
        now = self._clock.monotonic()
        at = max(now, self._next)
        self._next = at + self._gap
        return at - now
