"""Headers of forwarded mail that are no block: labels above their values, and labels beside a sentence."""

import re
from dataclasses import replace
from typing import Final

from ingest import forward_dates
from ingest.forward_words import ROLES, Role
from ingest.header_block import label_of
from ingest.header_fields import Block
from ingest.mailboxes import read_shown
from ingest.quote_intro import Intro, find_intro
from ingest.quoted_lines import Line, has_address, like_a_date

_MOST_WHO: Final = 120
_MOST_WHEN: Final = 40
_MOST_STACKED: Final = 18
_MOST_BESIDE: Final = 4
_BETWEEN_DASHES: Final = re.compile(r"[^\s-]\D{0,60}---([^-]{6,40}(?:-[^-]{1,20}){0,2})---")
_BESIDE: Final = frozenset({Role.TO, Role.CC, Role.SUBJECT})


def in_dashes(line: Line) -> bool:
    """Notes writes `Ann Lee ---02.11.2026 17:40---Hello Ada` above its block: who, when, and how the text begins."""
    found = _BETWEEN_DASHES.match(line.text[:_MOST_WHO])
    return found is not None and like_a_date(found[1])


def read_stacked(lines: list[Line], at: int) -> Block | None:
    """Notes writes who and when on two lines, and below them its labels alone, each above its value."""
    who = lines[at].text
    if not has_address(who) or len(who) > _MOST_WHO or label_of(who) is not None:
        return None
    below = [here for here in range(at + 1, min(len(lines), at + _MOST_STACKED)) if not lines[here].blank]
    when = lines[below[0]].text if below else ""
    if len(when) > _MOST_WHEN or not like_a_date(when):
        return None
    values, end = _under_labels(lines, below[1:])
    if Role.TO not in values or Role.SUBJECT not in values:
        return None
    boxes = read_shown(who)
    return Block(
        at,
        end,
        lines[at].depth,
        boxes[0],
        read_shown(values[Role.TO]),
        read_shown(values.get(Role.CC, "")),
        when,
        values[Role.SUBJECT] or None,
        3,
        (),
    )


def _under_labels(lines: list[Line], places: list[int]) -> tuple[dict[Role, str], int]:
    """What stands under each label, and the first line behind; under the subject's only one line does."""
    values: dict[Role, str] = {}
    role: Role | None = None
    end = 0
    for here in places:
        named = _named(lines[here].text)
        if named is not None and named not in values:
            role = named
            values[role] = ""
        elif role is None or (role is Role.SUBJECT and values[role]):
            break
        else:
            values[role] = f"{values[role]} {lines[here].text}".strip()
        end = here + 1
    return values, end


def _named(text: str) -> Role | None:
    """The role of a line that is a label and nothing else."""
    role = ROLES.get(text.rstrip(":：").strip().lower())
    return role if role in _BESIDE else None


def first_sentence(lines: list[Line], at: int) -> Intro | None:
    """A sentence on the line, or below the labels that some programs write above it."""
    for here in range(at, min(len(lines), at + _MOST_BESIDE)):
        found = find_intro(lines, here)
        if found or label_of(lines[here].text) is None:
            return found
    return None


def beside(lines: list[Line], intro: Intro) -> Block:
    """What a sentence tells, with what labels right above and below it add: to whom, and about what."""
    start, above = _labels(lines, range(intro.start - 1, max(-1, intro.start - 1 - _MOST_BESIDE), -1))
    last, below = _labels(lines, range(intro.end, min(len(lines), intro.end + _MOST_BESIDE)))
    told = below | above
    when = forward_dates.shown(intro.when, intro.who)
    plain = Block(intro.start, intro.end, 0, intro.who, (), (), when, None, 0, ())
    return replace(
        plain,
        start=intro.start if start is None else start,
        end=intro.end if last is None else last + 1,
        to=read_shown(told.get(Role.TO, "")),
        cc=read_shown(told.get(Role.CC, "")),
        subject=told.get(Role.SUBJECT, "").rstrip(";") or None,
    )


def _labels(lines: list[Line], places: range) -> tuple[int | None, dict[Role, str]]:
    """The known labels on these lines, up to the first line that is none, and the last place that held one."""
    told: dict[Role, str] = {}
    furthest: int | None = None
    for here in places:
        labelled = label_of(lines[here].text)
        role = ROLES.get(labelled[0]) if labelled else None
        if labelled is None or role is None or role not in _BESIDE or role in told:
            break
        told[role] = labelled[1]
        furthest = here
    return furthest, told
