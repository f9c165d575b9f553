"""What a list holds: its rows and problems, what its columns were taken for, and how it is told to people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol

from crm_store.errors import BadInput
from crm_store.values.imports import ImportedRow
from ingest.files.mapping import guess_mapping, head_fingerprint
from ingest.files.preview import Preview, first_rows, of_table
from ingest.files.rows import Lost, Problem, rows
from ingest.files.tables import Table, read_table
from ingest.files.vcard import cards, is_vcard

LARGEST: Final = 200_000_000
AT_ONCE: Final = 25
"""Rows that are written together, and so the longest that anybody else waits."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A list that was understood; `batches` are its `good` rows, which may still be on their way.

    `mapping` is kept beside the import, `by_column` is what each column was taken for.
    """

    kind: str
    good: int
    batches: Iterable[list[ImportedRow]]
    problems: tuple[tuple[int, str], ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)
    by_column: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    preview: Preview = field(default_factory=Preview)

    @property
    def rows(self) -> int:
        """All rows, those with problems too."""
        return self.good + len(self.problems)


class ListFile(Protocol):
    """A list whose head has been read; `fingerprint` tells lists of one make, and is empty where there is no head."""

    @property
    def fingerprint(self) -> str:
        """What tells lists of one make."""

    def understood(self, overrides: dict[str, str], columns: dict[str, str], currency: str) -> Contents:
        """What it holds; `overrides` say which column a field is, `columns` which field a column is."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table in this process's memory."""

    table: Table

    @property
    def fingerprint(self) -> str:
        """The names of the columns in their order."""
        return head_fingerprint(self.table)

    def understood(self, overrides: dict[str, str], columns: dict[str, str], currency: str) -> Contents:
        """Raises BadInput that names what is missing, or a column or field that does not exist."""
        table, mapping = self.table, guess_mapping(self.table, overrides, columns)
        lost: list[Lost] = []
        good, problems = _parted(rows(table, mapping, currency, lost))
        preview, by_column = of_table(table, mapping, good), mapping.by_column(table)
        return Contents(
            mapping.kind, len(good), _batches(good), problems, mapping.told(table), by_column, mapping.unknown,
            (*table.warnings, *_left_out(lost)), preview,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenCards:
    """A file of vCards, whose fields need no guess."""

    raw: bytes
    fingerprint: str = ""

    def understood(self, overrides: dict[str, str], columns: dict[str, str], currency: str) -> Contents:
        """Cards say themselves what is what."""
        lost: list[Lost] = []
        good, problems = _parted(cards(self.raw, lost))
        return Contents(
            "customers", len(good), _batches(good), problems, {"format": "vcard"},
            warnings=tuple(_left_out(lost, "card")), preview=Preview(first=first_rows(good), program="vCard"),
        )  # fmt: skip


def opened(raw: bytes, name: str) -> OpenTable | OpenCards:
    """Read a list; raises BadInput with one sentence where it is none."""
    if is_vcard(raw, name):
        return OpenCards(raw)
    return OpenTable(read_table(raw, name))


def refuse_others(raw: bytes, name: str) -> None:
    """Raise BadInput for what is no list, where a look at its start and size tells."""
    if len(raw) > LARGEST:
        raise BadInput(f"{name} has more than 200 MB; split it.", field="file")
    if not raw.strip():
        raise BadInput(f"{name} is empty.", field="file")
    if raw.startswith(b"From ") and b"\nReceived:" in raw[:20_000]:
        raise BadInput(f"{name} is a mailbox; `crm import` at the terminal takes it in.", field="file")


def _left_out(lost: Sequence[Lost], what: str = "row") -> Iterator[str]:
    """What to know of addresses and numbers that are none: whoever is taken in without cannot be reached by them."""
    for why in dict.fromkeys(why for _, _, why in lost):
        alike = [(row, said) for row, said, reason in lost if reason == why]
        row, said = alike[0]
        reason, _, advice = why.partition("; ")
        more = f", and {len(alike) - 1:,} more" if len(alike) > 1 else ""
        yield f"“{said[:60]}” in {what} {row} {reason}{more}{'; ' if advice else ''}{advice}."


def _parted(items: Iterable[ImportedRow | Problem]) -> tuple[list[ImportedRow], tuple[tuple[int, str], ...]]:
    good: list[ImportedRow] = []
    problems: list[tuple[int, str]] = []
    for item in items:
        if isinstance(item, Problem):
            problems.append((item.row, item.problem))
        else:
            good.append(item)
    return good, tuple(problems)


def _batches(items: Iterable[ImportedRow]) -> Iterator[list[ImportedRow]]:
    remaining = iter(items)
    while batch := list(islice(remaining, AT_ONCE)):
        yield batch
