"""Stretches of time in people's words, looking back: this month, last 30 days, in May, Q3 2025, yesterday."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from crm_store.values.time_spans import UNITS, begin, later

_LENGTHS: Final = {"week": 12, "month": 12, "quarter": 8, "year": 5}
MONTHS: Final = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr, ("",) * 9 + ("sept",))
    for number, name in enumerate(names)
    if name
}
_QUARTER: Final = re.compile(r"q([1-4])")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which, both counted, and how many words said so."""

    since: date
    until: date
    words: int


def read(words: Sequence[str], today: date) -> Span | None:
    """The stretch that the words begin with; None where they begin with none."""
    first, second, *_ = [*words, "", ""]
    if first in ("today", "yesterday"):
        day = today - timedelta(days=first == "yesterday")
        return Span(day, day, 1)
    if first == "in" and (second in ("the", "last", "past")):
        ahead = 2 if second == "the" else 1
        return _more(read(words[ahead:], today), ahead)
    if first == "in":
        return _more(named(words[1:], today), 1)
    if first in ("this", "current") and second in UNITS:
        start = begin(today, second)
        return Span(start, later(start, second) - timedelta(days=1), 2)
    if first in ("last", "past", "previous"):
        return _last(words[1:], today)
    plain = _QUARTER.fullmatch(first) or _YEAR.fullmatch(first) or (first in MONTHS and _YEAR.fullmatch(second))
    return named(words, today) if plain else None


def named(words: Sequence[str], today: date) -> Span | None:
    """`may`, `may 2025`, `q3`, `q3 2025`, `2025`: one that began before today where no year is named."""
    first, second, *_ = [*words, "", ""]
    if _YEAR.fullmatch(first):
        return Span(date(int(first), 1, 1), date(int(first), 12, 31), 1)
    quarter = _QUARTER.fullmatch(first)
    month = int(quarter[1]) * 3 - 2 if quarter else MONTHS.get(first.rstrip("."), 0)
    if not month:
        return None
    given = bool(_YEAR.fullmatch(second))
    start = date(int(second) if given else today.year, month, 1)
    if not given and start > today:
        start = start.replace(year=start.year - 1)
    unit = "quarter" if quarter else "month"
    return Span(start, later(start, unit) - timedelta(days=1), 2 if given else 1)


def back(until: date, unit: str) -> date:
    """Where the last weeks, months, quarters or years begin that a figure is divided by if nobody says since when."""
    return later(begin(until, unit), unit, 1 - _LENGTHS[unit])


def _last(words: Sequence[str], today: date) -> Span | None:
    """`last month` is the one before this; `last 3 months` and `last 30 days` reach up to today."""
    first, second, *_ = [*words, "", ""]
    if first in UNITS:
        start = begin(today, first)
        return Span(later(start, first, -1), start - timedelta(days=1), 2)
    if not first.isdigit() or not 1 <= int(first[:5]) <= _MOST:
        return None
    count, unit = int(first), second.rstrip("s")
    if unit == "day":
        return Span(today - timedelta(days=count - 1), today, 3)
    return Span(later(begin(today, unit), unit, 1 - count), today, 3) if unit in UNITS else None


def _more(span: Span | None, words: int) -> Span | None:
    return Span(span.since, span.until, span.words + words) if span else None
