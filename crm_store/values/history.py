"""What is known of customers over time, as plain facts that carry the day on which they became known."""

from abc import abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar, overload

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


Fact = TypeVar("Fact")


class _Columns(Sequence[Fact]):
    """Facts kept as columns: a fact is made when it is asked for, and columns are equal where their facts are."""

    __slots__ = ()

    @abstractmethod
    def _fact(self, at: int) -> Fact:
        """The fact at a place from 0 on."""

    @overload
    def __getitem__(self, at: int) -> Fact: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Fact, ...]: ...

    def __getitem__(self, at: int | slice) -> Fact | tuple[Fact, ...]:
        if isinstance(at, slice):
            return tuple(self._fact(one) for one in range(*at.indices(len(self))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._fact(at % len(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash((len(self), *self[:1], *self[-1:]))


@dataclass(frozen=True, slots=True, eq=False)
class OrderColumns(_Columns[OrderFact]):
    """Orders as columns of one length: a million of them are four buffers, not a million objects.

    `places` say where in `customers` an order's customer stands, `days` are ordinals of the calendar.
    """

    customers: tuple[str, ...] = ()
    places: "array[int]" = field(default_factory=lambda: array("i"))
    days: "array[int]" = field(default_factory=lambda: array("i"))
    amounts: "array[float]" = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.days)

    def __iter__(self) -> Iterator[OrderFact]:
        names, day = self.customers, date.fromordinal
        for place, on, amount in zip(self.places, self.days, self.amounts, strict=True):
            yield OrderFact(names[place], day(on), amount)

    def _fact(self, at: int) -> OrderFact:
        return OrderFact(self.customers[self.places[at]], date.fromordinal(self.days[at]), self.amounts[at])

    @classmethod
    def of(cls, facts: Sequence[OrderFact]) -> "OrderColumns":
        """The same orders in the same order; columns come back as they are."""
        if isinstance(facts, cls):
            return facts
        customers, places = _placed(fact.customer_id for fact in facts)
        days = array("i", [fact.day.toordinal() for fact in facts])
        return cls(customers, places, days, array("d", [fact.amount for fact in facts]))


@dataclass(frozen=True, slots=True, eq=False)
class TouchColumns(_Columns[TouchFact]):
    """Communications as columns of one length; `kinds` are places in `kind_names`, `came` is 1 for `in`, else 0."""

    customers: tuple[str, ...] = ()
    kind_names: tuple[str, ...] = ()
    places: "array[int]" = field(default_factory=lambda: array("i"))
    days: "array[int]" = field(default_factory=lambda: array("i"))
    kinds: "array[int]" = field(default_factory=lambda: array("i"))
    came: "array[int]" = field(default_factory=lambda: array("b"))

    def __len__(self) -> int:
        return len(self.days)

    def __iter__(self) -> Iterator[TouchFact]:
        return map(self._fact, range(len(self)))

    def _fact(self, at: int) -> TouchFact:
        direction: Direction = "in" if self.came[at] else "out"
        day = date.fromordinal(self.days[at])
        return TouchFact(self.customers[self.places[at]], day, self.kind_names[self.kinds[at]], direction)

    @classmethod
    def of(cls, facts: Sequence[TouchFact]) -> "TouchColumns":
        """The same communications in the same order; columns come back as they are."""
        if isinstance(facts, cls):
            return facts
        customers, places = _placed(fact.customer_id for fact in facts)
        kind_names, kinds = _placed(fact.kind for fact in facts)
        days = array("i", [fact.day.toordinal() for fact in facts])
        return cls(customers, kind_names, places, days, kinds, array("b", [fact.direction == "in" for fact in facts]))


def _placed(names: Iterable[str]) -> tuple[tuple[str, ...], "array[int]"]:
    """The different names in the order they come, and where each of the given ones stands among them."""
    known: dict[str, int] = {}
    places = array("i", [known.setdefault(name, len(known)) for name in names])
    return tuple(known), places


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
    """All that one team knows up to and including `as_of`; later facts may be present and must change nothing.

    Orders and touches are kept as columns, in whatever form they are given, since they are looked at many times.
    """

    as_of: date
    customers: tuple[CustomerFact, ...] = ()
    orders: Sequence[OrderFact] = ()
    touches: Sequence[TouchFact] = ()
    deals: tuple[DealFact, ...] = ()
    currency: str = ""
    is_cut: bool = field(default=False, compare=False)
    """Whether nothing later than `as_of` is in it, and all facts stand in their fixed order."""

    def __post_init__(self) -> None:
        """Make columns of facts given one by one."""
        object.__setattr__(self, "orders", OrderColumns.of(self.orders))
        object.__setattr__(self, "touches", TouchColumns.of(self.touches))
