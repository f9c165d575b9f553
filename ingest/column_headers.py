"""Headers in columns, as old Notes writes them: who and when on the left, labels and their values beside them."""

import re
from dataclasses import dataclass, field
from typing import Final

from ingest.forward_words import ROLES, Role
from ingest.header_fields import Block
from ingest.mailboxes import read_shown
from ingest.quoted_lines import Line, like_a_date, without_bars

_MOST_LINES: Final = 20
_MOST_GAPS: Final = 2
_LEAST_INDENT: Final = 4
_LONGEST: Final = 200
_SLACK: Final = 2
_SIDE_BY_SIDE: Final = re.compile(r"(?:^\s*|(?<=\s\s))([^\W\d_]{2,15}(?: [^\W\d_]{1,10})?)[ \xa0]?[:：](?=\s|$)")
_WANTED: Final = frozenset({Role.TO, Role.CC, Role.SUBJECT})


@dataclass(slots=True)
class _Columns:
    """What stands on the left, and under each label on the right."""

    left: list[str] = field(default_factory=list)
    right: dict[Role, str] = field(default_factory=dict)
    last: Role | None = None


def read_columns(lines: list[Line], at: int) -> Block | None:
    """The block that begins here; None where no name and day stand to the left of at least two labels."""
    if at and not (lines[at - 1].blank or lines[at - 1].text.startswith("--")):
        return None
    rows = _rows(lines, at)
    column = _column_of_labels([raw for _, raw in rows])
    if column is None:
        return None
    found = _Columns()
    for _, raw in rows:
        _take(found, raw, column)
    dated = next((place for place, one in enumerate(found.left) if like_a_date(one)), 0)
    if not dated or not found.right.keys() & {Role.TO, Role.SUBJECT} or len(found.right) < 2:
        return None
    who = read_shown(_joined(found.left[:dated]))
    if not who:
        return None
    return Block(
        at,
        rows[-1][0] + 1,
        lines[at].depth,
        who[0],
        read_shown(found.right.get(Role.TO, "")),
        read_shown(found.right.get(Role.CC, "")),
        " ".join(found.left[dated:]),
        found.right.get(Role.SUBJECT) or None,
        3,
        (),
    )


def _rows(lines: list[Line], at: int) -> list[tuple[int, str]]:
    """The lines set off from the margin that follow each other, with few gaps between them."""
    rows: list[tuple[int, str]] = []
    gap = 0
    for here in range(at, min(len(lines), at + _MOST_LINES)):
        raw = without_bars(lines[here].raw[:_LONGEST], lines[here].depth).expandtabs()
        if not raw.strip():
            gap += 1
            if gap > _MOST_GAPS:
                break
            continue
        if len(raw) - len(raw.lstrip()) < _LEAST_INDENT or lines[here].depth != lines[at].depth:
            break
        rows.append((here, raw.rstrip()))
        gap = 0
    return rows


def _column_of_labels(rows: list[str]) -> int | None:
    """Where the labels begin: two of them below each other, to the right of what is on the left."""
    places = [found.start(1) for raw in rows if (found := _label(raw)) is not None]
    if len(places) < 2 or max(places) - min(places) > _SLACK:
        return None
    return min(places) if any(raw[: min(places)].strip() for raw in rows) else None


def _label(raw: str) -> "re.Match[str] | None":
    found = _SIDE_BY_SIDE.search(raw)
    return found if found is not None and ROLES.get(found[1].lower()) in _WANTED else None


def _take(found: _Columns, raw: str, column: int) -> None:
    labelled = _label(raw)
    if labelled is None and raw[column - _SLACK : column].strip():
        column = len(raw)  # A long name runs past where the labels begin.
    if left := raw[:column].strip():
        found.left.append(left)
    if labelled is not None:
        found.last = ROLES[labelled[1].lower()]
        found.right.setdefault(found.last, raw[labelled.end() :].strip())
    elif found.last is not None and (rest := raw[column:].strip()):
        found.right[found.last] = f"{found.right[found.last]} {rest}".strip()


def _joined(pieces: list[str]) -> str:
    """A narrow column breaks addresses, which go on without a space."""
    text = ""
    for piece in pieces:
        within = "<" in text and ">" not in text
        text = f"{text}{piece}" if within or not text else f"{text} {piece}"
    return text
