"""A measured lift in sentences that a person can check: both sides with their counts, and the interval."""

from typing import Final

from crm_store.money import from_major
from crm_store.values.lift import Finding, Lift

_SAYS: Final = {
    Finding.MORE: "The {one} brought more orders than would have come anyway.",
    Finding.FEWER: "Those who got the {one} ordered less often than those who did not.",
    Finding.NO_DIFFERENCE: "No difference is shown: it may have helped, it may have done nothing.",
}


def headline(lift: Lift, *, by_phone: bool = False) -> str:
    """The finding with its counts, in one line."""
    counts = f"{_of(lift.treated.ordered, lift.treated.people)} vs {_of(lift.holdout.ordered, lift.holdout.people)}"
    match lift.finding:
        case Finding.NOBODY_HELD_OUT:
            what, ordered = _what(by_phone=by_phone), counts.partition(" vs ")[0]
            return f"Nobody was held out, so nobody can say what the {what} added: {ordered} ordered."
        case Finding.TOO_FEW:
            return f"Too few to say: {counts}."
        case _:
            return f"{100 * lift.rate:+.1f} points in the share that ordered: {counts}."


def sentences(lift: Lift, *, by_phone: bool = False) -> tuple[str, ...]:
    """All there is to say, the finding first."""
    said = [headline(lift, by_phone=by_phone)]
    if lift.finding is Finding.NOBODY_HELD_OUT:
        return (*said, "Next time write to more people, or hold out a larger share of them.")
    if lift.finding in _SAYS:
        said.append(_SAYS[lift.finding].format(one=_what(by_phone=by_phone)))
    who = "called" if by_phone else "written to"
    said.append(
        f"Share that ordered: {lift.treated.rate:.1%} of those {who}, {lift.holdout.rate:.1%} of those held out. "
        f"The difference is between {100 * lift.rate_low:+.1f} and {100 * lift.rate_high:+.1f} points (90 % interval)."
    )
    # Where nobody ordered, an interval from nought to nought would claim to know what nobody does.
    anything = lift.treated.ordered + lift.holdout.ordered > 0
    if anything and lift.revenue_low is not None and lift.revenue_high is not None:
        money = [_money(one, lift.currency) for one in (lift.revenue, lift.revenue_low, lift.revenue_high)]
        said.append(f"Revenue a person: {money[0]}, between {money[1]} and {money[2]} (90 % interval).")
    return tuple(said)


def _what(*, by_phone: bool) -> str:
    return "call" if by_phone else "letter"


def _of(hits: int, n: int) -> str:
    return f"{hits:,} of {n:,}"


def _money(amount: float, currency: str) -> str:
    sign = "−" if amount < 0 else "+"
    return f"{sign}{from_major(round(abs(amount), 2), currency)}"
