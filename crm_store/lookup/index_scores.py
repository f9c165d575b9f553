"""What a query comes to at each of many candidates, as the ranking weighs it, told for all of them at once.

Each different word of the candidates is compared once with each typed word. Where each typed word has a place of its
own, the sum is what the ranking gives; else it is the most that it can give.
"""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cached_property
from itertools import chain
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_letters import Spelling, hopeful, letters_of
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.sql_candidates import MOST_ADDRESSED
from crm_store.lookup.tokens import COMPANY, JOINED, NAME
from crm_store.matching import addressed, companies, rerank
from crm_store.matching.contact_points import email_key
from crm_store.matching.hopes import Hopes, other_ways
from crm_store.matching.nearby import Nearby, near_among
from crm_store.matching.normalise import fold
from crm_store.matching.profile import is_telling
from crm_store.matching.similarity import How, Nearness
from crm_store.matching.typed import read_typed

_SURELY_WEIGHED: Final = 10
_OF_NAME, _OF_COMPANY, _JOINED, _OF_ADDRESS = range(4)
_FIELDS: Final = ("name", "company", "joined", "email")
_PLACES: Final = len(_FIELDS)
_FIRST_HAND: Final = NAME | COMPANY


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
        borne, rarity = self._borne(numbers), rerank.Rarity(idf)
        given = borne.give(typed.words, rarity)
        total, most, likest = given.total, given.most, given.likest
        undecided: set[int] = set()
        for address in typed.addresses:
            of_address = borne.give(addressed.words_of(address), rarity)
            worth, doubtful = self._addressed(address, numbers, of_address)
            weight = 2.0 * rarity[address]
            total, most, likest = total + weight, most + weight * worth, np.maximum(likest, worth)
            undecided |= doubtful
        rewritten = borne.rewritten(typed.words)
        scores: list[float] = (most / total).tolist()
        for at in np.flatnonzero(likest < rerank.LEAST_LIKENESS).tolist():
            scores[at] = 0.0
        for at in rewritten:
            scores[at] = 1.0
        undecided |= rewritten
        # Of the undecided only the most is known, which penalties and another reading do not lower; and who stays
        # behind the best even so need not be decided.
        best = sorted(scores, reverse=True)[:_SURELY_WEIGHED]
        hoped = [at for at, one in enumerate(scores) if one >= best[-1] - rerank.MOST_TAKEN_OFF]
        used, doubtful = given.used(hoped)
        undecided |= doubtful
        told: list[float] = []
        for at in sorted(hoped, key=lambda at: -scores[at]):
            if at in undecided or not scores[at]:
                continue
            if len(told) >= _SURELY_WEIGHED and scores[at] < -told[_SURELY_WEIGHED - 1]:
                undecided.add(at)
                continue
            penalty = borne.penalty(at, used[at], len(typed.words), rarity) if typed.words else 0.0
            other_box = typed.mailbox and numbers[at] not in boxed
            scores[at] = (scores[at] - penalty) * (rerank.NOT_THE_MAILBOX if other_box else 1.0)
            insort(told, -scores[at])
        undecided.update(at for at, one in enumerate(scores) if one and at not in used)
        return Hopes(
            borne.nearby,
            tuple(min(1.0, max(0.0, one)) for one in scores),
            tuple(at in undecided for at in range(len(numbers))),
            self._order(numbers),
        )

    def _order(self, numbers: Sequence[int]) -> Callable[[int], tuple[str, str]]:
        """The folded name and the id of each; the changed ones as they are now, though others may change them later."""
        changed = {at: self._recent.candidates[one] for at, one in enumerate(numbers) if one >= self._frozen.customers}

        def order(at: int) -> tuple[str, str]:
            known = changed.get(at)
            if known:
                return fold(known.name), known.id
            return fold(self._frozen.name(numbers[at])), self._frozen.customer_id(numbers[at])

        return order

    def likeness(self, text: str, numbers: Sequence[int], idf: rerank.Idf) -> Numbers:
        """(n,) the weights of a query's words times the nearest word of each customer, who come in their order.

        Roughly: of words that letters tell to be far, short forms count as nothing.
        """
        words = read_typed(text).words
        long = [word for word in dict.fromkeys(words) if len(word) > 1]
        likeness = np.zeros(len(numbers))
        frozen = np.array([number for number in numbers if number < self._frozen.customers], np.int64)
        ids, _, counts = self._frozen.own_words(frozen)
        bearing = np.flatnonzero(counts)
        if long and len(bearing):
            near, bare = hopeful(long, self._frozen.spelling(ids))
            some = np.flatnonzero(near.any(axis=0))
            different, first, places = np.unique(ids[some], return_index=True, return_inverse=True)
            texts = self._frozen.spelt(different.tolist())
            there, vowelless = set(texts), [texts[at] for at in np.flatnonzero(bare[some][first]).tolist()]
            starts = (np.cumsum(counts) - counts)[bearing]
            for word in long:
                found = near_among(word, there, texts, vowelless)
                values = np.array([found[text].value if text in found else 0.0 for text in texts])
                worth = np.zeros(len(ids))
                worth[some] = values[places]
                likeness[bearing] += rerank.rarity_of(word, idf) * np.maximum.reduceat(worth, starts)
        for at, number in enumerate(numbers[len(frozen) :], len(frozen)):
            nearby = Nearby(words_of_candidate(self._recent.candidates[number]))
            best = (max((one.value for one in nearby[word].values()), default=0.0) for word in long)
            likeness[at] = sum(rerank.rarity_of(word, idf) * one for word, one in zip(long, best, strict=True))
        return likeness

    def _borne(self, numbers: Sequence[int]) -> "_Borne":
        """All words of these customers, who come in the order of their numbers."""
        frozen = np.array([number for number in numbers if number < self._frozen.customers], np.int64)
        ids, fields, counts = self._frozen.own_words(frozen)
        different, places = np.unique(ids, return_inverse=True)
        words = self._frozen.spelt(different.tolist())
        spelling = self._frozen.spelling(different)
        if len(frozen) < len(numbers):
            changed = [words_of_candidate(self._recent.candidates[number]) for number in numbers[len(frozen) :]]
            at = {word: place for place, word in enumerate(words)}
            for word in chain.from_iterable(changed):
                at.setdefault(word, len(at))
            fresh = [*at][len(words) :]
            words += fresh
            spelling = _joined(spelling, fresh)
            places = np.concatenate([places, [at[word] for own in changed for word in own]]).astype(np.int64)
            fields = np.concatenate([fields, [field for own in changed for field in own.values()]]).astype(np.int64)
            counts = np.concatenate([counts, [len(own) for own in changed]]).astype(np.int64)
        return _Borne(words, spelling, places, fields, counts)

    def _addressed(self, address: str, numbers: Sequence[int], given: "_Given") -> tuple[Numbers, set[int]]:
        """What a typed address is worth at each customer, and at whom that is only the most; `given` are its words."""
        keys = [[email_key(stored) for stored in self._emails(number)] for number in numbers]
        nearby = Nearby(chain.from_iterable(map(addressed.pieces, chain.from_iterable(keys))))

        def near(typed: str, stored: str) -> float:
            found = nearby[typed].get(stored)
            return found.value if found else 0.0

        worth = np.array([max((addressed.fit(address, key, near) for key in own), default=0.0) for own in keys])
        if not given.total:
            return worth, set()
        borrowed = addressed.BORROWED * given.most / given.total
        borrowing = (worth < addressed.SURE) & (borrowed > worth)
        _, doubtful = given.used(np.flatnonzero(borrowing).tolist())
        return np.where(borrowing, borrowed, worth), doubtful

    def _emails(self, number: int) -> tuple[str, ...]:
        known = self._recent.candidates.get(number)
        return known.emails if known else self._frozen.emails(number)


def _joined(spelling: Spelling, fresh: Sequence[str]) -> Spelling:
    """With the spelling of further words behind."""
    letters = np.frombuffer("".join(fresh).encode("ascii", "replace"), np.uint8)
    lengths = np.array([len(word) for word in fresh], np.int64)
    word_at = np.concatenate([[0], np.cumsum(lengths)])
    return Spelling(
        np.concatenate([spelling.letters, letters_of(letters, word_at)]),
        np.concatenate([spelling.lengths, lengths]),
        np.concatenate([spelling.firsts, letters[word_at[:-1]]]),
    )


class _Borne:
    """The different words of some customers, and of each customer one after the other the places of theirs.

    `places` (w,) into the words, the `fields` (w,) of each, and how many of them each customer has (n,).
    """

    def __init__(self, words: list[str], spelling: Spelling, places: Numbers, fields: Numbers, counts: Numbers) -> None:
        self.words = words
        self.people = len(counts)
        self.nearby = Nearby(words)
        self.places = places
        self.stand = _PLACE.take(fields)
        self.owners = np.repeat(np.arange(self.people), counts)
        self.bearing = np.flatnonzero(counts)
        self.starts = (np.cumsum(counts) - counts)[self.bearing]
        self._spelling = spelling
        self._fields = fields
        self._ends = [0, *np.cumsum(counts).tolist()]

    @cached_property
    def at(self) -> dict[str, int]:
        """Where each of the words is."""
        return {word: at for at, word in enumerate(self.words)}

    def give(self, typed: Sequence[str], rarity: rerank.Rarity) -> "_Given":
        """Give each typed word to the nearest word of each customer, of name and company rather than of an address."""
        self._compare([word for word in dict.fromkeys(typed) if len(word) > 1 and word not in self.nearby])
        weights = [rarity[word] for word in typed]
        worths = np.zeros((len(typed), _PLACES * len(self.words)))
        for row, word in zip(worths, typed, strict=True):
            for stored, near in self.nearby[word].items():
                at = _PLACES * self.at[stored]
                row[at : at + _PLACES] = _worths(word, stored, near)
        return _Given(self, np.array(weights), worths.take(_PLACES * self.places + self.stand, axis=1))

    def _compare(self, typed: Sequence[str]) -> None:
        """Of most words their letters tell that they are far from what was typed."""
        if not typed:
            return
        near, bare = hopeful(typed, self._spelling)
        words, there = self.words, self.at.keys()
        vowelless = [words[at] for at in np.flatnonzero(bare).tolist()]
        for word, row in zip(typed, near, strict=True):
            some = [words[at] for at in np.flatnonzero(row).tolist()]
            self.nearby[word] = near_among(word, there, some, vowelless)

    def penalty(self, at: int, used: Sequence[tuple[int, int]], typed: int, rarity: rerank.Rarity) -> float:
        """What the ranking takes off for words of company and name that nobody asked for."""
        of_company = {place for stand, place in used if stand == _OF_COMPANY}
        names, telling, said = 0, 0.0, 0.0
        start, end = self._ends[at : at + 2]
        for place, field in zip(self.places[start:end].tolist(), self._fields[start:end].tolist(), strict=True):
            names += field & NAME
            if of_company and field & COMPANY and is_telling(self.words[place]):
                weight = rarity[self.words[place]]
                telling += weight
                said += weight if place in of_company else 0.0
        left = rerank.LEFT_OVER * (1 - said / telling) if telling else 0.0
        named = len({place for stand, place in used if stand == _OF_NAME})
        beyond = any(stand != _OF_COMPANY for stand, _ in used)
        order = [_FIELDS[stand] for stand, _ in used]
        return left + rerank.unasked(named, names, typed, beyond=beyond) + rerank.firm_first(order)

    def rewritten(self, typed: Sequence[str]) -> set[int]:
        """Those who write the typed words otherwise: two as one, or one in two or three."""
        found: set[int] = set()
        for missing, there in other_ways(typed, self.at):
            found |= self._writing(there) - self._writing(missing)
        return found

    def _writing(self, words: Sequence[str]) -> Set[int]:
        """Those who have all of the words in a name or a company."""
        written = self.stand <= _OF_COMPANY
        places = (self.at.get(word, -1) for word in words)
        bearers = [set(self.owners[written & (self.places == place)].tolist()) for place in places]
        return bearers[0].intersection(*bearers[1:])


class _Given:
    """What some typed words come to at each customer, each with the nearest word of theirs.

    `most` (n,) is the sum of weights times nearness, of at most `total`, and `likest` (n,) the greatest nearness.
    """

    def __init__(self, borne: _Borne, weights: Numbers, worths: Numbers) -> None:
        self._borne = borne
        self._worths = worths
        self._best = np.zeros((len(weights), borne.people))
        if len(weights) and len(borne.starts):
            self._best[:, borne.bearing] = np.maximum.reduceat(worths, borne.starts, axis=1)
        self.total = float(weights.sum())
        self.most: Numbers = weights @ self._best
        self.likest: Numbers = self._best.max(axis=0, initial=0.0)

    def used(self, customers: Sequence[int]) -> tuple[dict[int, list[tuple[int, int]]], set[int]]:
        """Of these customers the words that are used with where each stands, and at whom that is doubtful.

        It is where a word would have to be given twice, or where two words of the company are equally near: which of
        them is meant decides what is left over of the company.
        """
        borne = self._borne
        asked = np.zeros(borne.people, np.bool_)
        asked[customers] = True
        nearest = (self._worths == self._best.take(borne.owners, axis=1)) & (self._worths > 0) & asked[borne.owners]
        typed, at = np.nonzero(nearest)
        chosen: dict[tuple[int, int], tuple[int, int]] = {}
        doubtful: set[int] = set()
        level: dict[tuple[int, int], int] = {}
        columns = (typed, borne.owners[at], borne.stand[at], borne.places[at])
        for word, owner, stand, place in zip(*(column.tolist() for column in columns), strict=True):
            known = chosen.get((word, owner))
            if known is None or stand < known[0]:
                chosen[word, owner] = (stand, place)
            elif stand == known[0] == _OF_COMPANY:
                level[word, owner] = stand
        used: dict[int, list[tuple[int, int]]] = {one: [] for one in customers}
        given: set[tuple[int, int]] = set()
        for (word, owner), (stand, place) in chosen.items():
            if (owner, place) in given or (stand == _OF_COMPANY and (word, owner) in level):
                doubtful.add(owner)
            given.add((owner, place))
            used[owner].append((stand, place))
        return used, doubtful


def _place(fields: int) -> int:
    if fields & _FIRST_HAND:
        return _OF_NAME if fields & NAME else _OF_COMPANY
    return _JOINED if fields & JOINED else _OF_ADDRESS


_PLACE: Final = np.array([_place(fields) for fields in range(256)])


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
