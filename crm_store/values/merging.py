"""Merges as they cross borders: two records side by side, which value wins and why, and the merges that stand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MergeKind(StrEnum):
    """What is merged."""

    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record says of a field: the value as it is stored, where it came from and when.

    `first` marks the record that is kept; `chosen` a value that somebody picked by hand in a merge.
    """

    row_id: str
    value: str | None
    source: str
    at: datetime
    first: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of two records: what each says as people read it, whose value wins, and why."""

    field: str
    kept: str
    absorbed: str
    winner: str
    why: str

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return self.kept != self.absorbed and bool(self.kept.strip()) and bool(self.absorbed.strip())


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two records before a merge, with their versions as they were read and how much each brings along."""

    kind: MergeKind
    kept: str
    absorbed: str
    kept_name: str
    absorbed_name: str
    versions: tuple[int, int]
    fields: tuple[Choice, ...]
    kept_has: tuple[tuple[str, int], ...]
    absorbed_has: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StandingMerge:
    """A merge that can be taken back; `by` is a Slack id."""

    merge_id: str
    kind: MergeKind
    kept_name: str
    absorbed_name: str
    at: datetime
    by: str
