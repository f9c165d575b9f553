"""A list is a table that can be sorted, an older table, or columns of letters: whatever the workspace takes."""

import pytest

from bot import blocks, tables
from bot.blocks import Message
from bot.letters import Letter
from bot.tables import Number
from tests.units.bot.cards.figures import NASTY, shown, takes

ROWS: list[list[str | Number]] = [
    ["Ada Lovell", Number(40, "40")],
    ["Ben Okafor", Number(10, "10")],
    ["Cleo", Number(-3, "-3")],
]


def _message(rows: list[list[str | Number]] = ROWS) -> Message:
    return blocks.message("Calls by owner", tables.table("Calls by owner", ("Owner", "Calls"), rows))


def _kinds(letter: Letter) -> list[str]:
    assert letter.message is not None
    return [one["type"] for one in takes(letter.message).blocks]


@pytest.mark.parametrize(
    ("refused", "first", "steps"),
    [
        (frozenset(), ["data_table"], ["data_table", "table"]),
        (frozenset({"data_table"}), ["context", "table"], ["table"]),
        (frozenset({"table"}), ["data_table"], ["data_table"]),
        (frozenset({"data_table", "table"}), ["rich_text"], []),
    ],
)
def test_what_was_refused_is_not_sent_and_each_step_gives_up_one_kind(
    refused: frozenset[str], first: list[str], steps: list[str]
) -> None:
    letter = tables.lettered(Letter("post", "T1", _message()), refused)
    assert _kinds(letter) == first
    assert [kind for kind, _ in letter.plainer] == steps
    if steps:
        assert _kinds(letter.plainer[-1][1]) == ["rich_text"]


def test_every_form_says_the_same() -> None:
    letter = tables.lettered(Letter("post", "T1", _message()), frozenset())
    forms = [letter, *(plainer for _, plainer in letter.plainer)]
    for form in forms:
        assert form.message is not None
        words = shown(form.message)
        assert all(part in words for part in ("Ada Lovell", "40", "Ben Okafor", "-3"))
    assert "████████████████" in shown(tables.plain(_message()))
    assert shown(tables.plain(_message())).splitlines()[2].endswith("-3")


def test_a_message_without_a_table_stays_as_it_is() -> None:
    letter = Letter("post", "T1", blocks.message("x", blocks.section("x")))
    assert tables.lettered(letter, frozenset()) is letter


def test_only_one_older_table_stands_in_a_message() -> None:
    table = tables.table("Calls", ("Owner", "Calls"), ROWS)
    letter = tables.lettered(Letter("post", "T1", blocks.message("x", table, table)), frozenset({"data_table"}))
    assert _kinds(letter) == ["context", "table", "rich_text"]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_slack_takes_every_form_whatever_stands_in_it(text: str) -> None:
    rows: list[list[str | Number]] = [
        [text, Number(float("nan") if number % 2 else 1.5, text)] for number in range(120)
    ]
    message = blocks.message("x", tables.table(text, (text, "n"), rows[: 20 if len(text) > 100 else 120]))
    letter = tables.lettered(Letter("post", "T1", message), frozenset())
    for form in (letter, *(plainer for _, plainer in letter.plainer)):
        assert form.message is not None
        takes(form.message)


def test_no_rows_make_no_table() -> None:
    assert tables.table("x", ("a",), []) is None
