"""The small part of the index: customers who changed since the arrays were made, in plain dictionaries."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Final

from crm_store.lookup.tokens import add_address, forms_of, words_of
from crm_store.matching.normalise import stable_hash
from crm_store.matching.profile import Candidate

_AFTER: Final = "\x7f"


def words_of_candidate(known: Candidate) -> dict[str, int]:
    """The words under which a customer is found, with their fields: those that the tables hold for them."""
    words = words_of(known.name, known.company)
    for address in known.emails:
        add_address(words, address)
    return words


class Recent:
    """Customers numbered from `first` on; who changes again gets a new number, and the old one is nobody's."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.next = first
        self.candidates: dict[int, Candidate] = {}
        self.numbers: dict[str, int] = {}
        self._bearers: dict[str, dict[int, None]] = {}
        self._forms: dict[int, set[str]] = {}
        self._words: list[str] = []

    def __len__(self) -> int:
        return len(self.candidates)

    def put(self, known: Candidate) -> None:
        """Take a customer in, as they are now."""
        self.drop(known.id)
        number, self.next = self.next, self.next + 1
        self.candidates[number] = known
        self.numbers[known.id] = number
        for word, fields in words_of_candidate(known).items():
            if word not in self._bearers:
                self._bearers[word] = {}
                insort(self._words, word)
            self._bearers[word][number] = None
            for form in forms_of(word, fields):
                self._forms.setdefault(stable_hash(form), set()).add(word)

    def drop(self, customer_id: str) -> None:
        """Let a customer go, with the words that nobody else here bears."""
        number = self.numbers.pop(customer_id, None)
        if number is None:
            return
        for word, fields in words_of_candidate(self.candidates.pop(number)).items():
            bearers = self._bearers[word]
            del bearers[number]
            if not bearers:
                self._let_go(word, fields)

    def _let_go(self, word: str, fields: int) -> None:
        del self._bearers[word]
        del self._words[bisect_left(self._words, word)]
        for form in forms_of(word, fields):
            words = self._forms.get(stable_hash(form), set())
            words.discard(word)
            if not words:
                self._forms.pop(stable_hash(form), None)

    def bearers(self, word: str) -> Mapping[int, None]:
        """The numbers of those who bear a word."""
        return self._bearers.get(word, {})

    def beginning(self, start: str) -> list[str]:
        """The words that begin so."""
        low = bisect_left(self._words, start)
        return self._words[low : bisect_left(self._words, start + _AFTER, low)]

    def formed(self, hashes: Iterable[int]) -> dict[int, set[str]]:
        """The words that have one of the forms, by the form's hash."""
        return {one: self._forms[one] for one in hashes if one in self._forms}
