"""Header blocks inside a text: consecutive label lines in any language, found by structure, ranked by words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ingest.forward_words import ROLES, Role
from ingest.header_fields import Block, Field, judged, role_of
from ingest.quoted_lines import Line, has_address, like_a_date, whole

_MOST_LABEL = 40
_MOST_FIELDS = 12
_MOST_VALUE = 32_768
_MOST_AHEAD = 12
_LEAST_PACKED = 2  # One of three labels may lack its colon.
_LABEL_SIGNS = frozenset("-'’().·/")
_SCHEMES = frozenset({"http", "https", "mailto", "ftp", "tel", "ps", "pps", "note", "nb", "fyi"})
_SIGNS_OF_LISTS = re.compile(r"[,;].*[,;]")
_COLON = re.compile("[:：]")
# A name whose address was wrapped to the next line.
_OWN_ADDRESS = re.compile(r"<[^<>\s]{1,320}>(?:[,;].{0,1000})?")


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
    if not all(
        character.isalpha() or character.isspace() or character in _LABEL_SIGNS or _is_mark(character)
        for character in label
    ):
        return None
    # Two signs of a Chinese label are set apart, so that all labels are of one width.
    gap = "" if "\u4e00" <= label[0] <= "\u9fff" else " "
    return gap.join(label.split()), _value(value)


def _value(text: str) -> str:
    """Without what made the label bold or slanted; stars that stand in pairs belong to the value."""
    plain = text.strip(" \t")
    rest = plain.lstrip("*")
    if rest[:1] in {"", " ", "\t"} or "*" not in rest:
        plain = rest.strip(" \t")
    rest = plain.rstrip("*")
    if "*" not in rest:
        plain = rest.rstrip(" \t")
    return plain.removeprefix("_").lstrip() if plain.startswith("_ ") else plain


def _is_mark(character: str) -> bool:
    """Vowel signs of Thai, Arabic or Hebrew are part of words but no letters to Python."""
    return ord(character) > 0x300 and not character.isspace()


def read_block(lines: list[Line], start: int, *, least: int = 3) -> Block | None:
    """The header block that begins on this very line, if one does."""
    first = label_of(lines[start].text)
    if first is None:
        return None
    fields, end = _collect(lines, start)
    return judged(fields, start, end, lines[start].depth, least)


def read_packed(line: Line, at: int, text: str) -> Block | None:
    """A block whose labels all stand on one line, with nothing between a value and the next label."""
    fields = list(_unpacked(text)) if text.count(":") >= _LEAST_PACKED else []
    return judged(fields, at, at + 1, line.depth, 3) if len(fields) >= 3 else None


def read_unmarked(lines: list[Line], start: int) -> Block | None:
    """A block in known words whose labels have no colon, as some programs write below their separator."""
    fields: list[Field] = []
    at = start
    while at < len(lines) and not lines[at].blank and lines[at].depth == lines[start].depth:
        field = _unmarked(lines[at].text)
        if field is None or any(field.role is one.role for one in fields):
            break
        fields.append(field)
        at += 1
    addressed = any(one.role is Role.FROM and has_address(one.value) for one in fields)
    return judged(fields, start, at, lines[start].depth, 3) if addressed else None


def _unmarked(text: str) -> Field | None:
    plain = text[:_MOST_LABEL].lower()
    for length in range(len(plain) - 1, 0, -1):
        if plain[length] in " \t" and plain[:length] in ROLES:
            return Field(plain[:length], text[length:].strip(), ROLES[plain[:length]])
    return None


def opens_quote(lines: list[Line], at: int) -> bool:
    """Whether a header block begins here, or at least two known labels with a date and an address."""
    if label_of(lines[at].text) is None:
        return False
    fields, end = _collect(lines, at)
    if judged(fields, at, end, lines[at].depth, 3):
        return True
    roles = {one.role: one.value for one in fields}
    if len(fields) < 2 or None in roles or not like_a_date(roles.get(Role.DATE, "")):
        return False
    return any(has_address(roles.get(role, "")) for role in (Role.FROM, Role.TO))


def _collect(lines: list[Line], start: int) -> tuple[list[Field], int]:
    fields: list[Field] = []
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
        labelled = label_of(whole(line))
        role = role_of(labelled[0]) if labelled else None
        if labelled and _ends_block(role, fields, labelled):
            break
        if labelled:
            fields.append(Field(labelled[0], labelled[1], role))
        elif _continues(lines, at, fields):
            if len(fields[-1].value) < _MOST_VALUE:
                fields[-1].value += " " + whole(line)
        else:
            break
        at += 1
    return fields, at


def _ends_block(role: Role | None, fields: list[Field], labelled: tuple[str, str]) -> bool:
    """A repeated label is another block; an unknown label after a block in a known language is text."""
    label, value = labelled
    if any(one.label == label for one in fields):
        return True
    known = [one.role for one in fields if one.role]
    if role is None:
        copies = Role.CC not in known and value.endswith(">") and has_address(value)
        # A block without a subject has not ended, in whatever word that is told.
        return len(known) >= 3 and len(known) == len(fields) and not copies and Role.SUBJECT in known
    return role is not Role.OTHER and role in known


def _after_blank(lines: list[Line], at: int, fields: list[Field]) -> int | None:
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


def _continues(lines: list[Line], at: int, fields: list[Field]) -> bool:
    """A wrapped value: the block goes on within two lines, or the line is indented below a list or subject."""
    if not fields:
        return False
    text = lines[at].text
    if has_address(text) and (_is_open(fields[-1].value) or _OWN_ADDRESS.fullmatch(text)):
        return True
    listed = _SIGNS_OF_LISTS.search(fields[-1].value) is not None
    for ahead in lines[at + 1 : at + (_MOST_AHEAD if listed else 3)]:
        if ahead.blank or ahead.depth != lines[at].depth:
            return False
        labelled = label_of(ahead.text)
        if labelled and (labelled[0] in ROLES or len(fields) < 3):
            return True
    return False


def _is_open(value: str) -> bool:
    """Whether a list of people ends with a sign for more of them, or within a name whose address is still to come."""
    last = max(value.rfind(","), value.rfind(";"))
    return last >= 0 and "@" not in value[last:] and (last == len(value) - 1 or has_address(value[:last]))


def _unpacked(text: str) -> Iterator[Field]:
    marks = list(_packed_labels(text))
    for index, (_, value_at, label) in enumerate(marks):
        until = marks[index + 1][0] if index + 1 < len(marks) else len(text)
        yield Field(label, text[value_at:until].strip(" *;"), ROLES.get(label))


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
