"""What candidates reach in a ranking, told beforehand for all at once, so that few of them need be weighed."""

from bisect import insort
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crm_store.matching.nearby import Nearby
from crm_store.matching.normalise import fold
from crm_store.matching.profile import SHORTEST_TOGETHER, Candidate

_ROUNDED: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Hopes:
    """For each candidate in turn the score that it will get, or where it is `open` one that it will not pass.

    `nearby` knows the words of all of them.
    """

    nearby: Nearby
    scores: tuple[float, ...]
    open: tuple[bool, ...]


def best_of(
    candidates: Sequence[Candidate], hopes: Hopes, limit: int, least: float, score_of: Callable[[Candidate], float]
) -> list[Candidate]:
    """The `limit` best of those who reach at least so much; of those who fit alike the first by name, as in a ranking.

    Only of those whose score is open it is asked, and of them only while one may yet come among the best.
    """
    told = [(-score, at) for at, score in enumerate(hopes.scores) if not hopes.open[at] and score >= least - _ROUNDED]
    best_first = sorted(told)
    for hoped, at in sorted(((score, at) for at, score in enumerate(hopes.scores) if hopes.open[at]), reverse=True):
        if hoped < (-best_first[limit - 1][0] if len(best_first) >= limit else least) - _ROUNDED:
            break
        insort(best_first, (-score_of(candidates[at]), at))
    if len(best_first) <= limit:
        return [candidates[at] for _, at in best_first]
    edge = best_first[limit - 1][0]
    above = [candidates[at] for score, at in best_first if score < edge - _ROUNDED]
    level = [candidates[at] for score, at in best_first if abs(score - edge) <= _ROUNDED]
    return [*above, *sorted(level, key=lambda one: (fold(one.name), one.id))[: limit - len(above)]]


def other_ways(words: Sequence[str], stored: Container[str]) -> Iterator[str]:
    """Stored words by which a customer may write the typed ones otherwise: two as one, or one in two or three."""
    for one, other in pairwise(words):
        if one + other in stored:
            yield one + other
    for word in words:
        if len(word) >= SHORTEST_TOGETHER:
            yield from (
                word[:cut] for cut in range(1, len(word)) if word[:cut] in stored and _parts(word[cut:], stored)
            )


def _parts(rest: str, stored: Container[str]) -> bool:
    """Whether the rest is a stored word or two of them."""
    return rest in stored or any(rest[:cut] in stored and rest[cut:] in stored for cut in range(1, len(rest)))
