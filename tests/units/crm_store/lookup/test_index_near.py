"""Typed words compared with many stored ones in arrays are as near to each as `nearness` says of the two alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crm_store.lookup.index_arrays import Arrays, Frozen, heads_of
from crm_store.lookup.index_letters import letters_of
from crm_store.lookup.index_near import HOWS, Near, Stored, near
from crm_store.lookup.index_state import State
from crm_store.lookup.numbers import Numbers
from crm_store.matching.similarity import Nearness, nearness
from tests.units.crm_store.matching.test_nearby import NAMES, WORDS, mistyped

SOUNDS = ("filip", "philip", "katz", "cats", "szabo", "sabo", "david", "tafit", "liu2", "liu8", "mhmd", "bob", "rob")


def frozen_of(words: list[str]) -> Frozen:
    """An index of nobody who bears these words."""
    named: dict[str, Numbers] = dict.fromkeys(Arrays.__slots__, np.empty(0, np.int32))
    spelt = np.frombuffer("".join(words).encode(), np.uint8)
    word_at = np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.uint32)
    named |= {"words": spelt, "word_at": word_at, "heads": heads_of(words), "letters": letters_of(spelt, word_at)}
    named |= {"ids": np.empty(0, "S1"), "texts": np.empty(0, np.uint8)}
    return Frozen(State("tea", 0, 0), Arrays(**named))


def near_ones(found: Near, row: int, texts: list[str]) -> dict[str, Nearness]:
    values, hows = found.values[row].tolist(), found.hows[row].tolist()
    told = zip(texts, values, hows, strict=True)
    return {text: Nearness(value, HOWS[how]) for text, value, how in told if value > 0}


@given(st.lists(mistyped(), min_size=1, max_size=4), st.lists(WORDS, max_size=30), st.lists(WORDS, max_size=5))
def test_many_words_at_once_are_as_near_as_each_two_alone(
    typed: list[str], stored: list[str], changed: list[str]
) -> None:
    typed = [*(word for word in typed if word), "filip"]
    words = sorted({*stored, *NAMES, *SOUNDS} - {""})
    fresh = sorted({*changed, "philipp", "fil", "r"} - {*words, ""})
    frozen = frozen_of(words)
    numbers = np.arange(0, len(words), 1 + len(typed) % 2)
    known = Stored(frozen, numbers, fresh)
    assert known.texts == [*(words[at] for at in numbers.tolist()), *fresh]
    found = near(typed, known)
    for row, word in enumerate(typed):
        alone = {text: nearness(word, text) for text in known.texts}
        assert near_ones(found, row, known.texts) == {text: one for text, one in alone.items() if one.value > 0}


def test_nothing_is_near_where_nothing_is_stored() -> None:
    assert near(["ann"], Stored(frozen_of([]), np.arange(0))).values.shape == (1, 0)
