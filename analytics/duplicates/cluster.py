"""Joins pairs into clusters by average link, so that one wrong pair does not join two groups."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.cells import Codes

_UNSCORED: Final = -3.0
_LEAST: Final = -8.0
_MOST: Final = 12.0
_MUST: Final = 1e6
_LARGEST: Final = 400


def clusters(
    one: Codes,
    other: Codes,
    weights: NDArray[np.float64],
    decided: Mapping[tuple[int, int], bool],
    sides: NDArray[np.int8],
    clean: Sequence[bool] = (False, False),
) -> list[list[int]]:
    """Clusters of two rows or more; `weights` (p,) are above 0 for pairs that are more likely one than not.

    Two clusters join while the mean weight over all pairs between them is above 0; pairs without a weight count as
    -3 bits. Decisions of people bind: what is different is never joined, what is the same always is, unless the two
    contradict each other. Rows of two tables, by their `sides` (n,), are weighed across the tables only; of a table
    that is `clean` a cluster holds at most one row.
    """
    strength = {(int(a), int(b)): float(min(max(w, _LEAST), _MOST)) for a, b, w in _near(one, other, weights)}
    links: dict[int, dict[int, float]] = {}
    for (a, b), weight in strength.items():
        links.setdefault(a, {})[b] = weight
        links.setdefault(b, {})[a] = weight
    apart: dict[int, set[int]] = {}
    side = sides.tolist() if sides.any() else []
    for (a, b), same in decided.items():
        if not same:
            apart.setdefault(a, set()).add(b)
            apart.setdefault(b, set()).add(a)
    home: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    must = [(a, b) for (a, b), same in sorted(decided.items()) if same]
    chosen = np.flatnonzero(weights > 0)
    order = chosen[np.lexsort((other[chosen], one[chosen], -weights[chosen]))]
    for at, (a, b) in enumerate([*must, *zip(one[order].tolist(), other[order].tolist(), strict=True)]):
        left, right = home.setdefault(a, a), home.setdefault(b, b)
        mine, theirs = members.setdefault(left, [left]), members.setdefault(right, [right])
        if left == right or any(not apart.get(row, set()).isdisjoint(theirs) for row in mine):
            continue
        if at >= len(must) and not (_fits(mine, theirs, side, clean) and _mean(mine, theirs, links, side) > 0):
            continue
        mine.extend(theirs)
        home.update(dict.fromkeys(theirs, left))
        del members[right]
    return [sorted(group) for group in members.values() if len(group) > 1]


def _near(one: Codes, other: Codes, weights: NDArray[np.float64]) -> Iterable[tuple[int, int, float]]:
    """Pairs of rows that have a chance of sharing a cluster: each row has a pair above 0."""
    hopeful = np.zeros(int(max(one.max(initial=0), other.max(initial=0))) + 1, dtype=bool)
    hopeful[one[weights > 0]] = True
    hopeful[other[weights > 0]] = True
    kept = hopeful[one] & hopeful[other]
    return zip(one[kept].tolist(), other[kept].tolist(), weights[kept].tolist(), strict=True)


def _fits(mine: list[int], theirs: list[int], side: Sequence[int], clean: Sequence[bool]) -> bool:
    if len(mine) + len(theirs) > _LARGEST:
        return False
    return not any(clean[side[row]] and any(side[row] == side[other] for other in theirs) for row in mine if side)


def _mean(mine: list[int], theirs: list[int], links: Mapping[int, Mapping[int, float]], side: Sequence[int]) -> float:
    total, count = 0.0, 0
    for row in mine:
        known = links.get(row, {})
        for other in theirs:
            if not side or side[row] != side[other]:
                total += known.get(other, _UNSCORED)
                count += 1
    return total / count if count else _UNSCORED
