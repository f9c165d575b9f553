"""What the letters of words tell beforehand spares comparing most of them and never leaves out one that is near."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crm_store.lookup.index_letters import hopeful, sounds_of, spelling_of
from crm_store.matching.nearby import Nearby, near_among
from tests.units.crm_store.matching.test_nearby import NAMES, WORDS, mistyped


def near_by_letters(typed: str, words: list[str]) -> dict[str, float]:
    near, bare = hopeful(spelling_of([typed]), spelling_of(words))
    some = [words[at] for at in np.flatnonzero(near[0])]
    without = [words[at] for at in np.flatnonzero(bare)]
    return {word: one.value for word, one in near_among(typed, set(words), some, without).items()}


@given(mistyped(), st.lists(WORDS, max_size=30))
def test_what_is_near_is_never_left_out_for_its_letters(typed: str, stored: list[str]) -> None:
    words = sorted({*stored, *NAMES} - {""})
    if typed:
        assert near_by_letters(typed, words) == {word: one.value for word, one in Nearby(words)[typed].items()}


def test_words_of_other_letters_are_not_compared() -> None:
    words = ["muller", "miller", "kowalczyk", "jonathan", "m", "mhmd"]
    near, bare = hopeful(spelling_of(["mulelr"]), spelling_of(words))
    assert [word for word, one in zip(words, near[0].tolist(), strict=True) if one] == ["muller", "miller", "mhmd"]
    assert [word for word, one in zip(words, bare.tolist(), strict=True) if one] == ["mhmd"]


@given(st.lists(WORDS, min_size=1, max_size=10))
def test_a_word_alone_sounds_as_it_does_among_many(words: list[str]) -> None:
    some = spelling_of([word for word in words if word] or ["ann"])
    assert some.sounds.tolist() == sounds_of(some.letters, some.firsts).tolist()
