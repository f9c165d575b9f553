"""Rules for segments of one's own: conditions on what a customer did and is, joined by and, or, not."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Measure(StrEnum):
    """A number that a rule may ask about."""

    ORDERS = "orders"
    """How many orders, in the window if there is one."""
    SPEND = "spend"
    """What they came to, in whole units of the team's currency."""
    ORDER_AGE = "days since the last order"
    CONTACT_AGE = "days since the last contact"
    VALUE = "value"
    """The expected revenue that the last run published."""
    POTENTIAL = "potential"
    """The published chance of a next order or a won deal, from 0 to 1."""


class Comparison(StrEnum):
    """How a number is compared."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    OVER = "over"
    UNDER = "under"
    EXACTLY = "exactly"


class Trait(StrEnum):
    """Something about a customer that has a name."""

    STAGE = "stage"
    """The stage of an open deal."""
    COMPANY = "company"
    SEGMENT = "segment"
    """A segment that is shown at present, by its name or key."""
    SOURCE = "source"
    """Where the customer's row came from, such as an import or a mail."""


AGES = frozenset((Measure.ORDER_AGE, Measure.CONTACT_AGE))
"""They are compared with `at least` (nothing for so long) or `at most` (something within)."""
WINDOWED = frozenset((Measure.ORDERS, Measure.SPEND))


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time up to now: the last `days`, or from the start of the day `since`; one of both is set."""

    days: int | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A measure compared with an amount; days where the measure is an age."""

    measure: Measure
    comparison: Comparison
    amount: float
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A trait that has this name, in any case of letters."""

    trait: Trait
    name: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; there are at least two."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds; there are at least two."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Rule"


Rule = Number | Named | All | Any | Not
