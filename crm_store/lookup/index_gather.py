"""From words that customers bear to the few customers who share most with a query, over the index's arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.retrieval import MOST_CANDIDATES
from crm_store.lookup.vocabulary import Meant
from crm_store.matching.similarity import START, START_BY_LENGTH, start_value

_ENOUGH: Final = MOST_CANDIDATES + 1
_POOL: Final = 400
_MOST_ADDED: Final = 200_000
_MOST_SETTLED: Final = 2_000
_LEAST_SPARED: Final = 4_000
SURELY_WEIGHED: Final = 12
LEAST_SHARE: Final = 0.7
_MOST_BEGUN: Final = 100_000
_MOST_RARE: Final = 4_000
_LEAST_WEIGHT: Final = 0.1
_ROOM: Final = 4_096
_TIMES: Final = 16
_SAMPLE: Final = 1_024
_FEW: Final = 2_000
_OWN: Final = 1 << 32
_ROUNDED: Final = 1e-6
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

    Once `most` bearers of words are added up, further words only weigh the best of those who are found; and where
    nobody else can come among these, further words whose bearers are more than `spared` do so sooner.
    """

    def __init__(self, frozen: Frozen, recent: Recent, most: int = _MOST_ADDED, spared: int = _LEAST_SPARED) -> None:
        self._most = most
        self._spared = spared
        self._frozen = frozen
        self._recent = recent
        self._gone: set[int] = set()
        self._scores = np.zeros(frozen.customers + _ROOM, np.float32)
        self._marked = np.zeros(0, np.bool_)

    def lose(self, number: int) -> bool:
        """A frozen customer is not to be found there any more; False where that was known."""
        known = number in self._gone
        self._gone.add(number)
        self._scores[number] = _NEVER
        return not known

    def gather(
        self, meant: Mapping[str, Sequence[Meant]], idf: Callable[[str], float], sure: Mapping[int, float]
    ) -> tuple[Numbers, Numbers]:
        """Who shares most, with how much they share: more than are weighed, best first, then all tied with the last.

        `sure` are those found otherwise, by a number or an address, with what that counts. Rare words come first.
        """
        self._make_room()
        there = [number for number in sure if number not in self._gone]
        touched = [np.array(there, np.intp)] if there else []
        for number in there:
            self._scores[number] = sure[number]
        reached = [self._reach(word, some, max(_LEAST_WEIGHT, idf(word))) for word, some in meant.items() if some]
        reached.sort(key=lambda one: one.borne)
        added = 0
        try:
            for at, one in enumerate(reached):
                left = reached[at:]
                if added and added + one.borne > self._most:
                    self._weigh(touched, left)
                    break
                if added and self._settle(touched, added, left):
                    break
                touched.append(self._add(one))
                added += one.borne
            best = self._best(touched, _ENOUGH)
            return best, self._scores.take(best)
        finally:
            for numbers in touched:
                self._scores[numbers] = 0
            if self._gone:
                self._scores[list(self._gone)] = _NEVER

    def _settle(self, touched: list[Numbers], added: int, left: Sequence[_Reach]) -> bool:
        """Weigh what is left for those alone who are found, where nobody else can share enough to be weighed; else not.

        Who bears none of the words so far shares at most what all further ones weigh.
        """
        if added > _MOST_SETTLED or sum(one.borne for one in left) < self._spared:
            return False
        first = self._scores.take(self._best(touched, SURELY_WEIGHED)[:SURELY_WEIGHED])
        least = float(first[-1]) * LEAST_SHARE if len(first) == SURELY_WEIGHED else 0.0
        most_left = sum(one.weight for one in left)
        if most_left > least - _ROUNDED:
            return False
        everybody = np.concatenate(touched)
        pool = _once(everybody.compress(self._scores.take(everybody) >= least - most_left - _ROUNDED))
        self._add_worths(pool, left)
        return True

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

    def _add(self, reach: _Reach) -> Numbers:
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
        # As wide as numpy's own places, which it would make of others at each use.
        everybody = np.concatenate([bearers for bearers, _ in parts], dtype=np.intp)
        worth = np.concatenate([worth for _, worth in parts])
        worth *= np.float32(reach.weight)
        # Who bears several of the words comes several times: the last and nearest counts, added to the sum as it was.
        worth += self._scores.take(everybody)
        self._scores[everybody] = worth
        return everybody

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
        found = self._best(touched, _POOL)
        rare = [_rarest(one) for one in common]
        touched += [self._add(one) for one in rare]
        pool = _once(np.concatenate([found, self._best(touched, _POOL)]))
        self._add_worths(pool, common, rare)

    def _add_worths(self, pool: Numbers, left: Sequence[_Reach], known: Sequence[_Reach] = ()) -> None:
        """Add to the scores of a pool what each of the words is worth, less what was added for those `known`."""
        frozen = np.flatnonzero(pool < self._frozen.customers)
        words, _, counts = self._frozen.own_words(pool[frozen])
        changed = {at: words_of_candidate(self._recent.candidates[int(pool[at])]) for at in self._changed(pool)}
        for reach, sign in (*((one, 1) for one in left), *((one, -1) for one in known)):
            worth = np.zeros(len(pool), np.float32)
            values = {one.text: one.value for one in reach.some}
            for at, own in changed.items():
                worth[at] = max((values.get(word, 0.0) for word in own), default=0.0)
            near, some = self._near(words, reach, values), counts > 0
            if len(near):
                starts = (np.cumsum(counts) - counts)[some]
                worth[frozen[some]] = np.maximum.reduceat(near, starts)
            self._scores[pool] += np.float32(sign * reach.weight) * worth

    def _changed(self, pool: Numbers) -> list[int]:
        found: list[int] = np.flatnonzero(pool >= self._frozen.customers).tolist()
        return found

    def _near(self, words: Numbers, reach: _Reach, values: Mapping[str, float]) -> Numbers:
        """What each of these words is worth to the typed one."""
        near = np.zeros(len(words), np.float32)
        known = sorted((number, values[text]) for text, number in self._frozen.find(list(values)).items())
        if known:
            numbers = np.array([number for number, _ in known], words.dtype)
            places = np.minimum(np.searchsorted(numbers, words), len(numbers) - 1)
            there = numbers[places] == words
            near[there] = np.array([value for _, value in known], np.float32)[places[there]]
        begun = np.flatnonzero((words >= reach.low) & (words < reach.high))
        near[begun] = np.maximum(near[begun], self._worth_of(reach, words[begun]))
        return near

    def _best(self, touched: Sequence[Numbers], most: int) -> Numbers:
        """The so many best who are there, in the order of their scores, then all who are tied with the last of them."""
        if not touched:
            return np.empty(0, np.intp)
        everybody = np.concatenate(touched)
        scores = self._scores.take(everybody)
        wanted = _TIMES * most
        if len(everybody) > wanted + _SAMPLE:
            # Who bears several near words comes several times; so many hold enough different ones.
            everybody = everybody.compress(scores >= _edge(scores, wanted) - _ROUNDED)
        everybody = self._different(everybody)
        scores = self._scores.take(everybody)
        least = reached(scores, most) if len(scores) > most else 0.0
        above = np.flatnonzero(scores > least + _ROUNDED)
        first = above[np.argsort(-scores.take(above), kind="stable")]
        tied = np.flatnonzero((scores >= max(0.0, least - _ROUNDED)) & (scores <= least + _ROUNDED))
        best: Numbers = everybody.take(np.concatenate([first, tied]))
        return best

    def _different(self, numbers: Numbers) -> Numbers:
        """Each of the customers once, in their order; marking very many costs less than sorting them."""
        if len(numbers) <= _FEW:
            return _once(numbers)
        if len(self._marked) < len(self._scores):
            self._marked = np.zeros(len(self._scores), np.bool_)
        self._marked[numbers] = True
        different = np.flatnonzero(self._marked)
        self._marked[different] = False
        return different

    def hints(self, numbers: Numbers, owner: str, most: int) -> Numbers:
        """So many of the customers, likely the owner's own and those lately in touch, as it was at the building."""
        if not most:
            return numbers[:0]
        arrays = self._frozen.arrays
        recent = numbers[numbers >= self._frozen.customers][:most]
        frozen = numbers[numbers < self._frozen.customers]
        places = np.flatnonzero(arrays.owner_ids == owner.encode())
        rank = arrays.touched.take(frozen).astype(np.int64)
        if len(places):
            rank += (arrays.owners.take(frozen) == places[0]) * _OWN
        if len(frozen) > most:
            edge = reached(rank, most)
            above, level = np.flatnonzero(rank > edge), np.flatnonzero(rank == edge)
            chosen = np.concatenate([above, level[: most - len(above)]])
            frozen, rank = frozen.take(chosen), rank.take(chosen)
        return np.concatenate([recent, frozen.take(np.argsort(-rank, kind="stable"))])[:most]


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


def _edge(scores: Numbers, wanted: int) -> float:
    """A score that more than so many of very many reach, and not many more; judged by a part of them."""
    step = len(scores) // _SAMPLE
    part = np.sort(scores[::step])
    likely = wanted * len(part) // len(scores)
    at = likely + 4 * int(likely**0.5) + 4
    while at < len(part):
        edge = part[-at]
        if np.count_nonzero(scores >= edge) >= wanted:
            return float(edge)
        at *= 2
    return float(scores.min())


def reached(scores: Numbers, most: int) -> float:
    """The score that so many of more reach; numpy's own partition is slow where many scores are equal."""
    if len(scores) > _FEW:
        edge = _edge(scores, most)
        above = scores.compress(scores > edge)
        if len(above) < most:
            return edge
        scores = above
    return float(np.sort(scores)[-most])


def _once(numbers: Numbers) -> Numbers:
    """The different ones in their order; faster than numpy's own for so few."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
