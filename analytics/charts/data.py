"""The numbers of each chart, with a title that states the finding, dates and n, words for those who see no picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from analytics import columns, explain, features
from analytics.calibrate import BANDS, Calibration
from crm_store.values.history import DealFact, Histories, OrderColumns, TouchColumns
from crm_store.values.scores import Score, SegmentResult

WEEKS = 26
_FEW = 30
"""Below so many, shares are told as counts."""
_RECENCY = (
    (30, "up to 30 days"),
    (90, "31–90 days"),
    (180, "91–180 days"),
    (365, "181–365 days"),
    (10**6, "over a year"),
)
_TIMES = ((1, "1 order"), (3, "2–3 orders"), (9, "4–9 orders"), (10**9, "10 or more"))


class Shape(StrEnum):
    """How a chart is drawn: bars in one or two panels, coloured cells, lines over time, or said against happened."""

    BARS = "bars"
    HEAT_MAP = "heat_map"
    LINES = "lines"
    RELIABILITY = "reliability"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as numbers: `cells[row][column]` is drawn, `shown[row][column]` is what people read there.

    In a reliability chart the columns are said, happened, low, high and n; in lines every row is a week.
    """

    key: str
    shape: Shape
    title: str
    subtitle: str
    alt_text: str
    corner: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]
    shown: tuple[tuple[str, ...], ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """The head of the table that stands for the picture."""
        return (self.corner, *self.columns)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows of the table that stands for the picture."""
        return tuple((label, *texts) for label, texts in zip(self.labels, self.shown, strict=True))


def segments(histories: Histories, found: Sequence[SegmentResult]) -> Chart | None:
    """Size and share of spending of each segment of one method; nothing where all are in one."""
    past = features.known_by(histories, histories.as_of)
    spent = columns.totals(columns.daily(past.orders))
    total = sum(spent.get(each, 0.0) for group in found for each in group.members)
    if len(found) < 2 or total <= 0:
        return None
    sums = [sum(spent.get(each, 0.0) for each in group.members) for group in found]
    top = int(np.argmax(sums))
    of_buyers, of_revenue = explain.percent(found[top].share), explain.percent(sums[top] / total)
    title = f"{found[top].name} are {of_buyers} of buyers and brought {of_revenue} of revenue"
    return chart(
        "segments",
        Shape.BARS,
        title,
        f"{explain.count(sum(group.size for group in found), 'buyer')}, {_order_dates(past)}",
        ("segment", tuple(group.name for group in found), ("buyers", "revenue so far")),
        [[float(group.size), part] for group, part in zip(found, sums, strict=True)],
        [
            [
                f"{group.size:,} ({explain.percent(group.share)})",
                f"{explain.amount(part, past.currency)} ({explain.percent(part / total)})",
            ]
            for group, part in zip(found, sums, strict=True)
        ],
    )


def recency_frequency(histories: Histories) -> Chart | None:
    """Buyers by days since the last order and number of orders, with their mean spending; nothing without buyers."""
    past = features.known_by(histories, histories.as_of)
    table = features.buyers(past, past.as_of)
    n = len(table.ids)
    if not n:
        return None
    rows = np.searchsorted([limit for limit, _ in _RECENCY], table.column("days_since_order"))
    columns = np.searchsorted([limit for limit, _ in _TIMES], table.column("orders"))
    counts = np.zeros((len(_RECENCY), len(_TIMES)))
    spent = np.zeros_like(counts)
    np.add.at(counts, (rows, columns), 1)
    np.add.at(spent, (rows, columns), table.column("spend"))
    title = (
        f"{_share(counts[:2, 1:].sum(), n)}{' of' if n >= _FEW else ''} buyers came back and ordered within 90 days; "
        f"{_share(counts[3:, 0].sum(), n)} ordered once, over 180 days ago"
    )
    return chart(
        "recency_frequency",
        Shape.HEAT_MAP,
        title,
        f"buyers and their mean spending; {explain.count(n, 'buyer')}, {_order_dates(past)}",
        ("last order", tuple(name for _, name in _RECENCY), tuple(name for _, name in _TIMES)),
        counts.tolist(),
        [
            [
                f"{count:,.0f} × {explain.amount(money / count, past.currency)}" if count else "0"
                for count, money in zip(*both, strict=True)
            ]
            for both in zip(counts, spent, strict=True)
        ],
    )


def _share(part: float, n: int) -> str:
    """A part of a few as a count, since a percentage of three is none."""
    return explain.percent(float(part) / n) if n >= _FEW else f"{part:,.0f} of {n:,}"


def pipeline(histories: Histories) -> Chart | None:
    """Open deals by stage, count, amount and median days in it, first stage first; nothing without open deals.

    A deal whose moves are not known counts no days.
    """
    past = features.known_by(histories, histories.as_of)
    stages: dict[tuple[int, str], list[DealFact]] = {}
    for deal in past.deals:
        if deal.state == "open":
            stages.setdefault((deal.stage_index, deal.stage), []).append(deal)
    if not stages:
        return None
    ordered = sorted(stages)
    sums = [sum(each.amount or 0.0 for each in stages[stage]) for stage in ordered]
    counts = [len(stages[stage]) for stage in ordered]
    names = [name or "no stage" for _, name in ordered]
    waits = [_days_there(stages[stage], past.as_of) for stage in ordered]
    at = int(np.argmax(sums if max(sums) > 0 else counts))
    if max(sums) > 0:
        most, everything = explain.amount(sums[at], past.currency), explain.amount(sum(sums), past.currency)
        title = f"{most} of {everything} in open deals stands at {names[at]}"
    else:
        title = f"{counts[at]} of {explain.count(sum(counts), 'open deal')} stand at {names[at]}; none has an amount"
    unpriced = sum(each.amount is None for found in stages.values() for each in found)
    opened = min(each.opened_on for found in stages.values() for each in found)
    missing = f", {unpriced} without an amount" if unpriced else ""
    return chart(
        "pipeline",
        Shape.BARS,
        title,
        f"{explain.count(sum(counts), 'open deal')}{missing}, opened since {day_said(opened)}, "
        f"as of {day_said(past.as_of)}",
        ("stage", tuple(names), ("deals", "amount", "median days in stage")),
        [[float(count), part, days or 0.0] for count, part, days in zip(counts, sums, waits, strict=True)],
        [
            [f"{count:,}", explain.amount(part, past.currency), "–" if days is None else f"{days:,.0f}"]
            for count, part, days in zip(counts, sums, waits, strict=True)
        ],
    )


def _days_there(deals: Sequence[DealFact], today: date) -> float | None:
    """The median of the days since each deal came to its stage; None where no move of them is known."""
    since: list[int] = []
    for deal in deals:
        came = None
        for move in deal.moves:
            if move.stage != deal.stage:
                came = None
            elif came is None:
                came = move.day
        if came is not None:
            since.append((today - came).days)
    return float(np.median(since)) if since else None


def value_distribution(scores: Sequence[Score], histories: Histories, horizon: int) -> Chart | None:
    """Expected revenue by tenths of the buyers, best first; nothing below ten scores or where nothing is expected."""
    points = np.sort(np.array([each.point for each in scores], dtype=np.float64))[::-1]
    if points.size < 10 or points.sum() <= 0:
        return None
    sums = [float(part.sum()) for part in np.array_split(points, 10)]
    total = sum(sums)
    names = (
        "best tenth",
        *(f"{place} tenth" for place in ("2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th")),
        "last tenth",
    )
    return chart(
        "value_distribution",
        Shape.BARS,
        f"{explain.percent(sums[0] / total)} of revenue in the next {horizon} days is expected of the best tenth",
        f"{explain.count(points.size, 'buyer')}, {_order_dates(features.known_by(histories, histories.as_of))}",
        ("buyers by expected value", names, ("expected revenue",)),
        [[part] for part in sums],
        [[f"{explain.amount(part, histories.currency)} ({explain.percent(part / total)})"] for part in sums],
    )


def activity(histories: Histories) -> Chart | None:
    """Orders and messages by week over half a year up to the day; nothing where nothing happened in that time."""
    past = features.known_by(histories, histories.as_of)
    start = past.as_of - timedelta(days=7 * WEEKS - 1)
    orders, touches = OrderColumns.of(past.orders), TouchColumns.of(past.touches)
    came = np.frombuffer(touches.came, dtype=np.int8) == 1
    talked = columns.ints(touches.days)
    counts = np.column_stack(
        [_by_week(each, start) for each in (columns.ints(orders.days), talked[came], talked[~came])]
    )
    if not counts.any():
        return None
    late, before = counts[-4:].sum(axis=0), counts[-8:-4].sum(axis=0)
    title = (
        f"{explain.count(late[0], 'order')} and {explain.count(late[1:].sum(), 'message')} in the last 4 weeks, "
        f"{before[0]:,.0f} and {before[1:].sum():,.0f} in the 4 weeks before"
    )
    weeks = tuple(day_said(start + timedelta(days=7 * week), year=False) for week in range(WEEKS))
    n = f"{explain.count(counts[:, 0].sum(), 'order')}, {explain.count(counts[:, 1:].sum(), 'message')}"
    return chart(
        "activity",
        Shape.LINES,
        title,
        f"a week; {n}, {day_said(start)} to {day_said(past.as_of)}",
        ("week from", weeks, ("orders", "messages in", "messages out")),
        counts.tolist(),
        [[f"{each:,.0f}" for each in week] for week in counts],
    )


def reliability(kind: str, whom: str, calibration: Calibration, as_of: date) -> Chart:
    """What was said in the backtest beside what came, by groups of similar chances, with 80 % intervals."""
    groups = calibration.groups
    n = sum(each.n for each in groups)
    far = max(groups, key=lambda each: (abs(each.said - each.came), each.said))
    names = (
        tuple(str(each) for each in BANDS)
        if calibration.banded
        else tuple(f"group {at + 1}" for at in range(len(groups)))
    )
    return chart(
        f"reliability_{kind}",
        Shape.RELIABILITY,
        f"Furthest off, the model said {explain.percent(far.said)} and {explain.percent(far.came)} came true",
        f"{whom}; {n:,} later cases, 80 % intervals, model of {day_said(as_of)}; the line is perfect",
        ("group", names, ("said", "happened", "low", "high", "n")),
        [[each.said, each.came, each.low, each.high, float(each.n)] for each in groups],
        [
            [*(explain.percent(part) for part in (each.said, each.came, each.low, each.high)), f"{each.n:,}"]
            for each in groups
        ],
    )


def lift(kind: str, whom: str, calibration: Calibration, as_of: date) -> Chart | None:
    """How many times as often as the average it came true, by groups of similar chances, the likeliest first."""
    groups = sorted(calibration.groups, key=lambda each: -each.said)
    n = sum(each.n for each in groups)
    mean = sum(each.came * each.n for each in groups) / n if n else 0.0
    if mean <= 0 or len(groups) < 2:
        return None
    first = groups[0]
    names = (
        tuple(str(each) for each in reversed(BANDS))
        if calibration.banded
        else ("likeliest", *(f"group {at + 1}" for at in range(1, len(groups))))
    )
    return chart(
        f"lift_{kind}",
        Shape.BARS,
        f"The likeliest {explain.percent(first.n / n)} came true {first.came / mean:.1f} times as often as the average",
        f"{whom}; {n:,} later cases, {explain.percent(mean)} on average, model of {day_said(as_of)}",
        ("group", names, ("times the average",)),
        [[each.came / mean] for each in groups],
        [[f"{each.came / mean:.1f} ({explain.percent(each.came)} of {each.n:,})"] for each in groups],
    )


def chart(
    key: str,
    shape: Shape,
    title: str,
    subtitle: str,
    names: tuple[str, tuple[str, ...], tuple[str, ...]],
    cells: Sequence[Sequence[float]],
    shown: Sequence[Sequence[str]],
) -> Chart:
    """A chart with its words for those who see no picture; `names` are its corner, its rows and its columns."""
    corner, labels, columns = names
    texts = tuple(tuple(row) for row in shown)
    told = "; ".join(
        f"{label}: {', '.join(_told(columns, row))}" for label, row in list(zip(labels, texts, strict=True))[-10:]
    )
    kind: Mapping[Shape, str] = {
        Shape.BARS: "Bar chart",
        Shape.HEAT_MAP: "Heat map",
        Shape.LINES: "Line chart",
        Shape.RELIABILITY: "Reliability chart",
    }
    alt_text = f"{kind[shape]}. {title}. {subtitle}. {told}."
    return Chart(
        key,
        shape,
        title,
        subtitle,
        alt_text,
        corner,
        labels,
        columns,
        tuple(tuple(float(each) for each in row) for row in cells),
        texts,
    )


def _told(columns: Sequence[str], row: Sequence[str]) -> list[str]:
    return [f"{column} {text}" for column, text in zip(columns, row, strict=True) if text]


def _order_dates(past: Histories) -> str:
    first = date.fromordinal(min(OrderColumns.of(past.orders).days))
    return f"orders of {day_said(first)} to {day_said(past.as_of)}"


def _by_week(days: columns.IntArray, start: date) -> columns.FloatArray:
    """How many of these days fall into each of the weeks from `start` on, (WEEKS,)."""
    late = days[days >= start.toordinal()]
    return np.bincount((late - start.toordinal()) // 7, minlength=WEEKS).astype(np.float64)


def day_said(day: date, *, year: bool = True) -> str:
    """`3 Nov 2026`, in English whatever the machine's language is."""
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[day.month - 1]
    return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"
