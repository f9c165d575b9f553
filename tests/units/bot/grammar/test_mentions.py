"""Names in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar.mentions import names_in


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("John Smith from Acme asked for the manual", "John Smith Acme"),
        ("Spoke to Ann Lee at Globex on Monday", "Ann Lee Globex"),
        ("had lunch with Zoë Müller, she is leaving", "Zoë Müller"),
        ("the Raine Group wants it", "Raine Group"),
    ],
)
def test_the_name_with_its_company_comes_first(text: str, first: str) -> None:
    assert names_in(text)[0] == first


def test_weekdays_and_greetings_are_no_names() -> None:
    assert names_in("Hello, please call Monday or Friday. Thanks") == ()


@given(st.text())
def test_any_text_gives_at_most_eight_phrases(text: str) -> None:
    assert len(names_in(text)) <= 8
