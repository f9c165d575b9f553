"""Reads days and numbers as people and programs write them, with the spelling told from the whole column."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import numpy as np

from crm_store.matching.months import month as month_of

NOTHING: Final = float("nan")
_LARGEST: Final = 1e15
_CODES: Final = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|NOK|NZD|PLN|RON|SEK|TRY|USD|ZAR"
_SIGN: Final = r"R\$|[$€£¥₹₺₽₩₪₫฿₴]|kr\.?|Fr\.?|zł|Kč|Ft|lei"
_MONEY: Final = re.compile(
    rf"(?P<before>[-−(]?)\s*(?P<sign>{_SIGN}|{_CODES})?\s*(?P<inner>[-−]?)(?P<digits>[\d.,' \u00a0\u202f’]*\d)"
    rf"(?:[.,][-–—]*)?(?P<after>-?)\s*(?P<unit>%|{_SIGN}|[A-Z]{{3}})?\s*(?P<closed>\)?)"
)
_SAME: Final = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "R$": "BRL", "zł": "PLN",
    "Kč": "CZK", "Ft": "HUF", "lei": "RON", "Fr": "CHF", "Fr.": "CHF", "kr": "", "kr.": "", "%": "",
}  # fmt: skip
_BLANKS: Final = re.compile(r"[\s'’\u00a0\u202f]")
_THREE: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
"""Groups of three, or of two but for the last as in India; a day between full stops is none."""
_TIME: Final = r"(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
_PARTS: Final = re.compile(rf"(\d{{1,4}})([./-])\s?(\d{{1,2}})\2\s?(\d{{1,4}})\.?{_TIME}")
_WORD: Final = r"[^\W\d_]+"
_ZONE: Final = r"(?:\s*[+-]\d{2}:?\d{2})?(?:\s*\(?[A-Z]{3,4}\)?)?"
_DAY_NAMED: Final = re.compile(
    rf"(?:{_WORD}\.?,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º)?\.?[\s-]+(?:de\s+)?(?P<month>{_WORD})\.?,?[\s-]+"
    rf"(?:de\s+)?(?P<year>\d{{4}}|\d{{2}}){_TIME}{_ZONE}"
)
_MONTH_NAMED: Final = re.compile(
    rf"(?:{_WORD}\.?,?\s+)?(?P<month>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}{_ZONE}"
)
_ENDS_WITH_ZONE: Final = re.compile(r"(?<=\d)\s*(?:[A-Z]{3,4}|\[[\w/]+\])$")
_DIGITS: Final = re.compile(r"(?:19|20)\d{10}(?:\d{2})?")
_COUNTED: Final = (
    (20_000.0, 80_000.0, float(date(1899, 12, 30).toordinal()), 1.0),
    (3e8, 4.2e9, float(date(1970, 1, 1).toordinal()), 86_400.0),
    (3e11, 4.2e12, float(date(1970, 1, 1).toordinal()), 86_400_000.0),
)
"""Days, seconds and milliseconds as spreadsheets and programs count them: least, most, first day, how many a day."""
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
    """The moment in a cell as an ordinal day with its fraction, days before months where `first`; or not a number.

    A moment with a zone is taken at the hour of the place where it was written.
    """
    text = text.strip()
    for told in (text, _ENDS_WITH_ZONE.sub("", text)):
        try:
            return _ordinal(datetime.fromisoformat(told))
        except ValueError:
            match = _PARTS.fullmatch(told)
        if match:
            moment = _moment(match, first=first)
            return NOTHING if moment is None else _ordinal(moment)
    moment = _named(text)
    return NOTHING if moment is None else _ordinal(moment)


def counted_days(texts: Iterable[str]) -> dict[str, float]:
    """The ordinals of cells that count days, seconds or milliseconds from a fixed day; none where any cell does not.

    A bare number is a day only where the whole column is, and only where somebody says that it holds days.
    """
    values = {text: number(text) for text in texts if text.strip()}
    for least, most, start, per_day in _COUNTED:
        if values and all(least <= value <= most for value in values.values()):
            return {text: start + value / per_day for text, value in values.items()}
    return {}


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


def currency(text: str) -> str:
    """The currency beside the number of a cell, as its code where the sign has one; empty where none is named."""
    match = _MONEY.fullmatch(text.strip())
    sign = (match["sign"] or match["unit"] or "") if match else ""
    return _SAME.get(sign, sign)


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
        year = _year(match[4])
        # A part above twelve can be no month, whatever the column does elsewhere.
        if (first or match[2] == "." or one > 12) and two <= 12:
            number_of_day, month = one, two
        else:
            number_of_day, month = two, one
    if len(match[1]) != 4 and len(match[4]) not in (2, 4):
        return None
    return _at(year, month, number_of_day, [match[at] for at in (5, 6, 7, 8)])


def _named(text: str) -> datetime | None:
    if _DIGITS.fullmatch(text):
        return _at(int(text[:4]), int(text[4:6]), int(text[6:8]), [text[8:10], text[10:12], text[12:] or None, None])
    for pattern in (_DAY_NAMED, _MONTH_NAMED):
        match = pattern.fullmatch(text)
        month = month_of(match["month"]) if match else 0
        if match and month:
            return _at(_year(match["year"]), month, int(match["day"]), list(match.groups()[3:7]))
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= _CENTURY else 2000)


def _at(year: int, month: int, number_of_day: int, clock: Sequence[str | None]) -> datetime | None:
    """The moment of a clock's hour, minute, second and half of the day; None where the calendar has no such day."""
    hour, minute, second = (int(each or 0) for each in clock[:3])
    half = (clock[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(year, month, number_of_day, hour, minute, second)  # noqa: DTZ001 - only days are compared
    except ValueError:
        return None


def _ordinal(moment: datetime) -> float:
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440 + moment.second / 86_400


def _finite(value: float) -> float:
    return value if np.isfinite(value) and abs(value) < _LARGEST else NOTHING
