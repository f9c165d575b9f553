"""What ideas are made from: buyers, their pace, what is known of them, and how an idea is put together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from operator import sub
from statistics import median
from typing import Final

from campaigns.drafts import LETTERS
from crm_store.money import from_major
from crm_store.values.history import Histories, OrderColumns, TouchColumns
from crm_store.values.marketing import Idea, LiftView
from crm_store.values.patterns import CrossSell
from crm_store.values.scores import DealScore, Score, ScoreKind

FEWEST: Final = 3
EVERYBODY: Final = "all"
_USUAL: Final = 1.96
"""Standard deviations on either side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer's days of orders in order, what each came to, and the usual gap where there are two days or more."""

    customer_id: str
    days: tuple[date, ...]
    amounts: tuple[float, ...]
    spent: float = field(init=False)
    """The sum of all orders."""
    gap: float | None = field(init=False)
    """Median days between orders."""

    def __post_init__(self) -> None:
        """Sum and median are asked for many times, and so made once."""
        days = [day.toordinal() for day in self.days]
        object.__setattr__(self, "spent", sum(self.amounts))
        object.__setattr__(self, "gap", float(median(map(sub, days[1:], days))) if len(days) > 1 else None)


@dataclass(frozen=True, slots=True)
class Known:
    """All that ideas are made from."""

    histories: Histories
    scores: Mapping[tuple[str, ScoreKind], Score] = field(default_factory=dict)
    deals: Mapping[str, DealScore] = field(default_factory=dict)
    lifts: Mapping[str, LiftView] = field(default_factory=dict)
    cross: CrossSell | None = None


def buyers(histories: Histories) -> list[Buyer]:
    """Everybody who ordered up to the day, whoever ordered last first; orders of one day are one."""
    live = {customer.customer_id for customer in histories.customers}
    orders, dates = OrderColumns.of(histories.orders), _Dates()
    found = [
        Buyer(orders.customers[place], tuple(dates[day] for day in days), tuple(days.values()))
        for place, days in _spent_by_day(orders, histories.as_of).items()
        if orders.customers[place] in live
    ]
    return sorted(found, key=lambda buyer: (-buyer.days[-1].toordinal(), buyer.customer_id))


def spent(histories: Histories) -> dict[str, float]:
    """What each buyer ordered for up to the day."""
    orders, live = OrderColumns.of(histories.orders), {customer.customer_id for customer in histories.customers}
    sums = [0.0] * len(orders.customers)
    bought: set[int] = set()
    last = histories.as_of.toordinal()
    for place, day, amount in zip(orders.places, orders.days, orders.amounts, strict=True):
        if day <= last and amount >= 0:
            bought.add(place)
            sums[place] += amount
    return {one: sums[place] for place in bought if (one := orders.customers[place]) in live}


def last_spoken(histories: Histories, *, heard: bool = False) -> dict[str, date]:
    """The day on which each customer was last spoken with, or last `heard` from."""
    touches, dates = TouchColumns.of(histories.touches), _Dates()
    latest: dict[int, int] = {}
    until = histories.as_of.toordinal()
    for place, day, came in zip(touches.places, touches.days, touches.came, strict=True):
        if day <= until and (came or not heard) and day > latest.get(place, 0):
            latest[place] = day
    return {touches.customers[place]: dates[day] for place, day in latest.items()}


def _spent_by_day(orders: OrderColumns, as_of: date) -> dict[int, dict[int, float]]:
    """The days of each place's orders, oldest first, with the sum of each; refunds are no orders."""
    found: dict[int, dict[int, float]] = {}
    until = as_of.toordinal()
    for place, day, amount in zip(orders.places, orders.days, orders.amounts, strict=True):
        if day <= until and amount >= 0:
            days = found.setdefault(place, {})
            days[day] = days.get(day, 0.0) + amount
    return {place: dict(sorted(days.items())) for place, days in found.items()}


class _Dates(dict[int, date]):
    """Days by their ordinal: a million orders fall on few different days."""

    def __missing__(self, ordinal: int) -> date:
        self[ordinal] = found = date.fromordinal(ordinal)
        return found


def idea(known: Known, kind: str, title: str, who: str, why: tuple[str, ...], members: tuple[str, ...]) -> Idea:
    """An idea with the letter of its kind and what may come of it; members come best first."""
    subject, body = LETTERS[kind]
    chances = [known.scores.get((one, ScoreKind.POTENTIAL)) for one in members]
    scored = [one for one in chances if one is not None and one.band is None]
    return Idea(
        kind=kind,
        target=EVERYBODY,
        title=title,
        who=who,
        why=why,
        members=members,
        expected=expected(known, kind, len(members), scored),
        subject=subject,
        body=body,
    )


def expected(known: Known, kind: str, n: int, scored: Sequence[Score] | None) -> str:
    """What a letter may add, from hold-outs alone; without them what would come anyway, and that nothing is known."""
    lift = known.lifts.get(kind)
    if lift is not None:
        return (
            f"About {lift.lift * n:+.0f} orders of {n} people within the window ({lift.low * n:+.0f} to "
            f"{lift.high * n:+.0f}), from {lift.campaigns} earlier campaigns of this kind with {lift.treated} written "
            f"to and {lift.holdout} held out."
        )
    sentences = ["No evidence yet: no campaign of this kind was measured against a control group."]
    if scored:
        mean, low, high = (sum(getattr(one, part) for one in scored) for part in ("point", "low", "high"))
        sentences.append(
            f"Without a letter about {mean:.0f} of {len(scored)} order within 90 days ({low:.0f}–{high:.0f})."
        )
    return " ".join(sentences)


def ids(chosen: Iterable[Buyer]) -> tuple[str, ...]:
    """Their ids, in their order."""
    return tuple(one.customer_id for one in chosen)


def worth(known: Known, chosen: Sequence[Buyer]) -> str:
    """What they spent, and what more is expected of them where a score says so."""
    values = [known.scores[key] for one in chosen if (key := (one.customer_id, ScoreKind.VALUE)) in known.scores]
    spent = money(known, sum(one.spent for one in chosen))
    if not values:
        return f"They spent {spent} so far."
    return f"They spent {spent} so far; {money(known, sum(one.point for one in values))} more is expected of them."


def money(known: Known, amount: float) -> str:
    """An amount in the team's currency, without cents."""
    return str(from_major(round(amount), known.histories.currency or "EUR"))


def middle(numbers: Iterable[float]) -> str:
    """Their median, without decimals."""
    return f"{median(numbers):.0f}"


def wilson(hits: int, n: int, z: float = _USUAL) -> tuple[float, float]:
    """Wilson's interval of a share (1927, JASA 22:209), of 95 % unless another `z` is given."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)
