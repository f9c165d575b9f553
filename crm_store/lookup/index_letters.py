"""Which stored words can be near a typed one at all, told of many at once by their letters before they are compared.

Each kind of letter that one word has and the other lacks is an error, so that a count of bits bounds their likeness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm_store.lookup.numbers import Numbers, np
from crm_store.matching.similarity import LEAST_START, LEAST_TYPO, TYPO

_MOST_APART: Final = 1 - LEAST_TYPO
_MOST_APART_AT_START: Final = 1 - LEAST_START / TYPO
_ROUNDED: Final = 1e-3


def _kind(mark: int) -> int:
    """The bit of a letter; digits share those that letters leave."""
    return 1 << (mark - 97 if 97 <= mark < 123 else 26 + mark % 6)


_KINDS: Final = np.array([_kind(mark) for mark in range(256)], np.uint32)
_VOWELS: Final = np.uint32(sum(_kind(ord(mark)) for mark in "aeiou"))


def letters_of(words: Numbers, word_at: Numbers) -> Numbers:
    """(v,) the kinds of letters of each word as bits, of words one after the other (bytes) from `word_at` (v + 1,)."""
    if len(word_at) < 2:
        return np.empty(0, np.uint32)
    return np.bitwise_or.reduceat(_KINDS[words], word_at[:-1].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Spelling:
    """Of some stored words (u,) the kinds of `letters`, the `lengths`, and in `firsts` the byte each begins with."""

    letters: Numbers
    lengths: Numbers
    firsts: Numbers


def hopeful(typed: Sequence[str], stored: Spelling) -> tuple[Numbers, Numbers]:
    """(t, u) which stored words can be near each typed one, save as a short form; (u,) which of them have no vowel.

    The typed words are not empty. Words of one letter are near by another rule and are left out.
    """
    kinds = [
        letters_of(np.frombuffer(word.encode("ascii", "replace"), np.uint8), np.array([0, 1]))[0] for word in typed
    ]
    letters = np.array(kinds, np.uint32)[:, None]
    lengths = np.array([len(word) for word in typed], np.float32)[:, None]
    firsts = np.array([ord(word[0]) for word in typed])[:, None]
    missing = np.bitwise_count(letters & ~stored.letters)
    beyond = np.bitwise_count(stored.letters & ~letters)
    longest = np.maximum(lengths, stored.lengths)
    apart = np.maximum(np.maximum(missing, beyond), np.abs(stored.lengths - lengths))
    near = apart <= _MOST_APART * longest + _ROUNDED
    near |= (missing <= _MOST_APART_AT_START * lengths + _ROUNDED) & (stored.lengths > lengths)
    bare = (stored.letters & _VOWELS) == 0
    near |= (firsts == stored.firsts) | bare
    near &= stored.lengths > 1
    return near, bare & (stored.lengths > 1)
