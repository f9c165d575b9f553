"""Further kinds of ideas: thank, sell what goes together, ask for a referral, and attract leads who look alike."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from statistics import NormalDist, median
from typing import Final

from campaigns import grounds
from campaigns.grounds import Buyer, Known
from crm_store.values.marketing import Idea
from crm_store.values.patterns import ProductPair
from crm_store.values.scores import Score, ScoreKind

_LATELY, _LIVELY, _ANSWERED = 14, 90, 60
_MILESTONES: Final = frozenset({10, 25, 50, 100, 250, 500, 1000})
_LARGE: Final = 2.0
_LOYAL: Final = 3
_TOP: Final = 5
"""One in so many leads counts as likely."""
_SURE: Final = 0.05
_LONGEST: Final = 80


def thank(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    """A round number of orders, or one of twice the usual size, in the last two weeks."""
    today = known.histories.as_of
    lately = [one for one in buyers if (today - one.days[-1]).days <= _LATELY]
    rounds = [one for one in lately if len(one.days) in _MILESTONES]
    large = [one for one in lately if len(one.days) not in _MILESTONES and _is_large(one)]
    if not rounds and not large:
        return None
    why = [f"{len(rounds)} of them reached a round number of orders, {len(large)} ordered twice as much as usual."]
    if large:
        why.append(
            f"The large orders came to {grounds.money(known, median(one.amounts[-1] for one in large))} "
            f"(median of {len(large)}); their usual one is "
            f"{grounds.money(known, median(median(one.amounts[:-1]) for one in large))}."
        )
    who = f"In the last {_LATELY} days the 10th, 25th, 50th or 100th order, or one of twice the usual size"
    return grounds.idea(
        known, "thank", "Thank customers for a special order", who, tuple(why), grounds.ids([*rounds, *large])
    )


def _is_large(one: Buyer) -> bool:
    earlier = one.amounts[:-1]
    return len(earlier) >= _LOYAL and median(earlier) > 0 and one.amounts[-1] >= _LARGE * median(earlier)


def refer(known: Known, buyers: Sequence[Buyer]) -> Idea | None:
    """Loyal customers who answered lately: who likes us may know others."""
    today = known.histories.as_of
    heard = grounds.last_spoken(known.histories, heard=True).items()
    answered = {one for one, day in heard if (today - day).days <= _ANSWERED}
    chosen = [
        one
        for one in buyers
        if len(one.days) >= _LOYAL and (today - one.days[-1]).days <= _LIVELY and one.customer_id in answered
    ]
    if not chosen:
        return None
    why = (
        f"They ordered {grounds.middle(len(one.days) for one in chosen)} times (median of {len(chosen)}), "
        f"and all of them wrote or called in the last {_ANSWERED} days.",
        grounds.worth(known, chosen),
    )
    who = f"{_LOYAL} or more orders, the last within {_LIVELY} days, and heard from within {_ANSWERED} days"
    return grounds.idea(known, "refer", "Ask loyal customers whom they know", who, why, grounds.ids(chosen))


def attract(known: Known, _buyers: Sequence[Buyer]) -> Idea | None:
    """Leads whom nobody ever spoke with and who look most like those who became customers."""
    spoken = grounds.last_spoken(known.histories).keys()
    leads = [score for (_, kind), score in known.scores.items() if kind is ScoreKind.LEAD]
    ranked = sorted(leads, key=lambda score: (-score.point, score.customer_id))
    best = ranked[: len(ranked) // _TOP]
    # Where all chances are alike, the order among them says nothing.
    if not best or best[-1].point <= ranked[-1].point:
        return None
    chosen = [score for score in best if score.customer_id not in spoken]
    if not chosen:
        return None
    why = [f"Of {len(ranked)} who never ordered these are among the likeliest fifth, and nobody spoke with them yet."]
    if all(score.band is None for score in ranked):
        why.append(f"{_share(chosen)} of them are expected to order within 90 days, of all leads {_share(ranked)}.")
    who = "Never ordered, never spoken with, and among the fifth most like those who became customers"
    members = tuple(score.customer_id for score in chosen)
    return grounds.idea(known, "attract", "Introduce yourself to likely leads", who, tuple(why), members)


def _share(scores: Sequence[Score]) -> str:
    return f"{sum(score.point for score in scores) / len(scores):.1%}"


def best_pair(pairs: Sequence[ProductPair]) -> ProductPair | None:
    """The pair with most to gain of those that surely go together; None where it could all be chance.

    Sure means that the lower end of the share lies above that among all buyers, with the error of 5 % divided among
    all pairs looked at (Bonferroni), since the best of many is high by chance.
    """
    sure = [(gain, pair) for pair in pairs if (gain := _gain(pair)) > 0]
    return max(sure, key=lambda one: (one[0], one[1].product, one[1].other))[1] if sure else None


def _gain(pair: ProductPair) -> float:
    """How many of those without the other may be won by it, beyond what any buyer would, at the least."""
    z = NormalDist().inv_cdf(1 - _SURE / (2 * max(1, pair.compared)))
    low, _ = grounds.wilson(pair.both, pair.of, z)
    return (low - pair.other_of / pair.buyers) * (pair.of - pair.both)


def cross_sell(known: Known, _buyers: Sequence[Buyer]) -> Idea | None:
    """Who bought one product of a pair and not the other."""
    if known.cross is None or not known.cross.members:
        return None
    pair = known.cross.pair
    product, other = _plain(pair.product), _plain(pair.other)
    low, high = grounds.wilson(pair.both, pair.of)
    why = (
        f"{pair.both} of {pair.of} who buy {product} also buy {other} ({low:.0%}–{high:.0%}).",
        f"Of all {pair.buyers} buyers {pair.other_of} do ({pair.other_of / pair.buyers:.0%}): "
        f"{pair.lift:.1f} times as likely.",
    )
    who = f"Bought {product}, and never {other}"
    found = grounds.idea(known, "cross_sell", f"Offer {other} to buyers of {product}", who, why, known.cross.members)
    # A target of its own, so that one pair may be proposed while another rests.
    target = sha256(f"{pair.product}\n{pair.other}".lower().encode()).hexdigest()[:16]
    # Names of products are people's text: a percent sign or a brace in them must not be read as a blank to fill in.
    body = found.body.replace("%(product)s", product).replace("%(other)s", other)
    return replace(found, target=target, body=body)


def _plain(name: str) -> str:
    return " ".join(name.translate(str.maketrans("{}%", "() ")).split())[:_LONGEST]
