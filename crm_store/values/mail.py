"""What the mailroom is told: what a mail asks of the store, what the store knows of it, and what is to be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal
from crm_store.values.people import CustomerBrief, DealView, LookUp
from crm_store.values.teams import UserView

NEW = "new:"
"""Begins the customer id of somebody who is created with the filing; the rest is the `key` of the NewPerson."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What has to be looked up before a mail can be planned; addresses are keys.

    `senders` are names with the address beside them: looked up only where the address is new.
    """

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    senders: tuple[tuple[str, str], ...] = ()
    deals: tuple[str, ...] = ()
    thread_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What the team knows about what was sought; the owner is whose ingest address was written to."""

    owner: UserView
    now: datetime
    colleagues: Mapping[str, str] = field(default_factory=dict)
    never_log: frozenset[str] = frozenset()
    by_point: Mapping[str, CustomerBrief] = field(default_factory=dict)
    companies: Mapping[str, str] = field(default_factory=dict)
    look_ups: Mapping[str, LookUp] = field(default_factory=dict)
    learned: Mapping[str, str] = field(default_factory=dict)
    deals_of: Mapping[str, tuple[DealView, ...]] = field(default_factory=dict)
    deals_named: Mapping[str, tuple[DealView, ...]] = field(default_factory=dict)
    thread_deals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be created with a filing."""

    key: str
    customer: NewCustomer


@dataclass(frozen=True, slots=True)
class LearnedAddress:
    """An address under which a known customer wrote for the first time."""

    customer_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One communication of a mail, with who and what has to exist for it; people may carry ids that begin with NEW."""

    communication: NewCommunication
    new_people: tuple[NewPerson, ...] = ()
    learned: tuple[LearnedAddress, ...] = ()
    new_deal: NewDeal | None = None


@dataclass(frozen=True, slots=True)
class MailFiling:
    """Everything one mail leads to, written in one unit; `sure` is None where nothing was guessed."""

    inbox_id: str
    attempts: int
    filings: tuple[Filing, ...]
    sure: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailQuestion:
    """What has to be asked before a mail can be filed; `wanted` is the name or address that is not clear."""

    wanted: str
    candidates: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that waits for a person."""

    inbox_id: str
    why: str
    sender: str
    subject: str


@dataclass(frozen=True, slots=True)
class BouncedAddress:
    """An address that takes no mail any more, as a delivery report said."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class MailLine:
    """What became of a mail, for `why mail`."""

    inbox_id: str
    received_at: datetime
    state: str
    why: str
