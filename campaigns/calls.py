"""Where a person should call and not write: whom no letter reaches, who is worth a call, and where they are few."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from campaigns import grounds
from campaigns.grounds import Known
from crm_store.values.marketing import (
    HOLDOUT_SHARE,
    NO_ADDRESS,
    NOT_CONSENTED,
    SUPPRESSED,
    Idea,
    Standing,
    why_no_call,
    why_no_letter,
)
from crm_store.values.purposes import of_kind

CAP: Final = 10
"""Calls a suggestion: more than that nobody makes in a day or two."""
_LARGE: Final = 2.0
_MANY: Final = 10
"""So many amounts must be known before some of them are called large."""
_UNMEASURED: Final = "So few calls that nobody is held out of them: what they add is not measured."
_WORTH_IT, _FEW = "worth a call", "few"
_SAID: Final[Mapping[str, str]] = {
    NOT_CONSENTED: "{n} without consent to letters but with a phone number",
    NO_ADDRESS: "{n} with a phone number alone",
    SUPPRESSED: "{n} whose mail comes back",
    _WORTH_IT: "{n} with more than twice the usual amount",
    _FEW: "{n} too few for a campaign by mail",
}


@dataclass(frozen=True, slots=True)
class Call:
    """The call that stands for a kind of letter: its kind, its title, what its task says, and what amounts are."""

    kind: str
    title: str
    task: str
    of: str


CALLS: Final[Mapping[str, Call]] = {
    "nudge_deal": Call(
        "call_deal", "Call about offers that went quiet",
        "ask what still speaks against our offer, and when {{ company }} decides", "open deals",
    ),
    "win_back": Call(
        "call_back", "Call customers who fell silent",
        "it has been a while since the last order; ask whether we should have done something better", "orders so far",
    ),
    "renew": Call(
        "call_renew", "Call for the order that is due",
        "the next order is due by the usual pace; ask whether it is to be the same again", "orders so far",
    ),
}  # fmt: skip


def instead(
    ideas: Sequence[Idea], standings: Mapping[str, Standing], known: Known, fewest: int = grounds.FEWEST
) -> list[Idea]:
    """The ideas, each with the calls that some of its people should get in front of it.

    Whoever is in both is called, since everybody goes to the first idea that may reach them. A letter to fewer than
    `fewest` people is left out.
    """
    amounts = _amounts(known)
    found: list[Idea] = []
    for idea in ideas:
        call = CALLS.get(idea.kind)
        if call is not None:
            found += _called(idea, call, standings, known, amounts[idea.personal], fewest)
        if len(idea.members) >= fewest:
            found.append(idea)
    return found


def _amounts(known: Known) -> dict[bool, dict[str, float]]:
    """What each customer's open deals come to, and what each has ordered, by whether a letter would be personal."""
    deals: dict[str, float] = {}
    for deal in known.histories.deals:
        if deal.state == "open" and deal.customer_id is not None and deal.amount:
            deals[deal.customer_id] = deals.get(deal.customer_id, 0.0) + deal.amount
    return {True: deals, False: grounds.spent(known.histories)}


def _called(
    idea: Idea,
    call: Call,
    standings: Mapping[str, Standing],
    known: Known,
    amounts: Mapping[str, float],
    fewest: int,
) -> list[Idea]:
    by_mail = [one for one in idea.members if _no_letter(standings.get(one), idea) is None]
    few = len(by_mail) < fewest
    line = _LARGE * median(amounts.values()) if len(amounts) >= _MANY else float("inf")
    top = sorted(idea.members, key=lambda one: (-amounts.get(one, 0.0), one))[: max(1, len(idea.members) // _MANY)]
    worthy = {one for one in top if amounts.get(one, 0.0) > line}
    why: dict[str, str] = {}
    for one in idea.members:
        reason = _reason(standings.get(one), idea, worth_it=one in worthy, few=few)
        if reason:
            why[one] = reason
    chosen = sorted(why, key=lambda one: (-amounts.get(one, 0.0), one))[:CAP]
    return [_idea(idea, call, {one: why[one] for one in chosen}, known, amounts)] if chosen else []


def _reason(standing: Standing | None, idea: Idea, *, worth_it: bool, few: bool) -> str:
    """Why somebody should rather be called; empty where a letter does as well, or where they may not be called."""
    if why_no_call(standing, of_kind(idea.kind), personal=idea.personal) is not None:
        return ""
    unreached = _no_letter(standing, idea)
    if unreached in (NOT_CONSENTED, NO_ADDRESS, SUPPRESSED):
        return unreached
    if unreached is not None:
        return ""
    return _WORTH_IT if worth_it else _FEW if few else ""


def _no_letter(standing: Standing | None, idea: Idea) -> str | None:
    return why_no_letter(standing, of_kind(idea.kind), personal=idea.personal)


def _idea(idea: Idea, call: Call, why: Mapping[str, str], known: Known, amounts: Mapping[str, float]) -> Idea:
    counts = Counter(why.values())
    parts = [said.format(n=counts[reason]) for reason, said in _SAID.items() if counts[reason]]
    total = grounds.money(known, sum(amounts.get(one, 0.0) for one in why))
    measured = len(why) >= CAP and not idea.personal
    return replace(
        idea,
        kind=call.kind,
        title=call.title,
        who=f"{idea.who}; those for whom a call is better than a letter",
        why=(f"{'; '.join(parts)}.", f"Their {call.of} come to {total} (n = {len(why)}).", *idea.why[:1]),
        members=tuple(why),
        expected=grounds.expected(known, call.kind, len(why), None) if measured else _UNMEASURED,
        subject=call.title,
        body=call.task,
        cap=CAP,
        holdout_share=HOLDOUT_SHARE if measured else 0.0,
        by_phone=True,
        policy="",
        order="The largest amounts come first.",
    )
