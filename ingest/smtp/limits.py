"""How much the mail listener takes from anybody, and the counts that enforce it."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

_HOUR: Final = 3_600.0
_MOST_NAMES: Final = 50_000


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """Every size, count and pace of the listener; at the limit passes, one more gets the right code."""

    message_bytes: int = 50_000_000
    recipients: int = 100
    connections: int = 1_000
    connections_per_address: int = 50
    bytes_in_flight: int = 64_000_000
    command_seconds: float = 300.0
    least_bytes_per_second: float = 500.0
    pace_window_seconds: float = 30.0
    soft_errors: int = 10
    hard_errors: int = 20
    soft_error_delay_seconds: float = 1.0
    failed_logins: int = 3
    hops: int = 50
    stop_seconds: float = 8.0
    per_sender_hour: int = 0
    per_team_hour: int = 0


class Connections:
    """Who is connected: a total and a count an address."""

    def __init__(self, limits: SmtpLimits) -> None:
        self._limits = limits
        self._total = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str | None) -> bool:
        """Count a new connection; False where there are too many, and then it is not counted.

        None is a balancer that has not yet said for whom it speaks: it counts in the total alone.
        """
        if self._total >= self._limits.connections:
            return False
        if address is not None:
            if self._by_address[address] >= self._limits.connections_per_address:
                return False
            self._by_address[address] += 1
        self._total += 1
        return True

    def leave(self, address: str | None) -> None:
        """A counted connection is gone."""
        self._total -= 1
        if address is None:
            return
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]


class BytesInFlight:
    """One budget for all mail that is received but not yet stored."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0

    @property
    def free(self) -> int:
        """Bytes that can still be taken."""
        return self._limit - self._taken

    def take(self, amount: int) -> bool:
        """Reserve bytes; False, with nothing reserved, where the budget does not allow it."""
        if amount > self.free:
            return False
        self._taken += amount
        return True

    def give_back(self, amount: int) -> None:
        """Free what was reserved."""
        self._taken -= amount


class HourlyCount:
    """Mails an hour by name (a sender, a team), over a sliding hour: this one's count and the last one's fading share.

    It lives in memory, so each process counts for itself and a restart begins anew. Names beyond a bound are not
    counted: whoever sends from so many is held by the limits on connections and by the team's count.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._hour = 0
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()

    def full(self, name: str, seconds: float) -> bool:
        """Whether one more mail would be too many at that moment (seconds of any steady count)."""
        if not self._most:
            return False
        self._turn(seconds)
        fading = 1.0 - (seconds % _HOUR) / _HOUR
        return self._now[name] + self._before[name] * fading >= self._most

    def add(self, name: str, seconds: float) -> None:
        """Count one mail."""
        if not self._most:
            return
        self._turn(seconds)
        if name in self._now or len(self._now) < _MOST_NAMES:
            self._now[name] += 1

    def _turn(self, seconds: float) -> None:
        hour = int(seconds // _HOUR)
        if hour == self._hour:
            return
        self._before = self._now if hour == self._hour + 1 else Counter()
        self._now, self._hour = Counter(), hour
