"""The few words for days that a mail address or a first line may hold: `fri`, `tomorrow`, `2w`, `3.12.`, `eom`."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MORNING = time(9, 0)
_SPAN = re.compile(r"(\d{1,3}) ?(d|days?|w|weeks?|m|months?)\Z")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.?(\d{4})?\Z")
_MOST_WORDS = 3
_FURTHEST = 3_660


def read(text: str, now: datetime, time_zone: str) -> tuple[datetime | None, str]:
    """The day at the text's beginning as 09:00 local time, in UTC, and the words after it; None where it has none."""
    zone = _zone(time_zone)
    words = text.split()
    today = now.astimezone(zone).date()
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        day = _day(" ".join(words[:count]).lower().strip(".,:") or words[0], today)
        if day is not None and today <= day <= today + timedelta(days=_FURTHEST):
            return datetime.combine(day, _MORNING, zone).astimezone(UTC), " ".join(words[count:]).strip(" :,-")
    return None, text.strip()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _day(words: str, today: date) -> date | None:
    words = words.removeprefix("by ").removeprefix("on ").removeprefix("in ")
    match words:
        case "today":
            return today
        case "tomorrow":
            return today + timedelta(days=1)
        case "next week":
            return today + timedelta(days=7 - today.weekday())
        case "eow" | "end of week":
            return today + timedelta(days=(4 - today.weekday()) % 7)
        case "eom" | "end of month":
            return today.replace(day=calendar.monthrange(today.year, today.month)[1])
        case _:
            return _weekday(words, today) or _span(words, today) or _calendar_day(words, today)


def _weekday(words: str, today: date) -> date | None:
    later = words.startswith("next ")
    word = words.removeprefix("next ")
    if len(word) < 3 or word[:3] not in _DAYS or not _FULL[word[:3]].startswith(word):
        return None
    ahead = (_DAYS.index(word[:3]) - today.weekday() - 1) % 7 + 1
    # “next tue” is the one of next week; a bare “tue” is the first that comes.
    if later and ahead <= 6 - today.weekday():
        ahead += 7
    return today + timedelta(days=ahead)


_FULL = {
    "mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday", "fri": "friday", "sat": "saturday",
    "sun": "sunday",
}  # fmt: skip


def _span(words: str, today: date) -> date | None:
    found = _SPAN.match(words)
    if not found:
        return None
    count, unit = int(found[1]), found[2][0]
    if unit == "m":
        months = today.month - 1 + count
        year, month = today.year + months // 12, months % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return today + timedelta(days=count * (7 if unit == "w" else 1))


def _calendar_day(words: str, today: date) -> date | None:
    try:
        if iso := _ISO.match(words):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if dotted := _DOTTED.match(words):
            day = date(int(dotted[3] or today.year), int(dotted[2]), int(dotted[1]))
            return day if dotted[3] or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None
    return None
