"""From scores and histories to ideas: who, why with numbers, what may come of it, and a draft."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import Final

from campaigns.drafts import LETTERS
from crm_store.money import from_major
from crm_store.values.history import DealFact, Histories
from crm_store.values.marketing import Idea, LiftView
from crm_store.values.scores import DealScore, Score, ScoreKind

FEWEST: Final = 3
KINDS: Final = (ScoreKind.VALUE, ScoreKind.ALIVE, ScoreKind.POTENTIAL)
"""The scores of customers that ideas speak of."""
SIMPLE_RULE: Final = "most recent first"
_SILENT, _FRESH, _LIVELY, _QUIET_DEAL, _DUE = 60, 30, 90, 21, 14
_EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer's days of orders in order, the sum, and the usual gap where there are two days or more."""

    customer_id: str
    days: tuple[date, ...]
    spent: float

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


def make(
    histories: Histories,
    scores: Sequence[Score] = (),
    deals: Sequence[DealScore] = (),
    lifts: Mapping[str, LiftView] | None = None,
) -> list[Idea]:
    """The ideas of a night, the most pressing first; a kind for which fewer than three people fit is left out."""
    known = Known(
        histories,
        {(score.customer_id, score.kind): score for score in scores},
        {deal.deal_id: deal for deal in deals},
        lifts or {},
    )
    buyers = _buyers(histories)
    found = [_nudge(known), *(make_one(known, buyers) for make_one in _MAKERS)]
    return [idea for idea in found if idea is not None and len(idea.members) >= FEWEST]


def _buyers(histories: Histories) -> list[Buyer]:
    days: dict[str, set[date]] = defaultdict(set)
    spent: dict[str, float] = defaultdict(float)
    for order in histories.orders:
        if order.day <= histories.as_of and order.amount >= 0:
            days[order.customer_id].add(order.day)
            spent[order.customer_id] += order.amount
    live = {customer.customer_id for customer in histories.customers}
    found = [Buyer(one, tuple(sorted(days[one])), spent[one]) for one in sorted(days) if one in live]
    return sorted(found, key=lambda buyer: (-buyer.days[-1].toordinal(), buyer.customer_id))


def _renew(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    today = known.histories.as_of
    chosen = [
        one
        for one in buyers
        if len(one.days) >= 3 and one.gap and one.gap >= 20 and abs((today - one.days[-1]).days - one.gap) <= _DUE
    ]
    if not chosen:
        return None
    why = (
        f"They have ordered {_middle(len(one.days) for one in chosen)} times each, "
        f"{_middle(one.gap or 0 for one in chosen)} days apart (medians of {len(chosen)}).",
        _worth(known, chosen),
    )
    who = f"3 or more orders, and the next is due within {_DUE} days of {today:%d %b} by their usual gap"
    return _idea(known, "renew", "Ask regular customers for their next order", who, why, chosen)


def _win_back(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    today = known.histories.as_of
    chosen = [
        one
        for one in buyers
        if len(one.days) >= 2 and one.gap is not None and (today - one.days[-1]).days > max(_SILENT, 2 * one.gap)
    ]
    if not chosen:
        return None
    alive = [known.scores[key] for one in chosen if (key := (one.customer_id, ScoreKind.ALIVE)) in known.scores]
    why = [
        f"Their last order was {_middle((today - one.days[-1]).days for one in chosen)} days ago; "
        f"before that they ordered every {_middle(one.gap or 0 for one in chosen)} days (medians of {len(chosen)}).",
        _worth(known, chosen),
    ]
    if alive:
        mean = sum(score.point for score in alive) / len(alive)
        why.append(f"By their own pace {mean:.0%} of them still are customers (n = {len(alive)}).")
    who = f"2 or more orders, and silent for over twice their usual gap and over {_SILENT} days"
    return _idea(known, "win_back", "Win back customers who fell silent", who, tuple(why), chosen)


def _expand(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    today = known.histories.as_of
    if len(buyers) < 2 * FEWEST:
        return None
    line = sorted(one.spent for one in buyers)[-max(1, len(buyers) // 5)]
    chosen = [one for one in buyers if one.spent >= line and (today - one.days[-1]).days <= _LIVELY]
    if not chosen:
        return None
    share = sum(one.spent for one in chosen) / max(sum(one.spent for one in buyers), 1e-9)
    why = (
        f"These {len(chosen)} of {len(buyers)} buyers brought {share:.0%} of all revenue.",
        _worth(known, chosen),
    )
    money = from_major(round(line), known.histories.currency or "EUR")
    who = f"Spent {money} or more in all, with an order in the last {_LIVELY} days"
    return _idea(known, "expand", "Talk to your best customers about more", who, why, chosen)


def _welcome(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    today = known.histories.as_of
    chosen = [one for one in buyers if len(one.days) == 1 and (today - one.days[0]).days <= _FRESH]
    if not chosen:
        return None
    older = [one for one in buyers if (today - one.days[0]).days > 90]
    again = sum(len(one.days) > 1 and (one.days[1] - one.days[0]).days <= 90 for one in older)
    low, high = _wilson(again, len(older))
    why = (
        f"Their first order came in the last {_FRESH} days; it was worth "
        f"{_money(known, median(one.spent for one in chosen))} (median of {len(chosen)}).",
        f"Of {len(older)} earlier buyers {again} ordered again within 90 days ({low:.0%}–{high:.0%})."
        if older
        else "No earlier buyers are known yet, so nobody can say how many order again.",
    )
    who = f"First and only order in the last {_FRESH} days"
    return _idea(known, "welcome", "Welcome new customers", who, why, chosen)


_MAKERS: Final[tuple[Callable[[Known, Sequence[Buyer]], Idea | None], ...]] = (_renew, _welcome, _win_back, _expand)


def _nudge(known: Known) -> Idea | None:
    """Open deals of which nobody has spoken with the customer for three weeks."""
    today = known.histories.as_of
    last: dict[str, date] = {}
    for touch in known.histories.touches:
        if touch.day <= today:
            last[touch.customer_id] = max(touch.day, last.get(touch.customer_id, touch.day))
    chosen: dict[str, tuple[DealFact, int]] = {}
    for deal in sorted(known.histories.deals, key=lambda one: (-(one.amount or 0), one.deal_id)):
        if deal.state != "open" or deal.customer_id is None or deal.opened_on > today:
            continue
        silent = (today - max(last.get(deal.customer_id, deal.opened_on), deal.opened_on)).days
        if silent >= _QUIET_DEAL:
            chosen.setdefault(deal.customer_id, (deal, silent))
    if not chosen:
        return None
    ordered = sorted(chosen, key=lambda one: (chosen[one][1], one))
    total = sum(deal.amount or 0 for deal, _ in chosen.values())
    why = [
        f"{_money(known, total)} lie in {len(chosen)} open deals, "
        f"silent for {_middle(silent for _, silent in chosen.values())} days (median).",
    ]
    said = [known.deals[deal.deal_id] for deal, _ in chosen.values() if deal.deal_id in known.deals]
    # A chance known as a band alone is no percentage, so that a mean of such chances is not said either.
    if said and all(one.band is None for one in said):
        mean = sum(one.point for one in said) / len(said)
        why.append(f"Deals like these are won in {mean:.0%} of cases (learnt from {said[0].n} closed deals).")
    expected = _expected(known, "nudge_deal", len(chosen), None)
    subject, body = LETTERS["nudge_deal"]
    return Idea(
        kind="nudge_deal",
        target=_EVERYBODY,
        title="Ask after offers that went quiet",
        who=f"Open deal, and no contact for {_QUIET_DEAL} days or more",
        why=tuple(why),
        members=tuple(ordered),
        expected=expected,
        subject=subject,
        body=body,
        personal=True,
    )


def _idea(known: Known, kind: str, title: str, who: str, why: tuple[str, ...], chosen: Sequence[Buyer]) -> Idea:
    subject, body = LETTERS[kind]
    members = tuple(one.customer_id for one in chosen)
    chances = [known.scores.get((one, ScoreKind.POTENTIAL)) for one in members]
    scored = [one for one in chances if one is not None and one.band is None]
    return Idea(
        kind=kind,
        target=_EVERYBODY,
        title=title,
        who=who,
        why=why,
        members=members,
        expected=_expected(known, kind, len(members), scored),
        subject=subject,
        body=body,
    )


def _expected(known: Known, kind: str, n: int, scored: Sequence[Score] | None) -> str:
    """What a letter may add, from hold-outs alone; without them what would come anyway, and that nothing is known."""
    lift = known.lifts.get(kind)
    if lift is not None:
        return (
            f"About {lift.lift * n:+.0f} orders of {n} people within the window ({lift.low * n:+.0f} to "
            f"{lift.high * n:+.0f}), from {lift.campaigns} earlier campaigns of this kind with {lift.treated} written "
            f"to and {lift.holdout} held out. The order is the simple rule “{SIMPLE_RULE}”."
        )
    sentences = ["No evidence yet: no campaign of this kind was measured against a control group."]
    if scored:
        middle, low, high = (sum(getattr(one, part) for one in scored) for part in ("point", "low", "high"))
        sentences.append(
            f"Without a letter about {middle:.0f} of {len(scored)} order within 90 days ({low:.0f}–{high:.0f})."
        )
    sentences.append(f"The simple rule “{SIMPLE_RULE}” is used.")
    return " ".join(sentences)


def _worth(known: Known, chosen: Sequence[Buyer]) -> str:
    values = [known.scores[key] for one in chosen if (key := (one.customer_id, ScoreKind.VALUE)) in known.scores]
    spent = _money(known, sum(one.spent for one in chosen))
    if not values:
        return f"They spent {spent} so far."
    return f"They spent {spent} so far; {_money(known, sum(one.point for one in values))} more is expected of them."


def _money(known: Known, amount: float) -> str:
    return str(from_major(round(amount), known.histories.currency or "EUR"))


def _middle(numbers: Iterable[float]) -> str:
    return f"{median(numbers):.0f}"


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if n == 0:
        return 0.0, 1.0
    share, z = hits / n, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
