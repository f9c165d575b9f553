"""Our own look at a mail's signatures: which domains vouch for all of it, as far as the sender's own domain asks."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from crm_store.matching.contact_points import registrable_domain
from ingest import headers, in_parts
from ingest.headers import Headers
from ingest.in_parts import Raw

Lookup: TypeAlias = Callable[[str], Awaitable[tuple[str, ...]]]
"""The text records of a name; empty where there is none, raises NameServiceDown where nobody answers."""
Verify: TypeAlias = Callable[[Raw, Mapping[int, str]], Awaitable[tuple[int, ...]]]
"""Which of the numbered signatures hold, each with the key record of its domain."""

MOST_SIGNATURES: Final = 5
MOST_HEADER: Final = 262_144
_TAG: Final = re.compile(r"[a-z][a-z0-9_]*\Z", re.IGNORECASE)
_NAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\Z", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s+")
# SHA-1 must not be believed any more (RFC 8301); for other algorithms there is no key type in use.
_STRONG: Final = frozenset({"rsa-sha256", "ed25519-sha256"})


class NameServiceDown(Exception):
    """No name server answered in time, so that nothing is known either way."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM signature as its header has it; `number` counts the signatures of the mail from 0."""

    number: int
    domain: str
    selector: str
    algorithm: str
    signed: frozenset[str]
    partial: bool

    @property
    def key_name(self) -> str:
        """Where the domain shows its public key."""
        return f"{self.selector}._domainkey.{self.domain}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Domains whose signature holds and stands for the sender; where there is none, `why` says what is missing."""

    signed_by: tuple[str, ...] = ()
    why: str = ""


async def gather(raw: Raw, sender: str, lookup: Lookup, verify: Verify) -> Evidence:
    """Check the signatures that could speak for the sender's address; no other name is asked for."""
    header, _, _ = headers.read_headers(in_parts.head(raw)[:MOST_HEADER])
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    if sum(1 for _ in header.all("from")) != 1:
        return Evidence(why="It has several senders, or none.")
    candidates, why = _candidates(header, domain)
    if not candidates:
        return Evidence(why=why)
    try:
        return await _checked(raw, domain, candidates, lookup, verify)
    except NameServiceDown:
        return Evidence(why="Its signature could not be checked: no name server answered.")


async def _checked(raw: Raw, domain: str, candidates: Sequence[Signature], lookup: Lookup, verify: Verify) -> Evidence:
    keys = await _keys(candidates, lookup)
    if not keys:
        return Evidence(why=f"The key of its signature is not published by {domain}.")
    held = set(await verify(raw, keys))
    signed_by = tuple(dict.fromkeys(one.domain for one in candidates if one.number in held))
    if not signed_by:
        return Evidence(why="Its signature does not fit its contents.")
    if domain in signed_by or not await _strict(domain, lookup):
        return Evidence(signed_by)
    return Evidence(why=f"{domain} asks that {domain} itself signs, and only {signed_by[0]} did.")


def signatures(header: Headers) -> tuple[Signature, ...]:
    """The first signatures of a mail, those that can be read."""
    found = []
    for number, value in enumerate(islice(header.all("dkim-signature"), MOST_SIGNATURES)):
        tags = _tags(value)
        domain, selector = tags.get("d", "").lower().rstrip("."), tags.get("s", "").lower()
        if not (_NAME.match(domain) and _NAME.match(selector)):
            continue
        signed = frozenset(name.strip().lower() for name in tags.get("h", "").split(":"))
        found.append(Signature(number, domain, selector, tags.get("a", "").lower(), signed, "l" in tags))
    return tuple(found)


def is_aligned(domain: str, with_domain: str) -> bool:
    """Whether both belong to one registered domain (RFC 7489, relaxed); a public suffix belongs to nobody."""
    registered = registrable_domain(domain)
    return bool(registered) and registered == registrable_domain(with_domain)


def _candidates(header: Headers, domain: str) -> tuple[tuple[Signature, ...], str]:
    """Signatures that would count if they hold, and why there are none."""
    read = signatures(header)
    aligned = tuple(one for one in read if is_aligned(one.domain, domain))
    if not aligned:
        other = f" Its signature is of {read[0].domain}, which proves nothing about {domain}." if read else ""
        return (), f"It bears no signature of {domain}.{other}"
    # What follows a signed length could be anybody's words (RFC 6376, 8.2).
    whole = tuple(one for one in aligned if not one.partial)
    if not whole:
        return (), "Its signature covers only a part of it."
    strong = tuple(one for one in whole if one.algorithm in _STRONG and "from" in one.signed)
    return strong, "" if strong else "Its signature is of a kind that is not believed."


async def _keys(candidates: Sequence[Signature], lookup: Lookup) -> dict[int, str]:
    keys = {}
    for one in candidates:
        records = await lookup(one.key_name)
        # Several records leave the choice undefined (RFC 6376, 3.6.2.2): the first that is a key is taken.
        key = next((record for record in records if "p=" in record), "")
        if key:
            keys[one.number] = key
    return keys


async def _strict(domain: str, lookup: Lookup) -> bool:
    """Whether the sender's domain, or the registered one above it, asks for its exact name (adkim=s)."""
    for place in dict.fromkeys((domain, registrable_domain(domain))):
        records = await lookup(f"_dmarc.{place}")
        policies = [one for one in records if _BLANKS.sub("", one).lower().startswith("v=dmarc1")]
        if policies:
            # Several policies are as good as none (RFC 7489, 6.6.3).
            return len(policies) == 1 and _tags(policies[0]).get("adkim", "r").lower() == "s"
    return False


def _tags(value: str) -> dict[str, str]:
    """The tags of a signature or policy (RFC 6376, 3.2); of one that stands twice the first counts."""
    found: dict[str, str] = {}
    for part in value[:MOST_HEADER].split(";"):
        name, equals, text = part.partition("=")
        name = name.strip().lower()
        if equals and _TAG.match(name):
            found.setdefault(name, _BLANKS.sub("", text))
    return found
