"""Personal ingest addresses: minted once, recognised at the door, with the verbs their owner adds."""

import base64
import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

_SECRET_BYTES = 16
_LOCAL = re.compile(r"(?:(?P<hint>[a-z0-9][a-z0-9._]*)-)?(?P<secret>[a-z2-7]{26})\Z")
_MOST_OF_A_LOCAL_PART = 320  # RFC 5321 allows 64 octets, but a longer one is answered rather than misread.
_MOST_VERBS = 10
_HINT_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Minted:
    """A new address: its part before the @, and the secret in it, which is shown once and stored as a hash."""

    local_part: str
    secret: str


@dataclass(frozen=True, slots=True)
class FileOnDeal:
    """`+deal.acme-renewal`, or `+deal.new.acme` to create one."""

    name: str
    create: bool = False


@dataclass(frozen=True, slots=True)
class MakeTask:
    """`+task.fri`: log the mail, and a task due then."""

    due: str


@dataclass(frozen=True, slots=True)
class NoteOnly:
    """`+note`: keep only what the forwarder wrote."""


@dataclass(frozen=True, slots=True)
class AutoForwarded:
    """`+fw`: a machine forwards; the owner of the address wrote nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`+re`: the address that answers to our own letters come to."""


@dataclass(frozen=True, slots=True)
class PrivateTo:
    """`+private`: visible to the owner of the address alone."""


@dataclass(frozen=True, slots=True)
class FileFor:
    """`+for.ann.lee`: file to this customer."""

    name: str


@dataclass(frozen=True, slots=True)
class UnknownVerb:
    """A typing error: the mail is filed without it and the receipt says so."""

    text: str


Verb: TypeAlias = FileOnDeal | MakeTask | NoteOnly | AutoForwarded | Answered | PrivateTo | FileFor | UnknownVerb


@dataclass(frozen=True, slots=True)
class Reading:
    """An ingest address taken apart."""

    secret: str
    verbs: tuple[Verb, ...]
    hint: str


_BARE: dict[str, Verb] = {"note": NoteOnly(), "fw": AutoForwarded(), "re": Answered(), "private": PrivateTo()}


def mint(name_hint: str) -> Minted:
    """A new personal address with 128 random bits; the hint only helps its owner to recognise it."""
    plain = unicodedata.normalize("NFKD", name_hint).encode("ascii", "ignore").decode("ascii").lower()
    hint = re.sub(r"[^a-z0-9]+", "", plain)[:_HINT_CHARACTERS] or "crm"
    secret = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii").rstrip("=").lower()
    return Minted(local_part=f"{hint}-{secret}", secret=secret)


def secret_hash(secret: str) -> str:
    """What the store keeps of a secret, and looks it up by."""
    return hashlib.sha256(secret.lower().encode("utf-8", "surrogatepass")).hexdigest()


def read(rcpt: str, domain: str) -> Reading | None:
    """Take an envelope recipient apart; None where it is no ingest address of this domain."""
    address = rcpt.strip().removeprefix("<").removesuffix(">")
    local, at, host = address.rpartition("@")
    if not at or host.lower().rstrip(".") != domain.lower().rstrip(".") or len(local) > _MOST_OF_A_LOCAL_PART:
        return None
    first, *words = local.split("+")
    found = _LOCAL.match(first.lower())
    if found is None:
        return None
    verbs = tuple(_verb(word) for word in words[:_MOST_VERBS] if word)
    return Reading(secret=found["secret"], verbs=verbs, hint=found["hint"] or "")


def _verb(text: str) -> Verb:
    name, _, value = text.partition(".")
    name = name.lower()
    if not value:
        return _BARE.get(name, UnknownVerb(text))
    match name:
        case "deal":
            return _deal(value)
        case "task":
            return MakeTask(value.replace("-", " "))
        case "for":
            return FileFor(re.sub(r"[.-]+", " ", value).strip())
        case _:
            return UnknownVerb(text)


def _deal(value: str) -> Verb:
    first, dot, rest = value.partition(".")
    if first.lower() == "new" and dot and rest:
        return FileOnDeal(rest.replace("-", " "), create=True)
    return FileOnDeal(value.replace("-", " "))
