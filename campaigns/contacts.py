"""The order in which the people of an idea are written to: what the analyst learnt of it, or the simple rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from crm_store.values.contacts import SIMPLE_RULE, ContactOrder
from crm_store.values.marketing import Idea

SIMPLE: Final = f"The order is the simple rule “{SIMPLE_RULE}”"
UNTAUGHT: Final = f"{SIMPLE}: no campaign of yours has taught a better one yet."
LARGEST: Final = "The largest open deal comes first."


def ordered(ideas: Iterable[Idea], orders: Sequence[ContactOrder]) -> list[Idea]:
    """The ideas with their people in the learnt order, and the sentence that says which order it is.

    A deal's owner writes about the largest deals first, whatever campaigns taught.
    """
    by_kind = {kind: order for order in orders for kind in order.kinds}
    known = {id(order): dict(zip(order.ids, order.scores, strict=True)) for order in orders if order.name}
    found = []
    for idea in ideas:
        order = by_kind.get(idea.kind) or by_kind.get("")
        if idea.personal:
            found.append(replace(idea, order=LARGEST))
        elif order is None or not order.name:
            found.append(replace(idea, policy=SIMPLE_RULE, order=order.sentence if order else UNTAUGHT))
        else:
            found.append(_by_score(idea, order, known[id(order)]))
    return found


def _by_score(idea: Idea, order: ContactOrder, scores: Mapping[str, float]) -> Idea:
    """Those of whom nothing is known stand at the mean; equal scores keep the simple rule's order."""
    members = sorted(idea.members, key=lambda one: -scores.get(one, order.middle))
    first = members[: idea.cap]
    more = sum(order.average + order.slope * (scores.get(one, order.middle) - order.middle) for one in first)
    said = f"{order.sentence} By it the first {len(first):,} bring about {more:+.1f} orders that else would not come."
    return replace(idea, members=tuple(members), policy=order.name, order=said)
