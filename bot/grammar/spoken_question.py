"""Questions as people say them, such as who bought most, put into the words that `question` reads."""

import re
from collections.abc import Callable
from typing import Final

_DOERS: Final = r"did|has|have|does"
_WHOSE: Final = {"i": "me", "we": "", "they": "", "you": ""}


def _of(figure: str, who: str) -> str:
    name = _WHOSE.get(who.casefold(), who)
    return f"{figure} owner {name}" if name else figure


def _ranked(match: re.Match[str]) -> str:
    things = {"company": "companies", "account": "accounts", "buyers": "customers"}.get(match[1].casefold(), match[1])
    return f"top 5 {things}" if match[2] else f"top 5 {things} by revenue"


# What people say, and the same in the words of a question.
_SAID: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    (
        r"(?:who|which customers?) (?:has |have )?(?:bought|ordered|spent|buys?|orders?|spends?)(?: the)? most",
        "top 5 customers by revenue",
    ),
    (
        r"(?:(?:who|which) (?:are |is )?)?(?:our |my |the )?(?:best|biggest|largest) "
        r"(customers|company|companies|accounts?|buyers)(?:( by)\b(?=\s+\w))?",
        lambda match: _ranked(match) + (match[2] or ""),
    ),
    (r"who (?:has |have )?(?:won|closed)(?: the)? most(?: deals)?", "top 5 owners by deals won"),
    (r"who (?:has |have )?lost(?: the)? most(?: deals)?", "top 5 owners by deals lost"),
    (
        rf"how many (?:deals )(?:{_DOERS}) (\w+) (?:win|won|close|closed)",
        lambda match: _of("deals won", match[1]),
    ),
    (rf"how many (?:deals )(?:{_DOERS}) (\w+) (?:lose|lost)", lambda match: _of("deals lost", match[1])),
    (
        rf"how many (calls|e?-?mails|meetings|messages|notes|contacts) (?:{_DOERS}) (\w+) "
        r"(?:make|made|send|sent|write|written|log|logged|have|had|hold|held)",
        lambda match: _of(match[1].replace("-", ""), match[2]),
    ),
    (rf"how many tasks (?:{_DOERS}) (\w+) (?:do|done|finish|finished)", lambda match: _of("tasks done", match[1])),
    (r"how much (?:did|have|do) we (?:sell|sold|make|made|earn|earned)", "revenue"),
    (r"how many (?:customers|people) (?:have )?(?:ordered|bought|buy|order)", "buyers"),
    # A stretch of time is compared with the one before in any case.
    (
        r"(this (week|month|quarter|year)\b.*?) (?:vs\.?|versus|against|compared (?:to|with)) (?:the )?"
        r"(?:last|previous|prior)(?: \2)?",
        lambda match: match[1],
    ),
)
_PATTERNS: Final = tuple((re.compile(rf"(?<![\w-]){said}(?![\w-])", re.IGNORECASE), put) for said, put in _SAID)


def plainly(text: str) -> str:
    """The same question in plain words; names in quotes, and what is plain already, are left as they are."""
    if '"' in text:
        return text
    for pattern, put in _PATTERNS:
        if match := pattern.search(text):
            words = put if isinstance(put, str) else put(match)
            text = f"{text[: match.start()]}{words}{text[match.end() :]}"
    return " ".join(text.split())
