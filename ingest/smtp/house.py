"""What all connections of one listener share: its store, limits, counts, and who is in the middle of something."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Any, Protocol

from crm_store.clock import Clock
from ingest.pace import Pace
from ingest.smtp.limits import BytesInFlight, Connections, HourlyCount, SmtpLimits
from ingest.smtp.proxy import Network
from ingest.smtp.received import Intake


class Visitor(Protocol):
    """A connection, as far as an orderly stop is concerned."""

    @property
    def busy(self) -> bool:
        """Whether a mail is on its way in."""
        ...

    def say_and_close(self, status: str) -> None:
        """A last word outside the order of commands."""
        ...


@dataclass
class House:
    """The listener's own, and what it was set up with."""

    intake: Intake
    domain: str
    hostname: str
    limits: SmtpLimits
    clock: Clock
    pace: Pace
    tls: ssl.SSLContext | None = None
    tls_required: bool = False
    balancers: tuple[Network, ...] = ()
    doors: set[Visitor] = field(default_factory=set)
    handing_over: set[Visitor] = field(default_factory=set)
    working: set[asyncio.Task[Any]] = field(default_factory=set)
    leaving: bool = False

    def __post_init__(self) -> None:
        self.connections = Connections(self.limits)
        self.in_flight = BytesInFlight(self.limits.bytes_in_flight)
        self.by_sender = HourlyCount(self.limits.per_sender_hour)
        self.by_team = HourlyCount(self.limits.per_team_hour)
        self.empty = asyncio.Event()
        self.empty.set()

    def opened(self, door: Visitor) -> None:
        """A conversation begins."""
        self.doors.add(door)
        self.empty.clear()

    def more_coming(self) -> bool:
        """Whether a mail is coming in this moment."""
        return bool(self.handing_over)

    def closed(self, door: Visitor) -> None:
        """A conversation has ended."""
        self.handing_over.discard(door)
        self.doors.discard(door)
        if not self.doors:
            self.empty.set()
