"""Which stored words can be near a typed one at all, told of many at once by their letters before they are compared.

Each kind of letter that one word has and the other lacks is an error, so that a count of bits bounds their likeness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

from crm_store.lookup.numbers import Numbers, np
from crm_store.matching.similarity import LEAST_START, LEAST_TYPO, SHORTEST_HEARD, TYPO

_MOST_APART: Final = 1 - LEAST_TYPO
_MOST_APART_AT_START: Final = 1 - LEAST_START / TYPO
_ROUNDED: Final = 1e-3
_STARTS: Final = 6


def _kind(mark: int) -> int:
    """The bit of a letter; digits share those that letters leave."""
    return 1 << (mark - 97 if 97 <= mark < 123 else 26 + mark % 6)


def _bits(letters: str) -> "np.uint32":
    return np.uint32(sum(_kind(ord(mark)) for mark in letters))


_KINDS: Final = np.array([_kind(mark) for mark in range(256)], np.uint32)
_VOWELS: Final = _bits("aeiou")
_UNHEARD: Final = _bits("aeiouhyw")
# As `heard` writes them: each pair of letters that sound alike, told by how far apart their bits lie.
_ALIKE: Final = (
    tuple((_bits(one), np.uint32(ord(other) - ord(one))) for one, other in ("ck", "dt")),
    tuple((_bits(one), np.uint32(ord(one) - ord(other))) for one, other in ("qk", "zs", "vf")),
)
_HEARD: Final = ~(_UNHEARD | _bits("cdqzv"))
_HEARD_OF_ONE: Final = int(_HEARD)
_ALIKE_IN_ONE: Final = tuple(tuple((int(bit), int(apart)) for bit, apart in pairs) for pairs in _ALIKE)


def letters_of(words: Numbers, word_at: Numbers) -> Numbers:
    """(v,) the kinds of letters of each word as bits, of words one after the other (bytes) from `word_at` (v + 1,)."""
    if len(word_at) < 2:
        return np.empty(0, np.uint32)
    return np.bitwise_or.reduceat(_KINDS[words], word_at[:-1].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Spelling:
    """Of some words (u,) the kinds of `letters`, the `lengths`, and in `firsts` the byte each begins with.

    `sounds` are the same for words that begin alike and have the same kinds of consonants, as far as they are heard;
    `starts` are the kinds of the first letters.
    """

    letters: Numbers
    lengths: Numbers
    firsts: Numbers
    sounds: Numbers
    starts: Numbers

    def joined(self, other: "Spelling") -> "Spelling":
        """With the spelling of further words behind."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Spelling(*(np.concatenate(pair) for pair in pairs))


def spelling_of(words: Sequence[str]) -> Spelling:
    """The spelling of words that are at hand, none of them empty."""
    letters, firsts, sounds, starts = zip(*map(_spelt, words), strict=True) if words else ((), (), (), ())
    return Spelling(
        np.array(letters, np.uint32),
        np.array([len(word) for word in words], np.int64),
        np.array(firsts, np.uint8),
        np.array(sounds, np.uint64),
        np.array(starts, np.uint32),
    )


@lru_cache(maxsize=16_384)
def _spelt(word: str) -> tuple[int, int, int, int]:
    marks = word.encode("ascii", "replace")
    letters = _bits_of(marks)
    return letters, marks[0], _sound_of(letters, marks[0]), _bits_of(marks[:_STARTS])


def _sound_of(letters: int, first: int) -> int:
    """`sounds_of` one word, for which arrays would be slow."""
    return first << 32 | int(_heard_of(letters, _HEARD_OF_ONE, _ALIKE_IN_ONE))


def _bits_of(marks: bytes) -> int:
    return reduce(or_, map(_kind, marks))


def starts_of(words: Numbers, word_at: Numbers) -> Numbers:
    """(v,) the kinds of the first letters of each word, of words one after the other."""
    starts = np.zeros(max(0, len(word_at) - 1), np.uint32)
    for at in range(_STARTS if len(starts) else 0):
        places = word_at[:-1].astype(np.int64) + at
        there = places < word_at[1:]
        starts[there] |= _KINDS[words[places[there]]]
    return starts


def sounds_of(letters: Numbers, firsts: Numbers) -> Numbers:
    """(v,) for words with these kinds of letters, which begin so, what of them is heard, as one number."""
    sounds: Numbers = (firsts.astype(np.uint64) << np.uint64(32)) | _heard_of(letters, _HEARD, _ALIKE)
    return sounds


def _heard_of(letters: Any, heard: Any, alike: Any) -> Any:
    """Of the kinds of letters of one word or of many those that are heard, such as sound alike in one's place."""
    later, sooner = alike
    told = letters & heard
    for bit, apart in later:
        told |= (letters & bit) << apart
    for bit, apart in sooner:
        told |= (letters & bit) >> apart
    return told


def hopeful(typed: Spelling, stored: Spelling) -> tuple[Numbers, Numbers]:
    """(t, u) which stored words can be near each typed one, save as a short form; (u,) which of them have no vowel.

    Words of one letter are near by another rule and are left out.
    """
    letters, lengths, firsts = typed.letters[:, None], typed.lengths[:, None], typed.firsts[:, None]
    missing = np.bitwise_count(letters & ~stored.letters)
    beyond = np.bitwise_count(stored.letters & ~letters)
    longest = np.maximum(lengths, stored.lengths)
    apart = np.maximum(np.maximum(missing, beyond), np.abs(stored.lengths - lengths))
    near = apart <= _MOST_APART * longest + _ROUNDED
    near |= (missing <= _MOST_APART_AT_START * lengths + _ROUNDED) & (stored.lengths > lengths)
    bare = without_vowels(stored)
    near |= (firsts == stored.firsts) | bare
    near &= stored.lengths > 1
    return near, bare


def begun_nearly(typed: Sequence[str], of_typed: Spelling, stored: Spelling) -> Numbers:
    """(t, u) which longer stored words can begin as a typed one that is long enough for it, but for an error or two.

    So many errors move no letter further than that, and each loses one kind of letter at most.
    """
    begun, most = zip(*map(_begun, typed), strict=True)
    missing = np.bitwise_count(np.array(begun, np.uint32)[:, None] & ~stored.starts)
    nearly: Numbers = (missing <= np.array(most)[:, None]) & (stored.lengths > of_typed.lengths[:, None])
    return nearly


@lru_cache(maxsize=16_384)
def _begun(typed: str) -> tuple[int, int]:
    """The kinds of letters of a typed word's beginning, and how many of them may be missing."""
    errors = int(_MOST_APART_AT_START * len(typed) + _ROUNDED) if len(typed) >= SHORTEST_HEARD else -1
    return _bits_of(typed.encode("ascii", "replace")[: max(1, _STARTS - errors)]), errors


def without_vowels(stored: Spelling) -> Numbers:
    """(u,) which of the words of two letters and more have no vowel."""
    bare: Numbers = ((stored.letters & _VOWELS) == 0) & (stored.lengths > 1)
    return bare
