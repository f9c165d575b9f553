"""What a machine wrote in a mail that somebody forwarded by hand: a delivery report, or an automatic reply."""

from dataclasses import replace
from datetime import date
from typing import Final

from ingest import absence, bounces, signs
from ingest.mime_parts import read_tree
from ingest.parsed import NOBODY, Forwarded, Mailbox

_MOST_TEXT: Final = 60_000


def read(inner: Forwarded, sent_on: date | None) -> Forwarded:
    """The same with what it tells where a machine wrote it; a person's mail comes back as it is."""
    if signs.is_automatic_subject(inner.subject):
        on = inner.date_at.date() if inner.date_at else sent_on
        told = absence.read(inner.body, inner.from_, on)
        known = told.gone or told.back_on is not None or told.stand_in is not None
        return replace(inner, auto_reply=told) if known else inner
    raw = _as_mail(inner)
    found = bounces.read(read_tree(raw), raw, inner.body[:_MOST_TEXT])
    return replace(inner, bounce=found) if found is not None else inner


def _as_mail(inner: Forwarded) -> bytes:
    """The inner mail as it may have come, so that the same rules read it; its other headers are lost."""
    to = next(iter(inner.to), NOBODY)
    head = f"From: {_shown(inner.from_)}\r\nTo: {_shown(to)}\r\nSubject: {inner.subject or ''}\r\n"
    text = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{inner.body[:_MOST_TEXT]}"
    return text.encode("utf-8", "surrogatepass")


def _shown(box: Mailbox) -> str:
    return " ".join(f"{box.name or ''} <{box.address or ''}>".split())
