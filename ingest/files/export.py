"""Exports as files: tables that no spreadsheet runs, everything as JSON Lines, and mails as a mailbox."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO, TextIO

from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import export_rows, export_tables
from crm_store.queries import teams as team_queries
from crm_store.values.exports import FORMAT, VERSION
from ingest.files.records import guarded


def write_table(desk: Desk, what: str, file: BinaryIO) -> int:
    """Write one kind as CSV and say how many rows it has; all of it is of one moment."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        return desk.read_now(_table, what, text)
    finally:
        text.detach()


def write_everything(desk: Desk, file: BinaryIO) -> int:
    """Write every row that may leave as JSON Lines, and say how many there are."""
    return desk.read_now(_everything, file)


def write_mails(desk: Desk, file: BinaryIO) -> int:
    """Write the mails that were filed as an mbox, and say how many there are."""

    def take(raw: bytes, at: datetime) -> None:
        file.write(f"From rapport@localhost {at.astimezone(UTC):%a %b %d %H:%M:%S %Y}\n".encode())
        file.write(_quoted(raw))
        file.write(b"\n" if raw.endswith(b"\n") else b"\n\n")

    return desk.read_now(export_rows.mails, take)


def table_bytes(desk: Desk, what: str) -> bytes:
    """One kind as CSV, whole."""
    file = io.BytesIO()
    write_table(desk, what, file)
    return file.getvalue()


def everything_bytes(desk: Desk) -> bytes:
    """Every row that may leave as JSON Lines, whole."""
    file = io.BytesIO()
    write_everything(desk, file)
    return file.getvalue()


def _table(work: Work, what: str, text: TextIO) -> int:
    head, rows = export_tables.table(work, what)
    return _write(text, head, rows)


def _write(text: TextIO, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    # The mark in front lets spreadsheets read the file as UTF-8.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(head)
    number = 0
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        number += 1
    return number


def _everything(work: Work, file: BinaryIO) -> int:
    team = team_queries.team(work)
    head = {FORMAT: VERSION, "at": work.now.isoformat(), "team": team.name if team else ""}
    file.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")

    def take(table: str, row: dict[str, object]) -> None:
        file.write(json.dumps({"table": table, **row}, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    return export_rows.every_row(work, take)


def _quoted(raw: bytes) -> bytes:
    """Lines that would begin another mail get a mark in front (mboxrd)."""
    lines = raw.split(b"\n")
    return b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)
