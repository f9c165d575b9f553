"""What candidates reach in a ranking, told beforehand for all at once, so that few of them need be weighed."""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crm_store.matching.profile import SHORTEST_TOGETHER, Candidate

_ROUNDED: Final = 1e-9
_WELL: Final = 0.8
_FAR: Final = 0.06  # More than a verdict asks for where the best answers so well.
_ALONE: Final = ("", "")


@dataclass(frozen=True, slots=True)
class Hopes:
    """For each candidate in turn the score that it will get, or where it is `open` one that it will not pass.

    `order` tells by which folded name and id those come who fit alike, and `why` what matched what, or nothing where
    only the ranking can tell.
    """

    scores: Sequence[float]
    open: Sequence[bool]
    order: Callable[[int], tuple[str, str]]
    why: Callable[[int, Candidate], str | None]


def is_far_before(hopes: Hopes) -> bool:
    """Whether one answers well and so much better than all others that it is taken without asking."""
    ordered = sorted(zip(hopes.scores, hopes.open, strict=True), reverse=True)
    (best, is_open), *others = ordered
    return not is_open and best >= _WELL and (not others or best - others[0][0] > _FAR)


def best_of(hopes: Hopes, limit: int, least: float, score_of: Callable[[int], float]) -> list[tuple[float, int]]:
    """The `limit` best of those who reach at least so much, with their places; of equals the first by name.

    Only of those whose score is open it is asked, and of them only while one may yet come among the best.
    """
    told = [(-score, at) for at, score in enumerate(hopes.scores) if score >= least and not hopes.open[at]]
    best_first = sorted(told)
    for hoped, at in sorted(((score, at) for at, score in enumerate(hopes.scores) if hopes.open[at]), reverse=True):
        if hoped < (-best_first[limit - 1][0] if len(best_first) >= limit else least) - _ROUNDED:
            break
        score = score_of(at)
        if score >= least:
            insort(best_first, (-score, at))
    edge = best_first[limit - 1][0] if len(best_first) > limit else 0.0
    near = [one for one in best_first if one[0] <= edge + _ROUNDED]
    alike = Counter(score for score, _ in near)
    near.sort(key=lambda one: (one[0], hopes.order(one[1]) if alike[one[0]] > 1 else _ALONE))
    return [(-score, at) for score, at in near[:limit]]


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
