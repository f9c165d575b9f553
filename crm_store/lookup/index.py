"""One team's index in memory: brought to the state of the store before each answer, else SQL answers."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from crm_store.engine.work import Work
from crm_store.lookup import freshness
from crm_store.lookup.briefs import people
from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_gather import LEAST_SHARE, SURELY_WEIGHED, Gatherer
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.index_scores import Scores
from crm_store.lookup.index_words import Words
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.retrieval import MOST_CANDIDATES, Asked, Gathered
from crm_store.lookup.sql_candidates import SQL, by_address, by_number, likeliest_of
from crm_store.matching.hopes import Hopes, is_far_before
from crm_store.matching.profile import Candidate
from crm_store.matching.rerank import Idf, rarity_of

CAUGHT_UP_AT_ONCE: Final = 100
AMONG_FEW: Final = 16
"""So many are weighed where one shares far more with a query than all others."""

_ADVANCED_AT_ONCE: Final = 500
_FEW_TIES: Final = 100
_SURELY_BEST: Final = 12
_ENOUGH_ALIKE: Final = 30
_MOST_LOOKED_AT: Final = 600
_LACKING: Final = 0.9
_ALIKE: Final = 1e-5
_FEW_ENOUGH: Final = 24
_FAR_BEFORE: Final = 0.06
_BY_NUMBER: Final = 100.0


class TeamIndex:
    """Finds candidates of one team in memory; safe to ask from several threads.

    It holds committed changes alone: a unit of work that writes and sees more than it holds is answered by SQL, since
    what it sees may yet be undone. `spent` says that it can no longer be brought to the store's state and has to be
    made anew.
    """

    def __init__(self, frozen: Frozen) -> None:
        frozen.warm()
        self._lock = threading.Lock()
        self._state = frozen.state
        self._frozen = frozen
        self._recent = Recent(frozen.customers)
        self._words = Words(frozen, self._recent)
        self._gatherer = Gatherer(frozen, self._recent)
        self._scores = Scores(frozen, self._recent)
        self._spent = False

    @property
    def spent(self) -> bool:
        """Whether it has to be made anew: somebody was erased, or the store has another history."""
        return self._spent

    @property
    def customers(self) -> int:
        """How many customers the frozen part was made of."""
        return self._frozen.customers

    @property
    def changed(self) -> int:
        """How many customers the part for changes holds."""
        return len(self._recent)

    @property
    def seq(self) -> int:
        """The last change that it knows."""
        return self._state.seq

    def candidates(self, work: Work, asked: Asked, owner: str) -> Gathered:
        """Who may be meant as the store is in this unit; SQL answers where the index cannot hold that state."""
        work.flush()
        with self._lock:
            if self._holds(work):
                return self._gathered(work, asked, owner)
        return SQL.candidates(work, asked, owner)

    def advance(self, work: Work) -> bool:
        """Take in some of what was committed since; True where more is left. Asked while nobody waits."""
        with self._lock:
            if self._spent or not freshness.may_keep(work):
                return False
            return self._take_in(work, _ADVANCED_AT_ONCE)

    def _holds(self, work: Work) -> bool:
        if self._spent:
            return False
        seen = freshness.newest(work)
        if seen.seq == self._state.seq:
            self._spent = seen.mark != self._state.mark
            return not self._spent
        if seen.seq < self._state.seq:
            # Another thread's unit, begun later, has brought the index further; a store gone back in time is spent.
            return not self._is_gone_back(work)
        if seen.seq - self._state.seq > CAUGHT_UP_AT_ONCE or not freshness.may_keep(work):
            return False
        return not self._take_in(work, CAUGHT_UP_AT_ONCE) and not self._spent

    def _is_gone_back(self, work: Work) -> bool:
        self._spent = not freshness.is_of(work, self._frozen.state)
        return self._spent

    def _take_in(self, work: Work, most: int) -> bool:
        changes = freshness.since(work, self._state, most)
        if changes is None:
            self._spent = True
            return False
        if changes.customer_ids:
            self._renew(work, changes.customer_ids)
            self._words.changed()
        self._state = changes.until
        return changes.more

    def _renew(self, work: Work, customer_ids: Sequence[str]) -> None:
        """These customers as the store is now: each leaves the frozen part for good and comes into the other."""
        known = people(work, customer_ids)
        for customer_id in customer_ids:
            number = self._frozen.number_of(customer_id)
            if number is not None and self._gatherer.lose(number):
                self._words.lose(list(words_of_candidate(self._frozen.candidate(number))))
            person = known.get(customer_id)
            if person is None:
                self._recent.drop(customer_id)
            else:
                self._recent.put(person.candidate)

    def _gathered(self, work: Work, asked: Asked, owner: str) -> Gathered:
        vocabulary = self._words.meanings(asked.all_words, asked.mailbox_words, self._state.seq)
        meant = vocabulary.meant
        idf = self._words.rarity(vocabulary)
        sure = self._surely(work, asked)
        numbers, scores = self._gatherer.gather(meant, idf, sure)
        weights = sum(rarity_of(word, idf) for word in meant)
        if not sure and len(numbers) > _FEW_ENOUGH and scores[0] - scores[1] > _FAR_BEFORE * weights:
            # Who answers far better than the next hardly ever stays behind one who shares less, so that few will do.
            first = sorted(_listed(numbers[:AMONG_FEW]))
            hopes = self._scores.hopes(asked.text, first, idf, sure)
            if hopes and is_far_before(hopes):
                return self._told(first, idf, hopes)
        chosen = sorted(self._chosen(work, asked, idf, numbers, scores, owner))
        return self._told(chosen, idf, self._scores.hopes(asked.text, chosen, idf, sure))

    def _told(self, numbers: Sequence[int], idf: Idf, hopes: Hopes | None) -> Gathered:
        return Gathered(tuple(self._ids(numbers)), idf, _Remembered(self._frozen, self._recent, numbers), hopes)

    def _surely(self, work: Work, asked: Asked) -> dict[int, float]:
        """Who is found by a number or an address, which the database finds at once."""
        scores = dict.fromkeys(by_number(work, asked.digits), _BY_NUMBER) if asked.digits else {}
        for address in filter(None, (*asked.addresses, asked.mailbox)):
            for customer_id, value in by_address(work, address):
                scores[customer_id] = scores.get(customer_id, 0.0) + value
        found = {}
        for customer_id, score in scores.items():
            number = self._recent.numbers.get(customer_id)
            number = self._frozen.number_of(customer_id) if number is None else number
            if number is not None:
                found[number] = score
        return found

    def _chosen(
        self, work: Work, asked: Asked, idf: Callable[[str], float], numbers: Numbers, scores: Numbers, owner: str
    ) -> list[int]:
        """At most as many as are weighed, of these who share most with the query, best first.

        Where more fit alike, the owner's own and recent ones are among them.
        """
        if len(numbers) > SURELY_WEIGHED:
            # The ranking takes off little and adds little, so who shares far less than the twelfth stays behind it.
            numbers = numbers[: _as_many_as(scores, scores[SURELY_WEIGHED - 1] * LEAST_SHARE)]
        if len(numbers) <= MOST_CANDIDATES or scores[MOST_CANDIDATES - 1] - scores[MOST_CANDIDATES] > _ALIKE:
            return _listed(numbers[:MOST_CANDIDATES])
        edge = scores[MOST_CANDIDATES]
        first, last = _as_many_as(scores, edge + _ALIKE), _as_many_as(scores, edge - _ALIKE)
        sure, tied, needed = _listed(numbers[:first]), numbers[first:last], MOST_CANDIDATES - first
        if first >= _SURELY_BEST:
            # They hardly come among the best, so that few will do, as they were known when the index was made.
            needed = max(0, _ENOUGH_ALIKE - first)
            return [*sure, *_listed(self._gatherer.hints(tied, owner, needed))]
        weights = [idf(word) for word in asked.all_words]
        if weights and edge < sum(weights) - _LACKING * min(weights):
            return [*sure, *self._nearest(asked, idf, self._gatherer.hints(tied, owner, _MOST_LOOKED_AT), needed)]
        if len(tied) > _FEW_TIES:
            return [*sure, *_listed(self._gatherer.hints(tied, owner, needed))]
        places = _listed(tied)
        ids = dict(zip(self._ids(places), places, strict=True))
        return [*sure, *(ids[one] for one in likeliest_of(work, list(ids), owner, needed))]

    def _nearest(self, asked: Asked, idf: Callable[[str], float], tied: Numbers, needed: int) -> list[int]:
        """Of those who bear as much of what was typed, who is nearest in words with more errors than are followed."""
        ordered = np.argsort(tied, kind="stable")
        likeness = np.empty(len(tied))
        likeness[ordered] = self._scores.likeness(asked.text, _listed(tied.take(ordered)), idf)
        return _listed(tied.take(np.argsort(-likeness, kind="stable")[:needed]))

    def _ids(self, numbers: Sequence[int]) -> list[str]:
        """The ids of the customers of those numbers."""
        frozen = [number for number in numbers if number < self.customers]
        ids = dict(zip(frozen, self._frozen.customer_ids(frozen), strict=True))
        return [ids.get(number) or self._recent.candidates[number].id for number in numbers]


def _as_many_as(scores: Numbers, least: float) -> int:
    """How many of the scores, which fall, are not below."""
    return int(np.searchsorted(-scores, -least, "right"))


def _listed(numbers: Numbers) -> list[int]:
    found: list[int] = numbers.tolist()
    return found


class _Remembered(Sequence[Candidate]):
    """Customers whose texts are read when they are asked for, since most are never ranked.

    That may be after another look-up has brought the index further, so the changed ones are taken as they are now.
    """

    def __init__(self, frozen: Frozen, recent: Recent, numbers: Sequence[int]) -> None:
        self._frozen = frozen
        self._numbers = numbers
        self._changed = {number: recent.candidates[number] for number in numbers if number >= frozen.customers}

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        number = self._numbers[at]
        return self._changed.get(number) or self._frozen.candidate(number)
