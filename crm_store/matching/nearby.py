"""How near one typed word is to each of many stored ones: the ladder of `similarity`, walked for all at once."""

from bisect import bisect_right
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from crm_store.matching.nicknames import known, related
from crm_store.matching.normalise import skeleton
from crm_store.matching.similarity import (
    LEAST_SHORT,
    LEAST_START,
    LEAST_TYPO,
    SHORTEST_HEARD,
    SOUND,
    TYPO,
    How,
    Nearness,
    heard,
    initial,
    is_bare,
    nickname,
    short_form,
    start,
    start_value,
)

_EXACT: Final = Nearness(1.0, How.EXACT)
_INITIAL: Final = initial()
_NICKNAME: Final = nickname()


class Nearby(dict[str, dict[str, Nearness]]):
    """For each typed word, asked once, the stored words that are near it at all; the same as `nearness` of each pair.

    Most of the words of some sixty candidates are far from what was typed, so one pass in C finds those that are not.
    """

    def __init__(self, stored: Iterable[str]) -> None:
        super().__init__()
        self._know({*stored} - {""})

    def take_in(self, stored: Set[str]) -> None:
        """Know these words as well."""
        if not stored <= self._words:
            self._know(self._words | stored)
            self.clear()

    def _know(self, words: Set[str]) -> None:
        self._words = words
        by_length = sorted(words, key=len)
        lengths = [*map(len, by_length)]
        letters = bisect_right(lengths, 1)
        self._letters = by_length[:letters]
        self._longer, self._lengths = by_length[letters:], lengths[letters:]
        self._bare = [*filter(is_bare, self._longer)]

    def __missing__(self, typed: str) -> dict[str, Nearness]:
        self[typed] = found = self._near(typed) if typed else {}
        return found

    def _near(self, typed: str) -> dict[str, Nearness]:
        found = dict.fromkeys(related(typed) & self._words, _NICKNAME)
        if typed in self._words:
            found[typed] = _EXACT
        first = typed[0]
        if len(typed) == 1:
            for word in self._words:
                if word[0] == first and word not in found:
                    found[word] = _INITIAL
            return found
        if first in self._letters:
            found.setdefault(first, _INITIAL)
        alike = [word for word in self._longer if word[0] == first]
        for word in alike:
            if word.startswith(typed) and word not in found:
                found[word] = start(typed, word)
        return {**found, **self._with_errors(typed, alike, set(found))}

    def _with_errors(self, typed: str, alike: list[str], settled: set[str]) -> dict[str, Nearness]:
        """Typing errors, words written by ear, beginnings with an error, and short forms with one."""
        best: dict[str, tuple[float, How]] = {
            word: (value * TYPO, How.TYPO)
            for word, value, _ in process.extract(
                typed, self._longer, scorer=OSA.normalized_similarity, score_cutoff=LEAST_TYPO, limit=None
            )
            if word not in settled
        }
        bones = skeleton(typed)
        sounding = [word for word in self._bare if word not in settled and skeleton(word) == bones]
        if len(typed) >= SHORTEST_HEARD:
            bones = heard(typed)
            sounding += [word for word in alike if word not in settled and bones and heard(word) == bones]
        for word in sounding:
            if best.get(word, (0.0,))[0] < SOUND:
                best[word] = (SOUND, How.TYPO)
        if len(typed) >= SHORTEST_HEARD:
            self._beginnings(typed, best, settled)
            self._short_forms(typed, best, settled)
        return {word: Nearness(value, how) for word, (value, how) in best.items() if value > 0}

    def _beginnings(self, typed: str, best: dict[str, tuple[float, How]], settled: set[str]) -> None:
        length = len(typed)
        longer = self._longer[bisect_right(self._lengths, length) :]
        beginnings = [word[:length] for word in longer]
        for _, value, at in process.extract(
            typed, beginnings, scorer=OSA.normalized_similarity, score_cutoff=LEAST_START / TYPO - 1e-9, limit=None
        ):
            word, begun = longer[at], value * TYPO
            if begun >= LEAST_START and word not in settled:
                near = begun * start_value(typed, word)
                if near > best.get(word, (0.0,))[0]:
                    best[word] = (near, How.START)

    def _short_forms(self, typed: str, best: dict[str, tuple[float, How]], settled: set[str]) -> None:
        """Of names with short forms those one of whose forms is near."""
        for word in (_named_nearly(typed) & self._words) - settled:
            value = best.get(word, (0.0,))[0]
            short = short_form(typed, word, value)
            if short > value:
                best[word] = (short, How.NICKNAME)


@lru_cache(maxsize=8_192)
def _named_nearly(typed: str) -> frozenset[str]:
    """The names one of whose short forms is near the typed word, whoever bears them."""
    lengths = range(len(typed) - 1, len(typed) + 2)
    forms = [form for first in set(typed[:2]) for length in lengths for form in _forms().get((first, length), ())]
    near = process.extract(
        typed, forms, scorer=OSA.normalized_similarity, score_cutoff=LEAST_SHORT / TYPO - 1e-9, limit=None
    )
    return frozenset(word for form, _, _ in near for word in related(form))


@lru_cache(maxsize=1)
def _forms() -> dict[tuple[str, int], list[str]]:
    """All names and short forms of names, by their first letter and their length."""
    found: dict[tuple[str, int], list[str]] = {}
    for form in known():
        found.setdefault((form[0], len(form)), []).append(form)
    return found
