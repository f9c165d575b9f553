"""Slack's pace: buckets that hold a burst and fill up by the minute."""

import math

from bot.local_slack.errors import rate_limited
from bot.local_slack.limits import Pace
from crm_store.clock import Clock

_MANY_BUCKETS = 10_000


class Limiter:
    """Counts calls by key and refuses those that come too early."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def take(self, key: tuple[str, ...], pace: Pace) -> None:
        """Count one call; raises SlackError `ratelimited` with the whole seconds to wait."""
        now = self._clock.monotonic()
        each = 60 / pace.per_minute
        left, since = self._buckets.pop(key, (float(pace.burst), now))
        left = min(float(pace.burst), left + (now - since) / each)
        taken = left >= 1
        self._buckets[key] = (left - 1 if taken else left, now)
        if len(self._buckets) > _MANY_BUCKETS:
            self._buckets.pop(next(iter(self._buckets)))
        if not taken:
            raise rate_limited(max(1, math.ceil((1 - left) * each)))
