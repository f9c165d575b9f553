"""From words that customers bear to the few customers who share most with a query, over the index's arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.retrieval import MOST_CANDIDATES
from crm_store.lookup.vocabulary import Meant
from crm_store.matching.rerank import LEAST_SCORE
from crm_store.matching.similarity import START, START_BY_LENGTH, initial, start_value

_ENOUGH: Final = MOST_CANDIDATES + 1
_POOL: Final = 400
_MOST_ADDED: Final = 200_000
_MOST_SETTLED: Final = 2_000
_LEAST_SPARED: Final = 4_000
SURELY_WEIGHED: Final = 12
LEAST_SHARE: Final = 0.7
_MOST_RARE: Final = 4_000
_LEAST_WEIGHT: Final = 0.1
_ROOM: Final = 4_096
_SAMPLE: Final = 1_024
_FEW: Final = 2_000
_OWN: Final = 1 << 32
_ROUNDED: Final = 1e-6
_APART: Final = 1e-4
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
    nobody else can come among these, further words whose bearers are more than `spared` do so sooner. Who shares less
    than `least` of what was typed need not be found where others are.
    """

    def __init__(
        self,
        frozen: Frozen,
        recent: Recent,
        most: int = _MOST_ADDED,
        spared: int = _LEAST_SPARED,
        least: float = LEAST_SCORE,
    ) -> None:
        self._most = most
        self._spared = spared
        self._least = least
        self._frozen = frozen
        self._recent = recent
        self._gone: set[int] = set()
        self._scores = np.zeros(frozen.customers + _ROOM, np.float32)
        self._left = np.zeros(len(self._scores), np.int32)

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
        reached = [self._reach(word, some, max(_LEAST_WEIGHT, idf(word))) for word, some in meant.items()]
        least = self._least * sum(one.weight for one in reached)
        shared = max(sure.values(), default=0.0)
        # A letter is added last, for whoever is found by then.
        reached = sorted((one for one in reached if one.borne), key=lambda one: (len(one.word) == 1, one.borne))
        added = 0
        try:
            for at, one in enumerate(reached):
                left = reached[at:]
                if added and len(one.word) == 1:
                    self._add_initial(touched, one, sum(one.weight for one in left))
                    continue
                if added and added + one.borne > self._most:
                    self._weigh(touched, left)
                    break
                if added and self._settle(touched, added, left, shared):
                    break
                shared += one.weight
                # Who shares no more than what is left answers less than a third of the query, which nobody is shown.
                if added >= SURELY_WEIGHED and sum(one.weight for one in left) < least:
                    self._add(one, known=True)
                    continue
                touched.append(self._add(one, first=not touched and not self._gone))
                added += one.borne
            best = self._best(touched, _ENOUGH)
            return best, self._scores.take(best)
        finally:
            for numbers in touched:
                self._scores[numbers] = 0
            if self._gone:
                self._scores[list(self._gone)] = _NEVER

    def _settle(self, touched: list[Numbers], added: int, left: Sequence[_Reach], shared: float) -> bool:
        """Weigh what is left for those alone who are found, where nobody else can share enough to be weighed; else not.

        Who bears none of the words so far shares at most what all further ones weigh, and nobody more than `shared`.
        """
        if added > _MOST_SETTLED or sum(one.borne for one in left) < self._spared:
            return False
        most_left = sum(one.weight for one in left)
        if most_left > shared * LEAST_SHARE:
            return False
        everybody = self._different(np.concatenate(touched))
        scores = self._scores.take(everybody)
        least = reached(scores, SURELY_WEIGHED) * LEAST_SHARE if len(scores) >= SURELY_WEIGHED else 0.0
        if most_left > least - _ROUNDED:
            return False
        pool = everybody.compress(scores >= least - most_left - _ROUNDED)
        self._add_worths(pool, left)
        return True

    def _make_room(self) -> None:
        if self._recent.next > len(self._scores):
            more = np.zeros(self._recent.next + _ROOM - len(self._scores), np.float32)
            self._scores = np.concatenate([self._scores, more])

    def _reach(self, word: str, some: Sequence[Meant], weight: float) -> _Reach:
        """All words that begin as the typed one lie beside each other, and so do their bearers."""
        low, high = self._frozen.followed(word)
        if not high:
            return _Reach(word, weight, some, 0, 0, sum(one.df for one in some))
        begun = self._frozen.borne_between(low, high)
        return _Reach(word, weight, some, low, high, begun + sum(one.df for one in some if not _begun(one, word)))

    def _add(self, reach: _Reach, *, known: bool = False, first: bool = False) -> Numbers:
        """Each bearer gets what their nearest word is worth, or only those that are `known`; who was touched."""
        parts = self._bearing(reach)
        if self._recent:
            fresh = [(number, one.value) for one in reversed(reach.some) for number in self._recent.bearers(one.text)]
            parts.append(
                (
                    np.array([number for number, _ in fresh], np.intp),
                    np.array([value for _, value in fresh], np.float32) * np.float32(reach.weight),
                )
            )
        # As wide as numpy's own places, which it would make of others at each use.
        everybody = np.concatenate([bearers for bearers, _ in parts], dtype=np.intp)
        worth = np.concatenate([worth for _, worth in parts])
        if first:
            self._scores[everybody] = worth
            return everybody
        before = self._scores.take(everybody)
        if known:
            there = (before > 0).nonzero()[0]
            everybody, worth, before = everybody.take(there), worth.take(there), before.take(there)
        # Who bears several of the words comes several times: the last and nearest counts, added to the sum as it was.
        worth += before
        self._scores[everybody] = worth
        return everybody.compress(before == 0)

    def _add_initial(self, touched: Sequence[Numbers], reach: _Reach, most_left: float) -> None:
        """Of those who are found, who has a word that begins with the letter gets what it is worth.

        Who stays behind the best by more than `most_left`, which this letter and further ones weigh, need not get it.
        """
        everybody, _ = self._likely(touched, _ENOUGH, most_left)
        frozen = (everybody < self._frozen.customers).nonzero()[0]
        worth = np.zeros(len(everybody), np.float32)
        worth[frozen] = initial().value * self._frozen.have_initial(everybody.take(frozen), reach.word)
        for at in np.flatnonzero(everybody >= self._frozen.customers).tolist():
            words = words_of_candidate(self._recent.candidates[int(everybody[at])])
            begun = initial().value if any(word.startswith(reach.word) for word in words) else 0.0
            worth[at] = 1.0 if reach.word in words else begun
        self._scores[everybody] += np.float32(reach.weight) * worth
        exact, _ = self._frozen.bearers_of(list(self._frozen.find([reach.word]).values()))
        exact = exact.compress(self._scores.take(exact) > 0)
        self._scores[exact] += np.float32(reach.weight * (1.0 - initial().value))

    def _bearing(self, reach: _Reach) -> list[tuple[Numbers, Numbers]]:
        """Who bears the words, the farthest first, and what each of them is worth by the weight of the typed one."""
        values = {one.text: one.value for one in reversed(reach.some) if not (reach.high and _begun(one, reach.word))}
        numbers = self._frozen.find(list(values))
        rising = sorted(numbers, key=values.__getitem__)
        bearers, counts = self._frozen.bearers_of([numbers[text] for text in rising])
        weight = np.float32(reach.weight)
        worth = (np.array([values[text] for text in rising], np.float32) * weight).repeat(counts)
        if not reach.high:
            return [(bearers, worth)]
        far = int(counts[: sum(values[text] < START for text in rising)].sum())
        begun, counts = self._frozen.bearers_between(reach.low, reach.high)
        worth_of = self._worth_of(reach, self._frozen.lengths_between(reach.low, reach.high))
        begun_worth = (worth_of * weight).repeat(counts)
        return [(bearers[:far], worth[:far]), (begun, begun_worth), (bearers[far:], worth[far:])]

    def _worth_of(self, reach: _Reach, lengths: Numbers) -> Numbers:
        """What words of these lengths, begun as typed, are worth; the ranking knows better of those that are it."""
        return np.float32(START) + np.float32(START_BY_LENGTH * len(reach.word)) / lengths.astype(np.float32)

    def _weigh(self, touched: list[Numbers], common: Sequence[_Reach]) -> None:
        """Add up common words for the best of those who are found, and for who bears a rare one of what they mean."""
        found = self._best(touched, _POOL)
        rare = [_rarest(one) for one in common]
        touched += [self._add(one) for one in rare]
        pool = self._different(np.concatenate([found, self._best(touched, _POOL)]))
        self._add_worths(pool, common, rare)

    def _add_worths(self, pool: Numbers, left: Sequence[_Reach], known: Sequence[_Reach] = ()) -> None:
        """Add to the scores of a pool what each of the words is worth, less what was added for those `known`."""
        frozen = (pool < self._frozen.customers).nonzero()[0]
        words, _, counts = self._frozen.own_words(pool[frozen])
        changed = {at: words_of_candidate(self._recent.candidates[int(pool[at])]) for at in self._changed(pool)}
        for reach, sign in (*((one, 1) for one in left), *((one, -1) for one in known)):
            worth = np.zeros(len(pool), np.float32)
            values = {one.text: one.value for one in reach.some}
            for at, own in changed.items():
                worth[at] = max((values.get(word, 0.0) for word in own), default=0.0)
            near, some = self._near(words, reach, values), counts > 0
            if len(near):
                starts = (counts.cumsum() - counts)[some]
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
        near[begun] = np.maximum(near[begun], self._worth_of(reach, self._frozen.lengths(words[begun])))
        return near

    def _best(self, touched: Sequence[Numbers], most: int) -> Numbers:
        """The so many best who are there, in the order of their scores, then all who are tied with the last of them."""
        if not touched:
            return np.empty(0, np.intp)
        everybody, scores = self._likely(touched, most)
        least = reached(scores, most) if len(scores) > most else 0.0
        above = (scores > least + _ROUNDED).nonzero()[0]
        first = above.take((-scores.take(above)).argsort(kind="stable"))
        tied = ((scores >= max(0.0, least - _ROUNDED)) & (scores <= least + _ROUNDED)).nonzero()[0]
        best: Numbers = everybody.take(np.concatenate([first, tied]))
        return best

    def _likely(self, touched: Sequence[Numbers], most: int, more: float = 0.0) -> tuple[Numbers, Numbers]:
        """Each who is there once with their score; where very many are, those who can be among so many best.

        So they are as well where anybody's score may yet rise by as much as `more`.
        """
        everybody = np.concatenate(touched)
        if len(everybody) > _FEW:
            # Some stand twice, so that of more than are asked for fewer may be left.
            scores = self._scores.take(everybody)
            edge = _edge(scores, 2 * most) - _APART
            some = self._different(everybody.compress(scores >= edge - more))
            scores = self._scores.take(some)
            if np.count_nonzero(scores > edge + _ROUNDED) > most:
                return some, scores
        everybody = self._different(everybody)
        return everybody, self._scores.take(everybody)

    def _different(self, numbers: Numbers) -> Numbers:
        """Each of the customers once: where the last of them leaves its place is written over what others left."""
        if len(self._left) < len(self._scores):
            self._left = np.zeros(len(self._scores), np.int32)
        places = np.arange(len(numbers), dtype=np.int32)
        self._left[numbers] = places
        return numbers.compress(self._left.take(numbers) == places)

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
