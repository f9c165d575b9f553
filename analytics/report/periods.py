"""The week and the month in words: what was done, what came of it, and what is left undone."""

from collections.abc import Sequence
from typing import Final

from analytics.report.document import Section, Table
from analytics.report.phrases import amount, compared, counted, day, listed, upper
from crm_store.money import Money
from crm_store.values.periods import CHANNELS, DealStep, Listed, Period, Promise, Quiet

_ROWS: Final = 10
_PLURAL: Final = {"call": "calls", "mail": "mails", "meeting": "meetings", "message": "messages", "note": "notes"}
_NOBODY: Final = "nobody"


def finding(told: Period, before: str) -> str:
    """The time in one paragraph; `before` names the time it is compared with."""
    sums, earlier = told.sums, told.before
    won = f"{counted(sums.won, 'deal')} won" + (f" ({amount(sums.won_amount)})" if sums.won else "")
    lost = f"{sums.lost:,} lost ({amount(sums.lost_amount)})" if sums.lost else "none lost"
    then = f"{earlier.won:,} won ({amount(earlier.won_amount)})" if earlier.won else "none won"
    logged = f"{counted(sums.logged, 'contact')} logged, {compared(sums.logged, earlier.logged)} {before}"
    return f"{upper(won)} and {lost}; {before} {then}. {upper(logged)}. {_pipeline(told)} {_left(told)}"


def _pipeline(told: Period) -> str:
    change = told.pipeline_now.amount.minor - told.pipeline_then.amount.minor
    if not change and not told.pipeline_now.deals:
        return "There is no open deal."
    if not told.pipeline_now.deals:
        return f"The open pipeline shrank by {amount(Money(abs(change), told.currency))}; no deal is open now."
    grew = "stayed" if not change else "grew by" if change > 0 else "shrank by"
    by = f" {amount(Money(abs(change), told.currency))} to" if change else " at"
    deals = counted(told.pipeline_now.deals, "deal")
    return f"The open pipeline {grew}{by} {amount(told.pipeline_now.amount)} in {deals}."


def _left(told: Period) -> str:
    parts = [
        f"{counted(told.waiting.n, 'customer waits', 'customers wait')} for a reply",
        f"{counted(told.overdue.n, 'promise is', 'promises are')} overdue",
        f"{counted(told.silent.n, 'customer has', 'customers have')} gone silent",
    ]
    if not (told.waiting.n or told.overdue.n or told.silent.n):
        return "Nobody waits for a reply, no promise is overdue, and nobody has gone silent."
    return f"{upper(listed(parts))}."


def sections(told: Period) -> tuple[Section, ...]:
    """Activity, deals, what waits, and what became of suggestions."""
    return tuple(
        one
        for one in (_activity(told), _deals(told), _waits(told.waiting), _promises(told.overdue), _silent(told.silent),
                    _proposals(told))
        if one is not None
    )  # fmt: skip


def _activity(told: Period) -> Section:
    alone = told.sums.logged - sum(one.total for one in told.worked)
    came = (f"{upper(counted(alone, 'contact'))} came with an import, or without a colleague.",) if alone > 0 else ()
    if not told.worked:
        return Section("What was done", came or ("Nothing was logged.",))
    used = [at for at in range(len(CHANNELS)) if any(one.counts[at] for one in told.worked)]
    headers = ("who", *(_PLURAL[CHANNELS[at]] for at in used), "in all")
    rows = tuple((one.name, *(f"{one.counts[at]:,}" for at in used), f"{one.total:,}") for one in told.worked)
    return Section("What was done", came, (_table("Contacts logged by each colleague", headers, rows),))


def _deals(told: Period) -> Section:
    sums = told.sums
    opened = counted(sums.opened, "deal was", "deals were") + " opened"
    opened += f" ({amount(sums.opened_amount)})" if sums.opened_amount.minor else ""
    rows = (
        *(_deal("won", one) for one in told.won),
        *(_deal(f"lost{f': {one.reason}' if one.reason else ''}", one) for one in told.lost),
        *(_deal(f"{one.before} → {one.after}", one) for one in told.moved),
    )
    tables = (_table("Deals won, lost and moved", ("what", "deal", "amount", "owner"), rows),) if rows else ()
    moved = counted(len(told.moved), "deal") + " moved on within the pipeline"
    return Section("Deals", (f"{upper(opened)}; {moved}.",), tables)


def _deal(what: str, one: DealStep) -> tuple[str, ...]:
    name = f"{one.who} › {one.name}" if one.who else one.name
    return (what, name, amount(one.amount) if one.amount else "–", one.owner or _NOBODY)


def _waits(told: Listed[Quiet]) -> Section | None:
    if not told.n:
        return None
    rows = tuple((one.name, day(one.since.date()), one.owner or _NOBODY) for one in told.first)
    caption = "Customers whose last mail or message nobody has answered, the longest wait first"
    return Section("Replies waiting", (), (_table(caption, ("customer", "since", "owner"), rows, told.n),))


def _promises(told: Listed[Promise]) -> Section | None:
    if not told.n:
        return None
    rows = tuple((one.title, one.who or "–", day(one.due_at.date()), one.owner or _NOBODY) for one in told.first)
    return Section(
        "Promises overdue", (), (_table("The oldest first", ("what", "for", "was due", "owner"), rows, told.n),)
    )


def _silent(told: Listed[Quiet]) -> Section | None:
    if not told.n:
        return None
    rows = tuple(
        (one.name, day(one.since.date()), amount(one.spent) if one.spent else "–", one.owner or _NOBODY)
        for one in told.first
    )
    caption = "Buyers and people in talks of whom nothing was heard for 60 days now, the best customers first"
    return Section("Gone silent", (), (_table(caption, ("customer", "last contact", "spent", "owner"), rows, told.n),))


def _proposals(told: Period) -> Section | None:
    made = told.proposals
    if not (made.made or made.approved or made.dismissed or made.expired or made.lifts):
        return None
    counts = (
        f"{upper(counted(made.made, 'suggestion was', 'suggestions were'))} made; "
        f"{made.approved:,} approved, {made.dismissed:,} dismissed, {made.expired:,} expired."
    )
    lifts = tuple(
        f"Measured so far for “{one.kind.replace('_', ' ')}” ({one.treated:,} written to, {one.holdout:,} held out): "
        f"{one.lift * 100:+.1f} points more ordered ({one.low * 100:+.1f} to {one.high * 100:+.1f})."
        for one in made.lifts
    )
    none = () if lifts else ("No campaign has ended yet, so nothing is measured.",)
    return Section("Suggestions", (counts, *lifts, *none))


def _table(caption: str, headers: tuple[str, ...], rows: Sequence[tuple[str, ...]], n: int | None = None) -> Table:
    whole = len(rows) if n is None else n
    shown = tuple(rows[:_ROWS])
    return Table(caption, headers, shown, max(whole - len(shown), 0))
