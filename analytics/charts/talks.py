"""Charts of open deals and of the people who work on them: silence, activity by colleague, moves between segments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from analytics import columns, explain, features
from analytics.charts.data import Chart, Shape, chart, day_said
from crm_store.values.history import DealFact, Histories, TouchColumns
from crm_store.values.outcomes import Move
from crm_store.values.periods import CHANNELS, Worked

_LIMITS: Final = (
    (7, "up to 7 days"),
    (14, "8–14 days"),
    (30, "15–30 days"),
    (60, "31–60 days"),
    (10**6, "over 60 days"),
)
_NEVER: Final = "no contact known"
_LONG: Final = 30
_MOST: Final = 8
_NOWHERE: Final = "no group"


def silence(histories: Histories) -> Chart | None:
    """Open deals by days since the last contact with their customer, count and amount; nothing without open deals."""
    past = features.known_by(histories, histories.as_of)
    open_now = [each for each in past.deals if each.state == "open"]
    if not open_now:
        return None
    latest = columns.last_days(TouchColumns.of(past.touches))
    places = [_place(each, latest, past.as_of) for each in open_now]
    names = (*(name for _, name in _LIMITS), _NEVER)
    counts, sums = np.zeros(len(names)), np.zeros(len(names))
    for place, deal in zip(places, open_now, strict=True):
        counts[place] += 1
        sums[place] += deal.amount or 0.0
    first_long = [limit for limit, _ in _LIMITS].index(_LONG) + 1
    quiet, worth = counts[first_long:].sum(), sums[first_long:].sum()
    of = f"{quiet:,.0f} of {explain.count(len(open_now), 'open deal')}"
    title = f"{of} ({explain.amount(float(worth), past.currency)}) have had no contact for over {_LONG} days"
    kept = [at for at in range(len(names)) if at < len(_LIMITS) or counts[at]]
    return chart(
        "silence",
        Shape.BARS,
        title if quiet else f"Every one of {explain.count(len(open_now), 'open deal')} had contact within {_LONG} days",
        f"days since the last contact; {explain.count(len(open_now), 'open deal')}, as of {day_said(past.as_of)}",
        ("last contact", tuple(names[at] for at in kept), ("deals", "amount")),
        [[float(counts[at]), float(sums[at])] for at in kept],
        [[f"{counts[at]:,.0f}", explain.amount(float(sums[at]), past.currency)] for at in kept],
    )


def _place(deal: DealFact, latest: Mapping[str, date], today: date) -> int:
    last = latest.get(deal.customer_id or "")
    if last is None:
        return len(_LIMITS)
    return next(at for at, (limit, _) in enumerate(_LIMITS) if (today - last).days <= limit)


def activity_by_rep(worked: Sequence[Worked], since: date, until: date) -> Chart | None:
    """What each colleague logged by which way; nothing where nothing was logged."""
    everybody = [each for each in worked if each.total]
    shown = list(everybody[:_MOST])
    rest = everybody[_MOST:]
    if rest:
        sums = tuple(sum(each.counts[at] for each in rest) for at in range(len(CHANNELS)))
        shown.append(Worked(f"{len(rest)} others", sums))
    used = [at for at in range(len(CHANNELS)) if any(each.counts[at] for each in shown)]
    if not used:
        return None
    total = sum(each.total for each in shown)
    ways = [sum(each.counts[at] for each in shown) for at in used]
    most = CHANNELS[used[int(np.argmax(ways))]]
    first = shown[0]
    return chart(
        "activity_by_rep",
        Shape.HEAT_MAP,
        f"{first.name} logged {first.total:,} of {explain.count(total, 'contact')}; "
        f"{explain.percent(max(ways) / total)} of all were {most}s",
        f"contacts logged by colleague and way; {explain.count(total, 'contact')}, {day_said(since)} to "
        f"{day_said(until)}",
        ("colleague", tuple(each.name for each in shown), tuple(f"{CHANNELS[at]}s" for at in used)),
        [[float(each.counts[at]) for at in used] for each in shown],
        [[f"{each.counts[at]:,}" for at in used] for each in shown],
    )


def segment_moves(moves: Sequence[Move], since: date, until: date) -> Chart | None:
    """Who moved from which group to which; nothing where nobody did."""
    total = sum(each.customers for each in moves)
    if not total:
        return None
    rows, columns = (_largest(moves, side) for side in ("before", "after"))
    counts = np.zeros((len(rows), len(columns)))
    for each in moves:
        before, after = each.before or _NOWHERE, each.after or _NOWHERE
        if before in rows and after in columns:
            counts[rows.index(before), columns.index(after)] += each.customers
    top = max(moves, key=lambda each: each.customers)
    return chart(
        "segment_moves",
        Shape.HEAT_MAP,
        f"{top.customers:,} of {explain.count(total, 'move')} went from {top.before or _NOWHERE} to "
        f"{top.after or _NOWHERE}",
        f"customers who changed groups, rows from, columns to; {explain.count(total, 'move')}, {day_said(since)} to "
        f"{day_said(until)}",
        ("from \\ to", rows, columns),
        counts.tolist(),
        [[f"{each:,.0f}" if each else "" for each in row] for row in counts],
    )


def _largest(moves: Sequence[Move], side: str) -> tuple[str, ...]:
    sums: dict[str, int] = {}
    for each in moves:
        name = str(getattr(each, side)) or _NOWHERE
        sums[name] = sums.get(name, 0) + each.customers
    return tuple(sorted(sums, key=lambda name: (-sums[name], name))[: _MOST - 2])
