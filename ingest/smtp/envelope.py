"""The arguments of MAIL and RCPT, read without a grammar that could be made to recurse."""

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:=[^\s=]+)?\Z")
_MOST_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Path:
    """An address as it stood between the angle brackets, and the parameters behind it in capitals."""

    address: str
    parameters: dict[str, str]


def read_path(argument: str | None, keyword: str) -> Path | None:
    """Read `FROM:<a@b> SIZE=1`; None where the syntax is wrong."""
    if argument is None or len(argument) > _MOST_CHARACTERS or argument[: len(keyword)].upper() != keyword:
        return None
    rest = argument[len(keyword) :].strip()
    if rest.startswith("<"):
        address, closed, tail = _until_bracket(rest)
        if not closed or (tail and not tail.startswith(" ")):
            return None
    else:
        address, _, tail = rest.partition(" ")
        if not address:
            return None
    address = _without_route(address.strip())
    words = tail.split()
    if not address.isprintable() or not all(map(_PARAMETER.match, words)):
        return None
    return Path(address, {name.upper(): value for name, _, value in (word.partition("=") for word in words)})


def _until_bracket(rest: str) -> tuple[str, bool, str]:
    if '"' not in rest:
        address, closed, tail = rest[1:].partition(">")
        return address, bool(closed), tail
    quoted = False
    for at, character in enumerate(rest):
        if character == '"':
            quoted = not quoted
        elif character == ">" and not quoted:
            return rest[1:at], True, rest[at + 1 :]
    return "", False, ""


def _without_route(address: str) -> str:
    """RFC 5321, appendix C: a source route is accepted and ignored."""
    if address.startswith("@") and ":" in address:
        return address.partition(":")[2]
    return address
