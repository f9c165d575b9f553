"""What is known of customers over time, as plain facts that carry the day on which they became known."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Direction = Literal["in", "out"]
DealState = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """A person we know; `created_on` is the day of the row, which an import may set long after the first order."""

    customer_id: str
    name: str
    created_on: date
    company_id: str | None = None
    source: str = ""
    industry: str | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order in whole units of the team's currency; several on one day by one customer count as one."""

    customer_id: str
    day: date
    amount: float


@dataclass(frozen=True, slots=True)
class TouchFact:
    """A communication: `in` came from the customer, `out` went to them."""

    customer_id: str
    day: date
    kind: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class DealMove:
    """Stage and amount of a deal from `day` on, so that the past can be seen as it looked then."""

    day: date
    stage: str
    stage_index: int
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class DealFact:
    """A deal as it is now, with its moves; without moves its earlier stages are unknown and not guessed."""

    deal_id: str
    opened_on: date
    state: DealState
    stage: str
    stage_index: int
    customer_id: str | None = None
    company_id: str | None = None
    amount: float | None = None
    closed_on: date | None = None
    moves: tuple[DealMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Histories:
    """All that one team knows up to and including `as_of`; later facts may be present and must change nothing."""

    as_of: date
    customers: tuple[CustomerFact, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    touches: tuple[TouchFact, ...] = ()
    deals: tuple[DealFact, ...] = ()
    currency: str = ""
