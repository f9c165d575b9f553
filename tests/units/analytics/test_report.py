"""Reports in words: what a manager and a seller read, and the same as one HTML page and one PDF."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.charts.draw import draw
from analytics.report import health, html, pdf, phrases
from analytics.report.document import Report, Section, Table
from analytics.report.write import write
from crm_store.money import Money
from crm_store.values.marketing import ChartView, SegmentView
from crm_store.values.outcomes import Decile, Move
from crm_store.values.periods import Listed, Period, Promise, Proposals, Quiet, Standing, Sums, Worked
from crm_store.values.quality import Quality, Share
from crm_store.values.report_cards import ModelCard, Settled
from crm_store.values.report_facts import Expected, ReportFacts
from crm_store.values.scores import ModelRecord, Verdict
from tests.units.analytics.test_charts import CHARTS

TODAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


QUIET_WEEK = Sums(0, 0, euros(0), 0, euros(0), 0, euros(0))
WEEK = Period(
    since=date(2026, 11, 16), until=date(2026, 11, 22), currency="EUR",
    worked=(Worked("Ada Lovell", (3, 12, 1, 0, 0)),),
    sums=Sums(16, 2, euros(1200), 1, euros(50), 3, euros(900)),
    before=Sums(20, 1, euros(300), 0, euros(0), 1, euros(100)),
    won=(), lost=(), moved=(),
    pipeline_then=Standing(4, euros(1000)), pipeline_now=Standing(5, euros(1500)),
    waiting=Listed(1, (Quiet("Ann Lee", "Ada Lovell", NOON),)),
    overdue=Listed(7, (Promise("Send quote", "Ann Lee", "Ada Lovell", NOON),)),
    silent=Listed(0), proposals=Proposals(2, 1, 0, 0),
)  # fmt: skip
FACTS = ReportFacts("week", "Halyard", TODAY, "EUR", period=WEEK)
RECORD = ModelRecord(
    "lead", TODAY, 876, "abc", ("days_known", "open_deals"), Verdict.PUBLISHED, "Score of leads.",
    parameters={
        "candidates": {"logistic": {"brier": 0.09}, "base rate": {"brier": 0.11}}, "chance": {"name": "logistic"},
    },
    metrics={"drift_errors": 0.1, "drift_days_known": 0.4},
)  # fmt: skip
SETTLED = Settled(
    date(2026, 7, 1),
    date(2026, 7, 29),
    200,
    45.0,
    Decile(40, 0.6, 0.55),
    (Decile(20, 0.1, 0.05),) * 10,
    0.12,
    0.17,
    0.8,
)
CARD = ModelCard(RECORD, 182, SETTLED, 60, date(2026, 12, 1))


def said(report: Report) -> str:
    parts = [report.title, report.span, report.finding]
    for one in report.sections:
        parts += [one.heading, *one.sentences, *one.details]
        parts += [cell for table in (*one.tables, *one.detail_tables) for row in table.rows for cell in row]
    return "\n".join(parts)


def test_the_week_is_one_paragraph_with_what_came_of_it_and_what_is_left() -> None:
    assert write(FACTS).finding == (
        "2 deals won (€1,200) and 1 lost (€50); the week before 1 won (€300). 16 contacts logged, 4 fewer than the "
        "week before. The open pipeline grew by €500 to €1,500 in 5 deals. 1 customer waits for a reply, 7 promises "
        "are overdue and no customer has gone silent."
    )


def test_the_week_names_who_waits_and_counts_what_is_not_shown() -> None:
    report = write(FACTS)
    assert report.span == "16 to 22 Nov 2026, n = 16 contacts"
    assert [one.heading for one in report.sections] == [
        "What was done", "Deals", "Replies waiting", "Promises overdue", "Suggestions",
    ]  # fmt: skip
    overdue = report.sections[3].tables[0]
    assert (overdue.rows, overdue.more) == ((("Send quote", "Ann Lee", "20 Nov 2026", "Ada Lovell"),), 6)
    assert report.charts[0].cells == ((3.0, 12.0, 1.0),)


def test_a_week_in_which_nothing_happened_says_so() -> None:
    empty = replace(
        WEEK, worked=(), sums=QUIET_WEEK, before=QUIET_WEEK, waiting=Listed(0), overdue=Listed(0),
        pipeline_now=WEEK.pipeline_then, proposals=Proposals(0, 0, 0, 0),
    )  # fmt: skip
    report = write(replace(FACTS, period=empty))
    assert "No deal won and none lost; the week before none won." in report.finding
    assert "stayed at €1,000" in report.finding
    assert "Nobody waits for a reply, no promise is overdue, and nobody has gone silent." in report.finding
    assert report.charts == ()
    assert report.sections[0].sentences == ("Nothing was logged.",)
    nothing = Standing(0, euros(0))
    bare = write(replace(FACTS, period=replace(empty, pipeline_then=nothing, pipeline_now=nothing)))
    assert "There is no open deal." in bare.finding


def test_contacts_that_no_colleague_logged_are_counted_apart() -> None:
    imported = replace(WEEK, sums=replace(WEEK.sums, logged=17))
    assert "1 contact came with an import, or without a colleague." in said(write(replace(FACTS, period=imported)))
    alone = write(replace(FACTS, period=replace(imported, worked=())))
    assert "17 contacts came with an import" in said(alone)
    assert "Nothing was logged" not in said(alone)


def test_a_score_is_judged_in_a_sellers_words() -> None:
    report = write(replace(FACTS, which="health", period=None, cards=(CARD,)))
    assert (
        "Of 40 leads we called likeliest, 22 bought within 90 days; by chance it would have been 9 (200 in all, "
        "said 1 to 29 Jul 2026)."
    ) in report.finding
    words = said(report)
    for part in (
        "Shown for 182, learnt from 876 cases", "better than 0.170 by saying the average of everybody",
        "2.4 times as often", "unlike those it learnt from in: days known", "refuses nobody a service",
        "logistic (shown)", "Learnt from 876 rows: days known, open deals.",
    ):  # fmt: skip
        assert part in words


def test_a_score_without_figures_says_since_when_it_will_have_some() -> None:
    waiting = replace(CARD, settled=None)
    assert "from 1 Dec 2026 on" in health.finding((waiting,))
    assert health.last_month(waiting).endswith(
        "60 predictions wait to be compared; the first figures come on 1 Dec 2026."
    )
    assert "No score has been made yet" in health.finding(())
    abstained = replace(waiting, scored=0, record=replace(RECORD, verdict=Verdict.ABSTAINED, sentence="Too few."))
    words = said(write(replace(FACTS, which="health", period=None, cards=(abstained,))))
    assert "kept back" in words
    assert "Too few." in words


def test_segments_value_and_data_say_what_stands_out() -> None:
    group = SegmentView("seg", "tree", "a", "Regulars", "2+ orders", 40, 0.8, TODAY, 0, 0)
    moves = (Move("New", "Regulars", 3), Move("", "New", 1))
    told = write(replace(FACTS, which="segments", period=None, segments=(group,), moves=moves)).finding
    assert told == (
        "40 buyers fall into 1 group; the largest is Regulars (40, 80 %). 4 customers changed groups within the last "
        "31 days, most of them from New to Regulars (3)."
    )
    value = write(replace(FACTS, which="value", period=None, expected=Expected(165, 1000.4, 0.62, 90))).finding
    assert value == "€1,000 are expected of 165 buyers within the next 90 days; the best tenth brings 62 % of it."
    share = Share("open deals without a next step", 36, 60)
    quality = Quality(TODAY, 400, (), (), (), 0, None, (share,), (), "EUR")
    data = write(replace(FACTS, which="data", period=None, quality=quality))
    assert data.finding == (
        "400 customers are on file. Most is to be gained here: 36 of 60 open deals without a next step."
    )
    assert "`/crm task NAME: what and when`" in data.sections[0].tables[0].rows[0][2]


def test_few_customers_are_told_as_few() -> None:
    everybody = SegmentView("seg", "rule", "a", "Small buyers", "1+ orders", 3, 1.0, TODAY, 0, 0)
    bare = replace(FACTS, which="segments", period=None, segments=(everybody,))
    assert (
        write(bare).finding == "All 3 buyers are in one group, Small buyers: too few, or too much alike, to be parted."
    )
    alone = write(replace(bare, segments=(replace(everybody, size=1),)))
    assert alone.finding.startswith("The only buyer is in one group")
    quality = Quality(TODAY, 1, (Share("customers without a telephone number", 1, 1),), (), (), 0, None, (), (), "EUR")
    data = write(replace(FACTS, which="data", period=None, quality=quality))
    assert data.finding.endswith("1 of 1 customer without a telephone number.")
    drawn = replace(FACTS, period=None, charts=(), which="pipeline")
    assert "no open deal on the last night" in write(replace(drawn, shown_as_of=TODAY)).finding
    assert "found nothing to draw" in write(replace(drawn, which="default", shown_as_of=TODAY)).finding
    assert "nightly job has not run" in write(replace(drawn, shown_as_of=None)).finding


def test_scores_that_are_all_kept_back_say_why_once() -> None:
    record = replace(RECORD, verdict=Verdict.ABSTAINED, sentence="10 of either outcome are needed.")
    report = write(replace(FACTS, which="health", period=None, cards=(replace(CARD, scored=0, record=record),)))
    assert report.finding.startswith("1 score is kept back, since the data do not carry it (leads who buy).")
    assert report.span.startswith("no ")
    assert said(report).count("10 of either outcome are needed.") == 1


@pytest.mark.parametrize("which", ["default", "week", "month", "segments", "value", "pipeline", "health", "data"])
def test_every_report_of_an_empty_team_is_a_sentence(which: str) -> None:
    report = write(ReportFacts(which, "Halyard", TODAY, "EUR"))
    assert report.finding
    assert report.sections == ()
    assert html.page(report).count("<h1>") == 1


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), "16 to 22 Nov 2026"),
        (date(2026, 10, 27), date(2026, 11, 25), "27 Oct to 25 Nov 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 Dec 2025 to 4 Jan 2026"),
        (TODAY, TODAY, "25 Nov 2026"),
    ],
)
def test_a_time_is_said_as_short_as_it_can_be(first: date, last: date, words: str) -> None:
    assert phrases.span(first, last) == words


@pytest.mark.parametrize(
    ("money", "words"),
    [(euros(1200), "€1,200"), (Money(-150_00, "EUR"), "−€150"), (Money(12_345, "PLN"), "123 PLN"),
     (Money(500, "JPY"), "¥500")],
)  # fmt: skip
def test_amounts_are_whole(money: Money, words: str) -> None:
    assert phrases.amount(money) == words


NASTY = "<script>alert(1)</script> & “ünïcødé” Ωμέγα Привет \u202e` \x07"


def _whole(text: str) -> Report:
    chart = CHARTS["pipeline"]
    view = ChartView(chart.key, text, text, f'"{text}', draw(chart), chart.headers, chart.rows, TODAY)
    table = Table(text, (text, "n"), ((text, "12"), ("b", "3")) * 30, 4)
    section = Section(text, (text, "Say `/crm due`."), (table,), (text,), (table,))
    return Report("week", text, text, text, TODAY, (section,), (view,))


def test_the_page_stands_alone_and_shows_foreign_text_as_text() -> None:
    page = html.page(_whole(NASTY))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count('src="data:image/png;base64,') == 1
    assert 'alt="&#34;&lt;script' in page
    assert "<code>/crm due</code>" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert '<td class="number">12</td>' in page


def test_the_pdf_has_pages_with_numbers_and_letters_of_other_scripts() -> None:
    content = pdf.document(_whole(NASTY))
    assert content.startswith(b"%PDF-")
    assert b"DejaVuSans" in content
    assert content.count(b"/Type /Page\n") >= 3
