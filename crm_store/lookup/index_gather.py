"""From words that customers bear to the few customers who share most with a query, over the index's arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.vocabulary import Meant
from crm_store.matching.similarity import START, START_BY_LENGTH, start_value

POOL: Final = 400
_MOST_ADDED: Final = 200_000
_MOST_BEGUN: Final = 20_000
_MOST_RARE: Final = 4_000
_LEAST_WEIGHT: Final = 0.1
_ROOM: Final = 4_096
_TIMES: Final = 16
_NEVER: Final = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What one typed word reaches: the words that it may mean, and all from `low` to before `high` that begin so.

    `borne` is how many customers bear one of them, those who bear several counted as often.
    """

    word: str
    weight: float
    some: Sequence[Meant]
    low: int
    high: int
    borne: int


class Gatherer:
    """Adds up what customers share with a query; its scratch array is clean again after each use.

    Once `most` bearers of words are added up, further words only weigh the best of those who are found.
    """

    def __init__(self, frozen: Frozen, recent: Recent, most: int = _MOST_ADDED) -> None:
        self._most = most
        self._frozen = frozen
        self._recent = recent
        self._gone: set[int] = set()
        self._scores = np.zeros(frozen.customers + _ROOM, np.float32)

    def lose(self, number: int) -> bool:
        """A frozen customer is not to be found there any more; False where that was known."""
        known = number in self._gone
        self._gone.add(number)
        self._scores[number] = _NEVER
        return not known

    def gather(
        self, meant: Mapping[str, Sequence[Meant]], idf: Callable[[str], float], sure: Mapping[int, float]
    ) -> tuple[Numbers, Numbers]:
        """At most `POOL` customers who share most, and all tied with the last, best first, with how much they share.

        `sure` are those found otherwise, by a number or an address, with what that counts. Rare words come first.
        """
        self._make_room()
        there = [number for number in sure if number not in self._gone]
        touched = [np.array(there, np.int64)] if there else []
        for number in there:
            self._scores[number] = sure[number]
        reached = [self._reach(word, some, max(_LEAST_WEIGHT, idf(word))) for word, some in meant.items() if some]
        added, common = 0, []
        try:
            for one in sorted(reached, key=lambda one: one.borne):
                if added and added + one.borne > self._most:
                    common.append(one)
                else:
                    touched += self._add(one)
                    added += one.borne
            if common:
                self._weigh(touched, common)
            best = self._best(touched, POOL)
            return best, self._scores[best]
        finally:
            for numbers in touched:
                self._scores[numbers] = 0
            self._scores[list(self._gone)] = _NEVER

    def _make_room(self) -> None:
        if self._recent.next > len(self._scores):
            more = np.zeros(self._recent.next + _ROOM - len(self._scores), np.float32)
            self._scores = np.concatenate([self._scores, more])

    def _reach(self, word: str, some: Sequence[Meant], weight: float) -> _Reach:
        """All words that begin as the typed one lie beside each other, and so do their bearers."""
        low, high = self._frozen.beginning(word) if len(word) > 1 else (0, 0)
        begun = self._frozen.borne_between(low, high)
        if not begun or begun > _MOST_BEGUN:
            return _Reach(word, weight, some, 0, 0, sum(one.df for one in some))
        return _Reach(word, weight, some, low, high, begun + sum(one.df for one in some if not _begun(one, word)))

    def _add(self, reach: _Reach) -> list[Numbers]:
        """Each bearer gets what their nearest word is worth; who was touched."""
        values = {one.text: one.value for one in reversed(reach.some) if not (reach.high and _begun(one, reach.word))}
        numbers = self._frozen.find(list(values))
        far, near = ([text for text in numbers if (values[text] < START) is is_far] for is_far in (True, False))
        begun = self._begun(reach) if reach.high else []
        parts = [self._bearing(far, numbers, values), *begun, self._bearing(near, numbers, values)]
        fresh = [(number, one.value) for one in reversed(reach.some) for number in self._recent.bearers(one.text)]
        if fresh:
            parts.append(
                (np.array([number for number, _ in fresh]), np.array([value for _, value in fresh], np.float32))
            )
        everybody = np.concatenate([bearers for bearers, _ in parts])
        worth = np.float32(reach.weight) * np.concatenate([worth for _, worth in parts])
        # Who bears several of the words comes several times: the last and nearest counts, added to the sum as it was.
        self._scores[everybody] = self._scores[everybody] + worth
        return [everybody]

    def _bearing(
        self, texts: Sequence[str], numbers: Mapping[str, int], values: Mapping[str, float]
    ) -> tuple[Numbers, Numbers]:
        """Who bears the words, word by word, and what each of them is worth."""
        bearers, counts = self._frozen.bearers_of([numbers[text] for text in texts])
        return bearers, np.repeat(np.array([values[text] for text in texts], np.float32), counts)

    def _begun(self, reach: _Reach) -> list[tuple[Numbers, Numbers]]:
        """Who bears a word that begins as the typed one, and what it is worth."""
        bearers, counts = self._frozen.bearers_between(reach.low, reach.high)
        return [(bearers, np.repeat(self._worth_of(reach, np.arange(reach.low, reach.high)), counts))]

    def _worth_of(self, reach: _Reach, words: Numbers) -> Numbers:
        """What words that begin as the typed one are worth to it; the ranking knows better of those that are it."""
        lengths = self._frozen.lengths(words)
        return np.float32(START) + np.float32(START_BY_LENGTH * len(reach.word)) / lengths.astype(np.float32)

    def _weigh(self, touched: list[Numbers], common: Sequence[_Reach]) -> None:
        """Add up common words for the best of those who are found, and for who bears a rare one of what they mean."""
        found = self._best(touched, POOL)
        rare = [_rarest(one) for one in common]
        for one in rare:
            touched += self._add(one)
        pool = _once(np.concatenate([found, self._best(touched, POOL)]))
        for one, added in zip(common, rare, strict=True):
            more = self._worth(pool, one) - self._worth(pool, added)
            self._scores[pool] += np.float32(one.weight) * more

    def _worth(self, pool: Numbers, reach: _Reach) -> Numbers:
        """What the nearest of the words is worth to each of a pool, read from their own words."""
        worth = np.zeros(len(pool), np.float32)
        values = {one.text: one.value for one in reach.some}
        for at in np.flatnonzero(pool >= self._frozen.customers).tolist():
            own = words_of_candidate(self._recent.candidates[int(pool[at])])
            worth[at] = max((values.get(word, 0.0) for word in own), default=0.0)
        frozen = np.flatnonzero(pool < self._frozen.customers)
        words, _, counts = self._frozen.own_words(pool[frozen])
        near = np.zeros(len(words), np.float32)
        known = sorted((number, values[text]) for text, number in self._frozen.find(list(values)).items())
        if known:
            numbers = np.array([number for number, _ in known], words.dtype)
            places = np.minimum(np.searchsorted(numbers, words), len(numbers) - 1)
            there = numbers[places] == words
            near[there] = np.array([value for _, value in known], np.float32)[places[there]]
        begun = np.flatnonzero((words >= reach.low) & (words < reach.high))
        near[begun] = np.maximum(near[begun], self._worth_of(reach, words[begun]))
        some = counts > 0
        starts = (np.cumsum(counts) - counts)[some]
        if len(starts):
            worth[frozen[some]] = np.maximum.reduceat(near, starts)
        return worth

    def _best(self, touched: Sequence[Numbers], most: int) -> Numbers:
        """The so many best who are there, with those tied with the last, in the order of their scores."""
        if not touched:
            return np.empty(0, np.int64)
        everybody = np.concatenate(touched)
        scores = self._scores[everybody]
        if len(everybody) > _TIMES * most:
            # Who bears several near words comes several times; so many hold enough different ones.
            edge = np.partition(scores, len(scores) - _TIMES * most)[len(scores) - _TIMES * most]
            everybody = everybody[scores >= edge - 1e-6]
        everybody = _once(everybody)
        scores = self._scores[everybody]
        least = np.partition(scores, len(scores) - most)[len(scores) - most] - 1e-6 if len(scores) > most else 0.0
        keep = scores >= max(least, 0.0)
        best: Numbers = everybody[keep]
        return best[np.argsort(-scores[keep], kind="stable")]

    def hints(self, numbers: Numbers, owner: str, most: int) -> Numbers:
        """So many of the customers, likely the owner's own and those lately in touch, as it was at the building."""
        arrays = self._frozen.arrays
        recent = numbers[numbers >= self._frozen.customers]
        frozen = numbers[numbers < self._frozen.customers]
        places = np.flatnonzero(arrays.owner_ids == owner.encode())
        own = arrays.owners[frozen] == places[0] if len(places) else np.zeros(len(frozen), np.bool_)
        order = np.lexsort((-arrays.touched[frozen].astype(np.int64), ~own))
        return np.concatenate([recent[:most], frozen[order]])[:most]


def _begun(one: Meant, word: str) -> bool:
    """Whether it is near to the typed word for no more than that it begins so."""
    return one.text.startswith(word) and one.text != word and one.value <= start_value(word, one.text)


def _rarest(reach: _Reach) -> _Reach:
    """Those of the words that few bear."""
    rare, left = set(), _MOST_RARE
    for one in sorted(reach.some, key=lambda one: one.df):
        left -= one.df
        if left >= 0:
            rare.add(one.text)
    some = [one for one in reach.some if one.text in rare]
    return replace(reach, some=some, low=0, high=0, borne=sum(one.df for one in some))


def _once(numbers: Numbers) -> Numbers:
    """The different ones in their order; faster than numpy's own for so few."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
