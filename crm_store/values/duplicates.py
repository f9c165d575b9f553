"""Pairs of customers that may be one person, as they cross borders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from crm_store.values.people import CustomerBrief

PairVerdict = Literal["same", "different", "later"]
OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A customer as the search for duplicates reads it: texts as they were written, empty where nothing is known."""

    customer_id: str
    name: str
    title: str
    company: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company as the search for duplicates reads it: its own domains, and those of its people's addresses."""

    company_id: str
    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A pair that may be one, a before b by id: `weight` in bits, `why` the heaviest first.

    `evidence` are short hashes of the facts that speak for it, by which new evidence is told from old; `identity` says
    that a personal contact point is the same and no name speaks against it; `moved` that a person seems to have changed
    company.
    """

    a: str
    b: str
    probability: float
    weight: float
    why: tuple[str, ...]
    evidence: tuple[str, ...]
    identity: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class FoundPairs:
    """Some of the pairs that a search found."""

    pairs: tuple[FoundPair, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody known whom a new contact may be: the zone is `identity` or `review`."""

    customer: CustomerBrief
    zone: str
    probability: float
    why: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of a pair, with what tells the two apart."""

    customer: CustomerBrief
    title: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair that waits for a decision; `others` counts those that wait after it."""

    a: Side
    b: Side
    probability: float
    weight: float
    why: tuple[str, ...]
    moved: bool
    others: int


@dataclass(frozen=True, slots=True)
class CompanySide:
    """One of two companies, with what tells the two apart."""

    company_id: str
    name: str
    industry: str | None
    country: str | None
    domains: tuple[str, ...]
    people: int
    deals: int
    since: datetime


@dataclass(frozen=True, slots=True)
class CompanyPairView:
    """Two companies that wait for a decision; `others` counts those that wait after them."""

    a: CompanySide
    b: CompanySide
    probability: float
    weight: float
    why: tuple[str, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Record:
    """How a team decided so far: of how many pairs how many were the same, and of those about as likely as one."""

    decided: int
    same: int
    alike: int = 0
    alike_same: int = 0
