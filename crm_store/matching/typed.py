"""A look-up as somebody typed it: its words, the addresses and the number among them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crm_store.matching.contact_points import phone_digits
from crm_store.matching.normalise import clean, fold, is_ideographic, query_words

MOST_WORDS: Final = 8
_MOST_ADDRESSES: Final = 2
_LEAST_DIGITS: Final = 5
_PHONE_RUN: Final = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s()./\-–]{3,}\d(?![\w@])")


@dataclass(frozen=True, slots=True)
class Typed:
    """`mailbox` is what was typed where it may be an address up to its @: one piece of writing without blanks.

    `ideographic` says that the words are readings of signs, so that their beginnings are nobody's but such writings'.
    """

    words: tuple[str, ...]
    addresses: tuple[str, ...]
    digits: str
    mailbox: str = ""
    ideographic: bool = False

    @property
    def words_alone(self) -> tuple[str, ...]:
        """The words of a query that is nothing but words; none where it holds an address or a number."""
        return () if self.addresses or self.digits else self.words


@lru_cache(maxsize=4_096)
def read_typed(query: str) -> Typed:
    """The parts of a query; never raises."""
    text = clean(query)
    digits = ""
    run = _PHONE_RUN.search(text)
    if run and len(phone_digits(run[0])) >= _LEAST_DIGITS:
        digits = phone_digits(run[0])
        text = f"{text[: run.start()]} {text[run.end() :]}"
    words = query_words(text)
    addresses = tuple(word for word in words if "@" in word)
    plain = tuple(word for word in words if "@" not in word)
    alone = fold(text) if plain and not addresses and not digits and " " not in text else ""
    return Typed(
        plain[:MOST_WORDS], addresses[:_MOST_ADDRESSES], digits, f"{alone}@" if alone else "", is_ideographic(text)
    )
