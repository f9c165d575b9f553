"""How good a team's data are, as counts that a report can show."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, in words that say of what."""

    what: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Odd:
    """An amount far from the usual ones: whose, on which day, and how much in whole units."""

    customer_id: str
    day: date
    amount: float


@dataclass(frozen=True, slots=True)
class Quality:
    """What is missing, double, odd, stale or counted apart on a day; `usual` is the median order."""

    as_of: date
    customers: int
    missing: tuple[Share, ...]
    double: tuple[Share, ...]
    odd: tuple[Odd, ...]
    odd_count: int
    usual: float | None
    stale: tuple[Share, ...]
    apart: tuple[Share, ...]
    currency: str
