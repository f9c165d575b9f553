"""Instructions on the first lines of a mail, above everything else its sender wrote."""

import re
from typing import Final

from ingest.parsed import FirstLine

VERBS: Final = frozenset({"deal", "task", "note", "private", "for", "from"})
_SAME: Final = {"case": "deal"}
_COMMAND: Final = re.compile(r"/([a-z]{2,20})(?:[ \t]+(.{0,300}))?\Z", re.IGNORECASE)
_FROM: Final = re.compile(r"from:\s*<?([^\s<>@]{1,64}@[^\s<>@]{1,255})>?\s*\Z", re.IGNORECASE)
_MOST: Final = 10


def read(text: str) -> tuple[tuple[FirstLine, ...], str]:
    """The instructions, one each until the first other line, and the text without them; what is unknown stays in it."""
    lines = text.split("\n")
    found: list[FirstLine] = []
    strange: list[str] = []
    at = 0
    while at < len(lines) and len(found) < _MOST:
        line = lines[at].strip()
        if line:
            instruction = _instruction(line[:400])
            if instruction is None:
                break
            found.append(instruction)
            strange += [] if instruction.verb in VERBS else [line]
        at += 1
    return (tuple(found), "\n".join([*strange, *lines[at:]]).strip()) if found else ((), text)


def _instruction(line: str) -> FirstLine | None:
    command = _COMMAND.match(line)
    if command:
        verb = command[1].lower()
        return FirstLine(_SAME.get(verb, verb), (command[2] or "").strip())
    sender = _FROM.match(line)
    return FirstLine("from", sender[1]) if sender else None
