"""Which value survives a merge: the better source, then the newer, an empty one never."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.matching import survivorship
from crm_store.values.merging import Statement

DAY = datetime(2026, 11, 25, tzinfo=UTC)


def _says(
    value: str | None, source: str = "manual", day: int = 0, *, first: bool = False, chosen: bool = False
) -> Statement:
    return Statement(f"cus_{value}_{source}_{day}", value, source, DAY + timedelta(days=day), first, chosen)


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (_says("a", "manual"), _says("b", "signature", 9), "typed by a colleague"),
        (_says("a", "signature"), _says("b", "mail", 9), "from a mail signature"),
        (_says("a", "mail"), _says("b", "import", 9), "from a mail header"),
        (_says("a", "import", 2), _says("b", "import", 1, first=True), "from an import, and newer"),
        (_says("a", "import"), _says("", "manual", 9), "the other is empty"),
        (_says("a", "import"), _says("  ", "manual", 9), "the other is empty"),
        (_says("a", "import"), _says(None, "manual", 9), "the other is empty"),
        (_says("a", first=True), _says("b"), "typed by a colleague, of the record that is kept"),
        (_says("a", "manual", 3, chosen=True), _says("b", "manual", 2), "chosen by hand"),
        (_says("a", "manual", 4), _says("b", "manual", 3, chosen=True), "typed by a colleague, and newer"),
        (_says("a", "unheard-of", 1), _says("b", "import", 0), "from an import, and newer"),
    ],
)  # fmt: skip
def test_the_better_source_wins_in_either_order_and_says_why(better: Statement, worse: Statement, why: str) -> None:
    for pair in ([better, worse], [worse, better]):
        assert survivorship.winner("title", pair) is better
        assert survivorship.why("title", better, pair) == why


def test_an_owner_stays_with_the_record_that_is_kept() -> None:
    kept, newer = _says("usr_ada", "import", first=True), _says("usr_ben", "manual", 9)
    assert survivorship.winner("owner", [kept, newer]) is kept
    assert survivorship.why("owner", kept, [kept, newer]) == "of the record that is kept"
    assert survivorship.winner("owner", [_says(None, first=True), newer]) is newer


def test_nothing_wins_where_all_is_empty_and_equals_are_said_to_be_equal() -> None:
    assert survivorship.winner("title", [_says(None), _says("")]) is None
    same = [_says("a", first=True), _says("a", "import")]
    assert survivorship.why("title", same[0], same) == "the same on both"


@given(
    st.permutations(
        [
            _says(f"v{number}", source, number % 3)
            for number, source in enumerate(["manual", "mail", "import", "vcard"] * 2)
        ]
    )
)
def test_the_order_in_which_records_are_read_does_not_matter(statements: list[Statement]) -> None:
    won = survivorship.winner("title", statements)
    assert won is not None
    assert won.value == "v4"
