"""Commands about the team's own house: channels that belong to a company, and jobs run by hand."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RunJob:
    """`run NAME [as_of:DAY]`."""

    name: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`link COMPANY`: this channel belongs to that company; `link` alone lists the channels that are linked."""

    who: str = ""


@dataclass(frozen=True, slots=True)
class Unlink:
    """`unlink`: this channel belongs to no company any more."""
