"""From words that customers bear to the few customers who share most with a query, over the index's arrays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.vocabulary import Meant

POOL: Final = 400
_MOST_ADDED: Final = 20_000
_MOST_MEANT: Final = 16
_LEAST_WEIGHT: Final = 0.1
_ROOM: Final = 4_096
_TIMES: Final = 16


class Gatherer:
    """Adds up what customers share with a query; its scratch arrays are clean again after each use."""

    def __init__(self, frozen: Frozen, recent: Recent) -> None:
        self._frozen = frozen
        self._recent = recent
        self._gone = np.zeros(frozen.customers, np.bool_)
        self._values = np.zeros(frozen.customers + _ROOM, np.float32)
        self._scores = np.zeros(frozen.customers + _ROOM, np.float32)

    def lose(self, number: int) -> bool:
        """A frozen customer is not to be found there any more; False where that was known."""
        known = bool(self._gone[number])
        self._gone[number] = True
        return not known

    def gather(
        self, meant: Mapping[str, Sequence[Meant]], idf: Callable[[str], float], sure: Mapping[int, float]
    ) -> list[tuple[int, float]]:
        """The numbers of at most `POOL` customers and of all those tied with the last, who share most, best first.

        `sure` are those found otherwise, by a number or an address, with what that counts. Rare words are followed
        first; once many customers are found, common words only weigh those.
        """
        self._make_room()
        touched = [np.array(list(sure), np.int64)] if sure else []
        for number, score in sure.items():
            self._scores[number] = score
        added = 0
        by_rarity = sorted(((word, some) for word, some in meant.items() if some), key=lambda each: _borne(each[1]))
        try:
            for word, some in by_rarity:
                weight, count = max(_LEAST_WEIGHT, idf(word)), _borne(some)
                if added and added + count > _MOST_ADDED:
                    pool = self._best(touched, POOL)
                    self._weigh(pool, some, weight)
                else:
                    touched += self._add(some, weight)
                    added += count
            best = self._best(touched, POOL)
            scores = self._scores[best]
            return list(zip(best.tolist(), scores.tolist(), strict=True))
        finally:
            for numbers in touched:
                self._scores[numbers] = 0

    def _make_room(self) -> None:
        if self._recent.next > len(self._scores):
            self._values = np.zeros(self._recent.next + _ROOM, np.float32)
            self._scores = np.zeros(self._recent.next + _ROOM, np.float32)

    def _bearers(self, some: Sequence[Meant]) -> list[tuple[Numbers, float]]:
        """Who bears each of the words, the nearest word last."""
        numbers = self._frozen.find([one.text for one in some])
        found = []
        for one in reversed(some):
            if one.text in numbers:
                found.append((self._frozen.bearers(numbers[one.text]), one.value))
            fresh = self._recent.bearers(one.text)
            if fresh:
                found.append((np.fromiter(fresh, np.int64, len(fresh)), one.value))
        return found

    def _add(self, some: Sequence[Meant], weight: float) -> list[Numbers]:
        """Each bearer gets what their nearest word is worth; who was touched."""
        bearers = self._bearers(some)
        if not bearers:
            return []
        everybody = np.concatenate([numbers for numbers, _ in bearers])
        worth = np.array([value * weight for _, value in bearers], np.float32)
        # Who bears several of the words comes several times: the last and nearest counts, each time with the same sum.
        self._values[everybody] = np.repeat(worth, [len(numbers) for numbers, _ in bearers])
        self._scores[everybody] = self._scores[everybody] + self._values[everybody]
        self._values[everybody] = 0
        return [everybody]

    def _weigh(self, pool: Numbers, some: Sequence[Meant], weight: float) -> None:
        """The same for those of a pool, whom the word's bearers are not needed for."""
        worth = np.zeros(len(pool), np.float32)
        for numbers, value in self._bearers(some[:_MOST_MEANT]):
            at = np.searchsorted(numbers, pool)
            at[at == len(numbers)] = 0
            worth[numbers[at] == pool] = value * weight
        self._scores[pool] += worth

    def _best(self, touched: Sequence[Numbers], most: int) -> Numbers:
        """The so many best who are there, with those tied with the last, in the order of their scores."""
        if not touched:
            return np.empty(0, np.int64)
        everybody = np.concatenate(touched)
        everybody = everybody[self._there(everybody)]
        scores = self._scores[everybody]
        if len(everybody) > _TIMES * most:
            # Who bears several near words comes several times; so many hold enough different ones.
            edge = np.partition(scores, len(scores) - _TIMES * most)[len(scores) - _TIMES * most]
            everybody = everybody[scores >= edge - 1e-6]
        everybody = _once(everybody)
        scores = self._scores[everybody]
        if len(everybody) > most:
            edge = np.partition(scores, len(scores) - most)[len(scores) - most]
            keep = scores >= edge - 1e-6
            everybody, scores = everybody[keep], scores[keep]
        return everybody[np.argsort(-scores, kind="stable")]

    def _there(self, numbers: Numbers) -> Numbers:
        frozen = numbers < self._frozen.customers
        there = np.ones(len(numbers), np.bool_)
        there[frozen] = ~self._gone[numbers[frozen]]
        recent = np.flatnonzero(~frozen)
        for at in recent.tolist():
            there[at] = int(numbers[at]) in self._recent.candidates
        return there

    def hints(self, numbers: Numbers, owner: str, most: int) -> Numbers:
        """So many of the customers, likely the owner's own and those lately in touch, as it was at the building."""
        arrays = self._frozen.arrays
        recent = numbers[numbers >= self._frozen.customers]
        frozen = numbers[numbers < self._frozen.customers]
        places = np.flatnonzero(arrays.owner_ids == owner.encode())
        own = arrays.owners[frozen] == places[0] if len(places) else np.zeros(len(frozen), np.bool_)
        order = np.lexsort((-arrays.touched[frozen].astype(np.int64), ~own))
        return np.concatenate([recent[:most], frozen[order]])[:most]


def _once(numbers: Numbers) -> Numbers:
    """The different ones in their order; faster than numpy's own for so few."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _borne(some: Sequence[Meant]) -> int:
    return sum(one.df for one in some)
