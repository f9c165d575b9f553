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


def _drawn() -> Message:
    bars = tables.chart("Calls by owner", "calls", [("Ada Lovell", 40.0), ("Ben Okafor", 10.0)])
    return blocks.message("Calls by owner", bars, tables.table("Calls by owner", ("Owner", "Calls"), ROWS))


def test_a_chart_is_given_up_first_and_its_figures_stay_in_the_table() -> None:
    letter = tables.lettered(Letter("post", "T1", _drawn()), frozenset())
    assert _kinds(letter) == ["data_visualization", "data_table"]
    assert [kind for kind, _ in letter.plainer] == ["data_visualization", "data_table", "table"]
    assert _kinds(letter.plainer[0][1]) == ["data_table"]
    assert _kinds(letter.plainer[-1][1]) == ["rich_text"]


def test_a_workspace_without_charts_is_sent_none() -> None:
    letter = tables.lettered(Letter("post", "T1", _drawn()), frozenset({"data_visualization"}))
    assert _kinds(letter) == ["data_table"]
    assert [kind for kind, _ in letter.plainer] == ["data_table", "table"]


@pytest.mark.parametrize(
    "points",
    [
        [("one", 1.0)],
        [("same", 1.0), ("same", 2.0)],
        [("a", float("nan")), ("b", 1.0)],
        [("", 1.0), ("b", 1.0)],
        [(f"n{number}", 1.0) for number in range(21)],
    ],
    ids=["a single bar", "equal names", "no number", "no name", "too many"],
)
def test_what_slack_would_not_draw_is_no_chart(points: list[tuple[str, float]]) -> None:
    assert tables.chart("title", "name", points) is None


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_slack_takes_every_chart_whatever_it_is_called(text: str) -> None:
    made = tables.chart(text, text, [(f"{number} {text}", float(number - 2)) for number in range(5)], over_time=True)
    takes(blocks.message("x", blocks.section("x"), made))


def test_a_chart_without_a_table_beside_it_is_sent_where_charts_are_taken() -> None:
    bars = tables.chart("Deals by stage", "EUR", [("Lead", 40.0), ("Offer", 10.0)])
    letter = tables.lettered(Letter("post", "T1", blocks.message("x", blocks.section("x"), bars)), frozenset())
    assert _kinds(letter) == ["section", "data_visualization"]
    assert [(kind, _kinds(one)) for kind, one in letter.plainer] == [("data_visualization", ["section"])]
