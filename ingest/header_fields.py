"""What the label lines of a header block say: roles by words, where words fail by content, then a judgement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.forward_words import BEHALF, ROLES, Role
from ingest.mailboxes import read_shown
from ingest.parsed import NOBODY, Mailbox
from ingest.quoted_lines import has_address, has_time, like_a_date

_IN_BRACKETS: Final = re.compile(r"<[^<>@]{0,500}>")
_MAILBOXES: Final = (Role.FROM, Role.TO, Role.CC)


@dataclass(frozen=True, slots=True)
class Block:
    """A header block: lines [start, end), how deeply quoted, and what it says."""

    start: int
    end: int
    depth: int
    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    date: str | None
    subject: str | None
    known_labels: int
    labels: tuple[str, ...]


@dataclass(slots=True)
class Field:
    """A label line: its label in small letters, its value, and what it tells."""

    label: str
    value: str
    role: Role | None


def judged(fields: list[Field], start: int, end: int, depth: int, least: int) -> Block | None:
    """The block that the fields make; None where they are too few or not likely to be one."""
    if len(fields) < least:
        return None
    known = sum(one.role is not None for one in fields)
    if known < 2 and not any("@" in one.value for one in fields):
        return None
    _roles_by_content(fields)
    by_role: dict[Role | None, str] = {one.role: one.value for one in reversed(fields) if one.role}
    sender = by_role.get(Role.FROM, "")
    if not sender or not (_plausible(fields, by_role, known, least) or (least < 3 and has_address(sender))):
        return None
    boxes = read_shown(_first_person(sender))
    return Block(
        start=start,
        end=end,
        depth=depth,
        from_=_sender(boxes, sender),
        to=read_shown(by_role.get(Role.TO, "")),
        cc=read_shown(by_role.get(Role.CC, "")),
        date=by_role.get(Role.DATE) or None,
        subject=by_role.get(Role.SUBJECT) or None,
        known_labels=known,
        labels=tuple(one.label for one in fields),
    )


def _first_person(shown: str) -> str:
    """`Ann <a@b> on behalf of Desk <d@b>`: Ann wrote."""
    lowered = shown.lower()
    parted = [lowered.find(words) for words in BEHALF if words in lowered]
    if parted and has_address(shown[: min(parted)]):
        return shown[: min(parted)]
    at = shown.find(">", shown.find("@")) if "@" in shown else -1
    return (
        shown[: at + 1] if 0 < at < len(shown) - 1 and "@" in shown[at:] and "mailto:" not in shown.lower() else shown
    )


def _sender(boxes: tuple[Mailbox, ...], shown: str) -> Mailbox:
    """A sender is one person, so a comma without an address belongs to the name."""
    with_address = [box for box in boxes if box.address]
    if with_address:
        return with_address[0]
    # What Exchange shows in brackets for a colleague is a path of its own directory.
    named = _IN_BRACKETS.sub("", shown).strip() or shown
    return Mailbox(name=" ".join(named.split()).strip("\"'“”„ ;")) if boxes else NOBODY


def _plausible(fields: list[Field], by_role: dict[Role | None, str], known: int, least: int) -> bool:
    dated = like_a_date(by_role.get(Role.DATE, "")) or any(like_a_date(one.value) for one in fields)
    addressed = sum(has_address(one.value) for one in fields)
    if known >= 3:
        # A journey has a from, a to and a date as well; a mail has a subject, an address or the minute it was sent.
        return addressed > 0 or (dated and (Role.SUBJECT in by_role or has_time(by_role.get(Role.DATE, ""))))
    if known < 2 and least >= 3:
        return dated and addressed >= 2  # A form that somebody filled in has a date and one address too.
    return dated and addressed > 0


def _roles_by_content(fields: list[Field]) -> None:
    """Labels that no table knows: mailboxes come as from, to, cc; a date looks like one; the rest is the subject."""
    said = {one.role for one in fields}
    free: Iterator[Role] = iter([role for role in _MAILBOXES if role not in said])
    dated, titled = Role.DATE in said, Role.SUBJECT in said
    for one in fields:
        if one.role is not None:
            continue
        if has_address(one.value):
            one.role = next(free, Role.OTHER)
        elif like_a_date(one.value) and not dated:
            one.role, dated = Role.DATE, True
        elif one.value and not titled and len(said) == 1:
            one.role, titled = Role.SUBJECT, True
    if not titled:
        rest = next((one for one in fields if one.role is None and one.value), None)
        if rest:
            rest.role = Role.SUBJECT


def role_of(label: str) -> Role | None:
    """What a label says in any known language; `X-Mailer` and its like are known by their form."""
    return ROLES.get(label) or (Role.OTHER if _technical(label) else None)


def _technical(label: str) -> bool:
    words = label.split("-")
    return len(words) > 1 and label.isascii() and all(word.isalpha() for word in words)
