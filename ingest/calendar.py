"""Invitations: the first event of a text/calendar part, read by icalendar and, where that gives up, line by line."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import icalendar

from ingest import charsets
from ingest.parsed import Calendar

MOST_BYTES = 1_000_000
_MOST_ATTENDEES = 500
_FOLD = re.compile(r"\r?\n[ \t]")
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?\Z")
_GIVES_UP = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)


def read(data: bytes) -> Calendar | None:
    """The invitation in the bytes of a calendar; None where there is no event in it."""
    if len(data) > MOST_BYTES or b"BEGIN:VEVENT" not in data.upper():
        return None
    try:
        found = _by_library(data)
    except _GIVES_UP:
        found = None
    return found or _by_lines(charsets.decode(data))


def _by_library(data: bytes) -> Calendar | None:
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            return _event(calendar, event)
    return None


def _event(calendar: Any, event: Any) -> Calendar:
    end = event.get("DTEND")
    return Calendar(
        method=_text(calendar.get("METHOD")),
        uid=_text(event.get("UID")),
        recurrence_id=_moment(event.get("RECURRENCE-ID")),
        sequence=_number(event.get("SEQUENCE")),
        start=_moment(event.get("DTSTART")),
        end=_moment(end) if end is not None else _end_by_duration(event),
        summary=_text(event.get("SUMMARY")),
        location=_text(event.get("LOCATION")),
        organizer=_address(event.get("ORGANIZER")),
        attendees=_attendees(event.get("ATTENDEE")),
    )


def _end_by_duration(event: Any) -> str | None:
    start, duration = event.get("DTSTART"), event.get("DURATION")
    if start is None or duration is None:
        return None
    try:
        ended = start.dt + duration.dt
    except (TypeError, AttributeError, OverflowError):
        return None
    return str(ended.isoformat())


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return charsets.scrub(str(value)) if value is not None else None


def _number(value: Any) -> int:
    text = str(value) if value is not None else "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _moment(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    moment = getattr(value, "dt", None)
    return moment.isoformat() if isinstance(moment, datetime | date) else None


def _address(value: Any) -> str | None:
    text = _text(value)
    return re.sub(r"^mailto:\s*", "", text, flags=re.IGNORECASE).strip() or None if text else None


def _attendees(value: Any) -> tuple[str, ...]:
    values: Iterable[Any] = value if isinstance(value, list) else [] if value is None else [value]
    found = (_address(one) for one in list(values)[:_MOST_ATTENDEES])
    return tuple(one for one in found if one)


def _by_lines(text: str) -> Calendar | None:
    lines = [line.rstrip("\r") for line in _FOLD.sub("", text).split("\n")]
    outside: dict[str, str] = {}
    event: dict[str, str] = {}
    attendees: list[str] = []
    inside = False
    for line in lines:
        name, value = _property(line)
        if name == "BEGIN" and value.upper() == "VEVENT":
            inside = True
        elif name == "END" and value.upper() == "VEVENT":
            break
        elif inside and name == "ATTENDEE":
            attendees += [_address(value) or ""]
        else:
            (event if inside else outside).setdefault(name, value)
    if not inside:
        return None
    return Calendar(
        method=outside.get("METHOD"),
        uid=event.get("UID"),
        recurrence_id=_stamp(event.get("RECURRENCE-ID")),
        sequence=_number(event.get("SEQUENCE")),
        start=_stamp(event.get("DTSTART")),
        end=_stamp(event.get("DTEND")),
        summary=_unescaped(event.get("SUMMARY")),
        location=_unescaped(event.get("LOCATION")),
        organizer=_address(event.get("ORGANIZER")),
        attendees=tuple(one for one in attendees[:_MOST_ATTENDEES] if one),
    )


def _property(line: str) -> tuple[str, str]:
    quoted = False
    for at, sign in enumerate(line[:2_000]):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            return line[:at].partition(";")[0].strip().upper(), line[at + 1 :].strip()
    return "", line


def _stamp(value: str | None) -> str | None:
    found = _STAMP.match(value or "")
    if not found:
        return None
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if not found[4]:
        return day
    return f"{day}T{found[4]}:{found[5]}:{found[6]}" + ("+00:00" if found[7] else "")


def _unescaped(value: str | None) -> str | None:
    if value is None:
        return None
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
