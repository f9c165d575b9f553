"""Phrases of a free text that may name a customer: runs of capitalised words, joined where a company follows."""

import re
from itertools import pairwise
from typing import Final

_RUN: Final = re.compile(r"[^\W\d_][\w'’&.-]*(?:[ ]+[^\W\d_][\w'’&.-]*)*")
_LINKS: Final = frozenset({"from", "at", "of", "with", "von", "bei", "de", "chez", "da", "van"})
_NEVER: Final = frozenset(
    {
        "i", "we", "you", "he", "she", "they", "it", "the", "a", "an", "and", "or", "but", "so", "if", "when",
        "where", "what", "who", "how", "please", "thanks", "thank", "hello", "hi", "hey", "dear", "yes", "no",
        "ok", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
        "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "today", "tomorrow", "yesterday", "re", "fwd", "fw", "call", "mail", "meeting", "quote",
    }
)  # fmt: skip
_MOST_WORDS: Final = 4
_LONGEST_TEXT: Final = 2_000


def names_in(text: str) -> tuple[str, ...]:
    """The likeliest first: a name with its company, then names of several words, then single words."""
    runs = _runs(text[:_LONGEST_TEXT])
    joined = [
        f"{one} {other}" for one, other, linked in zip(runs, runs[1:], _linked(text, runs), strict=False) if linked
    ]
    several = [one for one in runs if " " in one]
    single = [one for one in runs if " " not in one]
    return tuple(dict.fromkeys([*joined, *several, *single]))[:8]


def _runs(text: str) -> list[str]:
    found: list[str] = []
    for piece in re.split(r"[\n.,;:!?()\[\]\"“”]+", text):
        run: list[str] = []
        for word in [*piece.split(), ""]:
            if word[:1].isupper() and word.lower() not in _NEVER and _RUN.match(word):
                run.append(word)
                continue
            if run:
                found.append(" ".join(run[:_MOST_WORDS]))
            run = []
    return found


def _linked(text: str, runs: list[str]) -> list[bool]:
    """Whether a run is followed by the next one through a word such as "from"."""
    lower = f" {' '.join(text.split())} ".lower()
    return [any(f" {one.lower()} {link} {other.lower()}" in lower for link in _LINKS) for one, other in pairwise(runs)]
