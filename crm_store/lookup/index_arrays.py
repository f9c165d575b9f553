"""The frozen part of the index in memory: plain arrays over one team's words, customers and typing errors."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from crm_store.lookup.index_letters import Spelling, sounds_of, starts_of
from crm_store.lookup.index_state import State
from crm_store.lookup.numbers import Numbers, np
from crm_store.matching.profile import Candidate

PARTS: Final = "\x1e"
ENTRIES: Final = "\x1f"
_PARTED: Final = PARTS.encode()
_HEAD: Final = 8
_FIRST_OF_HEAD: Final = 56
_BREAK: Final = 10
_WIDE: Final = 5_000
_SLICED: Final = 32
_MOST_PLACES: Final = 50_000
_HASHED: Final = 63
_ALL_LETTERS: Final = 36
_FORMS_A_STEP: Final = 3  # As a power of two.
_NONE: Final = np.zeros(1, np.int64)
_MARKS_A_WORD: Final = 4
_AT_ONCE: Final = 20_000
_MIXED: Final = np.uint64(0x9E3779B97F4A7C15)
_MOST_FOLLOWED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Arrays:
    """Customers are numbered in the order of their ids, words in their own order; all arrays may lie in a file.

    `ids` (n,) fixed bytes; `owners` (n,) into `owner_ids` and `touched` (n,) days, both hints as of the building;
    `words` (bytes) with `word_at` (v + 1,) where each begins and `heads` (v,) the first eight letters as one number;
    `letters` (v,) the kinds of letters in each as bits;
    `posts` the customers of each word, from `post_at[w]` to `post_at[w + 1]`; `form_hash` (f,) sorted, each with the
    word in `form_word` that it is a form of; `own_words` the words of each customer, from `own_at[n]` to
    `own_at[n + 1]`, with the fields that each stands in; `texts` (bytes) with `text_at` (n + 1,): names, companies,
    addresses and numbers as they are stored.
    """

    ids: Numbers
    owners: Numbers
    owner_ids: Numbers
    touched: Numbers
    words: Numbers
    word_at: Numbers
    heads: Numbers
    letters: Numbers
    post_at: Numbers
    posts: Numbers
    form_hash: Numbers
    form_word: Numbers
    own_at: Numbers
    own_words: Numbers
    own_fields: Numbers
    texts: Numbers
    text_at: Numbers

    def named(self) -> dict[str, Numbers]:
        """The arrays by name, as they are written to a file."""
        return {name: getattr(self, name) for name in self.__slots__}


class Frozen:
    """Reads the arrays: words by spelling, beginning or error, their bearers, and each customer's texts."""

    def __init__(self, state: State, arrays: Arrays) -> None:
        self.state = state
        self.arrays = arrays
        self.customers = len(arrays.ids)
        self._words = arrays.words.data
        self._texts = arrays.texts.data
        self._top: dict[str, list[int]] = {}
        self._places: dict[str, int] = {}
        self._begun: dict[str, tuple[int, int]] = {}
        self._firsts = (arrays.heads >> np.uint64(_FIRST_OF_HEAD)).astype(np.uint8)
        self._sounds = sounds_of(arrays.letters, self._firsts)
        self._starts = starts_of(arrays.words, arrays.word_at)
        # Most words asked for are nobody's, which a mark for each head there is tells without a search.
        self._mixed = np.uint64(64 - max(8, (len(arrays.heads) * _MARKS_A_WORD).bit_length()))
        self._marks = np.zeros(1 << (64 - int(self._mixed)), np.bool_)
        self._marks[arrays.heads * _MIXED >> self._mixed] = True
        # Forms are hashed evenly, so that a table of steps comes near to each at once, where a search would go far.
        bits = max(1, len(arrays.form_hash).bit_length() - _FORMS_A_STEP)
        self._shift = np.int64(_HASHED - bits)
        edges = np.arange(1 << bits, dtype=np.int64) << self._shift
        self._steps = np.append(np.searchsorted(arrays.form_hash, edges), len(arrays.form_hash)).astype(np.int32)

    def word(self, number: int) -> str:
        """The word of that number."""
        start, end = self.arrays.word_at[number : number + 2].tolist()
        return str(self._words[start:end], "ascii")

    def spelt(self, numbers: Sequence[int] | Numbers) -> list[str]:
        """The words of those numbers."""
        if not len(numbers):
            return []
        places = np.array(numbers, np.int64)
        starts = self.arrays.word_at.take(places).astype(np.int64)
        lengths = self.arrays.word_at.take(places + 1).astype(np.int64) - starts + 1
        # Each word with the letter behind it, which a break stands for.
        letters = self.arrays.words.take(_within(starts, lengths), mode="clip")
        letters[lengths.cumsum() - 1] = _BREAK
        return letters.tobytes().decode("ascii").split(chr(_BREAK))[:-1]

    def find(self, words: Sequence[str]) -> dict[str, int]:
        """The number of each of the words that is there; those found before are remembered."""
        if len(self._places) > _MOST_PLACES:
            self._places.clear()
        missing = [word for word in words if word not in self._places]
        if missing:
            self._places.update(self._found(missing))
        return {word: at for word in words if (at := self._places.get(word)) is not None}

    def remember(self, words: Sequence[str], numbers: Sequence[int]) -> None:
        """Words whose numbers are known need not be looked for."""
        self._places.update(zip(words, numbers, strict=True))

    def _found(self, words: Sequence[str]) -> dict[str, int]:
        asked = [word for word in words if word.isascii() and word]
        if not asked or not len(self.arrays.heads):
            return {}
        keys = _heads(asked)
        likely = np.flatnonzero(self._marks.take(keys * _MIXED >> self._mixed))
        keys = keys.take(likely)
        lows = np.searchsorted(self.arrays.heads, keys, "left")
        there = (self.arrays.heads.take(lows, mode="clip") == keys).tolist()
        found = {}
        for at, low, is_there in zip(likely.tolist(), lows.tolist(), there, strict=True):
            word = asked[at]
            if is_there and len(word) >= _HEAD:
                # Only what is shorter has a head of its own.
                high = int(np.searchsorted(self.arrays.heads, self.arrays.heads[low], "right"))
                low = bisect_left(range(high), word, low, key=self.word)  # noqa: PLW2901 -- the place is made exact
                is_there = low < high and self.word(low) == word  # noqa: PLW2901 -- as above
            if is_there:
                found[word] = low
        return found

    def beginning(self, start: str) -> tuple[int, int]:
        """From which to before which number the words begin so; those asked for lately are remembered."""
        known = self._begun.get(start)
        if known is None:
            if len(self._begun) > _MOST_PLACES:
                self._begun.clear()
            known = self._begun[start] = self._beginning(start)
        return known

    def followed(self, start: str) -> tuple[int, int]:
        """The same where all that begin so are followed to their bearers; nothing where these are too many."""
        low, high = self.beginning(start) if len(start) > 1 else (0, 0)
        return (low, high) if 0 < self.borne_between(low, high) <= _MOST_FOLLOWED else (0, 0)

    def _beginning(self, start: str) -> tuple[int, int]:
        if not start.isascii():
            return 0, 0
        letters = start.encode()[:_HEAD]
        keys = np.array([int.from_bytes(letters.ljust(_HEAD, pad)) for pad in (b"\0", b"\xff")], np.uint64)
        low = int(np.searchsorted(self.arrays.heads, keys[0], "left"))
        high = int(np.searchsorted(self.arrays.heads, keys[1], "right"))
        if len(start) > _HEAD:
            low, high = (
                bisect_left(range(high), start, low, key=self.word),
                bisect_left(range(high), start + "\x7f", low, key=self.word),
            )
        return low, high

    def commonest(self, start: str, most: int) -> list[int]:
        """The numbers of the most borne words that begin so; those of short beginnings are kept, for they are many."""
        kept = self._top.get(start)
        if kept is not None:
            return kept
        low, high = self.beginning(start)
        counts = np.diff(self.arrays.post_at[low : high + 1].astype(np.int64)) if high > low else np.empty(0, np.int64)
        best = np.argsort(-counts, kind="stable")[:most] if len(counts) <= _WIDE else _largest(counts, most)
        found: list[int] = (best + low).tolist()
        if high - low > _WIDE:
            self._top[start] = found
        return found

    def formed(self, hashes: Sequence[Collection[int]]) -> list[list[int]]:
        """For each group of forms the numbers of the words that have one of them; these may come twice."""
        keys = np.array([one for group in hashes for one in group], np.int64)
        places = keys >> self._shift
        lows = self._steps.take(places)
        lengths = self._steps.take(places + 1) - lows
        near = _within(lows, lengths)
        hits = np.flatnonzero(self.arrays.form_hash.take(near) == keys.repeat(lengths))
        words: list[int] = self.arrays.form_word.take(near.take(hits)).tolist()
        # The words found of all groups before each one's end: hits come in the order of the keys.
        ends = np.concatenate([_NONE, lengths.cumsum()]).take(np.cumsum([len(group) for group in hashes]))
        cuts = [0, *np.searchsorted(hits, ends).tolist()]
        return [words[start:end] for start, end in pairwise(cuts)]

    def bearers_of(self, numbers: Sequence[int]) -> tuple[Numbers, Numbers]:
        """The customers who bear each of the words, word by word, and how many of them each has."""
        words = np.array(numbers, np.int64)
        starts, ends = (self.arrays.post_at.take(words + one).astype(np.int64) for one in (0, 1))
        counts = ends - starts
        if counts.sum() <= _SLICED * len(words):
            return self.arrays.posts[_within(starts, counts)], counts
        pieces = [self.arrays.posts[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        return np.concatenate(pieces), counts

    def bearers_between(self, low: int, high: int) -> tuple[Numbers, Numbers]:
        """The customers who bear each of the words from `low` to before `high`, and how many of them each has."""
        ends = self.arrays.post_at[low : high + 1].astype(np.int64)
        return self.arrays.posts[int(ends[0]) : int(ends[-1])], ends[1:] - ends[:-1]

    def borne_between(self, low: int, high: int) -> int:
        """How many bear the words from `low` to before `high`, those who bear several counted as often."""
        return int(self.arrays.post_at[high]) - int(self.arrays.post_at[low]) if high > low else 0

    def spelling(self, numbers: Numbers) -> Spelling:
        """What the words' letters tell of whether they can be near another."""
        return Spelling(
            self.arrays.letters.take(numbers),
            self.lengths(numbers).astype(np.int64),
            self._firsts.take(numbers),
            self._sounds.take(numbers),
            self._starts.take(numbers),
        )

    def lengths(self, numbers: Numbers) -> Numbers:
        """How many letters each of the words has."""
        lengths: Numbers = self.arrays.word_at.take(numbers + 1) - self.arrays.word_at.take(numbers)
        return lengths

    def lengths_between(self, low: int, high: int) -> Numbers:
        """How many letters the words from `low` to before `high` have."""
        return self.arrays.word_at[low + 1 : high + 1] - self.arrays.word_at[low:high]

    def counts(self, numbers: Sequence[int]) -> list[int]:
        """How many customers bear each of the words."""
        words = np.array(numbers, np.int64)
        counts: list[int] = (self.arrays.post_at.take(words + 1) - self.arrays.post_at.take(words)).tolist()
        return counts

    def own_words(self, numbers: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """The numbers of the words that these customers bear, the fields of each, and how many words each has."""
        at = self.arrays.own_at.take(numbers).astype(np.int64)
        lengths = self.arrays.own_at.take(numbers + 1).astype(np.int64) - at
        places = _within(at, lengths)
        return self.arrays.own_words.take(places), self.arrays.own_fields.take(places), lengths

    def have_initial(self, numbers: Numbers, letter: str) -> Numbers:
        """Which of these customers bear a word that begins with the letter."""
        bit = np.uint64(1 << (int(letter, _ALL_LETTERS) if letter.isascii() else _ALL_LETTERS))
        there: Numbers = (self._initials.take(numbers) & bit) > 0
        return there

    @cached_property
    def _initials(self) -> Numbers:
        """(n,) with which letters and digits the words of each customer begin, as bits."""
        bits = np.zeros(256, np.uint64)
        for at, mark in enumerate("0123456789abcdefghijklmnopqrstuvwxyz"):
            bits[ord(mark)] = 1 << at
        of_words = bits.take(self._firsts)
        initials = np.zeros(self.customers, np.uint64)
        # Some at a time, so that what is read on the way stays small.
        for start in range(0, self.customers, _AT_ONCE):
            ends = self.arrays.own_at[start : start + _AT_ONCE + 1].astype(np.int64)
            bearing = (ends[1:] > ends[:-1]).nonzero()[0]
            if len(bearing):
                letters = of_words.take(self.arrays.own_words[ends[0] : ends[-1]])
                initials[start + bearing] = np.bitwise_or.reduceat(letters, (ends - ends[0]).take(bearing))
        return initials

    def warm(self) -> None:
        """Make beforehand what the first look-up by a letter would wait for."""
        self._initials  # noqa: B018 -- asked for only to be made

    def number_of(self, customer_id: str) -> int | None:
        """A customer's number, where they were there when the arrays were made."""
        sought = np.array(customer_id.encode(), self.arrays.ids.dtype)
        at = int(np.searchsorted(self.arrays.ids, sought))
        there = at < self.customers and bytes(self.arrays.ids[at]) == customer_id.encode()
        return at if there else None

    def customer_ids(self, numbers: Sequence[int]) -> list[str]:
        """The ids of the customers of those numbers."""
        return [one.decode() for one in self.arrays.ids[np.array(numbers, np.int64)].tolist()]

    def customer_id(self, number: int) -> str:
        """The id of the customer of that number."""
        return bytes(self.arrays.ids[number]).decode()

    def candidate(self, number: int) -> Candidate:
        """A customer as the ranking compares them."""
        name, company, emails, phones = self._text(number)
        return Candidate(self.customer_id(number), name, company, _entries(emails), _entries(phones))

    def name(self, number: int) -> str:
        """A customer's name alone."""
        start, end = self.arrays.text_at[number : number + 2].tolist()
        return bytes(self._texts[start:end]).partition(_PARTED)[0].decode("utf-8", "surrogatepass")

    def emails(self, number: int) -> tuple[str, ...]:
        """A customer's addresses alone."""
        return _entries(self._text(number)[2])

    def _text(self, number: int) -> list[str]:
        start, end = self.arrays.text_at[number : number + 2].tolist()
        return str(self._texts[start:end], "utf-8", "surrogatepass").split(PARTS)


def packed(candidate: Candidate) -> bytes:
    """A candidate's texts in one piece of writing, as `candidate` reads them."""
    emails, phones = (ENTRIES.join(map(_bare, some)) for some in (candidate.emails, candidate.phones))
    parts = (_bare(candidate.name), _bare(candidate.company), emails, phones)
    return PARTS.join(parts).encode("utf-8", "surrogatepass")


def heads_of(words: Iterable[str]) -> Numbers:
    """The first eight letters of each word as one number, which orders as the words do."""
    return _heads(words)


def from_named(arrays: Mapping[str, Numbers]) -> Arrays:
    """The arrays that were written by their names; raises KeyError where one is missing."""
    return Arrays(**{name: arrays[name] for name in Arrays.__slots__})


def _bare(text: str) -> str:
    return text.replace(PARTS, " ").replace(ENTRIES, " ")


def _entries(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(ENTRIES)) if joined else ()


def _heads(words: Iterable[str]) -> Numbers:
    letters = b"".join(word.encode()[:_HEAD].ljust(_HEAD, b"\0") for word in words)
    return np.frombuffer(letters, ">u8").astype(np.uint64)


def _within(starts: Numbers, lengths: Numbers) -> Numbers:
    """The places of several pieces one after the other, each from its start on so many."""
    before = lengths.cumsum() - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def _largest(counts: Numbers, most: int) -> Numbers:
    """The places of the largest, the first of equals first."""
    edge = np.partition(counts, len(counts) - most)[len(counts) - most]
    above = np.flatnonzero(counts > edge)
    level = np.flatnonzero(counts == edge)[: most - len(above)]
    chosen = np.concatenate([above, level])
    return chosen[np.argsort(-counts[chosen], kind="stable")]
