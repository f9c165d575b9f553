"""What the mailroom is told: what a mail asks of the store, what the store knows of it, and what is to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from crm_store.values.acts import NewCommunication, NewCustomer, NewDeal
from crm_store.values.people import CustomerBrief, DealView, LookUp
from crm_store.values.teams import UserView

AUTHOR = "author:"
"""The question “who wrote it?” among the answers of a mail, whatever its sender's name and address turn out to be."""
NEW = "new:"
"""Begins the customer id of somebody who is created with the filing; the rest is the `key` of the NewPerson."""
# Fewer words than these say nothing that is not said again and again.
FEW_WORDS = 8


@dataclass(frozen=True, slots=True)
class SoughtSubject:
    """A mail whose subject may tell its conversation: what was said with the same people around that day is sought."""

    at: datetime


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
    mail_keys: tuple[str, ...] = ()
    subjects: tuple[SoughtSubject, ...] = ()
    mail_from: str = ""

    @classmethod
    def together(cls, soughts: Sequence["Sought"]) -> "Sought":
        """All that several mails seek, each once; whose mails came how often is asked of each by itself."""
        found: dict[str, tuple[object, ...]] = {}
        for one in fields(cls):
            values = [getattr(each, one.name) for each in soughts]
            if all(isinstance(value, tuple) for value in values):
                found[one.name] = tuple(dict.fromkeys(item for value in values for item in value))
        return cls(**found)  # type: ignore[arg-type] # each field gets what stood in the same field of others


@dataclass(frozen=True, slots=True)
class EarlierMail:
    """A mail that was filed before; `people` are address keys and ids of customers who took part."""

    thread_key: str
    subject: str
    happened_at: datetime
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class MailRules:
    """What the team ruled about mail: deals by sender, deals by thread (None: no deal), who is no bulk, who is trusted.

    Keys are addresses or domains, and thread keys.
    """

    deal_of_sender: Mapping[str, str] = field(default_factory=dict)
    deal_of_thread: Mapping[str, str | None] = field(default_factory=dict)
    not_bulk: frozenset[str] = frozenset()
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What the team knows about what was sought; the owner is whose ingest address was written to.

    `threads` are threads by mail key, `staff` who works where a shared mailbox belongs, `recent` how many mails of
    the same sender came to the same address in the last two hours.
    """

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
    threads: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[EarlierMail, ...] = ()
    staff: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: MailRules = field(default_factory=MailRules)
    recent: int = 0
    burst_allowed: bool = False


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
class Reason:
    """A rule that had a say in where a mail went, its evidence in words, and the address or thread it looked at."""

    rule: str
    evidence: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """What makes two copies one mail: the key of its Message-ID, else the key of sender and words near a moment.

    `words` counts them: few words are the same mail only at the same minute.
    """

    id_key: str
    words_key: str
    words: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """What somebody's signature says about them; `sure` is how much it is believed, `at` the day it was written."""

    customer_id: str
    address: str
    title: str = ""
    company: str = ""
    phones: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    sure: float = 0.8
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """An invitation, its change, its end, or an answer to it (`method` in small letters); answers by address."""

    key: str
    method: str
    sequence: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    answers: tuple[tuple[str, str], ...] = ()
    shown_as: str = ""


@dataclass(frozen=True, slots=True)
class DealQuestion:
    """Which of several deals a conversation is for; `named` is the deal its owner named, where that was not clear."""

    deals: tuple[str, ...]
    thread_key: str
    what: str
    named: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """One communication of a mail, with who and what has to exist for it; people may carry ids that begin with NEW."""

    communication: NewCommunication
    new_people: tuple[NewPerson, ...] = ()
    learned: tuple[LearnedAddress, ...] = ()
    new_deal: NewDeal | None = None
    identity: MailIdentity | None = None
    facts: SenderFacts | None = None
    meeting: MeetingChange | None = None
    deal_question: DealQuestion | None = None
    cards: tuple[NewPerson, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class MailFiling:
    """Everything one mail leads to, written in one unit; `sure` is None where nothing was guessed.

    `quiet` says that it is one of very many, so that nobody is told of it or asked about it.
    """

    inbox_id: str
    attempts: int
    filings: tuple[Filing, ...]
    sure: float | None = None
    warnings: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class MailQuestion:
    """What has to be asked before a mail can be filed; `wanted` is the name or address that is not clear."""

    wanted: str
    candidates: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that waits for a person; `trust` is the address that a rule may trust from now on, `burst` the sender of
    many mails at once, of which `recent` came.
    """

    inbox_id: str
    why: str
    sender: str
    subject: str
    trust: str = ""
    burst: str = ""
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the owner of the address; `once` is what it is said only once about."""

    text: str
    once: str


class Failure(StrEnum):
    """Why a mail did not reach an address: only what is dead is given up at once."""

    DEAD = "dead"
    PASSING = "passing"
    FULL = "full"
    POLICY = "policy"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class BouncedAddress:
    """An address that a delivery report or a complaint tells of."""

    address: str
    reason: str
    failure: Failure = Failure.DEAD
    status: str | None = None


@dataclass(frozen=True, slots=True)
class AwayNote:
    """What an automatic reply tells of a customer: away until a day, or gone for good; and who stands in."""

    customer_id: str
    gone: bool
    until: date | None = None
    stand_in: str = ""
    stand_in_address: str = ""


@dataclass(frozen=True, slots=True)
class MailLine:
    """What became of a mail, for `why mail`."""

    inbox_id: str
    received_at: datetime
    state: str
    why: str
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class MailRuleView:
    """A rule in a list: `rule_id` is the row's id, or `never:` and the entry; `sentence` says what it does."""

    rule_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class WhyMail:
    """Why a mail is where it is: the rules that spoke, and what could be ruled otherwise.

    `addresses` are those of people outside, `deal` the deal's id and name it is filed on.
    """

    inbox_id: str
    communication_id: str | None
    subject: str
    verdict: str
    state: str
    reasons: tuple[Reason, ...]
    addresses: tuple[str, ...] = ()
    thread_key: str = ""
    deal: tuple[str, str] | None = None
    unowned_domain: str = ""
    company: tuple[str, str] | None = None
