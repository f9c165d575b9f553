"""Invitations: the first event of a text/calendar part, read by icalendar and, where that gives up, line by line."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import icalendar

from ingest import charsets
from ingest.parsed import Calendar, Guest

MOST_BYTES = 1_000_000
_MOST_FOR_LIBRARY = 65_536
_MOST_ATTENDEES = 500
_END_OF_EVENT = re.compile(rb"^END:VEVENT[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]")
_PARAMETER = re.compile(r";(?=[A-Za-z-]{1,40}=)")
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
    first = _first_event(data)
    try:
        found = _by_library(first) if len(first) <= _MOST_FOR_LIBRARY else None
    except _GIVES_UP:
        found = None
    return found or _by_lines(charsets.decode(first))


def _first_event(data: bytes) -> bytes:
    """Everything up to the end of the first event: a calendar may hold thousands, and one is an invitation."""
    end = _END_OF_EVENT.search(data)
    return data[: end.end()] + b"\r\nEND:VCALENDAR\r\n" if end and data[:15].upper() == b"BEGIN:VCALENDAR" else data


def _by_library(data: bytes) -> Calendar | None:
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            return _event(calendar, event)
    return None


def _event(calendar: Any, event: Any) -> Calendar:
    end = event.get("DTEND")
    guests = _guests(event.get("ATTENDEE"))
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
        attendees=tuple(guest.address for guest in guests),
        guests=guests,
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


def _guests(value: Any) -> tuple[Guest, ...]:
    values: Iterable[Any] = value if isinstance(value, list) else [] if value is None else [value]
    found = (_guest(one, getattr(one, "params", {})) for one in list(values)[:_MOST_ATTENDEES])
    return tuple(guest for guest in found if guest)


def _guest(value: Any, parameters: Mapping[str, Any]) -> Guest | None:
    address = _address(value)
    if not address:
        return None
    name, answer = _text(parameters.get("CN")), _text(parameters.get("PARTSTAT"))
    return Guest(address, (name or "").strip(" '\"") or None, answer.lower() if answer else None)


def _by_lines(text: str) -> Calendar | None:
    lines = [line.rstrip("\r") for line in _FOLD.sub("", text).split("\n")]
    outside: dict[str, str] = {}
    event: dict[str, str] = {}
    guests: list[Guest] = []
    inside = False
    for line in lines:
        name, parameters, value = _property(line)
        if name == "BEGIN" and value.upper() == "VEVENT":
            inside = True
        elif name == "END" and value.upper() == "VEVENT":
            break
        elif inside and name == "ATTENDEE":
            guest = _guest(value, parameters)
            guests += [guest] if guest and len(guests) < _MOST_ATTENDEES else []
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
        attendees=tuple(guest.address for guest in guests),
        guests=tuple(guests),
    )


def _property(line: str) -> tuple[str, dict[str, str], str]:
    """The name, the parameters, and the value of a line."""
    quoted = False
    for at, sign in enumerate(line[:2_000]):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            name, *given = _PARAMETER.split(line[:at])
            parameters = {key.strip().upper(): value for key, _, value in (one.partition("=") for one in given)}
            return name.strip().upper(), parameters, line[at + 1 :].strip()
    return "", {}, line


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
