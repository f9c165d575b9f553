"""What finds the few candidates of a look-up: the query as it was read, and what every retriever answers."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from crm_store.engine.work import Work
from crm_store.lookup.tokens import email_words
from crm_store.matching.contact_points import looks_like_phone, phone_digits
from crm_store.matching.hopes import Hopes
from crm_store.matching.normalise import clean, fold, query_words, tokens
from crm_store.matching.profile import Candidate

MOST_CANDIDATES: Final = 60
LEAST_DIGITS: Final = 5
_LONGEST: Final = 300
_MOST_WORDS: Final = 8
_MOST_ADDRESSES: Final = 2
_NUMBER: Final = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s()./–-]{3,}\d(?![\w@])")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as read: folded words, whole or half addresses, and the digits of a number; `text` as it was shown."""

    text: str
    words: tuple[str, ...]
    addresses: tuple[str, ...]
    digits: str

    @property
    def empty(self) -> bool:
        """True where nothing is left to look for."""
        return not (self.words or self.addresses or self.digits)

    @property
    def mailbox(self) -> str:
        """What was typed and an @, where it is one piece of writing that may be all of an address up to there."""
        alone = bool(self.words) and not self.addresses and not self.digits and " " not in self.text
        return f"{fold(self.text)}@" if alone else ""

    @property
    def mailbox_words(self) -> frozenset[str]:
        """Those words that may stand in an address alone."""
        parts = [word for address in self.addresses for word in address_words(address)]
        return frozenset([*parts, *self.words] if self.mailbox else parts)

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words, and those of the addresses: half an address has words as well (`k.muller@ashb`: three)."""
        parts = [word for address in self.addresses for word in address_words(address)]
        return tuple(dict.fromkeys([*self.words, *parts]))


@dataclass(frozen=True, slots=True)
class Gathered:
    """At most `MOST_CANDIDATES` customers, in no order; `idf` says how much a folded word tells.

    `known` are the same customers with their texts, where the retriever has these at hand, and `hopes` what they can
    reach, where it can tell.
    """

    customer_ids: tuple[str, ...]
    idf: Callable[[str], float]
    known: Sequence[Candidate] = ()
    hopes: Hopes | None = None


class Retriever(Protocol):
    """Finds candidates: the SQL floor reads the token tables, the index in memory its arrays; both rank alike."""

    def candidates(self, work: Work, asked: Asked, owner: str) -> Gathered:
        """Who may be meant as the store is now; where more fit alike than are weighed, `owner`'s own come first."""
        ...


def read(text: str) -> Asked:
    """The query's words, addresses and digits; never raises."""
    shown = clean(text)[:_LONGEST]
    digits = ""
    rest = shown
    run = _NUMBER.search(shown)
    if looks_like_phone(shown):
        digits, rest = phone_digits(shown), ""
    elif run and len(phone_digits(run[0])) >= LEAST_DIGITS:
        digits, rest = phone_digits(run[0]), f"{shown[: run.start()]} {shown[run.end() :]}"
    words = query_words(rest)
    addresses = tuple(word for word in words if "@" in word)[:_MOST_ADDRESSES]
    return Asked(shown, tuple(word for word in words if "@" not in word)[:_MOST_WORDS], addresses, digits)


def address_words(address: str) -> tuple[str, ...]:
    """The words of a whole or half address."""
    local, _, domain = address.rpartition("@")
    return email_words(address) or (*tokens(local), *tokens(domain.partition(".")[0]))


def rarity(bearers: Mapping[str, int], population: int) -> Callable[[str], float]:
    """How much a word tells: the logarithm of how few of the population bear exactly it."""
    everybody = max(1, population)

    def idf(word: str) -> float:
        return math.log((everybody + 1) / (min(bearers.get(word, 0), everybody) + 0.5))

    return idf
