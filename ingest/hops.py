"""How often a mail passed our own hosts already, read from its Received lines (RFC 5321, 4.4)."""

import re

_MOST_HEADER = 262_144
_FOLD = re.compile(rb"\r?\n[ \t]+")
_BY = re.compile(rb"\bby[ \t]+([a-z0-9.-]{1,255})")


def own_hops(raw: bytes, domain: str) -> int:
    """The Received lines written by a host of our own mail domain."""
    if not domain:
        return 0
    header = re.split(rb"\r?\n\r?\n", raw[:_MOST_HEADER], maxsplit=1)[0]
    own = domain.lower().encode("ascii", "ignore")
    count = 0
    for line in _FOLD.sub(b" ", header).lower().splitlines():
        if line.startswith(b"received:"):
            host = _BY.search(line[:2_000])
            count += host is not None and (host[1].rstrip(b".") == own or host[1].rstrip(b".").endswith(b"." + own))
    return count
