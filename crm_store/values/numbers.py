"""Questions for a number, such as `revenue by month since May`, and their answers; which figure can be asked how."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Figure(StrEnum):
    """What can be counted or summed, in the words that ask for it."""

    REVENUE = "revenue"
    ORDERS = "orders"
    AVERAGE_ORDER = "average order"
    BUYERS = "buyers"
    CUSTOMERS = "customers"
    NEW_CUSTOMERS = "new customers"
    DEALS_OPENED = "deals opened"
    DEALS_WON = "deals won"
    DEALS_LOST = "deals lost"
    AMOUNT_WON = "amount won"
    WIN_RATE = "win rate"
    DAYS_TO_CLOSE = "days to close"
    OPEN_DEALS = "open deals"
    PIPELINE = "pipeline"
    CALLS = "calls"
    MAILS = "mails"
    MEETINGS = "meetings"
    MESSAGES = "messages"
    NOTES = "notes"
    CONTACTS = "contacts"
    TASKS_DONE = "tasks done"
    TASKS_OPEN = "tasks open"
    TASKS_OVERDUE = "tasks overdue"
    REPLIES_WAITING = "replies waiting"


class Split(StrEnum):
    """By what a figure is divided."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWNER = "owner"
    STAGE = "stage"
    SOURCE = "source"
    COMPANY = "company"
    CUSTOMER = "customer"
    SEGMENT = "segment"
    KIND = "kind"
    REASON = "reason"


class Unit(StrEnum):
    """What kind of number a figure is; shares and means are of the `n` that they rest on."""

    COUNT = "count"
    MONEY = "money"
    MEAN_MONEY = "mean money"
    SHARE = "share"
    DAYS = "days"


TIMES: Final = (Split.WEEK, Split.MONTH, Split.QUARTER, Split.YEAR)
UNITS: Final = {
    Figure.REVENUE: Unit.MONEY,
    Figure.AMOUNT_WON: Unit.MONEY,
    Figure.PIPELINE: Unit.MONEY,
    Figure.AVERAGE_ORDER: Unit.MEAN_MONEY,
    Figure.WIN_RATE: Unit.SHARE,
    Figure.DAYS_TO_CLOSE: Unit.DAYS,
}
"""The kind of number a figure is; those that are not named here are counts."""
STANDING: Final = frozenset(
    (
        Figure.CUSTOMERS, Figure.OPEN_DEALS, Figure.PIPELINE, Figure.TASKS_OPEN, Figure.TASKS_OVERDUE,
        Figure.REPLIES_WAITING,
    )
)  # fmt: skip
"""Counted as things are now, so that no time fits them; the others know when each thing happened."""
STAGED: Final = frozenset((Figure.DEALS_OPENED, Figure.OPEN_DEALS, Figure.PIPELINE))
_OF_PEOPLE: Final = frozenset((Figure.BUYERS, Figure.CUSTOMERS, Figure.NEW_CUSTOMERS, Figure.REPLIES_WAITING))
WORDS: Final = {
    Figure.REVENUE: "What orders came to, by the day they were placed; returns are taken off.",
    Figure.ORDERS: "Orders by the day they were placed, in any currency; returns are not counted.",
    Figure.AVERAGE_ORDER: "What an order came to on average; returns are not counted.",
    Figure.BUYERS: "Customers who placed an order.",
    Figure.CUSTOMERS: "Customers in the list now.",
    Figure.NEW_CUSTOMERS: "Customers by the day of their first order.",
    Figure.DEALS_OPENED: "Deals by the day they were opened.",
    Figure.DEALS_WON: "Deals by the day they were won.",
    Figure.DEALS_LOST: "Deals by the day they were lost.",
    Figure.AMOUNT_WON: "The amounts of deals by the day they were won.",
    Figure.WIN_RATE: "Deals won of all that were won or lost, by the day they were closed.",
    Figure.DAYS_TO_CLOSE: "Days from opened to won, on average, of deals by the day they were won.",
    Figure.OPEN_DEALS: "Deals that are open now.",
    Figure.PIPELINE: "The amounts of deals that are open now.",
    Figure.CALLS: "Calls by the day they took place; private ones are not counted.",
    Figure.MAILS: "Mails, sent and received; private ones are not counted.",
    Figure.MEETINGS: "Meetings by the day they took place; private ones are not counted.",
    Figure.MESSAGES: "Messages that were logged; private ones are not counted.",
    Figure.NOTES: "Notes; private ones are not counted.",
    Figure.CONTACTS: "Calls, mails, meetings, messages and notes; private ones are not counted.",
    Figure.TASKS_DONE: "Tasks by the day they were done.",
    Figure.TASKS_OPEN: "Tasks that are open now.",
    Figure.TASKS_OVERDUE: "Open tasks whose time has passed.",
    Figure.REPLIES_WAITING: "Customers whose last word, a mail or message of the last 30 days, was not answered yet.",
}
"""What is counted, in a sentence."""


def splits(figure: Figure) -> tuple[Split, ...]:
    """By what a figure can be divided, in the order of Split."""
    fits = {Split.OWNER, Split.SOURCE, Split.COMPANY, Split.SEGMENT}
    fits |= set() if figure in STANDING else set(TIMES)
    fits |= set() if figure in _OF_PEOPLE else {Split.CUSTOMER}
    fits |= {Split.STAGE} if figure in STAGED else set()
    fits |= {Split.KIND} if figure is Figure.CONTACTS else set()
    fits |= {Split.REASON} if figure is Figure.DEALS_LOST else set()
    return tuple(one for one in Split if one in fits)


@dataclass(frozen=True, slots=True)
class Question:
    """A figure, by what it is divided, how many parts at most, from which day to which (both count), of whom.

    Times are days of the asker's zone. `owner` may be `me`; names are as typed and are looked up when it is answered.
    """

    figure: Figure
    by: Split | None = None
    top: int | None = None
    since: date | None = None
    until: date | None = None
    owner: str = ""
    company: str = ""
    segment: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a divided figure; `value` is None where a mean has nothing to rest on."""

    label: str
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Apart:
    """What is in another currency and so not in the sum."""

    currency: str
    n: int
    minor: int


@dataclass(frozen=True, slots=True)
class Before:
    """The same figure for the stretch of time before, which went from `since` to `until`.

    `begun` is the day of the first record, where the stretch is not covered by records and so no measure.
    """

    value: float | None
    n: int
    since: date
    until: date
    begun: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What was asked of the database, with its parameters."""

    text: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question; money is in minor units of `currency`. `rest` counts parts that are not shown."""

    question: Question
    value: float | None
    n: int
    currency: str
    parts: tuple[Part, ...] = ()
    rest: int = 0
    before: Before | None = None
    apart: tuple[Apart, ...] = ()
    statement: Statement = field(default_factory=lambda: Statement("", ()))
