"""Brings two tables to the same columns: by their headings, by what they hold, else by place."""

from collections.abc import Sequence
from typing import Final

from analytics.duplicates.columns import Kind, kinds
from analytics.duplicates.shapes import Table
from crm_store.matching.normalise import tokens

_VAGUE: Final = frozenset({Kind.TEXT, Kind.CODE, Kind.NUMBER, Kind.MEASURE})


def aligned(left: Table, right: Table) -> tuple[Table, Table]:
    """Both with the left one's columns; a first and a last name become one where the other table has whole names.

    A column of the right table that no column of the left one stands for is left out, and the other way it is empty.
    """
    wanted = _places(left, right)
    mine, theirs = _unmatched(left, wanted, right)
    for one, other in (({*mine.values()}, {*theirs.values()}), ({*theirs.values()}, {*mine.values()})):
        if {Kind.FIRST, Kind.LAST} <= one and Kind.NAME in other:
            joined = (_named(left), right) if one == {*mine.values()} else (left, _named(right))
            return aligned(*joined)
    if all(place is None for place in wanted) and len(left.columns) == len(right.columns):
        wanted = list(range(len(left.columns)))
    rows = tuple(tuple("" if place is None else row[place] for place in wanted) for row in right.rows)
    return left, Table(left.columns, right.ids, rows)


def _places(left: Table, right: Table) -> list[int | None]:
    """Where in the right table each of the left one's columns stands."""
    headings = {tokens(name) or (name.strip(),): at for at, name in reversed(tuple(enumerate(right.columns)))}
    wanted = [headings.get(tokens(name) or (name.strip(),)) for name in left.columns]
    mine, theirs = _unmatched(left, wanted, right)
    for at, kind in mine.items():
        alike = [place for place, other in theirs.items() if other is kind]
        if alike and (kind not in _VAGUE or (len(alike) == 1 and _single(kind, mine))):
            wanted[at] = alike[0]
            del theirs[alike[0]]
    return wanted


def _single(kind: Kind, among: dict[int, Kind]) -> bool:
    return sum(other is kind for other in among.values()) == 1


def _unmatched(left: Table, wanted: Sequence[int | None], right: Table) -> tuple[dict[int, Kind], dict[int, Kind]]:
    """Of both tables the columns without a counterpart, with what they hold."""
    mine = {at: kind for at, kind in enumerate(kinds([left])) if wanted[at] is None and kind is not None}
    theirs = {at: kind for at, kind in enumerate(kinds([right])) if at not in wanted and kind is not None}
    return mine, theirs


def _named(table: Table) -> Table:
    """The table with the first and the last name in one column in place of the first name's."""
    found = kinds([table])
    first, last = found.index(Kind.FIRST), found.index(Kind.LAST)
    kept = [at for at in range(len(table.columns)) if at != last]
    rows = tuple(
        tuple(f"{row[first]} {row[last]}".strip() if at == first else row[at] for at in kept) for row in table.rows
    )
    return Table(tuple("full name" if at == first else table.columns[at] for at in kept), table.ids, rows)
