"""Instructions on the first lines of a mail, above everything else its sender wrote."""

import re

from ingest.parsed import FirstLine

_COMMAND = re.compile(r"/(deal|case|task|note|private|for)\b[ \t]*(.{0,300})\Z", re.IGNORECASE)
_FROM = re.compile(r"from:\s*<?([^\s<>@]{1,64}@[^\s<>@]{1,255})>?\s*\Z", re.IGNORECASE)
_MOST = 10


def read(text: str) -> tuple[tuple[FirstLine, ...], str]:
    """The instructions, one each until the first other line, and the text without them."""
    lines = text.split("\n")
    found: list[FirstLine] = []
    at = 0
    while at < len(lines) and len(found) < _MOST:
        line = lines[at].strip()
        if line:
            instruction = _instruction(line[:400])
            if instruction is None:
                break
            found.append(instruction)
        at += 1
    return (tuple(found), "\n".join(lines[at:]).strip()) if found else ((), text)


def _instruction(line: str) -> FirstLine | None:
    command = _COMMAND.match(line)
    if command:
        verb = command[1].lower()
        return FirstLine("deal" if verb == "case" else verb, command[2].strip())
    sender = _FROM.match(line)
    return FirstLine("from", sender[1]) if sender else None
