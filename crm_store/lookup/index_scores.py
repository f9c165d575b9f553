"""What a query comes to at each of many candidates, as the ranking weighs it, told for all of them at once.

Each different word of the candidates is compared once with each typed word. Where each typed word has a place of its
own, the sum is what the ranking gives; else it is the most that it can give.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import np
from crm_store.lookup.sql_candidates import MOST_ADDRESSED
from crm_store.lookup.tokens import COMPANY, JOINED, NAME
from crm_store.matching import addressed, companies, rerank
from crm_store.matching.contact_points import email_key
from crm_store.matching.hopes import Hopes, other_ways
from crm_store.matching.nearby import Nearby
from crm_store.matching.profile import is_telling
from crm_store.matching.similarity import How, Nearness
from crm_store.matching.typed import read_typed

_SURELY_WEIGHED: Final = 10
_OF_NAME, _OF_COMPANY, _JOINED, _OF_ADDRESS = range(4)
_FIRST_HAND: Final = NAME | COMPANY


@dataclass(frozen=True, slots=True)
class _Given:
    """What some typed words come to at each candidate, each with the nearest word of theirs.

    `most` is the sum of weights times nearness, of at most `total`, and `likest` the greatest nearness; `used` are the
    stored words with their places; it is doubtful at those who would have to give a word twice, or of whom two company
    words are equally near.
    """

    total: float
    most: list[float]
    likest: list[float]
    used: list[list[tuple[int, str]]]
    doubtful: set[int]

    def beside(self, weight: float, worth: Sequence[float], doubtful: set[int]) -> "_Given":
        """The same with another piece of the query, of that weight and of that worth at each candidate."""
        most = [one + weight * other for one, other in zip(self.most, worth, strict=True)]
        likest = [*map(max, self.likest, worth)]
        return _Given(self.total + weight, most, likest, self.used, self.doubtful | doubtful)


class Scores:
    """Foretells the ranking of one team's customers."""

    def __init__(self, frozen: Frozen, recent: Recent) -> None:
        self._frozen = frozen
        self._recent = recent

    def hopes(self, text: str, numbers: Sequence[int], idf: rerank.Idf, boxed: Mapping[int, float]) -> Hopes | None:
        """For each customer what the query comes to; None where it holds more than words and addresses.

        `numbers` come in their order; `boxed` are those whose address begins as a query that is one piece of writing.
        """
        typed = read_typed(text)
        known = typed.words or typed.addresses
        if typed.digits or typed.ideographic or not known or not numbers:
            return None
        if typed.mailbox and len(boxed) >= MOST_ADDRESSED:
            return None
        borne = self._borne(numbers)
        nearby, rarity = Nearby(borne.standing), rerank.Rarity(idf)
        given = borne.give(typed.words, nearby, rarity)
        for address in typed.addresses:
            of_address = borne.give(addressed.words_of(address), nearby, rarity)
            given = given.beside(2.0 * rarity[address], *self._addressed(address, numbers, of_address))
        rewritten, undecided = borne.rewritten(typed.words), set(given.doubtful)
        scores = [one / given.total for one in given.most]
        least = sorted(scores)[-_SURELY_WEIGHED:][0] - rerank.MOST_TAKEN_OFF
        for at, number in enumerate(numbers):
            # Of the undecided only the most is known, which penalties and another reading do not lower; and who stays
            # behind the best even so need not be decided.
            if at in rewritten:
                scores[at] = 1.0
            elif given.likest[at] < rerank.LEAST_LIKENESS:
                scores[at] = 0.0
            elif scores[at] < least:
                undecided.add(at)
            elif at not in undecided:
                penalty = borne.penalty(at, given.used[at], len(typed.words), rarity) if typed.words else 0.0
                other_box = typed.mailbox and number not in boxed
                scores[at] = (scores[at] - penalty) * (rerank.NOT_THE_MAILBOX if other_box else 1.0)
        undecided |= rewritten
        told = tuple(min(1.0, max(0.0, one)) for one in scores)
        return Hopes(nearby, told, tuple(at in undecided for at in range(len(numbers))))

    def _borne(self, numbers: Sequence[int]) -> "_Borne":
        """All words of these customers, who come in the order of their numbers."""
        frozen = np.array([number for number in numbers if number < self._frozen.customers], np.int64)
        ids, fields, counts = (array.tolist() for array in self._frozen.own_words(frozen))
        words = self._frozen.spelt(ids)
        for number in numbers[len(frozen) :]:
            known = words_of_candidate(self._recent.candidates[number])
            words += known
            fields += known.values()
            counts.append(len(known))
        return _Borne(words, fields, counts)

    def _addressed(self, address: str, numbers: Sequence[int], given: _Given) -> tuple[list[float], set[int]]:
        """What a typed address is worth at each customer, and at whom that is only the most; `given` are its words."""
        keys = [[email_key(stored) for stored in self._emails(number)] for number in numbers]
        nearby = Nearby(chain.from_iterable(map(addressed.pieces, chain.from_iterable(keys))))

        def near(typed: str, stored: str) -> float:
            found = nearby[typed].get(stored)
            return found.value if found else 0.0

        worth, doubtful = [], set()
        for at, own in enumerate(keys):
            value = max((addressed.fit(address, key, near) for key in own), default=0.0)
            borrowed = addressed.BORROWED * given.most[at] / given.total if given.total else 0.0
            if value < addressed.SURE and borrowed > value:
                value = borrowed
                doubtful |= {at} & given.doubtful
            worth.append(value)
        return worth, doubtful

    def _emails(self, number: int) -> tuple[str, ...]:
        known = self._recent.candidates.get(number)
        return known.emails if known else self._frozen.emails(number)


class _Borne:
    """The words of some customers one after the other, the `fields` of each, and how many words each customer has."""

    def __init__(self, words: list[str], fields: list[int], counts: list[int]) -> None:
        self._words = words
        self._fields = fields
        self._ends = [*accumulate(counts, initial=0)]
        # Of each word those who bear it, each as a number of which the last two bits are the place where it stands.
        self.standing: dict[str, list[int]] = {}
        standing = self.standing
        numbers = chain.from_iterable(map(repeat, range(0, 4 * len(counts), 4), counts))
        for word, field, number in zip(words, fields, numbers, strict=True):
            if word in standing:
                standing[word].append(number + _PLACE[field])
            else:
                standing[word] = [number + _PLACE[field]]

    def give(self, typed: Sequence[str], nearby: Nearby, rarity: rerank.Rarity) -> _Given:
        """Give each typed word to the nearest word of each customer, of name and company rather than of an address."""
        people = len(self._ends) - 1
        total = sum(rarity[word] for word in typed)
        given = _Given(total, [0.0] * people, [0.0] * people, [[] for _ in range(people)], set())
        for word in typed:
            weight = rarity[word]
            for at, (worth, place, stored, level) in self._nearest(word, nearby[word]).items():
                given.most[at] += weight * worth
                given.likest[at] = max(given.likest[at], worth)
                used = given.used[at]
                # Which of several company words is meant decides what is left over of the company.
                if level or any(stored == other for _, other in used):
                    given.doubtful.add(at)
                used.append((place, stored))
        return given

    def _nearest(self, word: str, near: Mapping[str, Nearness]) -> dict[int, tuple[float, int, str, bool]]:
        """For each customer who has one the nearest word: its worth, its place, and whether another fits as well."""
        best: dict[int, tuple[float, int, str, bool]] = {}
        for stored, one in near.items():
            worths = _worths(word, stored, one)
            for number in self.standing[stored]:
                at, place = number >> 2, number & 3
                worth = worths[place]
                known = best.get(at)
                if known is None or worth > known[0] or (worth == known[0] and place < known[1]):
                    best[at] = (worth, place, stored, False)
                elif worth == known[0] and place == known[1] == _OF_COMPANY:
                    best[at] = (*known[:3], True)
        return {at: one for at, one in best.items() if one[0]}

    def penalty(self, at: int, used: Sequence[tuple[int, str]], typed: int, rarity: rerank.Rarity) -> float:
        """What the ranking takes off for words of company and name that nobody asked for."""
        of_company = {word for place, word in used if place == _OF_COMPANY}
        names = telling = said = 0.0
        for word, field in self._of(at):
            names += field & NAME
            if of_company and field & COMPANY and is_telling(word):
                telling += rarity[word]
                said += rarity[word] if word in of_company else 0.0
        left = rerank.LEFT_OVER * (1 - said / telling) if telling else 0.0
        named = len({word for place, word in used if place == _OF_NAME})
        if named:
            return left + rerank.UNASKED * (1 - named / names)
        beyond = any(place > _OF_COMPANY for place, _ in used)
        return left + (0.0 if typed < 2 or beyond else rerank.NO_NAME)

    def rewritten(self, typed: Sequence[str]) -> set[int]:
        """Those who write the typed words otherwise: two as one, or one in two or three."""
        found: set[int] = set()
        for missing, there in other_ways(typed, self.standing):
            found |= self._writing(there) - self._writing(missing)
        return found

    def _writing(self, words: Sequence[str]) -> set[int]:
        """Those who have all of the words in a name or a company."""
        bearers = [{one >> 2 for one in self.standing.get(word, ()) if one & 3 <= _OF_COMPANY} for word in words]
        return bearers[0].intersection(*bearers[1:])

    def _of(self, at: int) -> Iterator[tuple[str, int]]:
        start, end = self._ends[at : at + 2]
        return zip(self._words[start:end], self._fields[start:end], strict=True)


def _place(fields: int) -> int:
    if fields & _FIRST_HAND:
        return _OF_NAME if fields & NAME else _OF_COMPANY
    return _JOINED if fields & JOINED else _OF_ADDRESS


_PLACE: Final = tuple(_place(fields) for fields in range(256))


def _worths(word: str, stored: str, near: Nearness) -> tuple[float, float, float, float]:
    """What a stored word is worth to the typed one by the place where it stands."""
    value = near.value
    if len(word) == 1:
        weak = near.how is not How.EXACT or companies.is_legal_form(word)
        return value, rerank.COMPANY_INITIAL if weak else value, 0.0, min(value, rerank.LONE_LETTER)
    if len(stored) == 1:
        return rerank.STORED_INITIAL, 0.0, 0.0, 0.0
    of_company = 0.0 if near.how is How.TYPO and not is_telling(stored) else value
    second = value * rerank.SECOND_HAND
    return value, of_company, second if len(word) >= rerank.SHORTEST_JOINED else 0.0, second
