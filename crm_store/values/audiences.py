"""Audiences on their way to other tools: who may leave, with what is needed of each, and who stays with the reason."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Tool = Literal["csv", "mailchimp", "meta", "google", "webhook"]
TOOLS: Final[tuple[Tool, ...]] = ("csv", "mailchimp", "meta", "google", "webhook")
FILES: Final = frozenset({"csv", "mailchimp", "meta", "google"})
"""Tools for which a file is made; without a key of its own Mailchimp is one of them."""


@dataclass(frozen=True, slots=True)
class AudiencePerson:
    """One person of an audience; phones are E.164, the country is two capital letters where it is known."""

    customer_id: str
    email: str
    phone: str | None
    first_name: str
    last_name: str
    company: str | None
    country: str | None
    last_order: date | None


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who may leave, and how many stay for each reason."""

    name: str
    key: str
    people: tuple[AudiencePerson, ...]
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AudienceSource:
    """Where an audience comes from: a campaign's treated people, or a segment of either kind."""

    kind: Literal["campaign", "segment", "learned"]
    row_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ExportView:
    """An audience that somebody asked to hand over, and what became of it."""

    export_id: str
    tool: Tool
    source: AudienceSource
    by: str
    at: datetime
    state: str
    handed: int
    left_out: tuple[tuple[str, int], ...]
    problem: str | None
