"""The words that some customers bear, in arrays, and what typed words come to at each of them."""

from collections.abc import Sequence, Set
from functools import cached_property
from itertools import chain
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_near import EXACT, HOWS, TYPED_WRONG, Near, Stored, near
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.tokens import COMPANY, JOINED, NAME
from crm_store.matching import companies, rerank
from crm_store.matching.hopes import other_ways
from crm_store.matching.similarity import How

OF_NAME, OF_COMPANY, JOINED_UP, _OF_ADDRESS = range(4)
_PLACES: Final = 4
_NOWHERE: Final = -1
_NONE: Final = np.empty(0, np.intp)
_FIRST_HAND: Final = NAME | COMPANY


class Borne:
    """The words of some customers (n,), who come in the order of their numbers, one after the other (w,).

    `stored` are the different ones (u,), `places` (w,) into these, `fields` (w,) those of each, `counts` (n,) how many
    each customer has.
    """

    def __init__(self, frozen: Frozen, recent: Recent, numbers: Sequence[int]) -> None:
        known = np.array([number for number in numbers if number < frozen.customers], np.int64)
        ids, self.fields, self.counts = frozen.own_words(known)
        different, self.places = once(ids)
        fresh: list[str] = []
        if len(known) < len(numbers):
            changed = [words_of_candidate(recent.candidates[number]) for number in numbers[len(known) :]]
            at = {word: place for place, word in enumerate(frozen.spelt(different))}
            for word in chain.from_iterable(changed):
                at.setdefault(word, len(at))
            fresh = [*at][len(different) :]
            self.places = _with(self.places, [at[word] for own in changed for word in own])
            self.fields = _with(self.fields, [field for own in changed for field in own.values()])
            self.counts = _with(self.counts, [len(own) for own in changed])
        self.stored = Stored(frozen, different, fresh)
        self.people = len(numbers)
        self.stand = _PLACE.take(self.fields)
        self.owners = np.arange(self.people).repeat(self.counts)
        self.bearing = self.counts.nonzero()[0]
        self.starts = (self.counts.cumsum() - self.counts).take(self.bearing)
        # Where a company's word says no more than a legal form does, and where somebody's word is a letter.
        self.formal = ((self.stand == OF_COMPANY) & ~self.telling.take(self.places)).nonzero()[0]
        letters = self.stored.spelling.lengths == 1
        self.letters = letters.take(self.places).nonzero()[0] if letters.any() else _NONE

    def compare(self, typed: Sequence[str]) -> "Compared":
        """How near the typed words, each once, are to those that the customers bear."""
        return Compared(self, typed)

    @cached_property
    def telling(self) -> Numbers:
        """(u,) which of the words say more than a legal form does."""
        legal = [self.stored.at[word] for word in self.stored.at.keys() & _LEGAL]
        telling: Numbers = self.stored.spelling.lengths > 1
        telling[legal] = False
        return telling

    def summed(self, values: Numbers) -> Numbers:
        """(n,) the sums of what each customer's words are given."""
        return np.bincount(self.owners, values, self.people)

    def rewriting(self, typed: Sequence[str]) -> set[int]:
        """Those who write the typed words otherwise: two as one, or one in two or three."""
        found: set[int] = set()
        for missing, there in other_ways(typed, self.stored.at):
            found |= self._writing(there) - self._writing(missing)
        return found

    def _writing(self, words: Sequence[str]) -> Set[int]:
        """Those who have all of the words in a name or a company."""
        written = self.stand <= OF_COMPANY
        places = (self.stored.at.get(word, -1) for word in words)
        bearers = [set(self.owners[written & (self.places == place)].tolist()) for place in places]
        return bearers[0].intersection(*bearers[1:])


class Compared:
    """Typed words beside those of some customers."""

    def __init__(self, borne: Borne, typed: Sequence[str]) -> None:
        self._borne = borne
        self._rows = {word: row for row, word in enumerate(typed)}
        self._near = near(typed, borne.stored)
        self._worths = _worths(typed, self._near, borne)
        self._best = np.zeros((len(typed), borne.people))
        if typed and len(borne.starts):
            self._best[:, borne.bearing] = np.maximum.reduceat(self._worths, borne.starts, axis=1)

    def give(self, typed: Sequence[str], rarity: rerank.Rarity) -> "Given":
        """Give each typed word to the nearest word of each customer, of name and company rather than of an address."""
        worths, best, hows = self._worths, self._best, self._near.hows
        rows = [self._rows[word] for word in typed]
        if rows != [*range(len(worths))]:
            worths, best, hows = (each.take(rows, axis=0) for each in (worths, best, hows))
        return Given(self._borne, worths, best, hows, np.array([rarity[word] for word in typed]), rarity)


class Given:
    """What some typed words come to at each customer, each with the nearest word of theirs.

    `most` (n,) is the sum of weights times nearness, of at most `total`, and `likest` (n,) the greatest nearness.
    """

    def __init__(
        self, borne: Borne, worths: Numbers, best: Numbers, hows: Numbers, weights: Numbers, rarity: rerank.Rarity
    ) -> None:
        self._borne = borne
        self._worths = worths
        self._best = best
        self._hows = hows
        self._rarity = rarity
        self.total = float(weights.sum())
        self.most: Numbers = weights @ best
        self.likest: Numbers = np.maximum.reduce(best, axis=0, initial=0.0)

    @cached_property
    def _used(self) -> tuple[Numbers, Numbers, Numbers]:
        """(t, n) which of all words each typed one is given, -1 for none; (n,) whom to doubt; (n,) who has a choice."""
        borne = self._borne
        people, different = borne.people, len(borne.stored.texts)
        nearest = (self._worths == self._best.take(borne.owners, axis=1)) & (self._worths > 0)
        rows, at = nearest.nonzero()
        owners, stand = borne.owners.take(at), borne.stand.take(at)
        key = (rows * people + owners) * _PLACES + stand
        order = key.argsort(kind="stable")
        key = key.take(order)
        group = key // _PLACES
        first, again = np.ones(len(key), np.bool_), np.zeros(len(key), np.bool_)
        np.not_equal(group[1:], group[:-1], out=first[1:])
        np.equal(key[1:], key[:-1], out=again[:-1])
        chosen = order.compress(first)
        rows, owners, stand, at = (one.take(chosen) for one in (rows, owners, stand, at))
        again = again.compress(first)
        doubtful, tied = np.zeros(people, np.bool_), np.zeros(people, np.bool_)
        tied[owners.compress(again)] = True
        # Of two words of the company that are equally near, the one meant decides what is left over of the company.
        doubtful[owners.compress(again & (stand == OF_COMPANY))] = True
        held = np.sort(owners * different + borne.places.take(at))
        doubtful[held[1:].compress(held[1:] == held[:-1]) // max(1, different)] = True
        used = np.full((len(self._worths), people), -1)
        used[rows, owners] = at
        return used, doubtful, tied

    @property
    def doubtful(self) -> Numbers:
        """(n,) at whom a word would have to be given twice, or two words of the company are equally near."""
        return self._used[1]

    @property
    def tied(self) -> Numbers:
        """(n,) who has two words that are equally near to a typed one in one field."""
        return self._used[2]

    def used(self, customer: int) -> list[tuple[str, int, How] | None]:
        """For each typed word the word of the customer that it is given to, where this stands, and how they met."""
        borne, found = self._borne, self._used[0][:, customer].tolist()
        places, stands = borne.places.take(found).tolist(), borne.stand.take(found).tolist()
        return [
            (borne.stored.texts[place], stand, HOWS[self._hows[row, place]]) if at >= 0 else None
            for row, (at, place, stand) in enumerate(zip(found, places, stands, strict=True))
        ]

    def penalties(self) -> Numbers:
        """(n,) what the ranking takes off for words of company and name that nobody asked for, and for their order."""
        borne, typed = self._borne, len(self._worths)
        used = self._used[0]
        stand = np.where(used >= 0, borne.stand.take(used, mode="clip"), _NOWHERE)
        named, of_company = stand == OF_NAME, stand == OF_COMPANY
        taken = _unasked(named.sum(axis=0), borne.summed(borne.fields & NAME), typed, of_company, stand)
        firm, late = np.zeros(borne.people, np.bool_), np.zeros(borne.people, np.bool_)
        if of_company.any():
            for of_firm, of_name in zip(of_company, named, strict=True):
                late |= firm & of_name
                firm |= of_firm
            taken += rerank.FIRM_FIRST * late
            taken += self._left_over(firm, used, of_company)
        return taken

    def _left_over(self, firm: Numbers, used: Numbers, of_company: Numbers) -> Numbers:
        """(n,) what is taken off for a company's words that nobody asked for, where some were."""
        borne = self._borne
        telling = ((borne.fields & COMPANY) > 0) & borne.telling.take(borne.places) & firm.take(borne.owners)
        asked = np.zeros(len(borne.stored.texts), np.bool_)
        asked[borne.places.compress(telling)] = True
        weights = np.zeros(len(borne.stored.texts))
        places = asked.nonzero()[0]
        weights[places] = [self._rarity[borne.stored.texts[place]] for place in places.tolist()]
        worth = weights.take(borne.places) * telling
        all_of_it = borne.summed(worth)
        said = (worth.take(used, mode="clip") * of_company).sum(axis=0)
        left: Numbers = rerank.LEFT_OVER * (1 - said / np.where(all_of_it > 0, all_of_it, 1.0)) * (all_of_it > 0)
        return left


def once(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """The different ones in their order, and where each of them is; for a few hundred faster than numpy's own."""
    order = numbers.argsort(kind="stable")
    ordered = numbers.take(order)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    places = np.empty(len(ordered), np.intp)
    places[order] = first.cumsum() - 1
    return ordered.compress(first).astype(np.int64), places


def _with(numbers: Numbers, others: Sequence[int]) -> Numbers:
    return np.concatenate([numbers, np.array(others, np.int64)], dtype=np.int64)


def _place(fields: int) -> int:
    if fields & _FIRST_HAND:
        return OF_NAME if fields & NAME else OF_COMPANY
    return JOINED_UP if fields & JOINED else _OF_ADDRESS


_PLACE: Final = np.array([_place(fields) for fields in range(256)])
_SHARE: Final = np.array([1.0, 1.0, rerank.SECOND_HAND, rerank.SECOND_HAND])
_LEGAL: Final = frozenset(companies.legal_words())


def _worths(typed: Sequence[str], found: Near, borne: Borne) -> Numbers:
    """(t, w) what each word that somebody bears is worth to each typed one where it stands."""
    values = found.values.take(borne.places, axis=1)
    worths: Numbers = values * _SHARE.take(borne.stand)
    if len(borne.formal):
        hows = found.hows.take(borne.places.take(borne.formal), axis=1)
        worths[:, borne.formal] *= hows != TYPED_WRONG
    if len(borne.letters):
        of_name = borne.stand.take(borne.letters) == OF_NAME
        worths[:, borne.letters] = rerank.STORED_INITIAL * ((values[:, borne.letters] > 0) & of_name)
    for row, word in enumerate(typed):
        if len(word) == 1:
            weak = (found.hows[row].take(borne.places) != EXACT) | companies.is_legal_form(word)
            of_company = np.where(weak & (values[row] > 0), rerank.COMPANY_INITIAL, values[row])
            lone = np.minimum(values[row], rerank.LONE_LETTER)
            by_place = np.stack([values[row], of_company, np.zeros(len(lone)), lone])
            worths[row] = by_place[borne.stand, np.arange(len(lone))]
        elif len(word) < rerank.SHORTEST_JOINED:
            worths[row] *= borne.stand != JOINED_UP
    return worths


def _unasked(named: Numbers, names: Numbers, asked: int, of_company: Numbers, stand: Numbers) -> Numbers:
    """(n,) `rerank.unasked` of each customer."""
    beyond = ((stand != _NOWHERE) & ~of_company).any(axis=0)
    names = np.maximum(names, 1)
    likely = np.minimum(names, max(1, asked - 1))
    of_names = rerank.UNASKED * (1 - named / names) + rerank.NO_NAME * np.maximum(0.0, 1 - named / likely)
    unnamed = rerank.NO_NAME if asked >= 2 else 0.0
    taken: Numbers = np.where(named > 0, of_names, np.where(beyond, 0.0, unnamed))
    return taken
