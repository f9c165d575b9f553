"""Tables by theme."""

from crm_store.models import (
    audiences,
    columns,
    duplicates,
    history,
    lookup,
    mail,
    marketing,
    merging,
    people,
    plumbing,
    scoring,
    segments,
    trade,
)

__all__ = [
    "audiences",
    "columns",
    "duplicates",
    "history",
    "lookup",
    "mail",
    "marketing",
    "merging",
    "people",
    "plumbing",
    "scoring",
    "segments",
    "trade",
]
