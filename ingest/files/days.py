"""Days as files write them: which order of day and month a column uses is decided by all its cells together."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from crm_store.matching.months import month as month_of

_FORMS: Final = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y",
)  # fmt: skip
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_SAMPLE: Final = 500
_AMERICAN: Final = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
_TIME: Final = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?\.?m?\b", re.IGNORECASE)
_PIECE: Final = re.compile(r"[^\W\d_]+|\d+")
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_SERIALS_START: Final = datetime(1899, 12, 30, tzinfo=UTC)


class DayReader:
    """Reads the days of one column."""

    def __init__(self, cells: Iterable[str], currency: str = "") -> None:
        sample = [cell for cell in list(cells)[:_SAMPLE] if cell and _iso(cell) is None]
        forms = sorted(_FORMS, key=lambda form: form not in _AMERICAN) if currency == "USD" else list(_FORMS)
        fits = {form: sum(_by_form(cell, form) is not None for cell in sample) for form in forms}
        # Sorting is stable: of forms that fit equally often the more usual one leads.
        self._forms = sorted((form for form in forms if fits[form]), key=lambda form: -fits[form])
        # A bare number is a day only where the whole column is of the days that spreadsheets count.
        self._counted = bool(sample) and all(_SERIAL.fullmatch(cell) for cell in sample)

    def read(self, cell: str) -> datetime | None:
        """The moment as aware UTC; None where the cell is no day, or one that no business has lived."""
        found = _iso(cell)
        for form in self._forms if found is None else ():
            found = _by_form(cell, form)
            if found is not None:
                break
        if found is None:
            counted = self._counted and _SERIAL.fullmatch(cell)
            found = _SERIALS_START + timedelta(days=float(cell)) if counted else _by_words(cell)
        if found is None or not 1900 <= found.year <= 2200:
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _iso(cell: str) -> datetime | None:
    if _SERIAL.fullmatch(cell):
        return None
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError:
        return None


def _by_form(cell: str, form: str) -> datetime | None:
    text = " ".join(cell.split())
    # A clock time is only tried where there is one, since most columns have none.
    for time in _TIMES if ":" in text else ("",):
        try:
            return datetime.strptime(text, form + time)  # noqa: DTZ007 -- files say no zone; the reader takes UTC
        except ValueError:
            continue
    return None


def _by_words(cell: str) -> datetime | None:
    """`Sunday, April 5th, 2026`, `5 de abril de 2026`, `5-Apr-26`: one month by its name, a day and a year."""
    clock = _TIME.search(cell)
    pieces = _PIECE.findall(_TIME.sub(" ", cell))
    months = [number for piece in pieces if (number := month_of(piece))]
    numbers = [piece for piece in pieces if piece.isascii() and piece.isdigit()]
    if len(months) != 1 or len(numbers) != 2:
        return None
    day, year = reversed(numbers) if len(numbers[0]) == 4 else numbers
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    hour, minute, second, half = clock.groups() if clock else ("0", "0", "0", "")
    hours = int(hour) % 12 + 12 * (half in {"p", "P"}) if half else int(hour)
    try:
        # Two digits are read as the standard library reads them: 69 and more are of the last century.
        century = 0 if len(year) == 4 else 1900 if int(year) >= 69 else 2000
        moment = datetime(century + int(year), months[0], int(day), hours, int(minute), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None
    return moment
