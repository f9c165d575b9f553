"""What matched what at a customer, in words, told from the words they bear without weighing them once more."""

from collections.abc import Sequence

from crm_store.lookup.index_borne import JOINED_UP, OF_COMPANY, OF_NAME, Given
from crm_store.matching.normalise import tokens
from crm_store.matching.profile import Candidate, shown, words_of_address
from crm_store.matching.rerank import said, unfound


def why(typed: Sequence[str], given: Given, at: int, candidate: Candidate) -> str | None:
    """The sentence of the ranking; None where only that can tell it.

    So it is where two words of theirs fit alike, where a word stands twice, and where their texts are not as indexed.
    """
    if given.tied[at]:
        return None
    names, firm = shown(candidate.name, "name"), shown(candidate.company, "company")
    of_name, of_company = ({one.word: one.shown for one in some} for some in (names, firm))
    if len(of_name) < len(names) or len(of_company) < len(firm):
        return None
    sentence = []
    for word, used in zip(typed, given.used(at), strict=True):
        if used is None:
            sentence.append(unfound(word))
            continue
        stored, stand, how = used
        if stand == OF_NAME:
            writing = of_name.get(stored)
        elif stand == OF_COMPANY:
            writing = of_company.get(stored)
        else:
            writing = _written(candidate, stored, stand)
        if writing is None:
            return None
        sentence.append(said(word, writing, how))
    return ", ".join(sentence)


def _written(candidate: Candidate, word: str, stand: int) -> str | None:
    """The piece of writing that a word came from which a customer bears written as one or in an address."""
    if stand == JOINED_UP:
        texts = (candidate.name, candidate.company)
        return next((text for text in texts if len(tokens(text)) > 1 and "".join(tokens(text)) == word), None)
    return next((one for one in candidate.emails if word in words_of_address(one)), None)
