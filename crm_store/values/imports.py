"""Rows of a file as the store takes them, and what became of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from crm_store.money import Money

FIELDS: Final = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "owner", "domain", "external_key",
    "industry", "country", "order_key", "date", "amount", "currency", "product", "quantity", "deal", "stage",
    "deal_state", "close_on", "opened_on",
)  # fmt: skip
"""What a column of a file can be."""


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A product within an order."""

    product: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """An order of a row; its key makes the same order in a second file the same."""

    key: str
    ordered_at: datetime
    total: Money
    lines: tuple[ImportedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedDeal:
    """A deal of a row; its name with its customer or company makes the same deal in a second file the same."""

    name: str
    stage: str = ""
    amount: Money | None = None
    currency: str = "EUR"
    close_on: date | None = None
    opened_at: datetime | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The forms in which a row is compared and looked up, worked out once, be it by another process.

    `shown` is the name that somebody new gets and `shown_key` its key; `personal` are those of `emails` that tell of
    one person; `words` are those of name and addresses, each with the fields it stands in.
    """

    name: str
    shown: str
    shown_key: str
    company: str
    emails: tuple[str, ...]
    personal: tuple[str, ...]
    phones: tuple[str, ...]
    domains: tuple[str, ...]
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A customer, and in order files an order by them; `row` counts as the spreadsheet does, its head being 1.

    With `company_only` the row tells of a company and of nobody there.
    """

    row: int
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str = ""
    domain: str = ""
    title: str = ""
    owner: str = ""
    external_key: str = ""
    order: ImportedOrder | None = None
    deal: ImportedDeal | None = None
    industry: str = ""
    country: str = ""
    company_only: bool = False
    keys: RowKeys | None = None


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of some rows; `errors` names the row and says in words what is wrong with it.

    `possible` names rows that made somebody new, with the customer who may be the same.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    duplicates: int = 0
    errors: tuple[tuple[int, str], ...] = ()
    possible: tuple[tuple[int, str], ...] = ()

    def plus(self, other: "ImportCounts") -> "ImportCounts":
        """Both together."""
        return ImportCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.skipped + other.skipped,
            self.duplicates + other.duplicates,
            self.errors + other.errors,
            self.possible + other.possible,
        )


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What columns of a file are taken for, by the column's name, and which fields may replace what is known."""

    columns: dict[str, str] = field(default_factory=dict)
    overwrite: tuple[str, ...] = ()
    name: str = ""
