"""Questions for numbers are read as people type them, read back as the same question, and refused with a way on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar.question import near, parse, say
from crm_store.errors import BadInput
from crm_store.values.numbers import STAGED, STANDING, TIMES, Figure, Question, Split, splits

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def _read(text: str) -> Question:
    return parse(text, NOW, ZONE)


_DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 25))
_NAMES = st.just("") | st.text("abcXYZ äöü中&.'-0123456789", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)


@st.composite
def _questions(draw: st.DrawFn) -> Question:
    figure = draw(st.sampled_from(Figure))
    by = draw(st.none() | st.sampled_from(splits(figure)))
    top = draw(st.none() | st.integers(1, 50)) if by and by not in TIMES else None
    since, until = (draw(st.none() | _DAYS), draw(st.none() | _DAYS)) if figure not in STANDING else (None, None)
    if by in TIMES:
        since, by = draw(_DAYS), Split.YEAR if by is Split.WEEK else by
    if since and until and since > until:
        since, until = until, since
    stage = draw(_NAMES) if figure in STAGED else ""
    return Question(figure, by, top, since, until, draw(_NAMES), draw(_NAMES), draw(_NAMES), stage)


@given(_questions())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_question_read_back_is_the_same_question(question: Question) -> None:
    assert _read(say(question)) == question


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text_is_refused_or_is_a_question_that_can_be_read_back(text: str) -> None:
    try:
        question = _read(text)
    except BadInput:
        return
    assert _read(say(question)) == question


FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
ASKED = {
    "revenue by month since:may": Question(Figure.REVENUE, Split.MONTH, since=date(2026, 5, 1)),
    "deals won this quarter by owner": Question(
        Figure.DEALS_WON, Split.OWNER, since=date(2026, 10, 1), until=date(2026, 12, 31)
    ),
    "How many deals did we win this month?": Question(Figure.DEALS_WON, since=FIRST, until=LAST),
    "only won deals this month": Question(Figure.DEALS_WON, since=FIRST, until=LAST),
    "how many did we lose in May": Question(Figure.DEALS_LOST, since=date(2026, 5, 1), until=date(2026, 5, 31)),
    "revenue in december": Question(Figure.REVENUE, since=date(2025, 12, 1), until=date(2025, 12, 31)),
    "revenue from march to may": Question(Figure.REVENUE, since=date(2026, 3, 1), until=date(2026, 5, 31)),
    "revenue q3 2025": Question(Figure.REVENUE, since=date(2025, 7, 1), until=date(2025, 9, 30)),
    "orders last week": Question(Figure.ORDERS, since=date(2026, 11, 16), until=date(2026, 11, 22)),
    "orders last 30 days": Question(Figure.ORDERS, since=date(2026, 10, 27), until=date(2026, 11, 25)),
    "orders in the last 3 months": Question(Figure.ORDERS, since=date(2026, 9, 1), until=date(2026, 11, 25)),
    "calls today": Question(Figure.CALLS, since=date(2026, 11, 25), until=date(2026, 11, 25)),
    "top 5 companies by revenue": Question(Figure.REVENUE, Split.COMPANY, 5),
    "top customers by orders": Question(Figure.ORDERS, Split.CUSTOMER, 5),
    "top 3 reps by deals won": Question(Figure.DEALS_WON, Split.OWNER, 3),
    "mails with Acme Ltd since 2026-05-01": Question(Figure.MAILS, since=date(2026, 5, 1), company="Acme Ltd"),
    "calls this month owner:@ben": Question(Figure.CALLS, since=FIRST, until=LAST, owner="ben"),
    "my tasks overdue": Question(Figure.TASKS_OVERDUE, owner="me"),
    'sales per company segment:"Big spenders"': Question(Figure.REVENUE, Split.COMPANY, segment="Big spenders"),
    "pipeline stage proposal": Question(Figure.PIPELINE, stage="proposal"),
    "contacts by channel": Question(Figure.CONTACTS, Split.KIND),
    "deals lost by reason lost": Question(Figure.DEALS_LOST, Split.REASON),
    "orders monthly": Question(Figure.ORDERS, Split.MONTH, since=date(2025, 12, 1)),
    "new customers by quarter": Question(Figure.NEW_CUSTOMERS, Split.QUARTER, since=date(2025, 1, 1)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "question"), ASKED.items(), ids=ASKED.keys())
def test_a_question_is_read_as_people_type_it(text: str, question: Question) -> None:
    assert _read(text) == question


REFUSED = {
    "": "Ask for a number",
    "revnue by month": "Did you mean “revenue”?",
    "orders by moth": "did you mean “by month”?",
    "orders by": "By what?",
    "orders by month by owner": "One at a time",
    "pipeline last month": "no time fits it",
    "tasks overdue by month": "no time fits it",
    "revenue by stage": "cannot be divided by stage; it can by",
    "revenue by month top 5": "A top list needs what to list",
    "revenue stage proposal": "has no stage",
    "revenue by week since 2001": "more than 60 parts",
    "revenue from may to march": "ends on 2026-03-31 before it begins on 2026-05-01",
    "revenue since blue": "Since when?",
    "orders company": "needs a name",
    "top 99 companies by revenue": "1 to 50",
    "mails and calls": "is no number I know",
    "x" * 501: "at most 500 characters",
}


@pytest.mark.parametrize(("text", "part"), REFUSED.items(), ids=lambda one: one[:30])
def test_what_cannot_be_answered_is_refused_with_a_way_on(text: str, part: str) -> None:
    with pytest.raises(BadInput) as problem:
        _read(text)
    assert part in problem.value.sentence


@pytest.mark.parametrize("text", ["revnue by month", "who won", "", "☃", "deal by owner wun"])
def test_the_nearest_questions_can_all_be_asked(text: str) -> None:
    assert len(near(text, NOW, ZONE)) == 3
    for one in near(text, NOW, ZONE):
        _read(one)


def test_a_slip_of_the_pen_has_the_right_question_near() -> None:
    assert near("revnue by month", NOW, ZONE)[0] == "revenue by month"
    assert near("deals won last quater", NOW, ZONE)[0] == "deals won last quarter"
    assert near("call tihs week by ower", NOW, ZONE)[0] == "calls this week by owner"


def test_a_slip_of_the_pen_is_asked_about_by_the_word_that_was_meant() -> None:
    with pytest.raises(BadInput) as problem:
        _read("deals won last quater")
    assert "Did you mean “quarter”?" in problem.value.sentence
