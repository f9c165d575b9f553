"""Writes a report of any kind from its facts; the same facts give the same report."""

from collections.abc import Callable, Mapping
from typing import Final

from analytics.report import health, periods, standing
from analytics.report.document import Report, Section
from analytics.report.phrases import counted, day, span
from crm_store.values.marketing import ChartView
from crm_store.values.periods import CHANNELS
from crm_store.values.report_facts import ReportFacts

Written = tuple[str, tuple[Section, ...]]
TITLES: Final = {
    "default": "Customers and pipeline",
    "week": "The week",
    "month": "The month",
    "segments": "Segments",
    "value": "Expected value",
    "pipeline": "Pipeline",
    "health": "How good the scores are",
    "data": "How good the data are",
}


def write(facts: ReportFacts) -> Report:
    """The report; a kind whose facts are missing says what is needed for them."""
    finding, sections = _WRITERS.get(facts.which, _of_charts)(facts)
    shown = (*_own(facts), *facts.charts)
    return Report(
        which=facts.which,
        title=f"{TITLES.get(facts.which, facts.which)} · {facts.team}",
        span=_span(facts, shown),
        finding=finding,
        as_of=facts.today,
        sections=sections,
        charts=shown,
    )


def _own(facts: ReportFacts) -> tuple[ChartView, ...]:
    """The activity of a week as numbers that a door may draw; the night's picture is of another time."""
    told = facts.period
    if facts.which != "week" or told is None or not told.worked:
        return ()
    used = [at for at in range(len(CHANNELS)) if any(one.counts[at] for one in told.worked)]
    total = sum(one.total for one in told.worked)
    title = f"{told.worked[0].name} logged {told.worked[0].total:,} of {counted(total, 'contact')}"
    subtitle = f"n = {total:,}, {span(told.since, told.until)}"
    headers = ("contacts logged", *(f"{CHANNELS[at]}s" for at in used))
    cells = tuple(tuple(float(one.counts[at]) for at in used) for one in told.worked)
    rows = tuple((one.name, *(f"{one.counts[at]:,}" for at in used)) for one in told.worked)
    return (
        ChartView("activity_by_rep", title, subtitle, f"{title}. {subtitle}.", b"", headers, rows, told.until,
                  "heat_map", cells),
    )  # fmt: skip


def _span(facts: ReportFacts, charts: tuple[ChartView, ...]) -> str:
    parts = []
    if facts.period is not None:
        parts.append(span(facts.period.since, facts.period.until))
        parts.append(_n(facts.period.sums.logged, "contact"))
    elif facts.quality is not None:
        parts.append(f"as of {day(facts.quality.as_of)}, {_n(facts.quality.customers, 'customer')}")
    elif facts.segments:
        parts.append(
            f"as of {day(facts.segments[0].as_of)}, n = {counted(sum(s.size for s in facts.segments), 'buyer')}"
        )
    elif facts.cards:
        parts.append(_n(sum(card.scored for card in facts.cards), "score"))
    elif charts:
        parts.append(charts[0].subtitle)
    if facts.shown_as_of is not None and facts.which != "data":
        parts.append(f"models of {day(facts.shown_as_of)}")
    return ", ".join(parts) or f"as of {day(facts.today)}"


def _n(number: int, one: str) -> str:
    return f"n = {counted(number, one)}" if number else f"no {one}s"


def _of_period(facts: ReportFacts) -> Written:
    if facts.period is None:
        return _of_charts(facts)
    before = f"the {facts.which} before" if facts.which in ("week", "month") else "the time before"
    return periods.finding(facts.period, before), periods.sections(facts.period)


def _of_segments(facts: ReportFacts) -> Written:
    return standing.segments_finding(facts), standing.segments_sections(facts)


def _of_value(facts: ReportFacts) -> Written:
    return standing.value_finding(facts), standing.value_sections(facts)


def _of_health(facts: ReportFacts) -> Written:
    return health.finding(facts.cards), health.sections(facts.cards)


def _of_data(facts: ReportFacts) -> Written:
    if facts.quality is None:
        return _of_charts(facts)
    return standing.data_finding(facts.quality), standing.data_sections(facts.quality)


def _of_charts(facts: ReportFacts) -> Written:
    return standing.from_charts(facts), ()


_WRITERS: Final[Mapping[str, Callable[[ReportFacts], Written]]] = {
    "week": _of_period,
    "month": _of_period,
    "segments": _of_segments,
    "value": _of_value,
    "health": _of_health,
    "data": _of_data,
}
