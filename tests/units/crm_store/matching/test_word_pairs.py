"""Two words of a contact are one number, beside all others that begin alike."""

from hypothesis import given
from hypothesis import strategies as st

from crm_store.matching.word_pairs import BEGINNING, SPAN, beginning_of, key_of, keys_of

WORDS = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
LARGEST = 2**63


@given(WORDS, WORDS)
def test_the_order_of_two_words_does_not_matter_and_their_beginnings_tell_where_they_lie(one: str, other: str) -> None:
    key, first = key_of(one, other), beginning_of(one[:BEGINNING], other[:BEGINNING])
    assert key == key_of(other, one)
    assert 0 <= first <= key < first + SPAN <= LARGEST


def test_pairs_that_begin_otherwise_lie_apart() -> None:
    begun = {beginning_of(one, other) for one in ("kat", "li", "o", "mul", "3m") for other in ("ash", "acm", "z")}
    assert len(begun) == 15
    assert len({key_of("kat", "mul"), key_of("kate", "mull"), key_of("katherine", "muller")}) == 3


def test_a_name_pairs_with_itself_and_with_what_tells_of_the_company() -> None:
    named, firm = ("ann", "lee"), ("ashby", "partners", "gmbh")
    assert keys_of(named, firm) == {key_of("ann", "lee"), key_of("ann", "ashby"), key_of("lee", "ashby")}
    assert key_of("ann", "partners") in keys_of(named, ("partners", "group"))
    assert keys_of(("k", "lee"), ()) == set()
    assert keys_of(("smith",), ("smith", "co")) == set()
    assert keys_of((), firm) == set()


def test_of_very_long_names_the_longest_words_count() -> None:
    named = [f"{'a' * length}{length}" for length in range(1, 40)]
    assert len(keys_of(named, named)) <= 5 * 4 + 5 * 4 // 2
    assert keys_of(named, ()) == keys_of(named[::-1], ())
