"""Between two nights: what just happened to somebody becomes a suggestion within the minute, if it is worth one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from campaigns import audience, calls, contacts, grounds, kinds, learn, lifecycle
from campaigns.grounds import Buyer, Known
from crm_store.actions import events as acts
from crm_store.actions import suggestions
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import crossings as lines
from crm_store.queries import events, features, lift, patterns, teams
from crm_store.queries import suggestions as asked
from crm_store.values.contacts import SIMPLE_RULE
from crm_store.values.history import Histories
from crm_store.values.marketing import Idea
from crm_store.values.patterns import CrossSell

A_DAY: Final = 3
"""Suggestions a day that events lead to; whatever else happens is the night's to weigh."""
CROSSED: Final = "crossed"
"""The audience of those who crossed a line today."""
BECAUSE: Final = "Shown at once, since it happened just now."
_WANTED: Final = 0.15
"""Kinds that are wanted more seldom than that wait for the night, which weighs them against others."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What a look led to: new suggestions, and sentences on those that are in flight already."""

    suggestions: tuple[str, ...]
    waiting: tuple[str, ...]


def anything(work: Work) -> bool:
    """Whether there is anything to look at."""
    return events.anything(work)


async def run(desk: Desk) -> EventOutcome:
    """Look at what happened since the last time; each event is looked at once, whatever comes of it."""
    found: list[Idea] = []
    seen = await desk.read(events.happened)
    today = desk.store.clock.now().date()
    who = tuple(dict.fromkeys([*seen.ordered, *seen.won]))
    if who:
        found += await _of_events(desk, seen, who, today)
    day = await desk.read(events.crossings_due)
    if day is not None and not seen.first:
        found += await _of_crossings(desk, day)
    outcome = await _propose(desk, found)
    await desk.write(acts.seen, events.SEEN, seen.upto)
    if day is not None:
        await desk.write(acts.seen, events.DAY, day.toordinal())
    return outcome


async def _of_crossings(desk: Desk, day: date) -> list[Idea]:
    """Letters to whoever crossed a line that day, and calls to those of them whom no letter reaches."""
    who = await desk.read(lines.today, day)
    if not who:
        return []
    known = Known(await desk.read(features.histories, day, who))
    return calls.instead(crossings(known), await desk.read(asked.standings, who), known, fewest=1)


async def _of_events(desk: Desk, seen: events.Happened, who: Sequence[str], today: date) -> list[Idea]:
    """What the histories of those people alone say; one idea a person at most."""
    known = Known(await desk.read(features.histories, today, list(who)), cross=await _cross(desk, seen.ordered, today))
    found: dict[str, Idea] = {}
    for buyer in grounds.buyers(known.histories):
        idea = of_order(known, buyer) if buyer.customer_id in seen.ordered else None
        if idea is not None:
            found[buyer.customer_id] = idea
    bought = {one.customer_id: len(one.days) for one in grounds.buyers(known.histories)}
    for customer_id in seen.won:
        found.setdefault(customer_id, of_win(known, customer_id, bought.get(customer_id, 0)))
    return list(found.values())


async def _cross(desk: Desk, ordered: Sequence[str], today: date) -> CrossSell | None:
    """Who of those who ordered has one product of the pair that the last night found, and not the other."""
    pair = await desk.read(patterns.kept) if ordered else None
    return CrossSell(pair, await desk.read(patterns.lacking, pair, today, ordered)) if pair else None


def of_order(known: Known, buyer: Buyer) -> Idea | None:
    """What an order calls for: thanks for a special one, a welcome after the first, else what goes with it."""
    alone = replace(known, histories=_alone(known.histories, buyer.customer_id))
    special = kinds.thank(alone, [buyer])
    if special is not None:
        return _for_one(special, buyer.customer_id, "They reached a round number of orders, or ordered twice as much.")
    if len(buyer.days) == 1:
        idea = grounds.idea(
            known, "welcome", "Welcome a new customer", "Their first order came just now",
            (f"It was worth {grounds.money(known, buyer.spent)}.",), (buyer.customer_id,),
        )  # fmt: skip
        return _for_one(idea, buyer.customer_id)
    if known.cross is not None and buyer.customer_id in known.cross.members:
        idea_or_none = kinds.cross_sell(known, [])
        return _for_one(idea_or_none, buyer.customer_id, *idea_or_none.why) if idea_or_none else None
    return None


def of_win(known: Known, customer_id: str, orders: int) -> Idea:
    """What a won deal calls for: a welcome to whoever is new, else the question whom they know."""
    won = sum(deal.state == "won" and deal.customer_id == customer_id for deal in known.histories.deals)
    if won <= 1 and orders == 0:
        why = ("A deal with them was won just now; it is the first.",)
        idea = grounds.idea(
            known, "welcome", "Welcome a new customer", "A first deal won just now", why, (customer_id,)
        )
    else:
        why = (f"A deal with them was won just now; it is number {won}, beside {orders} orders.",)
        idea = grounds.idea(known, "refer", "Ask whom they know", "A further deal won just now", why, (customer_id,))
    return _for_one(idea, customer_id)


def crossings(known: Known) -> list[Idea]:
    """Whoever is due today by their own pace, and whoever fell silent for over twice that pace today."""
    today = known.histories.as_of
    buyers = [one for one in grounds.buyers(known.histories) if one.gap]
    since = {one.customer_id: (today - one.days[-1]).days for one in buyers}
    due = [one for one in buyers if lines.is_due(len(one.days), one.gap or 0, since[one.customer_id])]
    silent = [one for one in buyers if lines.is_silent(one.gap or 0, since[one.customer_id])]
    found = []
    for kind, title, who, chosen in (
        ("renew", "Ask for the order that is due today", "The next order is due today by their usual gap", due),
        ("win_back", "Write to who fell silent today", "Silent since today for over twice their usual gap", silent),
    ):
        if chosen:
            gap = grounds.middle(one.gap or 0 for one in chosen)
            why = (f"They ordered every {gap} days (median of {len(chosen)}).", grounds.worth(known, chosen))
            idea = grounds.idea(known, kind, title, who, why, grounds.ids(chosen))
            found.append(replace(idea, target=CROSSED, policy=SIMPLE_RULE, order=f"{contacts.SIMPLE}."))
    return found


def _alone(histories: Histories, customer_id: str) -> Histories:
    orders = [one for one in histories.orders if one.customer_id == customer_id]
    return replace(histories, orders=orders, touches=(), deals=())


def _for_one(idea: Idea, customer_id: str, *why: str) -> Idea:
    """A letter to one person: nobody is held out of one, so its own effect is not measured."""
    return replace(
        idea,
        target=f"{customer_id}:{idea.target}"[:80] if idea.kind == "cross_sell" else customer_id,
        members=(customer_id,),
        why=tuple(why) or idea.why,
        expected="One letter: nobody is held out, so what it adds is not measured.",
        holdout_share=0.0,
        cap=1,
    )


async def _propose(desk: Desk, found: Sequence[Idea]) -> EventOutcome:
    """What is free, wanted and may be written to; the rest is in flight, or waits for the night."""
    if not found:
        return EventOutcome((), ())
    free, waiting = await _free(desk, found)
    kinds_found = tuple(dict.fromkeys(one.kind for one in free))
    believed = learn.beliefs(
        kinds_found, await desk.read(lift.decided), await desk.read(asked.lifts), desk.store.clock.now()
    )
    wanted = [one for one in free if _chance(believed[one.kind]) >= _WANTED]
    people = tuple(dict.fromkeys(one for idea in wanted for one in idea.members))
    planned = audience.allot(wanted, await desk.read(asked.standings, people), await desk.read(asked.taken))
    proposed = []
    for plan in planned:
        if await desk.read(events.proposed_today) >= A_DAY:
            break
        suggestion_id = await desk.write(suggestions.propose, plan.idea, None, 1.0, BECAUSE)
        if suggestion_id:
            proposed.append(suggestion_id)
    return EventOutcome(tuple(proposed), waiting)


async def _free(desk: Desk, found: Sequence[Idea]) -> tuple[list[Idea], tuple[str, ...]]:
    """Ideas of whose kind and audience none is open or rests, and what is said of those that are open."""
    team = await desk.read(teams.team)
    zone, now = ZoneInfo(team.time_zone if team else "UTC"), desk.store.clock.now()
    free, waiting = [], []
    for idea in found:
        targets = [idea.target, grounds.EVERYBODY] if idea.target == CROSSED else [idea.target]
        since = await desk.read(events.busy, idea.kind, targets, suggestions.REST)
        if since is None:
            free.append(idea)
        else:
            waiting.append(lifecycle.in_flight(idea.title, since, now, zone))
    return free, tuple(waiting)


def _chance(belief: learn.Belief) -> float:
    return belief.wanted_a / (belief.wanted_a + belief.wanted_b)
