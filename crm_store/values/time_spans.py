"""Weeks, months, quarters and years as stretches of days: where each begins, what comes before, what is within."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

UNITS: Final = ("week", "month", "quarter", "year")
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def begin(day: date, unit: str) -> date:
    """The first day of the week (a Monday), month, quarter or year that a day is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def later(first: date, unit: str, units: int = 1) -> date:
    """The first day of the stretch so many units after the one that begins on `first`."""
    if unit == "week":
        return first + timedelta(weeks=units)
    month = first.year * 12 + first.month - 1 + units * _MONTHS[unit]
    return date(month // 12, month % 12 + 1, 1)


def parts(since: date, until: date, unit: str) -> Iterator[tuple[str, date, date]]:
    """The stretches of a unit between two days, both counted: a label, the first day and the last, cut at the ends."""
    first = begin(since, unit)
    while first <= until:
        following = later(first, unit)
        yield _label(first, unit), max(first, since), min(following - timedelta(days=1), until)
        first = following


def before(since: date, until: date, today: date) -> tuple[date, date]:
    """The comparable stretch before what has passed of a stretch by `today`.

    Stretches from the first of a month go back by as many months as they were asked for, so that this quarter so far is
    compared with as much of the last one; those from a Monday go back by weeks, all others by their length.
    """
    end = min(until, today)
    if since.day == 1:
        months = (until.year - since.year) * 12 + until.month - since.month + 1
        start = later(since, "month", -months)
        if end == until and until.day == _days_in(until):
            return start, since - timedelta(days=1)
        last = later(end.replace(day=1), "month", -months)
        return start, last.replace(day=min(end.day, _days_in(last)))
    days = (until - since).days + 1
    shift = timedelta(days=-(-days // 7) * 7 if since.weekday() == 0 else days)
    return since - shift, end - shift


def _days_in(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def _label(first: date, unit: str) -> str:
    if unit == "week":
        return f"{first.day} {first:%b %Y}"
    if unit == "month":
        return f"{first:%b %Y}"
    return f"Q{(first.month + 2) // 3} {first.year}" if unit == "quarter" else str(first.year)
