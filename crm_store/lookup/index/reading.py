"""A team's token tables, read into arrays in short transactions that hold up nobody."""

from collections.abc import Sequence
from typing import Any, Final

from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup.index.arrays import Builder, Frozen
from crm_store.lookup.reading import TEAM, Plain, plain, read_plain

_AT_ONCE: Final = 50_000
_LAST: Final = plain("SELECT seq, customer_id FROM lookup_changes WHERE team_id = ? ORDER BY seq DESC LIMIT 1")


def _pages(table: str, first: str, second: str) -> tuple[Plain, Plain]:
    """The first page of a table in the order of its key, and the page after a row."""
    start = f"SELECT {first}, {second} FROM {table} WHERE team_id = ?"  # noqa: S608 -- names of this module alone
    end = f" ORDER BY {first}, {second} LIMIT {_AT_ONCE}"
    return plain(start + end), plain(f"{start} AND ({first}, {second}) > (?, ?){end}")


_POSTINGS: Final = _pages("postings", "text", "customer_id")
_FORMS: Final = _pages("token_deletes", "hash", "text")
_NUMBERS: Final = _pages("phone_suffixes", "reversed_digits", "customer_id")


def build(desk: Desk, most_bytes: int) -> tuple[Frozen, int, str] | None:
    """The arrays, with the number and customer of the last change before them; None where they would be too large.

    The tables are read in many transactions. What changes meanwhile has a higher number than the one given back, so
    whoever applies the changes after it sees every customer as a whole.
    """
    seq, customer_id = desk.read_now(_last_change)
    builder = Builder()
    takes = ((_POSTINGS, builder.take_postings), (_FORMS, builder.take_forms), (_NUMBERS, builder.take_numbers))
    for pages, take in takes:
        page = desk.read_now(_first, pages[0])
        while page:
            take(page)
            if builder.nbytes > most_bytes:
                return None
            page = desk.read_now(_after, pages[1], page[-1]) if len(page) == _AT_ONCE else ()
    frozen = builder.freeze()
    return (frozen, seq, customer_id) if frozen.nbytes <= most_bytes else None


def _last_change(work: Work) -> tuple[int, str]:
    return next(((int(seq), str(one)) for seq, one in read_plain(work, _LAST, TEAM)), (0, ""))


def _first(work: Work, page: Plain) -> Sequence[tuple[Any, ...]]:
    return read_plain(work, page, TEAM)


def _after(work: Work, page: Plain, row: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
    return read_plain(work, page, TEAM, *row)
