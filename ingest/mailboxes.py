"""Lists of mailboxes, from header fields and from the blocks that people forward."""

import re
from dataclasses import dataclass, field

from ingest.headers import clean, decode_words
from ingest.parsed import Mailbox

MOST_READ = 2_000
MOST_KEPT = 500
_MOST_CHARACTERS = 65_536
_LINK = re.compile(r"[\[<(]\s*mailto:\s*([^\]>)\s]{1,320})\s*[\]>)]", re.IGNORECASE)
_GUARDED = re.compile(r"[<(\[]\s?https?://[^\s<>()\[\]]{1,2000}[>)\]]", re.IGNORECASE)
_MARKDOWN = re.compile(r"<([^<>\s]{1,320})<mailto:[^<>]{1,320}>>", re.IGNORECASE)
_SQUARE = re.compile(r"\[([^\[\]\s@]{1,64}@[^\[\]\s@]{1,255})\]")
_ROUND = re.compile(r"\(([^()\s@]{1,64}@[^()\s@]{1,255})\)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,255}")
_QUOTES = "\"'“”„«»‚‘’‟ \t\u00a0*"
_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_SPACES = re.compile(r"\s+")


def read_list(value: str | None) -> tuple[Mailbox, ...]:
    """The mailboxes of an address header (RFC 5322), decoded, first come first, at most 500."""
    if not value:
        return ()
    found = _boxes(value, decode=True)
    if not any(box.address for box in found) and "=?" in value:
        found = _boxes(decode_words(value), decode=False) or found
    return found


def read_shown(text: str) -> tuple[Mailbox, ...]:
    """The mailboxes of a line that a mail program shows in a body, with its links and ornaments."""
    plain = _without_links(_INVISIBLE.sub("", text))
    plain = _MARKDOWN.sub(r"<\1>", plain)
    plain = _LINK.sub(r"<\1>", plain)
    plain = _SQUARE.sub(r"<\1>", plain)
    plain = plain if "<" in plain else _ROUND.sub(r"<\1>", plain)
    plain = plain.replace("*", " ")
    return tuple(_deduplicated(box) for box in _boxes(plain, decode=False))


def _without_links(text: str) -> str:
    """Gateways that guard links put one behind an address, with the address in it once more."""
    if "://" not in text:
        return text
    plain = _GUARDED.sub("", text)
    return plain if _ADDRESS.search(plain) else text


def _boxes(value: str, *, decode: bool) -> tuple[Mailbox, ...]:
    pieces = _merged(_split(value[:_MOST_CHARACTERS]))
    boxes = (_box(piece, decode=decode) for piece in pieces[:MOST_READ])
    return tuple(box for box in boxes if box.name or box.address)[:MOST_KEPT]


def _split(value: str) -> list[tuple[str, str]]:
    """Pieces between top-level commas and semicolons, each with the sign that ended it; group names are dropped."""
    pieces: list[tuple[str, str]] = []
    current: list[str] = []
    quoted = angle = False
    depth = 0
    escaped = False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif character == '"' and not depth and not angle:
            quoted = not quoted
        elif quoted:
            pass
        elif character in "()":
            depth = max(0, depth + (1 if character == "(" else -1))
        elif not depth and character in "<>":
            angle = character == "<"
        elif not depth and not angle and character in ",;":
            pieces.append(("".join(current), character))
            current = []
            continue
        elif not depth and not angle and character == ":" and "@" not in current:
            current = []
            continue
        current.append(character)
    pieces.append(("".join(current), ""))
    return pieces


def _merged(pieces: list[tuple[str, str]]) -> list[str]:
    """`Doe, John <j@d>` is one person: a piece without an address belongs to the next one after a comma."""
    by_semicolon = any(sign == ";" for _, sign in pieces[:-1])
    whole: list[str] = []
    held = ""
    for piece, sign in pieces:
        text = f"{held},{piece}" if held else piece
        followed_by_comma = sign == ","
        nameless = "@" not in text and text.strip() and '"' not in text
        if nameless and followed_by_comma and (by_semicolon or text.count(",") < 1):
            held = text
            continue
        held = ""
        if text.strip():
            whole.append(text)
    if held.strip():
        whole.append(held)
    return [part for text in whole for part in _unmerged(text, by_semicolon=by_semicolon)]


def _unmerged(text: str, *, by_semicolon: bool) -> list[str]:
    """Two names with no bracketed address behind them were two people after all."""
    first, comma, second = text.partition(",")
    if comma and not by_semicolon and "@" not in first and "<" not in second and '"' not in text:
        return [first, second]
    return [text]


def _box(piece: str, *, decode: bool) -> Mailbox:
    outside, angle, comments = _parts(piece)
    if decode:
        outside, angle = _tightened(outside), None if angle is None else _SPACES.sub("", angle)
    if angle is None:
        found = _ADDRESS.search(outside)
        if found is None:
            return Mailbox(name=_name(outside, decode=decode))
        rest = (outside[: found.start()] + " " + outside[found.end() :]).strip()
        return Mailbox(_name(rest or " ".join(comments), decode=decode), _address(found[0]))
    found = _ADDRESS.search(angle) or _ADDRESS.search(outside)
    name = _name(outside if outside.strip(_QUOTES) else " ".join(comments), decode=decode)
    if found is None:
        return Mailbox(name or _name(angle, decode=decode))
    return Mailbox(name, _address(found[0]))


def _tightened(text: str) -> str:
    """RFC 5322 allows white space around the dots and the @ of a bare address."""
    tight = re.sub(r"\s*([.@])\s*", r"\1", text.strip())
    return tight if "@" in tight and not _SPACES.search(tight) else text


def _parts(piece: str) -> tuple[str, str | None, list[str]]:
    """What stands outside brackets, what stands in the last angle brackets, and the comments."""
    scan = _Scan()
    for character in piece:
        scan.take(character)
    return "".join(scan.outside), None if scan.angle is None else "".join(scan.angle), scan.comments


@dataclass(slots=True)
class _Scan:
    outside: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comments: list[str] = field(default_factory=list)
    quoted: bool = False
    escaped: bool = False
    inside: bool = False
    depth: int = 0

    def take(self, character: str) -> None:
        """The next character of a mailbox."""
        if self.escaped:
            self.escaped = False
            self._keep(character)
        elif character == "\\" and (self.quoted or self.depth):
            self.escaped = True
        elif character == '"' and not self.depth:
            self.quoted = not self.quoted
            self.outside.append(character)
        elif self.quoted:
            self.outside.append(character)
        elif character in "()" and (self.depth or character == "("):
            self._comment(character)
        elif character in "<>" and not self.depth:
            self._bracket(character)
        else:
            self._keep(character)

    def _comment(self, character: str) -> None:
        self.depth += 1 if character == "(" else -1
        if self.depth == 1 and character == "(":
            self.comments.append("")

    def _bracket(self, character: str) -> None:
        if character == "<":
            self.inside, self.angle = True, []
        elif self.inside:
            self.inside = False

    def _keep(self, character: str) -> None:
        if self.depth:
            self.comments[-1] += character
        elif self.inside and self.angle is not None:
            self.angle.append(character)
        else:
            self.outside.append(character)


def _address(text: str) -> str:
    return clean(text).strip("<>.,;")


def _name(text: str, *, decode: bool) -> str | None:
    plain = decode_words(text.replace('"', " ")) if decode else clean(text)
    spaced = _SPACES.sub(" ", _INVISIBLE.sub("", plain)).strip(" ,;<>")
    plain = spaced.strip(_QUOTES + ",;<>")
    # Only a part of the name is quoted where a list writes `'Ann Lee' via Sales`.
    partly = spaced[:1] == "'" != spaced[-1:] and plain.count("'") == 1
    return f"'{plain}" if partly and "' " in plain else plain or None


def _deduplicated(box: Mailbox) -> Mailbox:
    """Mail programs that know no name repeat the address in its place."""
    if box.name and box.address and box.name.lower().strip("<>") == box.address.lower():
        return Mailbox(None, box.address)
    return box
