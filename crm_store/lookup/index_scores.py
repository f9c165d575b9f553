"""What a query comes to at each of many candidates, as the ranking weighs it, told for all of them at once.

Each different word of the candidates is compared once with each typed word. Where each typed word has a place of its
own, the sum is what the ranking gives; else it is the most that it can give.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_borne import Borne, Given, once
from crm_store.lookup.index_letters import hopeful, spelling_of
from crm_store.lookup.index_near import Stored, near
from crm_store.lookup.index_reasons import why
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.numbers import Numbers, np
from crm_store.lookup.sql_candidates import MOST_ADDRESSED
from crm_store.matching import addressed, rerank
from crm_store.matching.contact_points import email_key
from crm_store.matching.hopes import Hopes
from crm_store.matching.nearby import Nearby
from crm_store.matching.normalise import fold
from crm_store.matching.profile import Candidate
from crm_store.matching.similarity import Nearness
from crm_store.matching.typed import read_typed


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
        borne, rarity = Borne(self._frozen, self._recent, numbers), rerank.Rarity(idf)
        of_addresses = [addressed.words_of(address) for address in typed.addresses]
        compared = borne.compare([*dict.fromkeys(chain(typed.words, *of_addresses))])
        given = compared.give(typed.words, rarity)
        total, most, likest = given.total, given.most, given.likest
        doubtful = np.zeros(len(numbers), np.bool_)
        for address, words in zip(typed.addresses, of_addresses, strict=True):
            worth, open_ = self._addressed(address, numbers, compared.give(words, rarity))
            weight = 2.0 * rarity[address]
            total, most, likest = total + weight, most + weight * worth, np.maximum(likest, worth)
            doubtful |= open_
        told = most / total
        told[likest < rerank.LEAST_LIKENESS] = 0.0
        rewriting = sorted(borne.rewriting(typed.words))
        if rewriting:
            told[rewriting], doubtful[rewriting] = 1.0, True
        # Of the doubtful only the most is known, which penalties and another reading do not lower.
        if typed.words:
            doubtful |= given.doubtful
            told -= np.where(doubtful, 0.0, given.penalties())
        if typed.mailbox:
            elsewhere = np.array([number not in boxed for number in numbers])
            told *= np.where(elsewhere & ~doubtful, rerank.NOT_THE_MAILBOX, 1.0)
        scores = np.minimum(np.maximum(told, 0.0), 1.0).round(rerank.DECIMALS).tolist()

        def said(at: int, candidate: Candidate) -> str | None:
            return None if typed.addresses else why(typed.words, given, at, candidate)

        return Hopes(scores, doubtful.tolist(), self._order(numbers), said)

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
        weights = np.array([rerank.rarity_of(word, idf) for word in long])
        likeness = np.zeros(len(numbers))
        frozen = np.array([number for number in numbers if number < self._frozen.customers], np.int64)
        ids, _, counts = self._frozen.own_words(frozen)
        bearing = np.flatnonzero(counts)
        if long and len(bearing):
            hoped, _ = hopeful(spelling_of(long), self._frozen.spelling(ids))
            some = np.flatnonzero(hoped.any(axis=0))
            different, places = once(ids.take(some))
            values = near(long, Stored(self._frozen, different)).values
            worths = np.zeros((len(long), len(ids)))
            worths[:, some] = values.take(places, axis=1)
            starts = (counts.cumsum() - counts).take(bearing)
            likeness[bearing] = weights @ np.maximum.reduceat(worths, starts, axis=1)
        for at, number in enumerate(numbers[len(frozen) :], len(frozen)):
            nearby = Nearby(words_of_candidate(self._recent.candidates[number]))
            best = [max((one.value for one in nearby[word].values()), default=0.0) for word in long]
            likeness[at] = weights @ np.array(best)
        return likeness

    def _addressed(self, address: str, numbers: Sequence[int], given: Given) -> tuple[Numbers, Numbers]:
        """What a typed address is worth at each customer, and at whom that is only the most; `given` are its words."""
        keys = [[email_key(stored) for stored in self._emails(number)] for number in numbers]
        nearby = _near_pieces(address, {key for own in keys for key in own})

        def near_to(typed: str, stored: str) -> float:
            found = nearby[typed].get(stored) if typed in nearby else None
            return found.value if found else 0.0

        worth = np.array([max((addressed.fit(address, key, near_to) for key in own), default=0.0) for own in keys])
        if not given.total:
            return worth, np.zeros(len(worth), np.bool_)
        borrowed = addressed.BORROWED * given.most / given.total
        borrowing = (worth < addressed.SURE) & (borrowed > worth)
        return np.where(borrowing, borrowed, worth), borrowing & given.doubtful

    def _emails(self, number: int) -> tuple[str, ...]:
        known = self._recent.candidates.get(number)
        return known.emails if known else self._frozen.emails(number)


def _near_pieces(address: str, keys: Collection[str]) -> dict[str, dict[str, Nearness]]:
    """For each piece of a typed address those of the stored ones that `fit` compares it with, where they are near."""
    stored: defaultdict[str, set[str]] = defaultdict(set)
    for typed, pieces in zip(
        addressed.pieces(address), zip(*map(addressed.pieces, keys), strict=True), strict=bool(keys)
    ):
        stored[typed].update(pieces)
    return {typed: Nearby(pieces)[typed] for typed, pieces in stored.items() if typed}
