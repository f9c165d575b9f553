"""What candidates reach in a ranking, told beforehand for all at once, so that few of them need be weighed."""

from bisect import insort
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crm_store.matching.nearby import Nearby
from crm_store.matching.profile import SHORTEST_TOGETHER, Candidate

_ROUNDED: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Hopes:
    """For each candidate in turn the score that it will get, or where it is `open` one that it will not pass.

    `nearby` knows the words of all of them, and `order` by which folded name and id those come who fit alike.
    """

    nearby: Nearby
    scores: tuple[float, ...]
    open: tuple[bool, ...]
    order: Callable[[int], tuple[str, str]]


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
    above = [at for score, at in best_first if score < edge - _ROUNDED]
    level = [at for score, at in best_first if abs(score - edge) <= _ROUNDED]
    if len(level) > limit - len(above):
        level = sorted(level, key=hopes.order)[: limit - len(above)]
    return [candidates[at] for at in (*above, *level)]


def other_ways(words: Sequence[str], stored: Container[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Typed words and the stored ones by which a customer may write them: two as one, or one in two or three.

    A customer does so who has all of the stored words in a name or a company, and not all of the typed ones.
    """
    for pair in pairwise(words):
        if "".join(pair) in stored:
            yield pair, ("".join(pair),)
    for word in words:
        if len(word) >= SHORTEST_TOGETHER:
            for cut in range(1, len(word)):
                if word[:cut] in stored:
                    yield from (((word,), (word[:cut], *rest)) for rest in _parts(word[cut:], stored))


def _parts(rest: str, stored: Container[str]) -> Iterator[tuple[str, ...]]:
    """The rest as a stored word or two of them."""
    cuts = ((rest[:cut], rest[cut:]) for cut in range(1, len(rest)))
    return (parts for parts in ((rest,), *cuts) if all(part in stored for part in parts))
