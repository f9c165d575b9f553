"""Where a signature begins: at dashes, a closing, the sender's own name or address, a ruled line, a device's line."""

import re
import unicodedata
from typing import Final

from ingest.parsed import Mailbox
from ingest.signature_words import (
    CLOSINGS,
    DEVICE,
    DEVICE_AFTER,
    DEVICE_FIRST,
    DEVICE_TOLD,
    NOTICE,
    SENT_FROM_A_PROGRAM,
    SENT_FROM_MY,
)

DASHES: Final = re.compile(r"\s*(?:--|—|–)\s*$")
ADDRESS: Final = re.compile(r"\S{1,64}@\S{1,255}")
URL: Final = re.compile(r"(?<![@\w.])(?:https?://|www\.)[^\s<>\"'|,;()\[\]]{3,300}", re.IGNORECASE)
_MOST_LINES: Final = 16
_MOST_LINE: Final = 90
_MOST_QUOTED: Final = 2_000
_DEVICE_LINES: Final = (DEVICE, DEVICE_AFTER, DEVICE_FIRST, DEVICE_TOLD, SENT_FROM_MY, SENT_FROM_A_PROGRAM)
_LINK: Final = re.compile(r"\s?[<(]https?://[^\s<>]{1,300}[>)]")
_RULE: Final = re.compile(r"\s*[-_=*]{5,80}\s*$")
_DASHED_NAME: Final = re.compile(r"\s*[-–—/~]{1,2}\s?[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,2}\s*$")
_WORD: Final = r"[^\W\d_][^\s\d_,;:!?()<>]{0,20}"
_FEW_WORDS: Final = re.compile(rf"{_WORD}(?: {_WORD}){{0,3}},?")
_NAME_ALONE: Final = re.compile(rf"(?=[^\W\d_])(?![a-zà-ÿ])[^\s\d_,;:!?()<>]{{2,20}}(?: (?![a-zà-ÿ]){_WORD}){{0,2}}")


def without_notice(lines: list[str]) -> tuple[list[str], str]:
    """Legal notices at the end: paragraphs of long lines that speak of confidentiality."""
    paragraphs = _paragraphs(lines)
    cut = len(lines)
    for begin, end in reversed(paragraphs[1:]):
        joined = " ".join(lines[begin:end])
        if len(joined) > 80 and NOTICE.search(joined[:2_000]):
            cut = begin
        else:
            break
    return lines[:cut], "\n".join(lines[cut:]).strip()


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for at, line in enumerate([*lines, ""]):
        if line.strip() and begin is None:
            begin = at
        elif not line.strip() and begin is not None:
            found.append((begin, at))
            begin = None
    return found


def start(lines: list[str], sender: Mailbox, quoted: str = "") -> int | None:
    """The first line of the signature, looked for in the last lines only; `quoted` is what the text answers."""
    found = _plainly(lines, sender)
    if found is None:
        found = _with_own_address(lines, sender)
    return _signed_in_any_tongue(lines, sender, quoted[:_MOST_QUOTED]) if found is None else found


def _plainly(lines: list[str], sender: Mailbox) -> int | None:
    written = [at for at, line in enumerate(lines) if line.strip()][-_MOST_LINES:]
    for at in written:
        if DASHES.match(lines[at]) and at != written[-1]:
            return at
    for at in written:
        if is_closing(lines[at]) and at != (written[0] if len(written) == 1 else -1) and _all_short(lines, at + 1):
            return at
    for at in written:
        if is_sender(lines[at], sender) and _contact_lines(lines, at + 1):
            return at
    for at in written:
        if _RULE.match(lines[at]) and at != written[-1] and _all_short(lines, at + 1) and _reachable(lines[at:]):
            return at
    if len(written) > 1 and _DASHED_NAME.match(lines[written[-1]]) and not _bulleted(lines, written[-2]):
        return written[-1]
    return next((at for at in written[-3:] if is_device(lines[at])), None)


def _with_own_address(lines: list[str], sender: Mailbox) -> int | None:
    """A last paragraph of short lines with the sender's own address in it."""
    paragraphs = _paragraphs(lines)
    own = (sender.address or "").lower()
    if len(paragraphs) < 2 or not own:
        return None
    begin, end = paragraphs[-1]
    addressed = any(own in line.lower() for line in lines[begin:end])
    return begin if addressed and 2 <= end - begin <= _MOST_LINES and _all_short(lines, begin) else None


def _signed_in_any_tongue(lines: list[str], sender: Mailbox, quoted: str) -> int | None:
    """A last paragraph of a few words and a name: a comma, the sender or the quoted greeting says that it is one."""
    paragraphs = _paragraphs(lines)
    if len(paragraphs) < 2 or paragraphs[-1][1] - paragraphs[-1][0] != 2:
        return None
    at = paragraphs[-1][0]
    phrase, name = lines[at].strip(), lines[at + 1].strip()
    if not _FEW_WORDS.fullmatch(phrase) or not _NAME_ALONE.fullmatch(name):
        return None
    greeted = re.search(rf"(?<!\w){re.escape(name.split()[0])}(?!\w)", quoted) is not None
    return at if phrase.endswith(",") or greeted or is_sender(name, sender) else None


def _reachable(lines: list[str]) -> bool:
    """Whether an address, a link or a number to call stands in the lines."""
    return any(ADDRESS.search(line) or URL.search(line) or sum(sign.isdigit() for sign in line) >= 7 for line in lines)


def _bulleted(lines: list[str], at: int) -> bool:
    return lines[at].lstrip()[:1] in "-–—/~*•"


def is_closing(line: str) -> bool:
    """Whether a line only closes a letter, in a known language."""
    plain = " ".join(line.strip(" ,.!*_-–").lower().split())
    if not plain or len(plain) > 45:
        return False
    folded = fold(plain)
    if folded in _CLOSINGS:
        return True
    head, comma, rest = folded.partition(",")
    return bool(comma) and head in _CLOSINGS and len(rest.split()) <= 3


def _all_short(lines: list[str], at: int) -> bool:
    rest = [line for line in lines[at:] if line.strip()]
    return len(rest) <= 12 and all(len(line) <= _MOST_LINE and not _is_sentence(line) for line in rest)


def _is_sentence(line: str) -> bool:
    words = line.split()
    return len(words) > 9 and line.rstrip().endswith((".", "?", "!")) and not ADDRESS.search(line)


def _contact_lines(lines: list[str], at: int) -> bool:
    """Below a name stand facts, not sentences."""
    return _all_short(lines, at) and not any(line.rstrip().endswith("?") for line in lines[at:])


def is_sender(line: str, sender: Mailbox) -> bool:
    """Whether a line is the sender's name, or the first words of one are."""
    name = fold(sender.name or "")
    plain = fold(line.strip(" ,.-–—*_"))
    if not name or not plain or len(plain) > 60:
        return False
    words = name.replace(",", " ").split()
    said = plain.split()
    return plain == name or (len(said) <= 3 and all(word in words for word in said)) or _begins_with(said, words)


def _begins_with(said: list[str], words: list[str]) -> bool:
    return len(words) >= 2 and len(said) >= 2 and said[:2] == words[:2] and len(said) <= 5


def is_device(line: str) -> bool:
    """Whether a line only says which device or program sent the mail."""
    plain = _LINK.sub("", line[:400]).strip(" .*_-–—\u200e\u200f")
    if not plain or len(plain) > 80 or "," in plain:
        return False
    return any(pattern.fullmatch(plain) for pattern in _DEVICE_LINES)


def fold(text: str) -> str:
    """Small letters without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


_CLOSINGS = frozenset(fold(closing) for closing in CLOSINGS)
