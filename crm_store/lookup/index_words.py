"""From words as typed to words that customers bear, over the index: what `vocabulary.meanings` reads from tables."""

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import chain, islice
from typing import Final

from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_recent import Recent
from crm_store.lookup.retrieval import rarity
from crm_store.lookup.vocabulary import MOST_BEGINNINGS, Meant, Sought, Vocabulary, beside, nearest, sought

_KEPT: Final = 4_000
_FEW: Final = 6


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

    def rarity(self, found: Vocabulary) -> Callable[[str], float]:
        """How much a word tells, by its bearers if it is near to a typed one or begins so; others count as rare."""
        bearers = {one.text: one.df for one in chain.from_iterable(found.meant.values())}
        followed = tuple(word for word in found.meant if self._frozen.followed(word)[1])
        idf = rarity(bearers, found.population)

        def of(word: str) -> float:
            if word not in bearers and word.startswith(followed):
                bearers[word] = self.counts([word]).get(word, 0)
            return idf(word)

        return of if followed else idf

    def meanings(self, words: Sequence[str], of_mailboxes: Set[str], changes: int) -> Vocabulary:
        """For each typed word the nearest words that are borne, and about how many customers there are."""
        wanted = sought(words, of_mailboxes)
        runs = [run for runs in wanted.together.values() for run in runs]
        missing = [word for word in wanted.words if (word, word in of_mailboxes) not in self._near]
        # All are looked up at once, words written otherwise as well.
        asked = [*(text for word in missing for text in wanted.spellings[word]), *{run[-1] for run in runs}]
        there = self._frozen.find(asked) if asked else {}
        near = self._near_all(missing, wanted, of_mailboxes, there)
        known = self._of_runs(runs, there)
        meant = {word: beside(word, near[word], wanted.together[word], known) for word in wanted.words}
        counts = (one.df for some in near.values() for one in some)
        return Vocabulary(meant, max(1, changes, *counts, *known.values()))

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        """How many bear each of the words that somebody bears."""
        return self._counts(words, self._frozen.find(words))

    def _counts(self, words: Sequence[str], numbers: Mapping[str, int]) -> dict[str, int]:
        """The same where it is known which numbers those have that are among the frozen ones."""
        counts = dict(zip(numbers, self._counted([*numbers.values()]), strict=True)) if numbers else {}
        for word in words if self._recent else ():
            own = len(self._recent.bearers(word))
            if own:
                counts[word] = counts.get(word, 0) + own
        return {word: count for word, count in counts.items() if count > 0}

    def _of_runs(self, runs: Sequence[tuple[str, ...]], there: Mapping[str, int]) -> dict[str, int]:
        """How many bear each word of the runs; first words are asked for where the last is borne, which few are."""
        ends = [*{run[-1] for run in runs}]
        last = self._counts(ends, {end: there[end] for end in ends if end in there})
        return last | self.counts([*{run[0] for run in runs if run[-1] in last}]) if last else last

    def _counted(self, numbers: Sequence[int]) -> list[int]:
        if len(numbers) <= _FEW:
            counts = [self._frozen.borne_between(number, number + 1) for number in numbers]
        else:
            counts = self._frozen.counts(numbers)
        if not self._lost:
            return counts
        return [count - self._lost.get(number, 0) for number, count in zip(numbers, counts, strict=True)]

    def _near_all(
        self, missing: Sequence[str], wanted: Sought, of_mailboxes: Set[str], there: Mapping[str, int]
    ) -> dict[str, list[Meant]]:
        for word, texts in zip(missing, self._candidates(missing, wanted, there), strict=True):
            self._near[word, word in of_mailboxes] = nearest(word, texts, texts)
        near = {word: self._near[word, word in of_mailboxes] for word in wanted.words}
        if len(self._near) > _KEPT:
            self._near.clear()
        return near

    def _candidates(self, words: Sequence[str], wanted: Sought, spelt: Mapping[str, int]) -> list[dict[str, int]]:
        """For each word those that may be near, by spelling, beginning or form, with their bearers' count."""
        if not words:
            return []
        hashes = [wanted.forms(word, self._as_typed(word, spelt)) for word in words]
        groups = []
        for word, formed in zip(words, self._frozen.formed(hashes), strict=True):
            # Where all words that begin so are followed at once, they need not be told one by one.
            begun = [] if self._frozen.followed(word)[1] else self._frozen.commonest(word, MOST_BEGINNINGS)
            spellings = (spelt[text] for text in wanted.spellings[word] if text in spelt)
            groups.append([*dict.fromkeys(chain(spellings, begun, formed))])
        flat = [*chain.from_iterable(groups)]
        texts_there = self._frozen.spelt(flat)
        self._frozen.remember(texts_there, flat)
        counted = zip(texts_there, self._counted(flat), strict=True)
        found = []
        for word, own, group in zip(words, hashes, groups, strict=True):
            texts = dict(islice(counted, len(group)))
            if self._recent:
                self._take_in_recent(word, wanted, own, texts)
            found.append({text: count for text, count in texts.items() if count > 0} if self._lost else texts)
        return found

    def _as_typed(self, word: str, numbers: Mapping[str, int]) -> int:
        """How many bear the word as it was typed."""
        there = self._counted([numbers[word]])[0] if word in numbers else 0
        return there + len(self._recent.bearers(word)) if self._recent else there

    def _take_in_recent(self, word: str, wanted: Sought, hashes: Set[int], texts: dict[str, int]) -> None:
        """Count those as well who changed since the arrays were made."""
        fresh = {*self._recent.beginning(word), *wanted.spellings[word]}
        fresh.update(*self._recent.formed(hashes).values())
        for text in fresh:
            own = len(self._recent.bearers(text))
            if own:
                texts[text] = texts.get(text, 0) + own if text in texts else self.counts([text]).get(text, own)
