"""Rows of a file as the store takes them, and what became of them."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.money import Money


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
class ImportedRow:
    """A customer, and in order files an order by them; `row` counts as the spreadsheet does, its head being 1."""

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


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of some rows; `errors` names the row and says in words what is wrong with it."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    duplicates: int = 0
    errors: tuple[tuple[int, str], ...] = ()

    def plus(self, other: "ImportCounts") -> "ImportCounts":
        """Both together."""
        return ImportCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.skipped + other.skipped,
            self.duplicates + other.duplicates,
            self.errors + other.errors,
        )
