"""The second retriever of the look-up: candidates from arrays in memory, or from SQL wherever those cannot answer."""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.lookup.index.arrays import NOBODY, Ordinals
from crm_store.lookup.index.reading import build
from crm_store.lookup.index.team import NotNow, Outgrown, TeamIndex
from crm_store.lookup.index.words import meanings
from crm_store.lookup.retrieval import LEAST_DIGITS, MOST_CANDIDATES, Asked, Gathered, Retriever, rarity
from crm_store.lookup.sql_candidates import SQL, _by_address, _owned_first
from crm_store.lookup.vocabulary import Meant

MEGABYTE: Final = 1_000_000
MOST_MEGABYTES: Final = 1_000
_BY_NUMBER: Final = 100.0
_COMMON: Final = 50_000
_SURELY_WEIGHED: Final = 8
_LEAST_SHARE: Final = 0.5
_ALIKE: Final = 1e-5


class IndexRetriever:
    """Answers from the index of a team that was warmed and is fresh, and from the token tables otherwise."""

    def __init__(self, floor: Retriever = SQL, most_megabytes: int = MOST_MEGABYTES) -> None:
        self._floor = floor
        self._most_bytes = most_megabytes * MEGABYTE
        self._lock = threading.Lock()
        self._teams: dict[str, TeamIndex] = {}
        self.answered = 0

    def warm(self, desk: Desk) -> int:
        """Build the team's index and give its bytes; 0 where it would be too large, and SQL goes on answering."""
        built = build(desk, self._most_bytes)
        if built is None:
            return 0
        index = TeamIndex(*built)
        with self._lock:
            self._teams[desk.team_id] = index
        return index.nbytes

    def is_warm(self, team_id: str) -> bool:
        """Whether look-ups of the team are answered from memory; False again once its index was outgrown."""
        with self._lock:
            return team_id in self._teams

    def candidates(self, work: Work, asked: Asked, owner: str) -> Gathered:
        """Who shares most with the query as the store is now, its rare words first."""
        with self._lock:
            index = self._fresh(work)
            if index is not None:
                self.answered += 1
                return _gather(work, index, asked, owner)
        return self._floor.candidates(work, asked, owner)

    def catch_up(self, work: Work) -> bool:
        """Bring the team's index up to date; whether the unit's next look-up is answered from it."""
        with self._lock:
            return self._fresh(work) is not None

    def _fresh(self, work: Work) -> TeamIndex | None:
        index = self._teams.get(work.team_id)
        if index is None:
            return None
        try:
            index.catch_up(work)
        except Outgrown:
            del self._teams[work.team_id]
            return None
        except NotNow:
            return None
        return index


def _gather(work: Work, index: TeamIndex, asked: Asked, owner: str) -> Gathered:
    meant = meanings(index, asked.all_words, asked.mailbox_words)
    bearers = {one.text: one.df for each in meant.values() for one in each}
    idf = rarity(bearers, max(1, index.seq, *bearers.values()))
    weights = {word: max(0.1, idf(word)) for word in meant}
    try:
        touched = [*_by_number(index, asked.digits), *_addressed(work, index, asked)]
        found = _add_words(index, meant, weights, np.array(touched, dtype=np.uint32))
        best, scores = _best(index, found)
    finally:
        index.total.fill(0.0)
    return Gathered(tuple(_owned_first(work, best, scores, owner)), idf)


def _addressed(work: Work, index: TeamIndex, asked: Asked) -> list[int]:
    """Who has the address, or one that begins so: one statement, since addresses are an index of the database."""
    found = []
    for address in (*asked.addresses, asked.mailbox):
        for customer_id, value in _by_address(work, address):
            place = index.place_of(customer_id)
            if place is not None:
                index.total[place] += value
                found.append(place)
    return found


def _by_number(index: TeamIndex, digits: str) -> list[int]:
    """By the last digits of a number; a national 0 in front is no digit of the stored form."""
    found: dict[int, None] = {}
    for typed in dict.fromkeys((digits, digits.lstrip("0"))):
        if len(typed) >= LEAST_DIGITS:
            found |= dict.fromkeys(index.ending_with(typed[::-1][:20], MOST_CANDIDATES))
    for place in found:
        index.total[place] = _BY_NUMBER
    return list(found)


def _add_words(
    index: TeamIndex, meant: Mapping[str, Sequence[Meant]], weights: Mapping[str, float], found: Ordinals
) -> Ordinals:
    """Add up what each word says, the rarest first; very common words only weigh those who are found already."""
    by_rarity = sorted((sum(one.df for one in some), word) for word, some in meant.items() if some)
    touched = [found]
    for count, word in by_rarity:
        places = _nearest(index, meant[word])
        if count > _COMMON and any(map(len, touched)):
            places = places[index.total[places] > 0.0]
        # A place that stands here twice, for two words near the typed one, is added to once.
        index.total[places] += np.float32(weights[word]) * index.near[places]
        touched.append(places)
    return np.unique(np.concatenate(touched))


def _nearest(index: TeamIndex, meant: Sequence[Meant]) -> Ordinals:
    """Who bears a word near the typed one; `near` holds how near each one's best word is."""
    parts = [NOBODY]
    for one in sorted(meant, key=lambda one: one.value):
        places = index.bearers(one.text)
        index.near[places] = one.value
        parts.append(places)
    return np.concatenate(parts)


def _best(index: TeamIndex, found: Ordinals) -> tuple[list[str], dict[str, float]]:
    """The customers who may be weighed, best first, with all who are tied with the last of them."""
    live = found[~index.hidden[found]]
    totals = index.total[live]
    if len(live) > _SURELY_WEIGHED:
        # Who shares less than half of what the eighth shares will not come before it.
        least = np.partition(totals, -_SURELY_WEIGHED)[-_SURELY_WEIGHED] * _LEAST_SHARE
        live, totals = live[totals >= least], totals[totals >= least]
    if len(live) > MOST_CANDIDATES:
        edge = np.partition(totals, -MOST_CANDIDATES)[-MOST_CANDIDATES] - _ALIKE
        live, totals = live[totals >= edge], totals[totals >= edge]
    order = np.lexsort((live, -totals))
    # Sums of the same words in the same order are equal; what is rounded here only joins those.
    scores = {index.customer(int(live[at])): round(float(totals[at]), 4) for at in order}
    return list(scores), scores
