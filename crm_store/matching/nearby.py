"""How near one typed word is to each of many stored ones: the ladder of `similarity`, walked for all at once."""

from collections.abc import Container, Iterable, Sequence, Set
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
_FAR: Final = (0.0, How.NONE)


class Nearby(dict[str, dict[str, Nearness]]):
    """For each typed word, asked once, the stored words that are near it at all; the same as `nearness` of each pair.

    Most of the words of some sixty candidates are far from what was typed, so one pass in C finds those that are not.
    """

    def __init__(self, stored: Iterable[str]) -> None:
        super().__init__()
        self._words = {*stored} - {""}
        self._longer: list[str] | None = None
        self._bare: list[str] = []

    def __missing__(self, typed: str) -> dict[str, Nearness]:
        if self._longer is None:
            self._longer = [word for word in self._words if len(word) > 1]
            self._bare = [*filter(is_bare, self._longer)]
        self[typed] = found = near_among(typed, self._words, self._longer, self._bare)
        return found


def near_among(typed: str, words: Set[str], hopeful: Sequence[str], bare: Iterable[str]) -> dict[str, Nearness]:
    """Those of the words that are near the typed one at all.

    `hopeful` are those of two letters and more, where of the ones that `similarity` calls hopeless any may be missing,
    and `bare` those among them that have no vowels.
    """
    if not typed:
        return {}
    found = dict.fromkeys(related(typed) & words, _NICKNAME)
    if typed in words:
        found[typed] = _EXACT
    first = typed[0]
    if len(typed) == 1:
        for word in words:
            if word[0] == first and word not in found:
                found[word] = _INITIAL
        return found
    if first in words:
        found.setdefault(first, _INITIAL)
    length = len(typed)
    for word in hopeful:
        if word.startswith(typed) and word not in found:
            found[word] = _started(length, len(word))
    rest = [word for word in hopeful if word not in found]
    others = _with_errors(typed, rest, [word for word in bare if word not in found])
    if length >= SHORTEST_HEARD:
        _short_forms(typed, words, others, found)
    found.update((word, Nearness(value, how)) for word, (value, how) in others.items() if value > 0)
    return found


@lru_cache(maxsize=4_096)
def _started(typed: int, stored: int) -> Nearness:
    """What the start of a word is worth, of these lengths."""
    return start("x" * typed, "x" * stored)


def _with_errors(typed: str, hopeful: Sequence[str], bare: Iterable[str]) -> dict[str, tuple[float, How]]:
    """Typing errors, words written by ear, and beginnings with an error."""
    best = {
        word: (value * TYPO, How.TYPO)
        for word, value, _ in process.extract(
            typed, hopeful, scorer=OSA.normalized_similarity, score_cutoff=LEAST_TYPO, limit=None
        )
    }
    bones, sound, first = skeleton(typed), heard(typed), typed[0]
    for word in bare:
        if best.get(word, _FAR)[0] < SOUND and skeleton(word) == bones:
            best[word] = (SOUND, How.TYPO)
    if len(typed) >= SHORTEST_HEARD and sound:
        for word in hopeful:
            if word[0] == first and best.get(word, _FAR)[0] < SOUND and heard(word) == sound:
                best[word] = (SOUND, How.TYPO)
    if len(typed) >= SHORTEST_HEARD:
        _beginnings(typed, hopeful, best)
    return best


def _beginnings(typed: str, hopeful: Sequence[str], best: dict[str, tuple[float, How]]) -> None:
    length = len(typed)
    longer = [word for word in hopeful if len(word) > length]
    beginnings = [word[:length] for word in longer]
    for _, value, at in process.extract(
        typed, beginnings, scorer=OSA.normalized_similarity, score_cutoff=LEAST_START / TYPO - 1e-9, limit=None
    ):
        word, begun = longer[at], value * TYPO
        if begun >= LEAST_START:
            near = begun * start_value(typed, word)
            if near > best.get(word, _FAR)[0]:
                best[word] = (near, How.START)


def _short_forms(typed: str, words: Set[str], best: dict[str, tuple[float, How]], settled: Container[str]) -> None:
    """Of names with short forms those one of whose forms is near."""
    for word in named_nearly(typed) & words:
        if word not in settled:
            value = best.get(word, _FAR)[0]
            short = short_form(typed, word, value)
            if short > value:
                best[word] = (short, How.NICKNAME)


@lru_cache(maxsize=8_192)
def named_nearly(typed: str) -> frozenset[str]:
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
