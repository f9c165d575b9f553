"""Mails of a mailbox file on their way into the store, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm_store.values.files import NewFile
from crm_store.values.mail import Filing


@dataclass(frozen=True, slots=True)
class HistoricMail:
    """A mail of a file by its place in it (from 1): filed as planned, passed over by a rule, or not readable."""

    row: int
    outcome: Literal["file", "skip", "error"]
    why: str = ""
    raw: bytes = b""
    key: str = ""
    message_id: str | None = None
    sent_at: datetime | None = None
    filings: tuple[Filing, ...] = ()
    sure: float | None = None
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """An import of a mailbox: how far it has come, in bytes and mails, and what became of them."""

    import_id: str
    at: int = 0
    mails: int = 0
    created: int = 0
    skipped: int = 0
    duplicates: int = 0
    errors: int = 0
