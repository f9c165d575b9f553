"""A report as a message: words first, native charts and one table where Slack takes them, lines where it does not."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.report.document import Report, Section, Table
from bot import report_letter
from bot.cards import report
from crm_store.values.marketing import ChartView
from tests.units.bot.cards.figures import NASTY, shown, takes

EVERYTHING = frozenset(report.NEWER)
DAY = date(2026, 11, 25)
BARS = ChartView(
    "value_distribution", "The best tenth brings half", "240 buyers", "Bar chart.", b"png",
    ("buyers", "expected revenue"), (("best tenth", "€900 (50 %)"), ("2nd tenth", "€500 (28 %)")), DAY, "bars",
    ((900.0,), (500.0,)),
)  # fmt: skip
HEAT = replace(BARS, key="cohorts", shape="heat_map", title="Half came back", headers=("first order", "1 mo. later"))
TABLE = Table("Logged", ("who", "calls", "mails"), (("Ada", "3", "12"), ("Ben", "1", "0")), 2)
WEEK = Report(
    "week", "The week · Rapport", "16 to 22 Nov 2026, n = 16 contacts", "2 deals won.", DAY,
    (Section("What was done", ("Say `/crm edit NAME`.",), (TABLE,)),), (BARS, HEAT),
)  # fmt: skip


def kinds(message_blocks: object) -> list[str]:
    assert isinstance(message_blocks, tuple)
    return [one["type"] for one in message_blocks]


def test_the_finding_comes_first_and_stands_in_the_notification() -> None:
    message = takes(report.written(WEEK, EVERYTHING))
    assert kinds(message.blocks)[:3] == ["header", "rich_text", "context"]
    assert message.text == "The week · Rapport. 2 deals won."


def test_slack_draws_what_has_one_unit_and_the_rest_comes_as_a_picture() -> None:
    message = takes(report.written(WEEK, EVERYTHING))
    (drawn,) = [one for one in message.blocks if one["type"] == "data_visualization"]
    assert drawn["chart"]["type"] == "bar"
    assert drawn["chart"]["series"][0]["data"] == [
        {"label": "best tenth", "value": 900.0}, {"label": "2nd tenth", "value": 500.0},
    ]  # fmt: skip
    assert [one.key for one in report.pictured(WEEK.charts, EVERYTHING)] == ["cohorts"]
    assert kinds(message.blocks).count("table") == 1


def test_without_newer_blocks_every_number_is_still_said() -> None:
    message = takes(report.written(WEEK, frozenset()))
    assert not {"table", "data_visualization"} & set(kinds(message.blocks))
    words = shown(message)
    for part in ("3 calls", "12 mails", "and 2 more", "best tenth · €900 (50 %)", "/crm edit NAME"):
        assert part in words
    assert len(report.pictured(WEEK.charts, frozenset())) == 2


def test_each_step_down_gives_up_one_kind_of_block() -> None:
    letter = report_letter.letter(WEEK, "T1", "C_SALES", frozenset())
    steps = [(kind, set(report.NEWER) & set(kinds(one.message.blocks))) for kind, one in letter.plainer if one.message]
    assert steps == [("data_visualization", {"table"}), ("table", set())]
    assert letter.as_text().pictures == letter.plainer[-1][1].pictures
    known = report_letter.letter(WEEK, "T1", "C_SALES", frozenset({"data_visualization"}))
    assert [kind for kind, _ in known.plainer] == ["table"]
    assert len(known.pictures) == 2


@pytest.mark.parametrize(
    "chart",
    [
        replace(BARS, rows=(("same", "1"), ("same", "2"))),
        replace(BARS, cells=()),
        replace(BARS, rows=tuple((f"row {n}", "1") for n in range(30)), cells=((1.0,),) * 30),
        replace(BARS, headers=("a", "b", "c"), rows=(("x", "1", "€2"),), cells=((1.0, 2.0),)),
    ],
    ids=["labels twice", "no numbers kept", "too many bars", "two units"],
)
def test_what_slack_could_not_draw_rightly_is_left_to_the_picture(chart: ChartView) -> None:
    assert report.native([chart], EVERYTHING) == ()
    takes(report.written(replace(WEEK, charts=(chart,)), EVERYTHING))


def test_a_long_line_shows_its_latest_points() -> None:
    rows = tuple((f"week {number}", str(number)) for number in range(26))
    line = replace(BARS, shape="lines", rows=rows, cells=tuple((float(n),) for n in range(26)))
    message = takes(report.written(replace(WEEK, charts=(line,)), EVERYTHING))
    (drawn,) = [one for one in message.blocks if one["type"] == "data_visualization"]
    assert drawn["chart"]["axis_config"]["categories"][-1] == "week 25"
    plain = shown(takes(report.written(replace(WEEK, charts=(line,)), frozenset())))
    assert "week 25" in plain
    assert "week 3 " not in plain
    assert "and 20 earlier" in plain


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("accepted", [EVERYTHING, frozenset()], ids=["newer blocks", "lines"])
def test_a_report_is_taken_whatever_is_in_it(text: str, accepted: frozenset[str]) -> None:
    table = Table(text, (text,) * 4, ((text,) * 4,) * 10, 3)
    chart = ChartView("activity_by_rep", text, text, text, b"", (text,) * 4, ((text,) * 4,) * 60, DAY, "bars")
    whole = Report(text, text, text, text, DAY, (Section(text, (text,) * 3, (table,) * 2),) * 3, (chart,) * 12)
    takes(report.written(whole, accepted))
