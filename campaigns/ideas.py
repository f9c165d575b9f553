"""From scores and histories to ideas: who, why with numbers, what may come of it, and a draft."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final

from campaigns import grounds, kinds
from campaigns.drafts import LETTERS
from campaigns.grounds import EVERYBODY, FEWEST, Buyer, Known
from crm_store.money import from_major
from crm_store.values.history import DealFact, Histories
from crm_store.values.marketing import Idea, LiftView
from crm_store.values.patterns import CrossSell
from crm_store.values.scores import DealScore, Score, ScoreKind

KINDS: Final = (ScoreKind.VALUE, ScoreKind.ALIVE, ScoreKind.POTENTIAL, ScoreKind.LEAD)
"""The scores of customers that ideas speak of."""
_SILENT, _FRESH, _LIVELY, _QUIET_DEAL, _DUE = 60, 30, 90, 21, 14


def make(
    histories: Histories,
    scores: Sequence[Score] = (),
    deals: Sequence[DealScore] = (),
    lifts: Mapping[str, LiftView] | None = None,
    cross: CrossSell | None = None,
    fewest: int = FEWEST,
    buyers: Sequence[Buyer] | None = None,
) -> list[Idea]:
    """The ideas of a night, the most pressing first; a kind for which fewer than `fewest` people fit is left out.

    `buyers` are those of the histories, where they are known already.
    """
    known = Known(
        histories,
        {(score.customer_id, score.kind): score for score in scores},
        {deal.deal_id: deal for deal in deals},
        lifts or {},
        cross,
    )
    buyers = grounds.buyers(histories) if buyers is None else buyers
    found = [_nudge(known), *(make_one(known, buyers) for make_one in _MAKERS)]
    return [idea for idea in found if idea is not None and len(idea.members) >= fewest]


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
        f"They have ordered {grounds.middle(len(one.days) for one in chosen)} times each, "
        f"{grounds.middle(one.gap or 0 for one in chosen)} days apart (medians of {len(chosen)}).",
        grounds.worth(known, chosen),
    )
    who = f"3 or more orders, and the next is due within {_DUE} days of {today:%d %b} by their usual gap"
    return grounds.idea(known, "renew", "Ask regular customers for their next order", who, why, grounds.ids(chosen))


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
        f"Their last order was {grounds.middle((today - one.days[-1]).days for one in chosen)} days ago; "
        f"before that they ordered every {grounds.middle(one.gap or 0 for one in chosen)} days "
        f"(medians of {len(chosen)}).",
        grounds.worth(known, chosen),
    ]
    if alive:
        mean = sum(score.point for score in alive) / len(alive)
        why.append(f"By their own pace {mean:.0%} of them still are customers (n = {len(alive)}).")
    who = f"2 or more orders, and silent for over twice their usual gap and over {_SILENT} days"
    return grounds.idea(known, "win_back", "Win back customers who fell silent", who, tuple(why), grounds.ids(chosen))


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
        grounds.worth(known, chosen),
    )
    money = from_major(round(line), known.histories.currency or "EUR")
    who = f"Spent {money} or more in all, with an order in the last {_LIVELY} days"
    return grounds.idea(known, "expand", "Talk to your best customers about more", who, why, grounds.ids(chosen))


def _welcome(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    today = known.histories.as_of
    chosen = [one for one in buyers if len(one.days) == 1 and (today - one.days[0]).days <= _FRESH]
    if not chosen:
        return None
    older = [one for one in buyers if (today - one.days[0]).days > 90]
    again = sum(len(one.days) > 1 and (one.days[1] - one.days[0]).days <= 90 for one in older)
    low, high = grounds.wilson(again, len(older))
    why = (
        f"Their first order came in the last {_FRESH} days; it was worth "
        f"{grounds.money(known, median(one.spent for one in chosen))} (median of {len(chosen)}).",
        f"Of {len(older)} earlier buyers {again} ordered again within 90 days ({low:.0%}–{high:.0%})."
        if older
        else "No earlier buyers are known yet, so nobody can say how many order again.",
    )
    who = f"First and only order in the last {_FRESH} days"
    return grounds.idea(known, "welcome", "Welcome new customers", who, why, grounds.ids(chosen))


_MAKERS: Final[tuple[Callable[[Known, Sequence[Buyer]], Idea | None], ...]] = (
    _renew, _welcome, kinds.thank, kinds.cross_sell, _win_back, kinds.refer, _expand, kinds.attract,
)  # fmt: skip


def _nudge(known: Known) -> Idea | None:
    """Open deals of which nobody has spoken with the customer for three weeks, the largest first."""
    today = known.histories.as_of
    dealing = [
        (one.customer_id, one)
        for one in known.histories.deals
        if one.state == "open" and one.customer_id is not None and one.opened_on <= today
    ]
    last = grounds.last_spoken(known.histories)
    chosen: dict[str, tuple[DealFact, int]] = {}
    for customer_id, deal in sorted(dealing, key=lambda pair: (-(pair[1].amount or 0), pair[1].deal_id)):
        silent = (today - max(last.get(customer_id, deal.opened_on), deal.opened_on)).days
        if silent >= _QUIET_DEAL:
            chosen.setdefault(customer_id, (deal, silent))
    if not chosen:
        return None
    total = sum(deal.amount or 0 for deal, _ in chosen.values())
    why = [
        f"{grounds.money(known, total)} lie in {len(chosen)} open deals, "
        f"silent for {grounds.middle(silent for _, silent in chosen.values())} days (median).",
    ]
    said = [known.deals[deal.deal_id] for deal, _ in chosen.values() if deal.deal_id in known.deals]
    # A chance known as a band alone is no percentage, so that a mean of such chances is not said either.
    if said and all(one.band is None for one in said):
        mean = sum(one.point for one in said) / len(said)
        why.append(f"Deals like these are won in {mean:.0%} of cases (learnt from {said[0].n} closed deals).")
    expected = grounds.expected(known, "nudge_deal", len(chosen), None)
    subject, body = LETTERS["nudge_deal"]
    return Idea(
        kind="nudge_deal",
        target=EVERYBODY,
        title="Ask after offers that went quiet",
        who=f"Open deal, and no contact for {_QUIET_DEAL} days or more",
        why=tuple(why),
        members=tuple(chosen),
        expected=expected,
        subject=subject,
        body=body,
        personal=True,
    )
