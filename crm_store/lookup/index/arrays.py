"""A team's words, bearers and numbers as frozen numpy arrays, and the builder that makes them from sorted rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Ordinals = NDArray[np.uint32]
Texts = NDArray[np.bytes_]
NOBODY: Final[Ordinals] = np.empty(0, dtype=np.uint32)
# Above every character of a word or a number, so that it ends the range of a beginning.
_AFTER: Final = b"\xff"
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was read of a team's token tables; a customer is its place in `ids`, a word its place in `words`.

    The bearers of word `w` are `bearers[starts[w]:starts[w + 1]]`; the word of the form with hash `form_hashes[f]` is
    `form_words[f]`; `digits[p]` is a reversed number of customer `callers[p]`. `ids`, `words`, `form_hashes` and
    `digits` are sorted.
    """

    ids: Texts
    words: Texts
    starts: NDArray[np.int64]
    bearers: Ordinals
    form_hashes: NDArray[np.int64]
    form_words: Ordinals
    digits: Texts
    callers: Ordinals

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return sum(int(getattr(self, one.name).nbytes) for one in fields(self))

    def place_of(self, customer_id: str) -> int | None:
        """The customer's place, or None for one who was not there yet."""
        return _place(self.ids, customer_id)

    def word(self, text: str) -> int | None:
        """The word's place, or None where nobody bore it."""
        return _place(self.words, text)

    def df(self, word: int) -> int:
        """How many customers bore the word."""
        return int(self.starts[word + 1] - self.starts[word])

    def bearers_of(self, word: int) -> Ordinals:
        """The places of all who bore the word."""
        return self.bearers[self.starts[word] : self.starts[word + 1]]

    def text(self, word: int) -> str:
        """The word as it is written."""
        return bytes(self.words[word]).decode()

    def beginning_with(self, start: str, most: int) -> list[int]:
        """The words that begin so; the `most` that are borne by most, where there are more."""
        low, high = _range(self.words, start)
        if high - low <= most:
            return list(range(low, high))
        counts = np.diff(self.starts[low : high + 1])
        return [low + int(one) for one in np.argpartition(counts, -most)[-most:]]

    def with_forms(self, hashes: Sequence[int]) -> list[int]:
        """The words that have a form with one of the hashes."""
        if not hashes:
            return []
        asked = np.array(hashes, dtype=np.int64)
        low = np.searchsorted(self.form_hashes, asked, "left")
        high = np.searchsorted(self.form_hashes, asked, "right")
        found = {int(word) for at in np.flatnonzero(high > low) for word in self.form_words[low[at] : high[at]]}
        return sorted(found)

    def ending_with(self, reversed_start: str, most: int) -> Ordinals:
        """Customers with a number that ends so, given from its end."""
        low, high = _range(self.digits, reversed_start)
        return self.callers[low : min(high, low + most)]


def _place(texts: Texts, text: str) -> int | None:
    wanted = text.encode()
    if len(wanted) > texts.dtype.itemsize:
        return None
    at = int(np.searchsorted(texts, np.array(wanted, dtype=texts.dtype)))
    return at if at < len(texts) and texts[at] == wanted else None


def _range(texts: Texts, start: str) -> tuple[int, int]:
    """From where to where the texts begin so; a text longer than theirs would make numpy copy all of them."""
    wanted = start.encode()
    if len(wanted) > texts.dtype.itemsize:
        return 0, 0
    low = int(np.searchsorted(texts, np.array(wanted, dtype=texts.dtype), "left"))
    if len(wanted) == texts.dtype.itemsize:
        return low, int(np.searchsorted(texts, np.array(wanted, dtype=texts.dtype), "right"))
    return low, int(np.searchsorted(texts, np.array(wanted + _AFTER, dtype=texts.dtype), "left"))


class Builder:
    """Takes the rows of the token tables, grouped by word, and gives the frozen arrays."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._counts: list[int] = []
        self._bearers: list[Ordinals] = []
        self._hashes: list[NDArray[np.int64]] = []
        self._form_words: list[Ordinals] = []
        self._digits: list[str] = []
        self._callers: list[int] = []

    @property
    def nbytes(self) -> int:
        """About how much memory what was taken will need when it is frozen."""
        arrays = sum(one.nbytes for some in (self._bearers, self._form_words) for one in some)
        arrays += sum(one.nbytes for one in self._hashes)
        return arrays + 40 * len(self._words) + 32 * len(self._places) + 24 * len(self._digits)

    def take_postings(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of word and customer; all of a word's follow each other."""
        places, words, counts = self._places, self._words, self._counts
        taken: list[int] = []
        for text, customer_id in rows:
            word = words.get(text)
            if word is None:
                words[text] = len(words)
                counts.append(1)
            else:
                counts[word] += 1
            taken.append(places.setdefault(customer_id, len(places)))
        self._bearers.append(np.array(taken, dtype=np.uint32))

    def take_forms(self, rows: Iterable[tuple[int, str]]) -> None:
        """Rows of a form's hash and its word; words that nobody bears are passed over."""
        known = [(number, self._words[text]) for number, text in rows if text in self._words]
        self._hashes.append(np.array([number for number, _ in known], dtype=np.int64))
        self._form_words.append(np.array([word for _, word in known], dtype=np.uint32))

    def take_numbers(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of reversed digits and customer."""
        for digits, customer_id in rows:
            self._digits.append(digits)
            self._callers.append(self._places.setdefault(customer_id, len(self._places)))

    def freeze(self) -> Frozen:
        """All that was taken, sorted; the builder is of no use afterwards."""
        ids, place = _sorted(list(self._places))
        words, word = _sorted(list(self._words))
        counts = np.array(self._counts, dtype=np.int64)
        bearers = place[_joined(self._bearers, np.uint32)]
        starts = _starts(counts)
        order = np.argsort(word)
        if not np.array_equal(order, np.arange(len(order))):
            # The database sorts words otherwise than their bytes do.
            parts = [bearers[starts[one] : starts[one + 1]] for one in order]
            bearers = _joined(parts, np.uint32)
            starts = _starts(counts[order])
        hashes = _joined(self._hashes, np.int64)
        by_hash = np.argsort(hashes, kind="stable")
        digits, rank = _sorted(self._digits)
        callers = np.empty(len(self._callers), dtype=np.uint32)
        callers[rank] = place[np.array(self._callers, dtype=np.uint32)]
        form_words = word[_joined(self._form_words, np.uint32)]
        return Frozen(ids, words, starts, bearers, hashes[by_hash], form_words[by_hash], digits, callers)


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])


def _joined(parts: Sequence[NDArray[Scalar]], kind: type[Scalar]) -> NDArray[Scalar]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _sorted(texts: Sequence[str]) -> tuple[Texts, Ordinals]:
    """The texts in order of their bytes, and the new place of each."""
    written: Texts = np.array([text.encode() for text in texts], dtype=np.bytes_)
    order = np.argsort(written, kind="stable")
    places = np.empty(len(order), dtype=np.uint32)
    places[order] = np.arange(len(order), dtype=np.uint32)
    return written[order], places
