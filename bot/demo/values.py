"""What a demo team consists of: plain frozen values, linked by keys, that the loader stores through actions."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from crm_store.money import Money


class Kind(StrEnum):
    """How two sides talked."""

    MAIL = "mail"
    CALL = "call"
    MEETING = "meeting"
    MESSAGE = "message"


class Direction(StrEnum):
    """Who spoke: the customer, a colleague to the customer, or colleagues among themselves."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class Behaviour(StrEnum):
    """How a company buys; the truth behind the orders, for tests and never for the store."""

    REGULAR = "regular"
    SEASONAL = "seasonal"
    ONCE = "once"
    CHURNED = "churned"
    BIG = "big"
    PROSPECT = "prospect"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A colleague, known to Slack by id and to the mail door by address."""

    slack_user_id: str
    name: str
    address: str
    role: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """A company; the team's own note of what it is and who looks after it."""

    key: str
    name: str
    domain: str
    industry: str
    country: str
    employees: int
    owner: str
    since: date
    behaviour: Behaviour


@dataclass(frozen=True, slots=True)
class DemoPoint:
    """An address or a number of a person, with where it came from and when it was last seen."""

    kind: str
    value: str
    source: str
    last_seen: date


@dataclass(frozen=True, slots=True)
class DemoAffiliation:
    """A former employer of a person, with the days."""

    company: str
    title: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A customer; `company` is a company's key, None for somebody who buys alone."""

    key: str
    name: str
    title: str | None
    company: str | None
    owner: str
    language: str
    since: date
    points: tuple[DemoPoint, ...]
    former: tuple[DemoAffiliation, ...] = ()

    @property
    def address(self) -> str | None:
        """The first e-mail address, if any."""
        return next((point.value for point in self.points if point.kind == "email"), None)


@dataclass(frozen=True, slots=True)
class DemoDuplicate:
    """Two rows that are one person, and what made them two; the truth for tests of matching."""

    person: str
    original: str
    how: str


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A stage of a pipeline; `outcome` is open, won or lost."""

    key: str
    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DemoPipeline:
    """A pipeline with its stages in order."""

    key: str
    name: str
    stages: tuple[DemoStage, ...]


@dataclass(frozen=True, slots=True)
class DemoDealPerson:
    """Who takes part in a deal, and as what."""

    person: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoDealEvent:
    """One change of a deal with its moment; stages by key, amounts as minor units, days as ISO dates."""

    at: datetime
    field: str
    old: str | None
    new: str
    by: str


@dataclass(frozen=True, slots=True)
class DemoDeal:
    """A deal with its whole history; `state` is open, won or lost."""

    key: str
    title: str
    company: str
    people: tuple[DemoDealPerson, ...]
    owner: str
    pipeline: str
    stage: str
    state: str
    amount: Money
    source: str
    discount_percent: int
    opened_at: datetime
    close_on: date
    closed_at: datetime | None
    lost_reason: str | None
    events: tuple[DemoDealEvent, ...]


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """Something the team sells, with its list price."""

    key: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True)
class DemoOrderLine:
    """One line of an order."""

    product: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """An order by a person; `total` is the sum of its lines."""

    external_key: str
    company: str
    person: str
    ordered_at: datetime
    lines: tuple[DemoOrderLine, ...]
    total: Money
    deal: str | None


@dataclass(frozen=True, slots=True)
class DemoCommunication:
    """A mail, call, meeting or message between a colleague and one or more customers; `level` is team or private."""

    key: str
    kind: Kind
    direction: Direction
    happened_at: datetime
    subject: str | None
    text: str
    people: tuple[str, ...]
    user: str
    deal: str | None = None
    thread: str | None = None
    level: str = "team"


@dataclass(frozen=True, slots=True)
class DemoNeed:
    """What a customer wants, in the customer's words; `state` is open or met."""

    person: str
    text: str
    state: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class DemoTask:
    """Something a colleague is to do; `done_at` is None while it is open."""

    key: str
    title: str
    owner: str
    person: str
    deal: str | None
    made_at: datetime
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoConsent:
    """What a person agreed to, in which words, and when it was taken back."""

    person: str
    purpose: str
    basis: str
    wording: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoSuppression:
    """An address that gets no campaign any more, and why."""

    address: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DemoChannelLine:
    """A line somebody wrote in a Slack channel; lines of one `thread` follow its first line."""

    channel: str
    user: str
    at: datetime
    text: str
    thread: str


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A whole team with its history as of `today`; later days occur only as due and closing dates."""

    name: str
    domain: str
    currency: str
    today: date
    users: tuple[DemoUser, ...]
    companies: tuple[DemoCompany, ...]
    people: tuple[DemoPerson, ...]
    duplicates: tuple[DemoDuplicate, ...]
    products: tuple[DemoProduct, ...]
    pipelines: tuple[DemoPipeline, ...]
    deals: tuple[DemoDeal, ...]
    orders: tuple[DemoOrder, ...]
    communications: tuple[DemoCommunication, ...]
    needs: tuple[DemoNeed, ...]
    tasks: tuple[DemoTask, ...]
    consents: tuple[DemoConsent, ...]
    suppressions: tuple[DemoSuppression, ...]
    channel_lines: tuple[DemoChannelLine, ...]
