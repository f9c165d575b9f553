"""How much the mail listener takes from anybody, and the counts that enforce it."""

from collections import Counter
from dataclasses import dataclass


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
    hops: int = 50
    stop_seconds: float = 8.0


class Connections:
    """Who is connected: a total and a count an address."""

    def __init__(self, limits: SmtpLimits) -> None:
        self._limits = limits
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a new connection; False where there are too many, and then it is not counted."""
        if self._by_address.total() >= self._limits.connections:
            return False
        if self._by_address[address] >= self._limits.connections_per_address:
            return False
        self._by_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """A counted connection is gone."""
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
