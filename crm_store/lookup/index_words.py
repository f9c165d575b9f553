"""From words as typed to words that customers bear, over the index: what `vocabulary.meanings` reads from tables."""

from collections.abc import Sequence, Set
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent
from crm_store.lookup.vocabulary import MOST_BEGINNINGS, Meant, Sought, Vocabulary, beside, nearest, sought

_KEPT: Final = 4_000


class Words:
    """The vocabulary of both parts of the index; what a typed word is near is kept until something changes."""

    def __init__(self, frozen: Frozen, recent: Recent) -> None:
        self._frozen = frozen
        self._recent = recent
        self._lost: dict[int, int] = {}
        self._near: dict[tuple[str, bool], list[Meant]] = {}

    def lose(self, words: Sequence[str]) -> None:
        """One who bore these words is no longer among the frozen ones."""
        for number in self._frozen.find(words).values():
            self._lost[number] = self._lost.get(number, 0) + 1

    def changed(self) -> None:
        """Forget what was near to what, since words came or went."""
        self._near.clear()

    def meanings(self, words: Sequence[str], of_mailboxes: Set[str], changes: int) -> Vocabulary:
        """For each typed word the nearest words that are borne, and about how many customers there are."""
        wanted = sought(words, of_mailboxes)
        near = self._near_all(wanted, of_mailboxes)
        known = self._of_runs([run for runs in wanted.together.values() for run in runs])
        meant = {word: beside(word, near[word], wanted.together[word], known) for word in wanted.words}
        counts = (one.df for some in near.values() for one in some)
        return Vocabulary(meant, max(1, changes, *counts, *known.values()))

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        """How many bear each of the words that somebody bears."""
        numbers = self._frozen.find(words)
        counts = dict(zip(numbers, self._counted(list(numbers.values())), strict=True))
        for word in words:
            own = len(self._recent.bearers(word))
            if own:
                counts[word] = counts.get(word, 0) + own
        return {word: count for word, count in counts.items() if count > 0}

    def _of_runs(self, runs: Sequence[tuple[str, ...]]) -> dict[str, int]:
        """How many bear each word of the runs; first words are asked for where the last is borne, which few are."""
        last = self.counts(list({run[-1] for run in runs}))
        return last | self.counts(list({run[0] for run in runs if run[-1] in last}))

    def _counted(self, numbers: Sequence[int]) -> list[int]:
        counts = self._frozen.counts(numbers)
        if not self._lost:
            return counts
        return [count - self._lost.get(number, 0) for number, count in zip(numbers, counts, strict=True)]

    def _near_all(self, wanted: Sought, of_mailboxes: Set[str]) -> dict[str, list[Meant]]:
        if len(self._near) > _KEPT:
            self._near.clear()
        missing = [word for word in wanted.words if (word, word in of_mailboxes) not in self._near]
        for word in missing:
            texts = self._candidates(word, wanted)
            self._near[word, word in of_mailboxes] = nearest(word, texts, texts)
        return {word: self._near[word, word in of_mailboxes] for word in wanted.words}

    def _candidates(self, word: str, wanted: Sought) -> dict[str, int]:
        """Words that may be near, by their spelling, beginning or a form in common, with their bearers' count."""
        spelt = self._frozen.find(list(wanted.spellings[word]))
        as_typed = self._counted([spelt[word]])[0] if word in spelt else 0
        if self._recent:
            as_typed += len(self._recent.bearers(word))
        hashes = wanted.forms(word, as_typed)
        numbers = {*spelt.values(), *self._frozen.commonest(word, MOST_BEGINNINGS)}
        if hashes:
            numbers.update(self._frozen.formed(sorted(hashes)))
        ordered = list(numbers)
        texts = dict(zip(self._frozen.spelt(ordered), self._counted(ordered), strict=True))
        if self._recent:
            self._take_in_recent(word, wanted, hashes, texts)
        return {text: count for text, count in texts.items() if count > 0} if self._lost else texts

    def _take_in_recent(self, word: str, wanted: Sought, hashes: Set[int], texts: dict[str, int]) -> None:
        """Count those as well who changed since the arrays were made."""
        fresh = {*self._recent.beginning(word), *wanted.spellings[word]}
        fresh.update(*self._recent.formed(hashes).values())
        for text in fresh:
            own = len(self._recent.bearers(text))
            if own:
                texts[text] = texts.get(text, 0) + own if text in texts else self.counts([text]).get(text, own)
