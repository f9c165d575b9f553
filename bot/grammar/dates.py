"""Days and hours in people's words (fri, next tue 9, 12.3., in 2 weeks, eom), read in their own time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.grammar.calendar_words import FURTHEST_DAYS, DayReader, Reading
from crm_store.errors import BadInput

DEFAULT_TIME = time(9, 0)
_TOKEN = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:t\d{1,2}:\d{2})?|\d{1,2}:\d{2}|\d[\d./]*[^\W\d_]*|[^\W\d_]+(?:[-'’][^\W\d_]+)*|\S",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"^(?:(\d{1,2})[:.](\d{2})|(\d{1,2}))\s*(am|pm|h|uhr)?$")
_PARTS_OF_DAY = {
    "noon": time(12), "midday": time(12), "mittag": time(12), "morning": time(9), "afternoon": time(14),
    "evening": time(18), "tonight": time(19), "night": time(19), "eod": time(17), "cob": time(17),
    "nachmittag": time(14), "abend": time(18),
}  # fmt: skip
_LATEST_BARE_AFTERNOON = 6
_LEADING_TEXT = """
by on until till before due at this the am um bis vor ab from since
"""
_LEADING = frozenset(_LEADING_TEXT.split())
_LONGEST_FOR_FALLBACK = 40
_EXAMPLES = "fri, next tue 9, 12.3., in 2 weeks, eom or 2026-12-01"


@dataclass(frozen=True, slots=True)
class When:
    """A moment read from text: aware UTC, whether an hour was named, and where the phrase stands in the text."""

    at: datetime
    has_time: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def read(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    past: bool = False,
    languages: Sequence[str] = ("en",),
    field: str = "due",
) -> datetime:
    """The whole text as one moment (UTC; 09:00 local if no hour is named), ahead of now unless `past`.

    Raises BadInput with a sentence where it cannot be read.
    """
    return read_when(text, now, zone, past=past, languages=languages, field=field).at


def read_when(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    past: bool = False,
    languages: Sequence[str] = ("en",),
    field: str = "due",
) -> When:
    """Like `read`, with whether an hour was named."""
    tokens = _tokens(text[:200])
    found = _at(tokens, 0, now, zone, past=past, strict=True)
    if found is not None and found.end >= tokens[-1].end and len(text) <= 200:
        return found
    fallback = _with_dateparser(text, now, zone, past, languages)
    if fallback is None:
        raise BadInput(f"“{text.strip()[:60]}” is no date I can read; write it like {_EXAMPLES}.", field=field)
    return When(fallback, fallback.astimezone(zone).time() != DEFAULT_TIME, 0, len(text))


def read_day(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    past: bool = False,
    languages: Sequence[str] = ("en",),
    field: str = "due",
) -> date:
    """The whole text as a local day; raises BadInput."""
    return read(text, now, zone, past=past, languages=languages, field=field).astimezone(zone).date()


def find(text: str, now: datetime, zone: ZoneInfo, *, past: bool = False) -> When | None:
    """The first phrase in running text that is surely a date, or None."""
    return next(iter(find_all(text, now, zone, past=past)), None)


def find_all(text: str, now: datetime, zone: ZoneInfo, *, past: bool = False, strict: bool = False) -> tuple[When, ...]:
    """All phrases in running text that are surely dates, in their order; `by` or `on` before one belongs to it.

    With `strict` the text is a list of arguments: `2w` or `sat` beside other words are dates too.
    """
    tokens = _tokens(text[:4_000])
    found: list[When] = []
    at = 0
    while at < len(tokens):
        phrase = _at(tokens, at, now, zone, past=past, strict=strict)
        if phrase is None:
            at += 1
            continue
        found.append(phrase)
        while at < len(tokens) and tokens[at].start < phrase.end:
            at += 1
    return tuple(found)


def find_at(text: str, start: int, now: datetime, zone: ZoneInfo, *, past: bool = False) -> When | None:
    """The longest date phrase that begins at this place of the text (after `due:` or `since`), or None."""
    tokens = _tokens(text[start : start + 200])
    found = _at(tokens, 0, now, zone, past=past, strict=True) if tokens else None
    return None if found is None else When(found.at, found.has_time, start + found.start, start + found.end)


def midnight(moment: datetime, zone: ZoneInfo, days: int = 0) -> datetime:
    """The start of the local day of a moment, or of a day some days later, as UTC."""
    return _utc(moment.astimezone(zone).date() + timedelta(days=days), time(0), zone)


def next_working_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Nine o'clock local of the next day that is no weekend."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return _utc(day, DEFAULT_TIME, zone)


def _tokens(text: str) -> list[_Token]:
    return [_Token(found[0].lower(), found.start(), found.end()) for found in _TOKEN.finditer(text)]


def _at(tokens: list[_Token], at: int, now: datetime, zone: ZoneInfo, *, past: bool, strict: bool) -> When | None:
    """A phrase at this token: words that lead in, a day, an hour; or an hour alone."""
    first = at
    while at < len(tokens) and tokens[at].text in _LEADING:
        at += 1
    if at >= len(tokens):
        return None
    local = now.astimezone(zone)
    led_in = tokens[at - 1].text if at > first else (tokens[at - 1].text if at else "")
    reader = DayReader(
        local, [token.text for token in tokens], past=past, strict=strict, month_first=_month_first(zone)
    )
    try:
        reading = reader.read(at, led_in)
        return _moment(tokens, first, at, reading, local, zone, past=past, strict=strict)
    except (OverflowError, ValueError):
        return None


def _moment(
    tokens: list[_Token],
    first: int,
    at: int,
    reading: Reading | None,
    local: datetime,
    zone: ZoneInfo,
    *,
    past: bool,
    strict: bool,
) -> When | None:
    if reading is None:
        alone = _hour_alone(tokens, first, at, local, zone, past=past)
        return _with_day_behind(tokens, alone, local, zone, past=past, strict=strict) if alone else None
    if reading.moment is not None:
        return When(reading.moment.astimezone(UTC), True, tokens[first].start, tokens[reading.stop - 1].end)
    clock, stop = (reading.clock, reading.stop) if reading.clock else _hour(tokens, reading.stop, strict=strict)
    day = reading.day
    if reading.weekday_today and clock and not past and clock > local.time().replace(tzinfo=None):
        day = local.date()
    return When(_utc(day, clock or DEFAULT_TIME, zone), clock is not None, tokens[first].start, tokens[stop - 1].end)


def _hour_alone(
    tokens: list[_Token], first: int, at: int, local: datetime, zone: ZoneInfo, *, past: bool
) -> When | None:
    """An hour without a day is the next one of that name, or the last one looking back."""
    sure = ":" in tokens[at].text or re.search(r"(am|pm)$", tokens[at].text) is not None
    after_at = at > first and tokens[at - 1].text in {"at", "um"}
    named = tokens[at].text in {"noon", "tonight", "eod", "cob", "midday"}
    if not (
        sure or named or after_at or (tokens[at].text in _PARTS_OF_DAY and at > first and tokens[at - 1].text == "this")
    ):
        return None
    clock, stop = _hour(tokens, at, strict=False, led=after_at)
    if clock is None:
        return None
    day = local.date()
    ahead = datetime.combine(day, clock, zone) > local
    if past and ahead:
        day -= timedelta(days=1)
    if not past and not ahead:
        day += timedelta(days=1)
    return When(_utc(day, clock, zone), True, tokens[first].start, tokens[stop - 1].end)


def _with_day_behind(
    tokens: list[_Token], hour: When, local: datetime, zone: ZoneInfo, *, past: bool, strict: bool
) -> When:
    """`14:30 yesterday`: an hour with its day behind it is one moment."""
    behind = next((at for at, token in enumerate(tokens) if token.start >= hour.end), len(tokens))
    day = _at(tokens, behind, local, zone, past=past, strict=strict) if behind < len(tokens) else None
    if day is None or day.has_time:
        return hour
    clock = hour.at.astimezone(zone).time()
    return When(_utc(day.at.astimezone(zone).date(), clock, zone), True, hour.start, day.end)


def _hour(tokens: list[_Token], at: int, *, strict: bool, led: bool = False) -> tuple[time | None, int]:
    """The hour named at this token and where it ends; a bare number counts after `at`, at the end, or if strict."""
    stop = at
    while stop < len(tokens) and tokens[stop].text in {"at", "um", "@", "in", "the", "by", ","} and stop < at + 2:
        led = led or tokens[stop].text in {"at", "um", "@", "by"}
        stop += 1
    if stop >= len(tokens):
        return None, at
    word = tokens[stop].text
    if word in _PARTS_OF_DAY:
        return _PARTS_OF_DAY[word], stop + 1
    followed = tokens[stop + 1].text if stop + 1 < len(tokens) else ""
    if followed in {"am", "pm", "h", "uhr"}:
        word, ending = word + followed, stop + 2
    else:
        ending = stop + 1
    clock = _CLOCK.match(word)
    if not clock:
        return None, at
    bare = clock[3] is not None and clock[4] is None
    if bare and not (led or strict or followed in {"", ",", ";", "."}):
        return None, at
    hour = int(clock[1] or clock[3])
    # Nobody means the night: "at 3" without a minute or a half of the day is the afternoon.
    afternoon = bare and not strict and 1 <= hour <= _LATEST_BARE_AFTERNOON
    moment = _clock_time(hour, int(clock[2] or 0), "pm" if afternoon else clock[4] or "")
    return (moment, ending) if moment else (None, at)


def _clock_time(hour: int, minute: int, half: str) -> time | None:
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _month_first(zone: ZoneInfo) -> bool:
    """In the Americas' zones 3/12 is the twelfth of March, elsewhere the third of December."""
    return (zone.key or "").startswith(("America/", "US/"))


def _with_dateparser(text: str, now: datetime, zone: ZoneInfo, past: bool, languages: Sequence[str]) -> datetime | None:
    """The last resort for other languages; it guesses, so it gets short texts and the person's languages only."""
    text = text.strip()
    if not 3 <= len(text) <= _LONGEST_FOR_FALLBACK or not any(mark.isalpha() for mark in text):
        return None
    import dateparser  # noqa: PLC0415 - slow to load, and hardly ever needed

    local = now.astimezone(zone)
    try:
        found = dateparser.parse(
            text,
            languages=list(languages),
            settings={
                "RELATIVE_BASE": local.replace(tzinfo=None),
                "PREFER_DATES_FROM": "past" if past else "future",
                "RETURN_AS_TIMEZONE_AWARE": False,
                "RETURN_TIME_AS_PERIOD": True,
            },
        )
        if found is None or abs((found.date() - local.date()).days) > FURTHEST_DAYS:
            return None
        clock = (
            DEFAULT_TIME
            if found.time() == local.time().replace(tzinfo=None) or found.time() == time(0)
            else found.time()
        )
        return _utc(found.date(), clock, zone)
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):
        return None  # dateparser raises all of these on odd text, and a date that cannot be read is not a defect.
