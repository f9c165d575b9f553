"""Header blocks inside a text: consecutive label lines in any language, found by structure, ranked by words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.forward_words import BEHALF, ROLES, Role
from ingest.mailboxes import read_shown
from ingest.parsed import NOBODY, Mailbox
from ingest.quoted_lines import Line, has_address, like_a_date

_MOST_LABEL = 40
_MOST_FIELDS = 12
_LABEL_SIGNS = frozenset(" -'’().·/")
_SCHEMES = frozenset({"http", "https", "mailto", "ftp", "tel", "ps", "pps", "note", "nb", "fyi"})
_COLON = re.compile("[:：]")


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
class _Field:
    label: str
    value: str
    role: Role | None


@lru_cache(maxsize=4_096)
def label_of(text: str) -> tuple[str, str] | None:
    """A label line taken apart, or None: up to four words, a colon, and whatever follows."""
    plain = text.lstrip(" *_\t•")
    found = _COLON.search(plain, 0, _MOST_LABEL + 2)
    if found is None:
        return None
    label = plain[: found.start()].strip(" *_\t").lower()
    value = plain[found.end() :]
    if not label or len(label) > _MOST_LABEL or value.startswith("//") or label in _SCHEMES:
        return None
    if len(label.split()) > 4 or not label[0].isalpha():
        return None
    if not all(character.isalpha() or character in _LABEL_SIGNS or _is_mark(character) for character in label):
        return None
    return " ".join(label.split()), value.strip(" *\t")


def _is_mark(character: str) -> bool:
    """Vowel signs of Thai, Arabic or Hebrew are part of words but no letters to Python."""
    return ord(character) > 0x300 and not character.isspace()


def read_block(lines: list[Line], start: int, *, least: int = 3) -> Block | None:
    """The header block that begins on this very line, if one does."""
    first = label_of(lines[start].text)
    if first is None:
        return None
    fields, end = _collect(lines, start)
    return _judged(fields, start, end, lines[start].depth, least)


def read_packed(line: Line, at: int, text: str) -> Block | None:
    """A block whose labels all stand on one line, with nothing between a value and the next label."""
    fields = list(_unpacked(text))
    return _judged(fields, at, at + 1, line.depth, 3) if len(fields) >= 3 else None


def opens_quote(lines: list[Line], at: int) -> bool:
    """Whether a header block begins here, or at least two known labels with a date and an address."""
    if label_of(lines[at].text) is None:
        return False
    fields, end = _collect(lines, at)
    if _judged(fields, at, end, lines[at].depth, 3):
        return True
    roles = {one.role: one.value for one in fields}
    if len(fields) < 2 or None in roles or not like_a_date(roles.get(Role.DATE, "")):
        return False
    return any(has_address(roles.get(role, "")) for role in (Role.FROM, Role.TO))


def _collect(lines: list[Line], start: int) -> tuple[list[_Field], int]:
    fields: list[_Field] = []
    depth = lines[start].depth
    at = start
    while at < len(lines) and len(fields) < _MOST_FIELDS:
        line = lines[at]
        if line.blank:
            after = _after_blank(lines, at, fields)
            if after is None:
                break
            at = after
            continue
        if line.depth != depth:
            break
        labelled = label_of(line.text)
        role = ROLES.get(labelled[0]) if labelled else None
        if labelled and _ends_block(role, fields):
            break
        if labelled:
            fields.append(_Field(labelled[0], labelled[1], role))
        elif _continues(lines, at, fields):
            fields[-1].value += " " + line.text
        else:
            break
        at += 1
    return fields, at


def _ends_block(role: Role | None, fields: list[_Field]) -> bool:
    """A repeated role is another block; an unknown label after a block in a known language is text."""
    known = [one.role for one in fields if one.role]
    if role is None:
        return len(known) >= 3 and len(known) == len(fields)
    return role is not Role.OTHER and role in known


def _after_blank(lines: list[Line], at: int, fields: list[_Field]) -> int | None:
    """Text made from HTML has a blank line between labels: go on only to a known label not seen yet."""
    following = next((here for here in range(at + 1, min(at + 3, len(lines))) if not lines[here].blank), None)
    if following is None or not fields:
        return None
    labelled = label_of(lines[following].text)
    role = ROLES.get(labelled[0]) if labelled else None
    seen = {one.role for one in fields}
    if role is None or role in seen or None in seen or {Role.FROM, Role.TO, Role.SUBJECT} <= seen:
        return None
    return following


def _continues(lines: list[Line], at: int, fields: list[_Field]) -> bool:
    """A wrapped value: the block goes on within two lines, or the line is indented below a list or subject."""
    if not fields:
        return False
    if fields[-1].value.endswith((",", ";")) and has_address(lines[at].text):
        return True
    for ahead in lines[at + 1 : at + 3]:
        if ahead.blank or ahead.depth != lines[at].depth:
            return False
        labelled = label_of(ahead.text)
        if labelled and (labelled[0] in ROLES or len(fields) < 3):
            return True
    return False


def _judged(fields: list[_Field], start: int, end: int, depth: int, least: int) -> Block | None:
    if len(fields) < least:
        return None
    known = sum(one.role is not None for one in fields)
    if known < 2 and not any("@" in one.value for one in fields):
        return None
    if known < 2:
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
    return Mailbox(name=" ".join(shown.split()).strip("\"'“”„ ")) if boxes else NOBODY


def _plausible(fields: list[_Field], by_role: dict[Role | None, str], known: int, least: int) -> bool:
    dated = like_a_date(by_role.get(Role.DATE, "")) or any(like_a_date(one.value) for one in fields)
    addressed = sum(has_address(one.value) for one in fields)
    if known >= 3:
        return dated or addressed > 0
    if known < 2 and least >= 3:
        return dated and addressed >= 2  # A form that somebody filled in has a date and one address too.
    return dated and addressed > 0


def _roles_by_content(fields: list[_Field]) -> None:
    """No table knows the language: mailboxes come as from, to, cc; a date looks like one; the rest is the subject."""
    mailbox_roles: Iterator[Role] = iter((Role.FROM, Role.TO, Role.CC))
    dated = False
    for one in fields:
        if has_address(one.value):
            one.role = next(mailbox_roles, Role.OTHER)
        elif like_a_date(one.value) and not dated:
            one.role, dated = Role.DATE, True
    if not any(one.role is Role.SUBJECT for one in fields):
        rest = [one for one in fields if one.role is None and one.value]
        if rest:
            rest[0].role = Role.SUBJECT


def _unpacked(text: str) -> Iterator[_Field]:
    marks = list(_packed_labels(text))
    for index, (_, value_at, label) in enumerate(marks):
        until = marks[index + 1][0] if index + 1 < len(marks) else len(text)
        yield _Field(label, text[value_at:until].strip(" *;"), ROLES.get(label))


def _packed_labels(text: str) -> Iterator[tuple[int, int, str]]:
    """Where labels begin, where their values begin, and the known words they are."""
    seen: set[Role] = set()
    at = 0
    while at < min(len(text), 4_000):
        found = _known_label_at(text, at, seen)
        if found is None:
            at += 1
            continue
        end, label = found
        seen.add(ROLES.get(label, Role.OTHER))
        yield at, end, label
        at = end


def _known_label_at(text: str, at: int, seen: set[Role]) -> tuple[int, str] | None:
    before = text[at - 1] if at else " "
    if not text[at].isalpha():
        return None
    glued = before in " \t>;" or not before.islower() or not text[at].islower()
    if not glued:
        return None
    for length in range(min(_MOST_LABEL, len(text) - at), 0, -1):
        label = text[at : at + length].lower()
        role = ROLES.get(label)
        if role is None or role in seen or not text[at].isupper():
            continue
        rest = text[at + length :]
        stripped = rest.lstrip(" \u00a0")
        if stripped.startswith(":"):
            return at + length + (len(rest) - len(stripped)) + 1, label
        if before == ">" and rest.startswith(" "):
            return at + length, label
    return None
