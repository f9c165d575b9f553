"""What goes into the search for duplicates and what comes out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Text cells as they were written; `ids` name the rows and are never read as evidence."""

    columns: tuple[str, ...]
    ids: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that were compared: `weight` in bits, `probability` that they are one, `why` the heaviest first."""

    a: str
    b: str
    probability: float
    weight: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All scored pairs, best first; those proposed at `threshold` after clustering; and clusters of two or more."""

    pairs: tuple[Pair, ...]
    proposed: tuple[Pair, ...]
    threshold: float
    clusters: tuple[tuple[str, ...], ...]
