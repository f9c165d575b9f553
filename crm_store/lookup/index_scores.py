"""What a query's words come to at each of many candidates, as the ranking weighs them, added up for all at once.

Each different word of the candidates is compared once with each typed word. Where a candidate is plain, each typed
word having a place of its own, the sum is what the ranking gives; else it is the most that it can give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.sql_candidates import MOST_ADDRESSED
from crm_store.lookup.tokens import COMPANY, JOINED, NAME
from crm_store.matching import companies, rerank
from crm_store.matching.hopes import Hopes, other_ways
from crm_store.matching.nearby import Nearby
from crm_store.matching.profile import is_telling
from crm_store.matching.similarity import How, Nearness
from crm_store.matching.typed import read_typed

_SPELT_KEPT: Final = 50_000
_OF_NAME, _OF_COMPANY, _JOINED, _OF_ADDRESS = range(4)


@dataclass(frozen=True, slots=True)
class _Borne:
    """The words of the candidates, one after the other: `stored` the different ones, and each entry's `place` there.

    `starts` (c,) where each candidate's entries begin, `of` (e,) whose an entry is, `field` (e,) the first that it
    stands in, `company` (e,) whether it stands in the company.
    """

    stored: list[str]
    place: Numbers
    starts: Numbers
    of: Numbers
    field: Numbers
    company: Numbers


class Scores:
    """Foretells the ranking of one team's customers."""

    def __init__(self, frozen: Frozen, recent: Recent) -> None:
        self._frozen = frozen
        self._recent = recent
        self._spelt: dict[int, str] = {}

    def hopes(
        self, text: str, numbers: Sequence[int], idf: rerank.Idf, bearers: Iterable[str], boxed: Mapping[int, float]
    ) -> Hopes | None:
        """For each customer what the query comes to; None where it holds more than words, or there is nobody.

        `bearers` are the words for which `idf` knows how many bear them, `boxed` those whose address begins as a query
        that is one piece of writing.
        """
        typed = read_typed(text)
        words = typed.words_alone if len(boxed) < MOST_ADDRESSED else ()
        borne = self._borne(numbers) if words and numbers else None
        if borne is None:
            return None
        places = {word: at for at, word in enumerate(borne.stored)}
        nearby = Nearby(borne.stored)
        table = _Table(borne, places, len(words))
        for word in words:
            table.add(word, nearby[word], rerank.rarity_of(word, idf))
        rarity = np.full(len(borne.stored), rerank.rarity_of("", idf))
        for word in bearers:
            if word in places:
                rarity[places[word]] = rerank.rarity_of(word, idf)
        scores = table.scores(rarity)
        if typed.mailbox:
            scores[[number not in boxed for number in numbers]] *= rerank.NOT_THE_MAILBOX
        undecided = table.undecided(other_ways(words, places))
        # Of those only the most is known, which penalties and another reading do not lower.
        scores[undecided] = np.where(table.rewritten, 1.0, table.most)[undecided]
        return Hopes(nearby, tuple(np.clip(scores, 0.0, 1.0).tolist()), tuple(undecided.tolist()))

    def _borne(self, numbers: Sequence[int]) -> _Borne | None:
        """All words of these customers, who come in the order of their numbers; None where somebody has none."""
        first = len(self._frozen.arrays.heads)
        frozen = np.array([number for number in numbers if number < self._frozen.customers], np.int64)
        words, mask, lengths = self._frozen.own_words(frozen)
        fresh: dict[str, int] = {}
        for number in numbers[len(frozen) :]:
            known = words_of_candidate(self._recent.candidates[number])
            places = self._frozen.find(list(known))
            own = [places[word] if word in places else first + fresh.setdefault(word, len(fresh)) for word in known]
            words, mask = np.append(words, own), np.append(mask, list(known.values()))
            lengths = np.append(lengths, len(own))
        if not lengths.all():
            return None
        different, place = np.unique(words, return_inverse=True)
        stored = self._words(different[different < first].tolist())
        stored += fresh
        of = np.repeat(np.arange(len(numbers)), lengths)
        field = np.where(mask & NAME, _OF_NAME, np.where(mask & COMPANY, _OF_COMPANY, _OF_ADDRESS))
        field[(field == _OF_ADDRESS) & (mask & JOINED != 0)] = _JOINED
        return _Borne(stored, place, np.cumsum(lengths) - lengths, of, field, mask & COMPANY != 0)

    def _words(self, numbers: Sequence[int]) -> list[str]:
        if len(self._spelt) > _SPELT_KEPT:
            self._spelt.clear()
        missing = [number for number in numbers if number not in self._spelt]
        self._spelt.update(zip(missing, self._frozen.spelt(missing), strict=True))
        return [self._spelt[number] for number in numbers]


class _Table:
    """Adds up typed words over the entries of all candidates."""

    def __init__(self, borne: _Borne, places: Mapping[str, int], words: int) -> None:
        self._borne = borne
        self._places = places
        self._typed = words
        people, entries = len(borne.starts), len(borne.of)
        telling = np.array([is_telling(word) for word in borne.stored])[borne.place]
        self._form = ~telling & (borne.field == _OF_COMPANY)
        self._telling = telling & borne.company
        self._used = np.zeros(entries, np.int8)
        self._total = 0.0
        self._doubtful = np.zeros(people, np.bool_)
        self.most = np.zeros(people)
        self.rewritten = np.zeros(people, np.bool_)

    def add(self, word: str, near: Mapping[str, Nearness], weight: float) -> None:
        """Give a typed word to the nearest word of each candidate, of name and company rather than of an address."""
        self._total += weight
        if not near:
            return
        borne = self._borne
        worth = self._worth(word, near)
        best = np.maximum.reduceat(worth, borne.starts)
        self.most += weight * best
        fits = (worth > 0) & (worth == best[borne.of])
        order = np.where(fits, borne.field * len(worth) + np.arange(len(worth)), 4 * len(worth))
        chosen = np.minimum.reduceat(order, borne.starts)
        there = chosen < 4 * len(worth)
        at = chosen[there] % len(worth)
        self._used[at] += 1
        # Which of several company words is meant decides what is left over of the company.
        level = np.add.reduceat(fits & (borne.field == _OF_COMPANY), borne.starts) > 1
        level[there] &= borne.field[at] == _OF_COMPANY
        self._doubtful |= level

    def _worth(self, word: str, near: Mapping[str, Nearness]) -> Numbers:
        """What each entry is worth to the typed word in its field."""
        borne = self._borne
        values, errors, letters = (np.zeros(len(borne.stored)) for _ in range(3))
        at = [self._places[one] for one in near]
        values[at] = [one.value for one in near.values()]
        errors[at] = [one.how is How.TYPO for one in near.values()]
        letters[at] = [len(one) == 1 for one in near]
        worth = values[borne.place]
        if len(word) == 1:
            worth = self._worth_of_letter(word, worth)
        else:
            lone = letters[borne.place] > 0
            worth[lone] = np.where(borne.field[lone] == _OF_NAME, rerank.STORED_INITIAL, 0.0)
            worth[borne.field > _OF_COMPANY] *= rerank.SECOND_HAND
        if len(word) < rerank.SHORTEST_JOINED:
            worth[borne.field == _JOINED] = 0.0
        worth[self._form & (errors[borne.place] > 0)] = 0.0
        return worth

    def _worth_of_letter(self, word: str, worth: Numbers) -> Numbers:
        field = self._borne.field
        exact = worth == 1.0
        weak = (worth > 0) & (field == _OF_COMPANY) & (~exact | companies.is_legal_form(word))
        worth[weak] = rerank.COMPANY_INITIAL
        return np.where(field > _OF_COMPANY, np.minimum(worth, rerank.LONE_LETTER), worth)

    def scores(self, rarity: Numbers) -> Numbers:
        """The sums less what was left over of company and name; `rarity` (stored words,) is what each word weighs."""
        borne = self._borne
        self.most /= self._total
        used = self._used > 0
        weight = np.where(self._telling, rarity[borne.place], 0.0)
        all_telling = self._sum(weight)
        of_company = self._sum(used & (borne.field == _OF_COMPANY)) > 0
        said = self._sum(np.where(used & (borne.field == _OF_COMPANY), weight, 0.0))
        left = np.where(of_company & (all_telling > 0), 1 - said / np.maximum(all_telling, 1e-12), 0.0)
        names = self._sum(borne.field == _OF_NAME)
        named = self._sum(used & (borne.field == _OF_NAME))
        beyond = self._sum(used & (borne.field > _OF_COMPANY)) > 0
        nobody = 0.0 if self._typed < 2 else rerank.NO_NAME
        unasked = np.where(
            named > 0, rerank.UNASKED * (1 - named / np.maximum(names, 1)), np.where(beyond, 0.0, nobody)
        )
        scores: Numbers = self.most - rerank.LEFT_OVER * left - unasked
        return scores

    def undecided(self, rewritten: Iterable[str]) -> Numbers:
        """Whose score is not told: a word was given away twice, or somebody writes the words otherwise."""
        borne = self._borne
        for word in rewritten:
            self.rewritten |= self._sum(borne.place == self._places[word]) > 0
        undecided: Numbers = self._doubtful | self.rewritten | (self._sum(self._used > 1) > 0)
        return undecided

    def _sum(self, entries: Numbers) -> Numbers:
        sums: Numbers = np.add.reduceat(entries.astype(np.float64), self._borne.starts)
        return sums
