"""How near typed words are to many stored ones, in arrays: the ladder of `similarity`, climbed for all at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_letters import Spelling, begun_nearly, spelling_of, without_vowels
from crm_store.lookup.numbers import Numbers, np
from crm_store.matching.nearby import named_nearly
from crm_store.matching.nicknames import related
from crm_store.matching.normalise import skeleton
from crm_store.matching.similarity import (
    LEAST_START,
    LEAST_TYPO,
    SHORTEST_HEARD,
    SOUND,
    START,
    START_BY_LENGTH,
    TYPO,
    How,
    heard,
    initial,
    nickname,
    short_form,
)

HOWS: Final = (How.NONE, How.EXACT, How.NICKNAME, How.START, How.INITIAL, How.TYPO)
EXACT, _NICKNAME, _START, _INITIAL, TYPED_WRONG = range(1, len(HOWS))
_BY_NICKNAME: Final = nickname().value
_BY_INITIAL: Final = initial().value
_BEGUN: Final = LEAST_START / TYPO - 1e-9


class Stored:
    """Some stored words (u,), each once: those of the index by their `numbers`, which rise, then `fresh` ones."""

    def __init__(self, frozen: Frozen, numbers: Numbers, fresh: Sequence[str] = ()) -> None:
        self._frozen = frozen
        self._fresh = len(fresh)
        self.numbers = numbers
        self.texts: list[str] = [*frozen.spelt(numbers), *fresh]
        spelling = frozen.spelling(numbers)
        self.spelling = spelling.joined(spelling_of(fresh)) if fresh else spelling

    @cached_property
    def at(self) -> dict[str, int]:
        """Where each of the words is."""
        return dict(zip(self.texts, range(len(self.texts)), strict=True))

    def starting(self, start: str) -> Iterator[slice | list[int]]:
        """Where those are that begin so: a piece of those of the index, and places of fresh ones."""
        low, high = self._frozen.beginning(start)
        if high > low:
            first, last = self.numbers.searchsorted((low, high)).tolist()
            if last > first:
                yield slice(first, last)
        if self._fresh:
            first = len(self.numbers)
            fresh = [at for at, text in enumerate(self.texts[first:], first) if text.startswith(start)]
            if fresh:
                yield fresh


@dataclass(frozen=True, slots=True)
class Near:
    """For each typed word (t) and each stored one (u) the `values` (t, u) in 0..1, and by which of `HOWS` (t, u)."""

    values: Numbers
    hows: Numbers


def near(typed: Sequence[str], stored: Stored) -> Near:
    """How near each typed word, none of them empty, is to each stored one; the same as `nearness` of each pair."""
    spelling, texts = stored.spelling, stored.texts
    shape = (len(typed), len(texts))
    if not typed or not texts:
        return Near(np.zeros(shape), np.zeros(shape, np.uint8))
    values = process.cdist(typed, texts, scorer=OSA.normalized_similarity, score_cutoff=LEAST_TYPO, dtype=np.float64)
    values *= TYPO
    hows = np.full(shape, TYPED_WRONG, np.uint8)
    of_typed = spelling_of(typed)
    _by_ear(typed, texts, of_typed, spelling, values)
    _without_vowels(typed, texts, spelling, values)
    _begun_with_an_error(typed, texts, of_typed, spelling, values, hows)
    for row, word in enumerate(typed):
        if len(word) == 1:
            values[row] = _BY_INITIAL * (spelling.firsts == of_typed.firsts[row])
            hows[row] = _INITIAL
            continue
        _short_forms(word, stored, values[row], hows[row])
        for started in stored.starting(word):
            values[row, started] = START + START_BY_LENGTH * len(word) / spelling.lengths[started]
            hows[row, started] = _START
    letters = (spelling.lengths == 1).nonzero()[0]
    if len(letters):
        values[:, letters] = _BY_INITIAL * (of_typed.firsts[:, None] == spelling.firsts[letters])
        hows[:, letters] = _INITIAL
    known = stored.at
    for row, word in enumerate(typed):
        for other in related(word):
            at = known.get(other)
            if at is not None:
                values[row, at], hows[row, at] = _BY_NICKNAME, _NICKNAME
        same = known.get(word)
        if same is not None:
            values[row, same], hows[row, same] = 1.0, EXACT
    return Near(values, hows)


def _by_ear(
    typed: Sequence[str], texts: Sequence[str], of_typed: Spelling, of_stored: Spelling, values: Numbers
) -> None:
    """Words that begin alike and have the same consonants."""
    alike = (of_typed.sounds[:, None] == of_stored.sounds) & (values < SOUND)
    for row, at in zip(*(places.tolist() for places in alike.nonzero()), strict=True):
        if len(typed[row]) >= SHORTEST_HEARD and heard(typed[row]) == heard(texts[at]) != "":
            values[row, at] = SOUND


def _without_vowels(typed: Sequence[str], texts: Sequence[str], of_stored: Spelling, values: Numbers) -> None:
    """Words in letters that leave vowels out."""
    bare = without_vowels(of_stored).nonzero()[0].tolist()
    typed_bones = [*map(skeleton, typed)] if bare else []
    for at in bare:
        bones = skeleton(texts[at])
        for row, other in enumerate(typed_bones):
            if other == bones and values[row, at] < SOUND:
                values[row, at] = SOUND


def _begun_with_an_error(
    typed: Sequence[str], texts: Sequence[str], of_typed: Spelling, of_stored: Spelling, values: Numbers, hows: Numbers
) -> None:
    rows, places = begun_nearly(typed, of_typed, of_stored).nonzero()
    if not len(rows):
        return
    words = [typed[row] for row in rows.tolist()]
    begun = [texts[at][: len(word)] for at, word in zip(places.tolist(), words, strict=True)]
    alike = process.cpdist(words, begun, scorer=OSA.normalized_similarity, score_cutoff=_BEGUN, dtype=np.float64)
    lengths = of_typed.lengths.take(rows)
    alike *= TYPO
    worth = alike * (START + START_BY_LENGTH * lengths / of_stored.lengths.take(places))
    better = (alike >= LEAST_START) & (worth > values[rows, places])
    rows, places = rows[better], places[better]
    values[rows, places] = worth[better]
    hows[rows, places] = _START


def _short_forms(word: str, stored: Stored, values: Numbers, hows: Numbers) -> None:
    """Names one of whose short forms is near."""
    if len(word) < SHORTEST_HEARD:
        return
    for name in named_nearly(word) & stored.at.keys():
        at = stored.at[name]
        short = short_form(word, name, float(values[at]))
        if short > values[at]:
            values[at], hows[at] = short, _NICKNAME
