"""Days as files write them: which order of day and month a column uses is decided by all its cells together."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

_FORMS: Final = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_SAMPLE: Final = 500
_AMERICAN: Final = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")


class DayReader:
    """Reads the days of one column."""

    def __init__(self, cells: Iterable[str], currency: str = "") -> None:
        sample = [cell for cell in list(cells)[:_SAMPLE] if cell and _iso(cell) is None]
        forms = sorted(_FORMS, key=lambda form: form not in _AMERICAN) if currency == "USD" else list(_FORMS)
        fits = {form: sum(_by_form(cell, form) is not None for cell in sample) for form in forms}
        # Sorting is stable: of forms that fit equally often the more usual one leads.
        self._forms = sorted((form for form in forms if fits[form]), key=lambda form: -fits[form])

    def read(self, cell: str) -> datetime | None:
        """The moment as aware UTC; None where the cell is no day, or one that no business has lived."""
        found = _iso(cell)
        for form in self._forms if found is None else ():
            found = _by_form(cell, form)
            if found is not None:
                break
        if found is None or not 1900 <= found.year <= 2200:
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _iso(cell: str) -> datetime | None:
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
