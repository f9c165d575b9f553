"""Counts, shares, days and amounts as reports say them, in English whatever the machine's language is."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from crm_store.money import Money, from_major

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def counted(number: int, one: str, several: str = "") -> str:
    """`1 deal`, `12 deals`, `no deal`."""
    if number == 0:
        return f"no {one}"
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def percent(part: float) -> str:
    """`12 %`; what is neither nothing nor all is never shown as such."""
    shown = round(part * 100)
    if shown == 0 and part > 0:
        return "under 1 %"
    if shown == 100 and part < 1:
        return "over 99 %"
    return f"{shown} %"


def day(on: date, *, year: bool = True) -> str:
    """`3 Nov 2026`."""
    return f"{on.day} {MONTHS[on.month - 1]}{f' {on.year}' if year else ''}"


def span(since: date, until: date) -> str:
    """`16 to 22 Nov 2026`, with month and year where they differ."""
    if since == until:
        return day(until)
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day} to {day(until)}"
    return f"{day(since, year=since.year != until.year)} to {day(until)}"


def amount(money: Money) -> str:
    """An amount in whole units, since a report is no invoice."""
    whole = from_major(abs(round(money.major)), money.currency)
    return f"{'−' if round(money.major) < 0 else ''}{whole}"


def compared(now: int, before: int) -> str:
    """How a count stands to the one before: `12 more than`, `as many as`."""
    if now == before:
        return "as many as"
    return f"{abs(now - before):,} {'more' if now > before else 'fewer'} than"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def upper(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
