"""Two words of one contact as one number, by which two common words find the few who bear both.

The upper part of a number says how the two words begin, the lower which they are: the same pair has the same number,
and all pairs that begin alike lie beside each other, so that half-typed words find theirs as well.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final
from zlib import crc32

from crm_store.matching import companies

BEGINNING: Final = 3
"""So many letters of each word tell how a pair begins."""

SPAN: Final = 1 << 31
"""So many numbers have the pairs that begin alike."""

_LETTERS: Final = {mark: at for at, mark in enumerate("0123456789abcdefghijklmnopqrstuvwxyz", 1)}
_MARKS: Final = len(_LETTERS) + 1
_BEGINNINGS: Final = _MARKS**BEGINNING
_SHORTEST: Final = 2
_MOST_NAMED: Final = 5
_MOST_OF_COMPANY: Final = 4


def key_of(one: str, other: str) -> int:
    """The number of two folded words, in either order: above 0 and below 2**63."""
    first, second = (one, other) if one <= other else (other, one)
    return beginning_of(first, second) + (crc32(f"{first} {second}".encode()) >> 1)


def beginning_of(one: str, other: str) -> int:
    """The first of the `SPAN` numbers of all pairs whose words begin as these do."""
    first, second = _begun(one), _begun(other)
    return (min(first, second) * _BEGINNINGS + max(first, second)) * SPAN


def keys_of(named: Collection[str], of_company: Collection[str]) -> set[int]:
    """The numbers by which a contact is found: each two words of the name, and each of these with one of the company.

    Words that many companies carry count where there are no others. Of very long names the longest words count.
    """
    names, firm = _longest(named, _MOST_NAMED), _telling(tuple(of_company))
    return {key_of(one, other) for one, other in _pairs(names, firm)}


@lru_cache(maxsize=4_096)
def _telling(of_company: tuple[str, ...]) -> list[str]:
    """Those of a company's words that tell it from others: remembered, since a list has many people of each."""
    telling = [word for word in of_company if not companies.is_weak_word(word)]
    return _longest(telling or of_company, _MOST_OF_COMPANY)


def _pairs(names: list[str], firm: list[str]) -> Iterator[tuple[str, str]]:
    yield from combinations(names, 2)
    yield from ((name, word) for name in names for word in firm if name != word)


def _longest(words: Collection[str], most: int) -> list[str]:
    long = [word for word in words if len(word) >= _SHORTEST]
    return long if len(long) <= most else sorted(long, key=lambda word: (-len(word), word))[:most]


@lru_cache(maxsize=65_536)
def _begun(word: str) -> int:
    """The beginning of a word as a number: the order of numbers is that of words."""
    number = 0
    for mark in word[:BEGINNING].ljust(BEGINNING):
        number = number * _MARKS + _LETTERS.get(mark, 0)
    return number
