"""Many words at once are as near as each alone: the pass over all of them must not change an answer."""

from hypothesis import given
from hypothesis import strategies as st

from crm_store.matching.nearby import Nearby
from crm_store.matching.similarity import nearness

NAMES = (
    "elizabeth", "liz", "lisa", "mohammed", "muller", "mueller", "miller", "mller", "jon", "john", "jonathan", "j",
    "robert", "bob", "bert", "acme", "acmesoft", "a", "katherine", "catherine", "mhmd", "oneil", "o", "wang",
)  # fmt: skip
WORDS = st.one_of(st.sampled_from(NAMES), st.text("abcdeijlmnorstuz", min_size=0, max_size=9))


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A name with an error, its beginning, or anything else."""
    word = draw(st.sampled_from(NAMES))
    at = draw(st.integers(0, len(word)))
    match draw(st.sampled_from(("dropped", "doubled", "swapped", "begun", "other"))):
        case "dropped":
            return word[:at] + word[at + 1 :]
        case "doubled":
            return word[:at] + word[at - 1 : at] * 2 + word[at:]
        case "swapped":
            return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        case "begun":
            return word[:at]
        case _:
            return draw(WORDS)


@given(mistyped(), st.lists(WORDS, max_size=30))
def test_each_of_many_words_is_as_near_as_it_is_alone(typed: str, stored: list[str]) -> None:
    stored = [*stored, *NAMES]
    alone = {word: nearness(typed, word) for word in stored}
    assert Nearby(stored)[typed] == {word: near for word, near in alone.items() if near.value > 0}


def test_what_is_far_from_all_that_is_stored_is_near_nothing() -> None:
    assert Nearby(NAMES)["xyzzyx"] == {}
