"""A table's rows as customers and orders, each problem told with its row."""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from crm_store import money
from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.matching.normalise import clean
from crm_store.money import Money
from crm_store.values.imports import ImportedDeal, ImportedLine, ImportedOrder, ImportedRow
from ingest.files.days import DayReader
from ingest.files.mapping import Mapping
from ingest.files.tables import Table

_LONGEST: Final = 300
_LEAST_DIGITS: Final = 5
_PARTED: Final = re.compile(r"[;,\s]+")
# Not “none” or “n/a”: what somebody took for an address.
_MEANT: Final = re.compile(r"@|\w\.\w|\(at\)|\[at\]", re.IGNORECASE)
_LARGEST: Final = 10**15
_AS_DAYS_ARE: Final = "write it like 2026-04-05"
_SEVERAL: Final = re.compile(r" ::: |[;|,]")
_LEAST_OF_SEVERAL: Final = 6
# What a spreadsheet makes of a long number, whose last digits are lost.
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_ESCAPED: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6});")
NO_ADDRESS: Final = "is no e-mail address and is left out"
NO_PHONE: Final = "is no phone number and is left out"
ROUNDED_PHONE: Final = "is a number that a spreadsheet has rounded and is left out; make its column text and export it"
Lost = tuple[int, str, str]
"""The row, what was left out, and why."""
_NAMED: Final = re.compile(r"([^(]*)\(([^()\s]+@[^()\s]+)\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken in, and why."""

    row: int
    problem: str


def rows(
    table: Table, mapping: Mapping, currency: str = "EUR", lost: list[Lost] | None = None
) -> Iterator[ImportedRow | Problem]:
    """Every row of the table, read; rows that bear one order number are the lines of one order.

    `lost` gets the addresses and numbers that are none, of rows that are taken in without them.
    """
    reader = _Reader(table, mapping, currency, [] if lost is None else lost)
    yield from (Problem(number, problem) for number, problem in table.problems)
    if mapping.kind == "deals":
        yield from (reader.deal(at) for at in range(len(table.rows)))
    elif mapping.kind == "companies":
        yield from (reader.company(at) for at in range(len(table.rows)))
    elif mapping.kind != "orders":
        yield from (reader.person(at) for at in range(len(table.rows)))
    elif "order_key" in mapping.columns:
        yield from reader.numbered_orders()
    else:
        yield from reader.bare_orders()


class _Reader:
    """The table with its mapping at hand."""

    def __init__(self, table: Table, mapping: Mapping, currency: str, lost: list[Lost]) -> None:
        self.table = table
        self.lost = lost
        self.mapping = mapping
        self.currency = currency
        self.days = self._days("date")
        self.closing = self._days("close_on")
        self.opening = self._days("opened_on")

    def _days(self, field: str) -> DayReader:
        place = self.mapping.columns.get(field, ())
        return DayReader((row[place[0]] for row in self.table.rows), self.currency) if place else DayReader(())

    def cell(self, at: int, field: str) -> str:
        """The field of a row, cleaned; empty where the file has none."""
        places = self.mapping.columns.get(field, ())
        return _read(self.table.rows[at][places[0]]) if places else ""

    def cells(self, at: int, field: str) -> list[str]:
        """All cells of a field that may have several columns, and several values in one cell."""
        found = (_read(self.table.rows[at][place]) for place in self.mapping.columns.get(field, ()))
        return [cell for cell in found if cell]

    def person(self, at: int) -> ImportedRow | Problem:
        """The customer of a row."""
        number = self.table.numbers[at]
        emails, wrong = self._emails(at)
        parts = (self.cell(at, "first_name"), self.cell(at, "last_name"))
        name = _called(self.cell(at, "name")) or " ".join(filter(None, map(_called, parts)))
        name, own = _with_address(name)
        emails = emails or own
        phones, no_phone = self._phones(at)
        company, key = _called(self.cell(at, "company")), self.cell(at, "external_key")
        if not (name or emails or company):
            if wrong:
                return Problem(number, f"“{wrong}” is no e-mail address, and there is no name.")
            if not (key and self.mapping.kind == "orders"):
                return Problem(number, "There is no name, e-mail address or company.")
        if wrong and _MEANT.search(wrong):
            self.lost.append((number, wrong, NO_ADDRESS))
        if no_phone:
            self.lost.append((number, no_phone, ROUNDED_PHONE if _ROUNDED.fullmatch(no_phone) else NO_PHONE))
        return ImportedRow(
            row=number,
            name=name,
            emails=emails,
            phones=phones,
            company=company,
            domain=self.cell(at, "domain"),
            title=self.cell(at, "title"),
            owner=self.cell(at, "owner"),
            external_key=key,
            industry=self.cell(at, "industry"),
            country=self.cell(at, "country"),
        )

    def company(self, at: int) -> ImportedRow | Problem:
        """A company, of whose people the row says nothing."""
        row = self.person(at)
        if isinstance(row, Problem) or not row.company:
            return Problem(self.table.numbers[at], "There is no company.")
        return replace(row, company_only=True, external_key="")

    def deal(self, at: int) -> ImportedRow | Problem:
        """A deal with its customer, or at least its company."""
        number, name = self.table.numbers[at], self.cell(at, "deal")
        if not name:
            return Problem(number, "The deal has no name.")
        person = self.person(at)
        if isinstance(person, Problem):
            return Problem(number, "The deal has no customer and no company.")
        currency = self._currency(at)
        amount = None
        if self.cell(at, "amount"):
            try:
                amount = money.read(self.cell(at, "amount"), currency)
            except BadInput as problem:
                return Problem(number, problem.sentence)
            if not 0 <= amount.minor < _LARGEST:
                return Problem(number, f"{amount} is no amount of a deal.")
        closes, opened = (
            reader.read(self.cell(at, field))
            for reader, field in ((self.closing, "close_on"), (self.opening, "opened_on"))
        )
        if closes is None and self.cell(at, "close_on"):
            return Problem(number, f"“{self.cell(at, 'close_on')}” is no date; {_AS_DAYS_ARE}.")
        deal = ImportedDeal(
            name=name,
            stage=self.cell(at, "stage"),
            amount=amount,
            currency=currency,
            close_on=closes.date() if closes else None,
            opened_at=opened,
            state=self.cell(at, "deal_state"),
        )
        # The number in such a file is the deal's own, not its customer's.
        return replace(person, deal=deal, external_key="")

    def _currency(self, at: int) -> str:
        said = self.cell(at, "currency").upper()
        return said if len(said) == 3 and said.isascii() and said.isalpha() else self.currency

    def _emails(self, at: int) -> tuple[tuple[str, ...], str]:
        good, wrong = [], ""
        for cell in self.cells(at, "email"):
            whole = email_key(cell)
            for part in (cell,) if whole and not _PARTED.search(whole) else _PARTED.split(cell):
                key = email_key(part)
                if key and ".." not in key and not _PARTED.search(key):
                    good.append(key)
                else:
                    wrong = wrong or part
        return tuple(dict.fromkeys(good)), wrong

    def _phones(self, at: int) -> tuple[tuple[str, ...], str]:
        good, wrong = [], ""
        for cell in self.cells(at, "phone"):
            several = [part.strip() for part in _SEVERAL.split(cell) if part.strip()]
            apart = all(len(phone_digits(part)) >= _LEAST_OF_SEVERAL for part in several)
            for part in several if apart else (cell,):
                if len(phone_digits(part)) >= _LEAST_DIGITS and not _ROUNDED.fullmatch(part):
                    good.append(part)
                elif any(map(str.isdigit, part)):
                    wrong = wrong or part
        return tuple(dict.fromkeys(good)), wrong

    def bare_orders(self) -> Iterator[ImportedRow | Problem]:
        """Orders without a number: customer, moment, amount and which of the same it is make one."""
        seen: Counter[str] = Counter()
        for at in range(len(self.table.rows)):
            read = self._order_row(at)
            if isinstance(read, Problem):
                yield read
                continue
            person, day, amount = read
            same = f"{_who(person)}|{day.isoformat()}|{amount.minor}|{amount.currency}"
            seen[same] += 1
            key = hashlib.sha256(f"{same}|{seen[same]}".encode()).hexdigest()[:32]
            yield replace(person, order=ImportedOrder(f"file:{key}", day, amount, self._lines(at, amount)))

    def numbered_orders(self) -> Iterator[ImportedRow | Problem]:
        """Orders with a number of their own; further rows with it are further lines."""
        orders: dict[str, ImportedRow] = {}
        for at in range(len(self.table.rows)):
            read, number = self._order_row(at), self.cell(at, "order_key")[:150]
            if isinstance(read, Problem):
                yield read
                continue
            if not number:
                yield Problem(self.table.numbers[at], "The order has no number.")
                continue
            person, day, amount = read
            lines = self._lines(at, amount)
            known = orders.get(number)
            if known is None or known.order is None:
                orders[number] = replace(person, order=ImportedOrder(f"order:{number}", day, amount, lines))
            elif known.order.total.currency != amount.currency or _who(known) != _who(person):
                yield Problem(
                    person.row, f"Order {number} stands in row {known.row} with another customer or currency."
                )
            else:
                total = Money(known.order.total.minor + amount.minor, amount.currency)
                whole = replace(known.order, total=total, lines=(*known.order.lines, *lines))
                orders[number] = replace(known, order=whole)
        yield from orders.values()

    def _order_row(self, at: int) -> tuple[ImportedRow, datetime, Money] | Problem:
        number = self.table.numbers[at]
        person = self.person(at)
        if isinstance(person, Problem):
            return Problem(number, "The order has no customer.")
        day = self.days.read(self.cell(at, "date"))
        if day is None:
            said = self.cell(at, "date")
            return Problem(number, f"“{said}” is no date; {_AS_DAYS_ARE}." if said else "The order has no date.")
        try:
            amount = money.read(self.cell(at, "amount"), self._currency(at))
        except BadInput as problem:
            return Problem(number, problem.sentence)
        if not 0 <= amount.minor < _LARGEST:
            return Problem(number, f"{amount} is no amount of an order; returns are not taken in.")
        return person, day, amount

    def _lines(self, at: int, amount: Money) -> tuple[ImportedLine, ...]:
        product = self.cell(at, "product")
        if not product:
            return ()
        quantity = self.cell(at, "quantity").split(".")[0]
        pieces = int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 9 else 1
        return (ImportedLine(product, pieces, amount),)


def _read(cell: str) -> str:
    """A cell as people read it; programs of the web write `&amp;` for `&`."""
    if "&" in cell and _ESCAPED.search(cell):
        cell = html.unescape(cell)
    return clean(cell)[:_LONGEST]


def _called(name: str) -> str:
    """A name, or nothing for `-` and its like, which stand where there is none."""
    return name if any(map(str.isalnum, name)) or not name.isascii() else ""


def _with_address(name: str) -> tuple[str, tuple[str, ...]]:
    """`Ann Lee (ann@globex.example); Bob Ray (…)` as the first name and its address."""
    found = _NAMED.match(name)
    key = email_key(found[2]) if found else ""
    return (found[1].strip(), (key,)) if found and key else (name, ())


def _who(person: ImportedRow) -> str:
    return person.external_key or (person.emails[0] if person.emails else f"{person.name}|{person.company}".casefold())
