"""An audience as a plain list for any spreadsheet, in which no cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from crm_store.values.audiences import Audience

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = ("email", "first_name", "last_name", "company", "phone", "country", "last_order")


def written(audience: Audience) -> bytes:
    """UTF-8 with a byte-order mark, since spreadsheets take anything else for the local code page."""
    rows = [
        (
            one.email,
            one.first_name,
            one.last_name,
            one.company or "",
            one.phone or "",
            one.country or "",
            one.last_order.isoformat() if one.last_order else "",
        )
        for one in audience.people
    ]
    return "\ufeff".encode() + table(_COLUMNS, rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, safe: bool = True) -> bytes:
    """Rows as CSV; with `safe` a cell that a spreadsheet would compute gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) if safe else cell for cell in row])
    return out.getvalue().encode("utf-8")


def _harmless(cell: str) -> str:
    """A telephone number in E.164 begins with a plus and is no formula."""
    if cell.startswith("+") and cell[1:].isdigit():
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
