"""How fast letters leave: so many a minute in all and to one domain, and slower where a domain asks for it."""

from dataclasses import dataclass
from typing import Final

from crm_store.clock import Clock

_MINUTE: Final = 60.0
_FIRST, _LONGEST = 60.0, 3600.0
_MOST_DOMAINS: Final = 10_000


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


@dataclass(slots=True)
class _Domain:
    """What is known of one domain: when its next letter may go, and for how long it was put off last."""

    free_at: float = 0.0
    pause: float = 0.0


class Domains:
    """Domains that letters go to. Each worker learns for itself; one that is slow slows no other."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock, self._gap = clock, _MINUTE / per_minute if per_minute else 0.0
        self._known: dict[str, _Domain] = {}

    def wait_for(self, domain: str) -> float:
        """How long a letter to this domain has to wait; one that need not has taken its place."""
        one = self._known.get(domain)
        now = self._clock.monotonic()
        if one is not None and one.free_at > now:
            return one.free_at - now
        if self._gap:
            self._domain(domain).free_at = now + self._gap
        return 0.0

    def paused(self, domain: str) -> float:
        """How long a domain that asked for patience still gets it."""
        one = self._known.get(domain)
        return max(0.0, one.free_at - self._clock.monotonic()) if one is not None and one.pause else 0.0

    def slow(self, domain: str) -> float:
        """It asked for patience: nothing goes there for a while, twice as long as the last time, an hour at most."""
        one, now = self._domain(domain), self._clock.monotonic()
        # Letters that were under way when it said so the first time say nothing new.
        if one.pause == 0.0 or one.free_at <= now:
            one.pause = min(_LONGEST, one.pause * 2 or _FIRST)
            one.free_at = now + one.pause
        return one.free_at - now

    def fine(self, domain: str) -> None:
        """It took a letter, so that its next refusal is a first one again."""
        one = self._known.get(domain)
        if one is not None and one.pause and one.free_at <= self._clock.monotonic():
            one.pause = 0.0

    def _domain(self, domain: str) -> _Domain:
        if len(self._known) >= _MOST_DOMAINS:
            now = self._clock.monotonic()
            self._known = {name: one for name, one in self._known.items() if one.pause or one.free_at > now}
        return self._known.setdefault(domain, _Domain())


def domain_of(address: str) -> str:
    """The part of an address that says where its mail goes."""
    return address.rpartition("@")[2].lower()
