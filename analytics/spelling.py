"""Reads days and numbers as people and programs write them, with the spelling told from the whole column."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np

NOTHING: Final = float("nan")
_LARGEST: Final = 1e15
_CODES: Final = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|NOK|NZD|PLN|RON|SEK|TRY|USD|ZAR"
_SIGN: Final = r"R\$|[$€£¥₹₺₽₩₪₫฿₴]|kr\.?|Fr\.?|zł|Kč|Ft|lei"
_MONEY: Final = re.compile(
    rf"(?P<before>[-−(]?)\s*(?:{_SIGN}|{_CODES})?\s*(?P<inner>[-−]?)(?P<digits>[\d.,' \u00a0\u202f’]*\d)"
    rf"(?:[.,][-–—]*)?(?P<after>-?)\s*(?:%|{_SIGN}|[A-Z]{{3}})?\s*(?P<closed>\)?)"
)
_BLANKS: Final = re.compile(r"[\s'’\u00a0\u202f]")
_THREE: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
"""Groups of three, or of two but for the last as in India; a day between full stops is none."""
_TIME: Final = r"(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
_PARTS: Final = re.compile(rf"(\d{{1,4}})([./-])\s?(\d{{1,2}})\2\s?(\d{{1,4}})\.?{_TIME}")
_NAMED: Final = ("%d %b %Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y")
_CENTURY: Final = 70
"""Years of two digits from this on are those of the last century."""


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether days are written before months; None where both readings hold for every cell, and no cell tells.

    Between full stops the day comes first; else a part above twelve tells. Cells that contradict each other tell
    nothing of those that can be read either way.
    """
    told = set()
    asked = False
    for text in texts:
        match = _PARTS.fullmatch(text.strip())
        if not match or len(match[1]) == 4:
            continue
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > 12:
            told.add(True)
        elif second > 12:
            told.add(False)
        elif first != second:
            asked = True
    if len(told) == 1:
        return told.pop()
    return None if asked else False


def day(text: str, *, first: bool = False) -> float:
    """The moment in a cell as an ordinal day with its fraction, days before months where `first`; or not a number."""
    text = text.strip()
    try:
        return _ordinal(datetime.fromisoformat(text))
    except ValueError:
        pass
    match = _PARTS.fullmatch(text)
    moment = _moment(match, first=first) if match else _named(text)
    return NOTHING if moment is None else _ordinal(moment)


def comma_is_decimal(texts: Iterable[str]) -> bool:
    """Whether the column writes 1.234,50 rather than 1,234.50; where no cell tells, it does not."""
    commas = points = 0
    for text in texts:
        if "," not in text and "." not in text:
            continue
        match = _MONEY.fullmatch(text.strip())
        digits = _BLANKS.sub("", match["digits"]) if match else ""
        comma, point = digits.rfind(","), digits.rfind(".")
        if comma >= 0 and point >= 0:
            commas, points = commas + (comma > point), points + (point > comma)
        elif digits.count(",") + digits.count(".") == 1 and not _THREE.fullmatch(digits):
            commas, points = commas + (comma >= 0), points + (point >= 0)
        elif digits.count(",") > 1 or digits.count(".") > 1:
            commas, points = commas + (point >= 0), points + (comma >= 0)
    return commas > points


def number(text: str, *, comma: bool = False) -> float:
    """The number in a cell, also with a currency, a percent sign or thousands' marks; not a number otherwise.

    A sum in brackets and one with a minus behind it are negative. `comma` says which mark is the decimal one where a
    cell alone may mean either, such as 1,234.
    """
    if not comma:
        try:
            return _finite(float(text))
        except ValueError:
            pass
    match = _MONEY.fullmatch(text.strip())
    if not match or (match["before"] == "(") != bool(match["closed"]) or _signs(match) > 1:
        return NOTHING
    try:
        value = float(_decimal(_BLANKS.sub("", match["digits"]), comma=comma))
    except ValueError:
        return NOTHING
    return _finite(-value if match["before"] or match["inner"] or match["after"] else value)


def _signs(match: re.Match[str]) -> int:
    return sum(bool(match[each]) for each in ("before", "inner", "after"))


def _decimal(digits: str, *, comma: bool) -> str:
    """The digits with a point as the decimal sign and no other mark; nothing where the marks make no number."""
    last_comma, last_point = digits.rfind(","), digits.rfind(".")
    if last_comma >= 0 and last_point >= 0:
        thousands = "," if last_point > last_comma else "."
        return digits.replace(thousands, "").replace(",", ".")
    mark = "," if last_comma >= 0 else "."
    if digits.count(mark) > 1:
        return digits.replace(mark, "") if _GROUPED.fullmatch(digits) else ""
    if _THREE.fullmatch(digits) and (mark == ",") != comma:
        return digits.replace(mark, "")
    return digits.replace(",", ".")


def _moment(match: re.Match[str], *, first: bool) -> datetime | None:
    one, two, three = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        year, month, number_of_day = one, two, three
    else:
        year = three if len(match[4]) == 4 else three + (1900 if three >= _CENTURY else 2000)
        # A part above twelve can be no month, whatever the column does elsewhere.
        if (first or match[2] == "." or one > 12) and two <= 12:
            number_of_day, month = one, two
        else:
            number_of_day, month = two, one
    hour, minute, second = (int(match[at] or 0) for at in (5, 6, 7))
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "pm" else 0)
    if len(match[1]) != 4 and len(match[4]) not in (2, 4):
        return None
    try:
        return datetime(year, month, number_of_day, hour, minute, second)  # noqa: DTZ001 - only days are compared
    except ValueError:
        return None


def _named(text: str) -> datetime | None:
    for form in _NAMED:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - only days are compared
        except ValueError:
            continue
    return None


def _ordinal(moment: datetime) -> float:
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440 + moment.second / 86_400


def _finite(value: float) -> float:
    return value if np.isfinite(value) and abs(value) < _LARGEST else NOTHING
