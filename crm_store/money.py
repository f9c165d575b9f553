"""Money as minor units and a currency, read from and shown to people."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from crm_store.errors import BadInput

_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "OMR": 3, "JOD": 3}
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "fr.": "CHF"}
_SHOWN = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_MOST = 1_000_000_000_000
_MULTIPLES = {"k": 1_000, "m": 1_000_000}
_MONEY = re.compile(
    r"^(?P<head>[^\d\s.,-]{0,3}|[A-Za-z]{3})\s*"
    r"(?P<number>-?[\d.,' ]{1,20}?)\s*(?P<times>[kKmM]?)\s*(?P<tail>[^\d\s]{0,3})$"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit, so that sums are exact."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """As people read it: €12,000 or 1,200.50 PLN."""
        digits = _MINOR_DIGITS.get(self.currency, 2)
        amount = Decimal(self.minor).scaleb(-digits)
        shown = f"{amount:,.{digits}f}"
        if digits and shown.endswith("." + "0" * digits):
            shown = shown[: -digits - 1]
        sign = _SHOWN.get(self.currency)
        return f"{sign}{shown}" if sign else f"{shown} {self.currency}"

    @property
    def major(self) -> float:
        """The amount in whole units, for charts and models only."""
        return self.minor / float(10 ** _MINOR_DIGITS.get(self.currency, 2))


def plain(minor: int, currency: str) -> str:
    """An amount for a table, such as 1200.50, which `read` understands: never three digits behind the point."""
    digits = _MINOR_DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):.{4 if digits == 3 else digits}f}"


def from_major(amount: Decimal | float | int, currency: str) -> Money:
    """An amount in whole units as exact money, rounded to the currency's smallest unit."""
    digits = _MINOR_DIGITS.get(currency, 2)
    return Money(round(Decimal(str(amount)).scaleb(digits)), currency)


def read(text: str, default_currency: str) -> Money:
    """Read `12k`, `€1,200.50`, `1.200,50 EUR`, `120 usd`; raises BadInput with a sentence."""
    found = _MONEY.match(text.strip())
    if not found:
        raise BadInput(f"“{text}” is no amount; write it like 1200, 12k or €1,200.50.", field="amount")
    currency = _currency(found["head"], default_currency)
    currency = _currency(found["tail"], currency)
    try:
        amount = Decimal(_plain_number(found["number"])) * _MULTIPLES.get(found["times"].lower(), 1)
    except InvalidOperation as problem:
        raise BadInput(f"“{text}” is no amount; write it like 1200, 12k or €1,200.50.", field="amount") from problem
    if abs(amount) > _MOST:
        raise BadInput(f"“{text}” is too large an amount.", field="amount")
    return from_major(amount, currency)


def _currency(mark: str, otherwise: str) -> str:
    mark = mark.strip().lower()
    if not mark:
        return otherwise
    if mark in _SIGNS:
        return _SIGNS[mark]
    if len(mark) == 3 and mark.isalpha() and mark.isascii():
        return mark.upper()
    raise BadInput(f"“{mark}” is no currency; use three letters such as EUR.", field="amount")


def _plain_number(text: str) -> str:
    """Tell the decimal sign from the thousands': the last of . and , decides, unless three digits follow it."""
    text = text.replace(" ", "").replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        return text.replace(thousands, "").replace(",", ".")
    mark = "," if comma >= 0 else "."
    whole = text.partition(mark)[0].lstrip("-")
    in_thousands = len(text) - text.rfind(mark) == 4 and whole not in ("", "0")
    if text.count(mark) > 1 or (mark in text and in_thousands):
        return text.replace(mark, "")
    return text.replace(",", ".")
