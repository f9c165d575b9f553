"""Charts state their finding with n and dates, carry words and a table, and draw at a readable size."""

import struct
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.calibrate import calibrate
from analytics.charts import data, months, talks
from analytics.charts.data import Chart
from crm_store.values.history import CustomerFact, DealFact, DealMove, Histories, OrderFact, TouchFact
from crm_store.values.outcomes import Move
from crm_store.values.periods import Worked
from crm_store.values.scores import Score, ScoreKind, SegmentResult

TODAY = date(2026, 11, 25)
PEOPLE = tuple(CustomerFact(f"c{each}", f"C {each}", TODAY) for each in range(12))
ORDERS = tuple(OrderFact(f"c{each}", TODAY - timedelta(days=25 * each), 100.0 * (each + 1)) for each in range(10))
TWICE = tuple(OrderFact(f"c{each}", TODAY - timedelta(days=3), 50.0) for each in range(2))
DEALS = (
    DealFact("d1", date(2026, 9, 1), "open", "Proposal", 2, "c1", None, 12000.0),
    DealFact("d2", date(2026, 10, 1), "open", "New", 0, "c2", None, 3000.0),
    DealFact("d3", date(2026, 10, 5), "open", "New", 0, "c3"),
    DealFact("d4", date(2026, 3, 1), "won", "Won", 4, "c4", None, 999.0, date(2026, 4, 1)),
)
TOUCHES = (TouchFact("c1", TODAY, "mail", "in"), TouchFact("c1", TODAY - timedelta(days=30), "mail", "out"))
TEAM = Histories(TODAY, PEOPLE, (*ORDERS, *TWICE), TOUCHES, DEALS, "EUR")
GROUPS = (
    SegmentResult("k-a", "Active big spenders", "Spent over €500", "kmeans", ("c8", "c9"), 2, 0.2),
    SegmentResult(
        "k-b",
        "Silent, small $ buyers of the very long name",
        "Spent at most €500",
        "kmeans",
        tuple(f"c{n}" for n in range(8)),
        8,
        0.8,
    ),
)

WORKED = (Worked("Ada Lovell", (1, 6, 0, 0, 0)), Worked("Ben Okafor", (2, 1, 0, 0, 0)))
MOVES = (Move("New", "Regular", 3), Move("", "New", 2))
COHORT = Histories(
    TODAY,
    PEOPLE,
    tuple(
        OrderFact(f"c{who}", day, 10.0)
        for who, days in enumerate(
            ((date(2026, 7, 3), date(2026, 8, 9)), (date(2026, 7, 9),), (date(2026, 8, 1), date(2026, 10, 2)))
        )
        for day in days
    ),
    (),
    (),
    "EUR",
)
CLOSED = Histories(
    TODAY,
    PEOPLE,
    (),
    (),
    tuple(
        DealFact(f"d{n}", date(2026, 1, 1), "won" if n % 3 == 0 else "lost", "x", 0, "c1", None, 1.0, date(2026, m, 5))
        for m in (7, 10)
        for n in range(m * 10, m * 10 + 6)
    ),
    "EUR",
)


def _charts() -> dict[str, Chart]:
    scores = [Score(f"c{n}", ScoreKind.VALUE, 1000.0 / (n + 1), 0, 2000) for n in range(20)]
    random = np.random.default_rng(0)
    said = random.random(300)
    found = [
        data.segments(TEAM, GROUPS),
        data.recency_frequency(TEAM),
        data.pipeline(TEAM),
        data.value_distribution(scores, TEAM, 90),
        data.activity(TEAM),
        data.reliability("deal", "open deals being won", calibrate(said, random.random(300) < said, 300), TODAY),
        data.lift("deal", "open deals being won", calibrate(said, random.random(300) < said, 300), TODAY),
        months.cohorts(COHORT),
        months.win_rate(CLOSED),
        talks.silence(TEAM),
        talks.activity_by_rep(WORKED, TODAY - timedelta(days=30), TODAY),
        talks.segment_moves(MOVES, TODAY - timedelta(days=30), TODAY),
    ]
    return {each.key: each for each in found if each}


CHARTS = _charts()


def test_the_pipeline_counts_open_deals_by_stage_in_their_order() -> None:
    chart = CHARTS["pipeline"]
    assert chart.title == "€12,000 of €15,000 in open deals stands at Proposal"
    assert chart.rows == (("New", "2", "€3,000", "–"), ("Proposal", "1", "€12,000", "–"))
    assert chart.subtitle == "3 open deals, 1 without an amount, opened since 1 Sep 2026, as of 25 Nov 2026"


def test_segments_show_their_size_and_what_they_brought() -> None:
    chart = CHARTS["segments"]
    assert chart.headers == ("segment", "buyers", "revenue so far")
    assert chart.rows[0] == ("Active big spenders", "2 (20 %)", "€1,900 (34 %)")
    assert chart.title.startswith("Silent, small $ buyers")


def test_the_heat_map_counts_every_buyer_once() -> None:
    chart = CHARTS["recency_frequency"]
    assert sum(sum(row) for row in chart.cells) == 10
    assert chart.cells[0][1] == 2


def test_activity_counts_orders_and_messages_by_week_up_to_the_day() -> None:
    chart = CHARTS["activity"]
    assert len(chart.labels) == data.WEEKS
    assert chart.cells[-1] == (3.0, 1.0, 0.0)
    assert "messages in the last 4 weeks" in chart.title or "message in the last 4 weeks" in chart.title


def test_the_best_tenth_is_the_best() -> None:
    chart = CHARTS["value_distribution"]
    assert chart.cells[0][0] == 1500
    assert [row[0] for row in chart.cells] == sorted((row[0] for row in chart.cells), reverse=True)


def test_reliability_carries_said_happened_and_interval() -> None:
    for said, came, low, high, n in CHARTS["reliability_deal"].cells:
        assert low <= came <= high
        assert 0 <= said <= 1
        assert n >= 20


@pytest.mark.parametrize("key", CHARTS)
def test_every_chart_has_title_dates_words_and_a_table(key: str) -> None:
    chart = CHARTS[key]
    assert any(each.isdigit() for each in chart.title)
    assert "2026" in chart.subtitle
    assert chart.title in chart.alt_text
    assert chart.shown[-1][0] in chart.alt_text
    assert {len(row) for row in chart.rows} == {len(chart.headers)}


def test_nothing_is_drawn_of_nothing() -> None:
    nobody = Histories(TODAY)
    assert data.segments(nobody, ()) is None
    assert data.recency_frequency(nobody) is None
    assert data.pipeline(nobody) is None
    assert data.activity(nobody) is None
    assert data.value_distribution([], nobody, 90) is None


@pytest.mark.numbers
@pytest.mark.parametrize("key", CHARTS)
def test_a_chart_is_drawn_at_twice_six_hundred_pixels_and_always_the_same(key: str) -> None:
    from analytics.charts.draw import draw  # noqa: PLC0415 - matplotlib loads only where it is needed

    picture = draw(CHARTS[key])
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert width == 1200
    assert 300 < height < 1800
    assert draw(CHARTS[key]) == picture


def test_cohorts_show_who_ordered_again_in_each_whole_month() -> None:
    chart = CHARTS["cohorts"]
    assert chart.labels == ("Jul 2026, n 2", "Aug 2026, n 1")
    assert chart.shown[0][:4] == ("50 %", "0 %", "0 %", "")
    assert chart.shown[1][:3] == ("0 %", "100 %", "")
    assert chart.title == "50 % of new buyers ordered again within the 3 months that followed"


def test_the_win_rate_compares_the_last_months_with_those_before() -> None:
    chart = CHARTS["win_rate"]
    assert chart.title == "33 % of deals closed in the last 3 months were won, 33 % in the 3 before"
    assert chart.shown == (("33 % (2 of 6)",), ("33 % (2 of 6)",))


def test_silence_counts_every_open_deal_once_and_names_those_never_spoken_with() -> None:
    chart = CHARTS["silence"]
    assert sum(row[0] for row in chart.cells) == 3
    assert chart.rows[-1] == ("no contact known", "2", "€3,000")


def test_activity_names_who_did_most_and_which_way() -> None:
    assert CHARTS["activity_by_rep"].title == "Ada Lovell logged 7 of 10 contacts; 70 % of all were mails"
    assert CHARTS["activity_by_rep"].columns == ("calls", "mails")


def test_moves_are_counted_from_where_to_where() -> None:
    chart = CHARTS["segment_moves"]
    assert chart.title == "3 of 5 moves went from New to Regular"
    assert sum(sum(row) for row in chart.cells) == 5


def test_lift_begins_with_the_likeliest_group_and_averages_one() -> None:
    cells = [row[0] for row in CHARTS["lift_deal"].cells]
    assert cells[0] > 1.5
    assert np.mean(cells) == pytest.approx(1.0, abs=0.05)


def test_days_in_a_stage_count_from_the_last_move_to_it() -> None:
    day = TODAY - timedelta(days=40)
    moves = tuple(DealMove(day + timedelta(days=10 * at), name, 0) for at, name in enumerate(("New", "Offer", "New")))
    deal = DealFact("d1", day, "open", "New", 0, "c1", None, 5.0, None, moves)
    chart = data.pipeline(Histories(TODAY, PEOPLE, (), (), (deal,), "EUR"))
    assert chart is not None
    assert chart.rows == (("New", "1", "€5", "20"),)


def test_no_chart_knows_what_came_after_its_day() -> None:
    later = TODAY + timedelta(days=20)
    known = replace(COHORT, deals=CLOSED.deals, touches=TOUCHES)
    future = replace(
        known,
        orders=(*known.orders, OrderFact("c1", later, 9.0), OrderFact("c9", later, 9.0)),
        touches=(*TOUCHES, TouchFact("c2", later, "mail", "in")),
        deals=(*known.deals, DealFact("d9", later, "won", "x", 0, "c3", None, 9.0, later)),
    )
    for build in (months.cohorts, months.win_rate, talks.silence, data.pipeline, data.recency_frequency):
        assert build(future) == build(known)
