"""What an automatic reply tells about its sender: back on a day, gone for good, and who stands in."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from ingest.absence_words import BACK_AFTER, BACK_BEFORE, GONE, TURN_TO
from ingest.day_words import MOST_CHARACTERS, FoundDay, find_day, find_short_day, folded
from ingest.parsed import AutoReply, Mailbox

_MOST_TEXT: Final = 4_000
_MOST_PIECES: Final = 60
_AHEAD: Final = 48
_BEHIND: Final = 32
_SHORT_WORD: Final = 3
_RIGHT_BEFORE: Final = 14
_LONGEST_ABSENCE: Final = timedelta(days=500)
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,255}")
_NOBODY: Final = re.compile(r"^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster)", re.IGNORECASE)
_JOINS: Final = frozenset({"at", "unter", "à", "a", "på", "via", "op", "pod", "na", "em", "en", "по", "за"})
_MOST_NAME: Final = 3
_LOOKED_BACK: Final = 160


def read(text: str, sender: Mailbox, sent_on: date | None) -> AutoReply:
    """The facts in the text of an automatic reply; each is left out unless the words are clear."""
    shown = text[:_MOST_TEXT]
    gone = any(GONE.search(piece) for piece in _pieces(shown))
    back = None if gone else _back_on(shown, sent_on)
    return AutoReply(back_on=back, gone=gone, stand_in=_stand_in(shown, sender))


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs on one line each, cut to a length that matching can bear."""
    for paragraph in re.split(r"\n\s*\n", text, maxsplit=_MOST_PIECES):
        joined = " ".join(paragraph.split())
        for at in range(0, len(joined), MOST_CHARACTERS - 80):
            yield joined[at : at + MOST_CHARACTERS]


def _back_on(text: str, sent_on: date | None) -> date | None:
    days = [day for piece in _pieces(text) for day in _days(folded(piece))]
    found = [one for one in (_dated(day, sent_on) for day in days) if one]
    return max(found, default=None)


def _days(piece: str) -> Iterator[FoundDay]:
    """Days right behind a word of return, and days that such a word follows."""
    for word in BACK_BEFORE.finditer(piece):
        ahead = piece[word.end() : word.end() + _AHEAD]
        day = find_day(ahead) or find_short_day(ahead)
        # A word of two or three letters means many things; right before a day it means until.
        if day and (len(word[0]) > _SHORT_WORD or day.start <= _RIGHT_BEFORE):
            yield day
    for word in BACK_AFTER.finditer(piece):
        behind = piece[max(0, word.start() - _BEHIND) : word.start()]
        day = find_day(behind) or find_short_day(behind)
        if day and len(behind) - day.end <= 8:
            yield day


def _dated(day: FoundDay, sent_on: date | None) -> date | None:
    """The day in its year; without one, the next such day after the mail was sent."""
    if sent_on is None:
        return day.on(day.year) if day.year else None
    found = day.on(sent_on.year)
    if found and not day.year and found < sent_on:
        found = day.on(sent_on.year + 1)
    return found if found and sent_on <= found <= sent_on + _LONGEST_ABSENCE else None


def _stand_in(text: str, sender: Mailbox) -> Mailbox | None:
    own = (sender.address or "").lower()
    for found in _ADDRESS.finditer(text):
        address = found[0].strip(".").lower()
        before = text[max(0, found.start() - _LOOKED_BACK) : found.start()]
        if address == own or _NOBODY.match(address) or not TURN_TO.search(folded(before)):
            continue
        return Mailbox(_name_before(before, address.partition("@")[0]), address)
    return None


def _name_before(before: str, local: str) -> str | None:
    """Capitalised words right before the address, if the address bears one of them out."""
    words = re.sub(r"[<(\[:,\"]", " ", before.rpartition("\n")[2]).split()
    while words and words[-1].lower() in _JOINS:
        words.pop()
    name: list[str] = []
    while words and len(name) < _MOST_NAME and words[-1][:1].isupper() and not words[-1].endswith((".", "!", "?")):
        name.insert(0, words.pop())
    while name and not any(len(word) > 2 and word in local for word in folded(name[0]).split("-")):
        name.pop(0)
    return " ".join(name) or None
