"""Texts are folded to the form in which they are compared."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from crm_store.matching import nicknames
from crm_store.matching.normalise import clean, deletions, fold, query_words, stable_hash, tokens, trigrams


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("Straße Ærø", "strasse aero"),
        ("ﬁne ＡＢＣ", "fine abc"),
        ("Łódź", "lodz"),
        ("Пётр Иванов", "petr ivanov"),
        ("王小明", "wang xiao ming"),
        ("An\u202en\u200b  LEE\t", "ann lee"),
        ("", ""),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_an_apostrophe_joins_and_other_signs_part() -> None:
    assert tokens("O'Neil-Smith & Co., Ltd.") == ("oneil", "smith", "co", "ltd")


def test_an_address_stays_one_word_of_a_query() -> None:
    assert query_words("K.Muller@Ashb, ann-lee") == ("k.muller@ashb", "ann", "lee")


def test_the_same_number_in_every_process() -> None:
    again = subprocess.run(
        [sys.executable, "-c", "from crm_store.matching.normalise import stable_hash; print(stable_hash('katherine'))"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": "."},
    )
    assert int(again.stdout) == stable_hash("katherine")


@given(
    st.text(alphabet="abcdef", min_size=3, max_size=12),
    st.integers(0, 10),
    st.sampled_from(["swap", "drop", "add", "change"]),
)
def test_two_words_one_error_apart_share_a_deletion(word: str, place: int, error: str) -> None:
    at = place % (len(word) - 1)
    changed = {
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + "x" + word[at:],
        "change": word[:at] + "x" + word[at + 1 :],
    }[error]
    if len(changed) >= 3:
        assert OSA.distance(word, changed) <= 1
        assert set(deletions(word)) & set(deletions(changed))


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert once.isascii()
    assert fold(once) == once
    assert 0 <= stable_hash(text) < 2**63
    assert clean(clean(text)) == clean(text)


def test_short_tokens_have_no_deletions() -> None:
    assert deletions("li") == ("li",)
    assert set(deletions("lee")) == {"lee", "ee", "le"}
    assert trigrams("ann") == {"  a", " an", "ann", "nn "}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("steven", "stephen"),
        ("jose", "pepe"),
        ("giuseppe", "beppe"),
        ("aleksandr", "sasha"),
        ("katarzyna", "kasia"),
        ("hans", "johannes"),
        ("mohamed", "muhammad"),
        ("guillaume", "william"),
        ("bob", "robert"),
    ],
)
def test_short_forms_are_known_both_ways(one: str, other: str) -> None:
    assert nicknames.are_related(one, other)
    assert nicknames.are_related(other, one)


def test_a_name_is_no_short_form_of_itself() -> None:
    assert all(one != other for one, other in nicknames.pairs())
    assert nicknames.related("xqz") == frozenset()
