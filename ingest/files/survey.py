"""A first look at a mailbox file, at headers alone: whose it is, and to whom its owner has written."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_store.matching.contact_points import email_key
from ingest import headers, mailboxes
from ingest.files import mbox
from ingest.headers import Headers

_HEADER: Final = 65_536
_MOST_ADDRESSES: Final = 200_000
_MOST_A_MAIL: Final = 100
_OWNERS: Final = ("delivered-to", "x-original-to", "envelope-to", "from", "to", "cc")


@dataclass(frozen=True, slots=True)
class Survey:
    """How many mails there are, to whom colleagues wrote in them, and the address that is in most of them."""

    mails: int
    written_to: frozenset[str]
    owner: str


def look(path: Path, colleagues: Collection[str]) -> Survey:
    """Walk through the file once; what is kept does not grow beyond a limit."""
    written_to: set[str] = set()
    present: Counter[str] = Counter()
    number = 0
    for boxed in mbox.mails(path):
        number = boxed.number
        if boxed.raw is None:
            continue
        header, _, _ = headers.read_headers(boxed.raw[:_HEADER])
        here = set(_addresses(header, _OWNERS))
        if len(present) < _MOST_ADDRESSES:
            present.update(here)
        else:
            present.update(one for one in here if one in present)
        if len(written_to) < _MOST_ADDRESSES and set(_addresses(header, ("from",))) & set(colleagues):
            written_to.update(_addresses(header, ("to", "cc")))
    return Survey(number, frozenset(written_to), _owner(present, colleagues, number))


def _owner(present: Counter[str], colleagues: Collection[str], mails: int) -> str:
    """The address that is in more than half of the mails: a colleague's where there are colleagues at all."""
    able = {one: count for one, count in present.items() if not colleagues or one in colleagues}
    ranked = sorted(able.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked or ranked[0][1] * 2 <= mails:
        return ""
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else ""


def _addresses(header: Headers, names: Collection[str]) -> Iterator[str]:
    for name in names:
        for box in mailboxes.read_list(header.raw(name))[:_MOST_A_MAIL]:
            key = email_key(box.address or "")
            if key:
                yield key
