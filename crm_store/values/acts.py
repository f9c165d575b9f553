"""What actions take and give: new rows before they are written, and receipts after."""

from dataclasses import dataclass, field
from datetime import date, datetime

from crm_store.money import Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an action did: the row it is about, the undo that takes it back, and what the person reads."""

    row_id: str
    undo_id: str | None
    sentence: str
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to be made; `company` is a name, `company_id` a known company; the first address is the main one."""

    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str | None = None
    company_id: str | None = None
    title: str | None = None
    owner: str | None = None
    source: str = "chat"
    needs_check: bool = False
    external_key: str | None = None
    level: str = "team"
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be made; `owner` is a user id (not a Slack id), `promised` says that we gave our word on it."""

    title: str
    due_at: datetime | None
    owner: str
    customer_id: str | None = None
    deal_id: str | None = None
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took part: a customer, a colleague, or only a name and an address."""

    role: str
    name: str | None = None
    address: str | None = None
    customer_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file that came with a communication."""

    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NewCommunication:
    """A communication to be logged; `source_key` is what makes it one and the same when it comes twice."""

    kind: str
    direction: str
    happened_at: datetime
    text: str
    source: str
    source_key: str
    people: tuple[Person, ...]
    subject: str | None = None
    quoted: str = ""
    level: str = "team"
    thread_key: str | None = None
    deal_id: str | None = None
    company_id: str | None = None
    permalink: str | None = None
    needs: tuple[str, ...] = ()
    tasks: tuple[NewTask, ...] = ()
    attachments: tuple[NewAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class NewDeal:
    """A deal to be made; an empty stage means the first of the first pipeline. `company` is a name, maybe a new one."""

    name: str
    customer_id: str | None
    company_id: str | None
    owner: str | None
    amount: Money | None = None
    stage: str = ""
    close_on: date | None = None
    company: str = ""


@dataclass(frozen=True, slots=True)
class NewOrderLine:
    """One line of an order."""

    product: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be kept; the external key makes a second copy the same order."""

    external_key: str
    customer_id: str
    ordered_at: datetime
    total: Money
    lines: tuple[NewOrderLine, ...] = field(default=())
    source: str = "chat"
