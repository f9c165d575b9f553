"""What a file would be read as: its first rows by field, and what each column is taken for."""

from dataclasses import dataclass

from crm_store.values.imports import ImportedRow
from ingest.files.mapping import Mapping
from ingest.files.tables import Table

_FIRST = 3
_SAMPLES = 3
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column, the field it is taken for (none where it is left out), and some of its cells."""

    header: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file is understood; `program` is where it comes from and `saved` the mapping that was remembered."""

    columns: tuple[ColumnGuess, ...] = ()
    first: tuple[dict[str, str], ...] = ()
    program: str = ""
    saved: str = ""


def of_table(table: Table, mapping: Mapping, rows: list[ImportedRow], saved: str = "") -> Preview:
    """The preview of a table."""
    meant = mapping.by_column(table)
    columns = []
    for at, header in enumerate(table.headers):
        cells = dict.fromkeys(row[at][:_LONGEST] for row in table.rows[:50] if row[at])
        columns.append(ColumnGuess(header, meant.get(header, ""), tuple(cells)[:_SAMPLES]))
    return Preview(tuple(columns), first_rows(rows), mapping.program, saved)


def first_rows(rows: list[ImportedRow]) -> tuple[dict[str, str], ...]:
    """The first rows as they are read."""
    return tuple(_shown(row) for row in rows[:_FIRST])


def _shown(row: ImportedRow) -> dict[str, str]:
    """A row by field, without what it does not have."""
    shown = {
        "name": row.name, "email": ", ".join(row.emails), "phone": ", ".join(row.phones), "company": row.company,
        "title": row.title, "owner": row.owner, "number": row.external_key,
    }  # fmt: skip
    if row.order:
        shown |= {"date": f"{row.order.ordered_at:%Y-%m-%d}", "amount": str(row.order.total)}
    if row.deal:
        shown |= {"deal": row.deal.name, "stage": row.deal.stage, "amount": str(row.deal.amount or "")}
    return {name: value for name, value in shown.items() if value}
