"""A forward inside a forward: the mail deeper within, and past which colleagues it has to be looked for."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ingest import forwarded, rules
from ingest.parsed import Forwarded, ParsedMail

_MOST_TEXT: Final = 200_000
_MOST_DEPTH: Final = 3


def read(inner: Forwarded, depth: int = _MOST_DEPTH) -> Forwarded:
    """The same with the mail that its sender forwarded in turn, where the subject or a separator says that they did."""
    if depth == 0 or len(inner.body) > _MOST_TEXT:
        return inner
    deeper = forwarded.unwrap(inner.body, inner.subject, replied=True)
    if deeper is None or not deeper.from_.address:
        return inner
    return replace(inner, within=read(deeper, depth - 1))


def chain(mail: ParsedMail) -> Iterator[ParsedMail]:
    """The mail, and as it would be if each deeper mail were the one that was forwarded."""
    found: ParsedMail | None = mail
    while found is not None:
        yield found
        found = _deeper(found)


def _deeper(mail: ParsedMail) -> ParsedMail | None:
    inner = mail.forwarded
    if inner is None or inner.within is None:
        return None
    said = f"{inner.from_.name or inner.from_.address}: {inner.within.message}" if inner.within.message else ""
    message = "\n\n".join(part for part in (inner.message, said) if part)
    return replace(mail, forwarded=replace(inner.within, message=message))


def past_colleagues(mail: ParsedMail, known: rules.Known) -> ParsedMail:
    """A colleague forwarded a customer's mail to another, who sends it here: the customer's mail is meant."""
    for found in chain(mail):
        if not rules.among_colleagues(found, known):
            return found
    return mail
