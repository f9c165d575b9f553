"""The part of a date phrase that names the day: weekdays, months, offsets, ends of periods, written dates."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_WEEKDAYS = {
    "mon": 0, "monday": 0, "montag": 0, "mo": 0, "tue": 1, "tues": 1, "tuesday": 1, "dienstag": 1, "di": 1, "wed": 2,
    "weds": 2, "wednesday": 2, "mittwoch": 2, "mi": 2, "thu": 3, "thur": 3, "thurs": 3, "thursday": 3,
    "donnerstag": 3, "do": 3, "fri": 4, "friday": 4, "freitag": 4, "fr": 4, "sat": 5, "saturday": 5, "samstag": 5,
    "sa": 5, "sun": 6, "sunday": 6, "sonntag": 6, "so": 6,
}  # fmt: skip
_ONLY_ALONE = frozenset({"mo", "di", "mi", "do", "fr", "sa", "so", "sat", "sun", "wed"})  # Also words of other kinds.
_MONTHS = {
    "jan": 1, "january": 1, "januar": 1, "feb": 2, "february": 2, "februar": 2, "mar": 3, "march": 3, "märz": 3,
    "apr": 4, "april": 4, "may": 5, "mai": 5, "jun": 6, "june": 6, "juni": 6, "jul": 7, "july": 7, "juli": 7,
    "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "oktober": 10, "okt": 10,
    "nov": 11, "november": 11, "dec": 12, "december": 12, "dez": 12, "dezember": 12,
}  # fmt: skip
_UNITS = {
    "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute", "h": "hour", "hr": "hour",
    "hrs": "hour", "hour": "hour", "hours": "hour", "stunden": "hour", "d": "day", "day": "day", "days": "day",
    "tag": "day", "tagen": "day", "tage": "day", "w": "week", "wk": "week", "wks": "week", "week": "week",
    "weeks": "week", "woche": "week", "wochen": "week", "m": "month", "mo": "month", "month": "month",
    "months": "month", "monat": "month", "monaten": "month", "q": "quarter", "quarter": "quarter",
    "quarters": "quarter", "y": "year", "yr": "year", "year": "year", "years": "year", "jahr": "year",
    "jahren": "year", "fortnight": "fortnight",
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "couple": 2,
}  # fmt: skip
_NAMED_DAYS = {
    "today": 0,
    "heute": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "tmr": 1,
    "morgen": 1,
    "yesterday": -1,
    "gestern": -1,
    "übermorgen": 2,
}
_ENDS = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}
_BEFORE_A_MONTH = frozenset(
    {"in", "since", "until", "till", "by", "from", "before", "end", "next", "last", "of", "this", "ab"}
)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{1,2}):(\d{2}))?$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?\.?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?$")
_ORDINAL = re.compile(r"^(\d{1,2})(st|nd|rd|th|\.)$")
_DAY_NUMBER = re.compile(r"^(\d{1,2})(?:st|nd|rd|th|\.)?$")
_YEAR = re.compile(r"^(?:19|20|21)\d{2}$")
_SHORT_OFFSET = re.compile(r"^(\d{1,3})(min|h|d|w|wk|m|mo|q|y)$")
FURTHEST_DAYS = 100 * 366


@dataclass(frozen=True, slots=True)
class Reading:
    """A day, or a whole moment, and the token at which the phrase stops."""

    day: date
    stop: int
    clock: time | None = None
    moment: datetime | None = None
    weekday_today: bool = False


class DayReader:
    """Reads the day named at a token; `strict` where the text is known to be a date, so that `may` alone is one."""

    def __init__(self, local: datetime, words: list[str], *, past: bool, strict: bool, month_first: bool) -> None:
        self._local, self._today, self._words = local, local.date(), words
        self._past, self._strict, self._month_first = past, strict, month_first

    def read(self, at: int, led_in: str) -> Reading | None:
        """The day at this token, or None; may raise ValueError or OverflowError for days that do not exist."""
        tries: tuple[Callable[[int, str], Reading | None], ...] = (
            self._named, self._end_of, self._written, self._offset, self._period, self._weekday, self._month,
            self._ordinal,
        )  # fmt: skip
        for attempt in tries:
            found = attempt(at, led_in)
            if found is not None:
                return found if abs((found.day - self._today).days) <= FURTHEST_DAYS else None
        return None

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _named(self, at: int, led_in: str) -> Reading | None:
        word = self._word(at)
        if self._words[at : at + 3] == ["day", "after", "tomorrow"]:
            return Reading(self._today + timedelta(days=2), at + 3)
        if self._words[at : at + 3] == ["day", "before", "yesterday"]:
            return Reading(self._today - timedelta(days=2), at + 3)
        if word == "now" and self._strict:
            return Reading(self._today, at + 1, moment=self._local)
        if word in _NAMED_DAYS:
            return Reading(self._today + timedelta(days=_NAMED_DAYS[word]), at + 1)
        if word == "last" and self._word(at + 1) == "night":
            return Reading(self._today - timedelta(days=1), at + 2, clock=time(19))
        return None

    def _end_of(self, at: int, led_in: str) -> Reading | None:
        word = self._word(at)
        if word in _ENDS:
            return Reading(self._end(_ENDS[word], 0), at + 1)
        if word == "end" and self._word(at + 1) == "of":
            return self._end_after(at + 2)
        if word == "ende" and self._word(at + 1) in _MONTHS:
            return self._end_after(at + 1)
        return None

    def _end_after(self, at: int) -> Reading | None:
        while self._word(at) in {"the", "this"}:
            at += 1
        shift = 1 if self._word(at) == "next" else 0
        at += shift
        word = self._word(at)
        if word == "day":
            return Reading(self._today + timedelta(days=shift), at + 1, clock=time(17))
        if word in {"week", "month", "quarter", "year"}:
            return Reading(self._end(word, shift), at + 1)
        if word in _MONTHS:
            month = _MONTHS[word]
            year = self._today.year + (month < self._today.month and not self._past)
            year -= month >= self._today.month and self._past
            return Reading(date(year, month, calendar.monthrange(year, month)[1]), at + 1)
        return None

    def _end(self, period: str, shift: int) -> date:
        """A week ends on Friday (the next one, from Saturday on); the others on their last day."""
        if period == "week":
            monday = self._today - timedelta(days=self._today.weekday())
            friday = monday + timedelta(days=4 + 7 * shift)
            return friday if friday >= self._today else friday + timedelta(days=7)
        start = self._start(period)
        return self._add(start, period, shift + 1) - timedelta(days=1)

    def _start(self, period: str) -> date:
        today = self._today
        match period:
            case "week":
                return today - timedelta(days=today.weekday())
            case "month":
                return today.replace(day=1)
            case "quarter":
                return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            case _:
                return today.replace(month=1, day=1)

    def _add(self, day: date, unit: str, count: int) -> date:
        """A day moved by calendar units; the 31st becomes the last of a shorter month."""
        days = {"day": 1, "week": 7, "fortnight": 14}.get(unit)
        if days:
            return day + timedelta(days=days * count)
        months = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

    def _written(self, at: int, led_in: str) -> Reading | None:
        word = self._word(at)
        if iso := _ISO.match(word):
            clock = time(int(iso[4]), int(iso[5])) if iso[4] else None
            return Reading(date(int(iso[1]), int(iso[2]), int(iso[3])), at + 1, clock=clock)
        if (dotted := _DOTTED.match(word)) and (self._strict or word.endswith(".") or dotted[3]):
            return Reading(self._dated(int(dotted[1]), int(dotted[2]), dotted[3]), at + 1)
        led = led_in in {"on", "by", "until", "till", "due", "before", "since", "from"}
        if (slashed := _SLASHED.match(word)) and (self._strict or slashed[3] or led):
            first, second = int(slashed[1]), int(slashed[2])
            month_first = (self._month_first and first <= 12) or second > 12
            day, month = (second, first) if month_first else (first, second)
            return Reading(self._dated(day, month, slashed[3]), at + 1)
        return None

    def _dated(self, day: int, month: int, year: str | None) -> date:
        """A day with or without its year; without one, the nearest in the direction looked at."""
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        for offset in (0, 1, 2, 3, 4, 8):
            shifted = self._today.year + (-offset if self._past else offset)
            if day == 29 and month == 2 and not calendar.isleap(shifted):
                continue
            found = date(shifted, month, day)
            if (found <= self._today) if self._past else (found >= self._today):
                return found
        raise ValueError(day)

    def _offset(self, at: int, led_in: str) -> Reading | None:
        start = at
        led = self._word(at) == "in"
        at += led
        if led and self._word(at) == "a" and self._word(at + 1) == "couple":
            at += 1
        short = _SHORT_OFFSET.match(self._word(at))
        if short:
            count, unit, stop = int(short[1]), _UNITS[short[2]], at + 1
            certain = self._strict or (short[2] in {"d", "w", "wk"} and self._word(stop) in {"", ",", ";", "."})
        else:
            count, stop = self._count(at)
            unit = _UNITS.get(self._word(stop), "")
            certain, stop = self._strict and stop > at, stop + 1
            if not unit or count < 0 or len(self._word(stop - 1)) == 1:
                return None
        ago = self._word(stop) in {"ago", "earlier"}
        hence = self._words[stop : stop + 2] == ["from", "now"]
        if not (led or ago or hence or certain):
            return None
        sign = -1 if ago or (self._past and not led and not hence) else 1
        return self._moved(sign * count, unit, stop + ago + 2 * hence) if stop > start else None

    def _count(self, at: int) -> tuple[int, int]:
        word = self._word(at)
        stop = at + 1
        if self._word(stop) == "of":
            stop += 1
        if word.isascii() and word.isdigit() and len(word) <= 4:
            return int(word), stop
        return (_NUMBERS[word], stop) if word in _NUMBERS else (-1, at)

    def _moved(self, count: int, unit: str, stop: int) -> Reading:
        if unit in {"minute", "hour"}:
            step = timedelta(minutes=count) if unit == "minute" else timedelta(hours=count)
            moment = datetime.fromtimestamp(
                (self._local + timedelta()).timestamp() + step.total_seconds(), self._local.tzinfo
            )
            return Reading(moment.date(), stop, moment=moment.replace(second=0, microsecond=0))
        return Reading(self._add(self._today, unit, count), stop)

    def _period(self, at: int, led_in: str) -> Reading | None:
        """Next week is its Monday, next month its first day; so are last week and this month when looking back."""
        word, unit = self._word(at), self._word(at + 1)
        if word in {"kw", "cw"} and unit.isdigit() and 1 <= int(unit) <= 53:
            day = date.fromisocalendar(self._today.year, int(unit), 1)
            if not self._past and day + timedelta(days=6) < self._today:
                day = date.fromisocalendar(self._today.year + 1, int(unit), 1)
            return Reading(day, at + 2)
        if led_in == "this" and word in {"week", "month", "quarter", "year"}:
            return Reading(self._start(word) if self._past else self._end(word, 0), at + 1)
        shift = {"next": 1, "nächste": 1, "last": -1, "letzte": -1, "previous": -1}.get(word)
        unit = {"woche": "week", "monat": "month", "jahr": "year"}.get(unit, unit)
        if shift is None or unit not in {"week", "month", "quarter", "year"}:
            return None
        return Reading(self._add(self._start(unit), unit, shift), at + 2)

    def _weekday(self, at: int, led_in: str) -> Reading | None:
        word = self._word(at)
        turn = word if word in {"next", "last", "coming", "this", "nächsten", "letzten"} else ""
        at += bool(turn)
        word = self._word(at).rstrip(".")
        if word not in _WEEKDAYS or (
            word in _ONLY_ALONE and not (self._strict or turn or self._stands_as_day(at, led_in))
        ):
            return None
        weekday, today = _WEEKDAYS[word], self._today
        ahead = (weekday - today.weekday()) % 7
        if turn in {"next", "nächsten"}:
            return Reading(today - timedelta(days=today.weekday()) + timedelta(days=7 + weekday), at + 1)
        if turn in {"last", "letzten"} or (self._past and led_in != "this"):
            return Reading(today - timedelta(days=(today.weekday() - weekday) % 7 or 7), at + 1)
        if led_in == "this" or turn == "this":
            return Reading(today + timedelta(days=ahead), at + 1)
        return Reading(today + timedelta(days=ahead or 7), at + 1, weekday_today=ahead == 0)

    def _stands_as_day(self, at: int, led_in: str) -> bool:
        """Short names that are also words (sat, sun, wed) count when led in or at the end of a clause."""
        word, follows = self._word(at), self._word(at + 1)
        if len(word) != 3 or led_in in {"the", "we", "i", "they", "she", "he", "it", "you", "and", "a"}:
            return False
        return led_in in {"on", "by", "until", "till", "due"} or follows in {"", ",", ";", ".", "at"}

    def _month(self, at: int, led_in: str) -> Reading | None:
        before = _DAY_NUMBER.match(self._word(at))
        if before:
            after = at + 1 + (self._word(at + 1) == "of")
            month = _MONTHS.get(self._word(after).rstrip("."))
            return self._with_year(int(before[1]), month, after + 1) if month else None
        return self._month_first_named(at, led_in)

    def _month_first_named(self, at: int, led_in: str) -> Reading | None:
        turn = self._word(at) if self._word(at) in {"next", "last", "in", "mid"} else ""
        at += bool(turn)
        month = _MONTHS.get(self._word(at).rstrip("."))
        if not month:
            return None
        day = _DAY_NUMBER.match(self._word(at + 1))
        if day and not _YEAR.match(self._word(at + 1)) and self._word(at + 2) != ":":
            return self._with_year(int(day[1]), month, at + 2)
        if not (self._strict or turn or led_in in _BEFORE_A_MONTH):
            return None
        if _YEAR.match(self._word(at + 1)):
            return Reading(date(int(self._word(at + 1)), month, 1), at + 2)
        if turn == "last":
            year = self._today.year - (month >= self._today.month)
            return Reading(date(year, month, 1), at + 1)
        return Reading(self._dated(15 if turn == "mid" else 1, month, None), at + 1)

    def _with_year(self, day: int, month: int, stop: int) -> Reading:
        if self._word(stop) == ",":
            stop += bool(_YEAR.match(self._word(stop + 1)))
        year = self._word(stop) if _YEAR.match(self._word(stop)) else None
        return Reading(self._dated(day, month, year), stop + (year is not None))

    def _ordinal(self, at: int, led_in: str) -> Reading | None:
        found = _ORDINAL.match(self._word(at))
        if not found or not (self._strict or led_in in {"the", "on", "by", "until", "am"}):
            return None
        if found[2] == "." and not self._strict and led_in == "the":
            return None
        day = int(found[1])
        for months in range(13):
            first = self._add(self._start("month"), "month", -months if self._past else months)
            if day > calendar.monthrange(first.year, first.month)[1]:
                continue
            there = first.replace(day=day)
            if (there <= self._today) if self._past else (there >= self._today):
                return Reading(there, at + 1)
        return None
