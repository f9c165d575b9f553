"""What ideas are made from: buyers, their pace, what is known of them, and how an idea is put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import Final

from campaigns.drafts import LETTERS
from crm_store.money import from_major
from crm_store.values.history import Histories
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

    @property
    def spent(self) -> float:
        """The sum of all orders."""
        return sum(self.amounts)

    @property
    def gap(self) -> float | None:
        """Median days between orders."""
        gaps = [(later - earlier).days for earlier, later in zip(self.days, self.days[1:], strict=False)]
        return float(median(gaps)) if gaps else None


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
    spent: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for order in histories.orders:
        if order.day <= histories.as_of and order.amount >= 0:
            spent[order.customer_id][order.day] += order.amount
    live = {customer.customer_id for customer in histories.customers}
    found = [
        Buyer(one, tuple(sorted(days)), tuple(days[day] for day in sorted(days)))
        for one, days in spent.items()
        if one in live
    ]
    return sorted(found, key=lambda buyer: (-buyer.days[-1].toordinal(), buyer.customer_id))


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
