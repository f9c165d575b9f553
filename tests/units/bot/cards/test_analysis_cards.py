"""Cards of scores, segments and numbers: Slack takes them, and they say what a seller asks."""

from dataclasses import replace
from datetime import date

import pytest

from bot import tables
from bot.cards import numbers, scores, segments
from bot.grammar import question as grammar
from bot.names import Action, decode
from crm_store.values.acts import Receipt
from crm_store.values.marketing import SegmentView
from crm_store.values.numbers import Answer, Apart, Before, Figure, Part, Question, Split, Statement
from crm_store.values.outcomes import Decile
from crm_store.values.own_segments import Group, OwnSegment, People, Worth
from crm_store.values.score_story import Moved, ScoreStory
from crm_store.values.segment_rules import Comparison, Measure, Named, Number, Trait
from tests.units.bot.cards import figures
from tests.units.bot.cards.figures import BERLIN, NASTY, NOW, buttons, labels, shown, takes, takes_dialog

TODAY = NOW.date()
RULE = Number(Measure.ORDERS, Comparison.AT_LEAST, 2)


def _group(name: str = "Ann Lee", count: int = 120) -> Group:
    briefs = tuple(figures.brief(name, number) for number in range(5))
    return Group(count, 1_000, briefs, Worth(80, 12_000.0, 70, 0.34, 0), (name,), (name, name))


def _own(name: str = "Regulars") -> OwnSegment:
    return OwnSegment("seg_1", name, Named(Trait.COMPANY, name or "Acme"), "U_ADA", 2, TODAY, 4, 2)


def _learned(name: str = "Big spenders") -> SegmentView:
    return SegmentView("seg_2", "tree", "tree-big", name, name or "Spent over €500", 40, 0.2, TODAY, 3, 1)


def _story(reason: str = "Ordered 3 times since May", **more: object) -> ScoreStory:
    story = ScoreStory(
        figures.score(), (reason,), ("Silent for 80 days",), since=date(2026, 10, 3), change=0.12, change_days=30,
        newest=figures.score().as_of, like=Decile(40, 0.41, 0.425),
    )  # fmt: skip
    return replace(story, **more)  # type: ignore[arg-type]


def _answer(label: str = "Ada Lovell", **more: object) -> Answer:
    found = Answer(
        Question(Figure.REVENUE, Split.OWNER, None, date(2026, 11, 1), date(2026, 11, 30)), 1_234_500.0, 12, "EUR",
        (Part(label, 1_000_000.0, 9), Part("nobody", -5_000.0, 3)), 7,
        Before(1_000_000.0, 10, date(2026, 10, 1), date(2026, 10, 25)), (Apart("USD", 3, 120_000),),
        Statement("SELECT n\nFROM orders", (("team_id_1", "tea_rapport"),)),
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_every_card_is_taken_whatever_things_are_called(text: str) -> None:
    takes(segments.listed([(_own(text), 120)] * 30, [_learned(text)] * 30, 9))
    takes(
        segments.own(
            _own(text), _group(text), (text,), now=NOW, zone=BERLIN, currency="EUR", days=90,
            done=Receipt("seg_1", "und_1", text),
        )
    )  # fmt: skip
    takes(segments.learned(_learned(text), _group(text), now=NOW, zone=BERLIN, currency="EUR", days=0, note=text))
    takes(segments.preview(RULE, _group(text), (text,), now=NOW, zone=BERLIN, currency="", days=0))
    page = People(tuple(figures.brief(text, number) for number in range(20)), "cus_20")
    takes(segments.people(text, page, {"rule": text}, now=NOW, zone=BERLIN))
    takes(segments.not_understood(text or "?", [text] * 3))
    counted = segments.holds_for(_group(text), (text,), now=NOW, zone=BERLIN)
    takes_dialog(segments.dialog(text, text, {"segment": "seg_1", "version": 3}, counted))
    takes_dialog(segments.dialog(text, text, {}, segments.holds_for_nobody_yet(text or "?")))
    takes_dialog(segments.name_dialog(_learned(text)))
    takes(scores.why(figures.brief(text), [_story(text, subject=text)] * 9, today=TODAY, currency="EUR"))
    takes(scores.why(figures.brief(text), [], (text, text), today=TODAY))
    takes(scores.moved([Moved("cus_1", text or "Ann", "potential", 0.2, 0.5)] * 9))
    takes(scores.best("value", [(figures.brief(text), figures.score("value", text))] * 30))
    takes(numbers.answer(_answer(text), today=TODAY))
    takes(numbers.query(_answer(statement=Statement(text * 2, ((text, text),) * 90))))
    takes(numbers.not_understood(text or "?", [text or "orders"] * 3))


def test_a_segment_says_its_rule_count_movement_and_worth() -> None:
    words = shown(takes(segments.own(_own(), _group(), now=NOW, zone=BERLIN, currency="EUR", days=90)))
    for part in ('company "Regulars"', "120 customers (12 % of 1,000)", "€12,000 expected in the next 90 days",
                 "34 % on average, of 70", "4: Ann Lee and 3 more", "25 Nov 2026"):  # fmt: skip
        assert part in words
    assert labels(segments.own(_own(), _group(), now=NOW, zone=BERLIN, currency="", days=0)) == [
        "Edit", "Show people", "Delete",
    ]  # fmt: skip


def test_a_rule_that_holds_for_nobody_can_be_saved_and_has_no_people_to_show() -> None:
    nobody = Group(0, 1_000, (), Worth())
    message = takes(segments.preview(RULE, nobody, now=NOW, zone=BERLIN, currency="EUR", days=90))
    assert labels(message) == ["Save"]
    assert decode(buttons(message.blocks)[0]["value"]) == {"rule": "at least 2 orders"}


def test_no_segments_yet_says_how_to_make_one() -> None:
    assert "save:regulars" in shown(takes(segments.listed([], [])))
    assert "Nobody fits" in shown(takes(segments.people("x", People((), ""), {}, now=NOW, zone=BERLIN)))


def test_a_score_tells_for_and_against_its_movement_its_ground_and_its_record() -> None:
    words = shown(takes(scores.why(figures.brief(), [_story()], today=TODAY)))
    for part in (
        "42 % (between 31 % and 55 %) of another order or a won deal within 90 days", "Up 12 points in 30 days",
        "For Ordered 3 times since May", "Against Silent for 80 days", "Learnt from 240 outcomes",
        "Score of 24 Nov 2026, known since 3 Oct 2026", "of 40 earlier ones near 41 %, 17 (42 %) bought",
    ):  # fmt: skip
        assert part in words
    assert "There is no newer one" not in words


def test_an_old_score_says_its_day_and_that_there_is_no_newer() -> None:
    words = shown(takes(scores.why(figures.brief(), [_story(newest=date(2026, 11, 25))], today=TODAY)))
    assert "Score of 24 Nov 2026, known since 3 Oct 2026. There is no newer one." in words


def test_a_band_is_shown_without_points_or_movement() -> None:
    banded = _story(view=figures.score(band="higher"), like=None)
    words = shown(takes(scores.why(figures.brief(), [banded], today=TODAY)))
    assert "Higher than usual; too few outcomes so far for a percentage" in words
    assert "%" not in words.replace("percentage", "")
    assert "points" not in words


@pytest.mark.parametrize(
    ("kind", "churn"),
    [
        ("alive", "; churn: 58 % that the customer has left for good"),
        ("potential", "; churn: 58 % that nothing is bought in that time"),
        ("lead", ""),
        ("deal", ""),
    ],
)
def test_churn_is_said_beside_the_chance_it_is_the_rest_of(kind: str, churn: str) -> None:
    view = replace(figures.score(), kind=kind, point=0.42)
    words = shown(takes(scores.why(figures.brief(), [_story(view=view)], today=TODAY)))
    assert (churn in words) if churn else ("churn" not in words)


def test_whether_somebody_is_still_a_customer_has_no_range_that_nobody_could_check() -> None:
    view = replace(figures.score(), kind="alive", point=0.42)
    card = scores.why(figures.brief(), [_story(view=view)], today=TODAY)
    assert "42 % that this is still a customer" in shown(takes(card))
    assert card.text == "Scores of Ann Lee, Globex: Still a customer 42 %"


def test_a_time_before_without_records_is_not_compared() -> None:
    begun = Before(0.0, 0, date(2025, 1, 1), date(2025, 10, 25), date(2025, 6, 13))
    words = shown(takes(numbers.answer(_answer("revenue", before=begun), today=TODAY)))
    assert "Not compared with 1 Jan 2025 to 25 Oct 2025: records begin on 13 Jun 2025." in words
    assert "Up" not in words


def test_a_missing_score_says_what_is_missing() -> None:
    words = shown(takes(scores.why(figures.brief(), [], ("There is none of this customer yet.",), today=TODAY)))
    assert words == "There is no score for Ann Lee, Globex yet. There is none of this customer yet."


def test_a_score_without_a_record_yet_says_how_it_was_tested() -> None:
    words = shown(takes(scores.why(figures.brief(), [_story(like=None, gain=0.34, tested=506)], today=TODAY)))
    assert "tested on 506 later cases, they were 34 % less off than the average alone" in words


def test_a_steady_score_is_said_to_be_steady() -> None:
    assert "Steady for 30 days" in shown(takes(scores.why(figures.brief(), [_story(change=0.001)], today=TODAY)))


def test_jumps_are_told_in_points_with_where_they_stood() -> None:
    words = shown(takes(scores.moved([Moved("cus_1", "Ann Lee, Globex", "potential", 0.62, 0.41)])))
    assert "1 chance of yours moved by 15 points or more" in words
    assert "potential down 21 points, 62 % to 41 %" in words


def test_a_number_is_shown_with_how_it_was_understood_and_the_time_before() -> None:
    message = takes(numbers.answer(_answer(), today=TODAY))
    words = shown(message)
    for part in ("Revenue: €12,345", "From 1 Nov 2026 to 30 Nov 2026, so far.", "Up 23 % from €10,000, 1 Oct 2026 to",
                 "/crm ask revenue by owner since 2026-11-01 until 2026-11-30", "3 entries in USD ($1,200)",
                 "and 7 more, not shown"):  # fmt: skip
        assert part in words
    assert "█" in shown(takes(tables.plain(message)))
    (button,) = [one for one in buttons(message.blocks) if one["action_id"] == Action.NUMBER_QUERY]
    assert decode(button["value"]) == {"line": "revenue by owner since 2026-11-01 until 2026-11-30"}


def test_a_mean_of_nothing_is_not_shown_as_nought() -> None:
    nothing = Answer(Question(Figure.WIN_RATE), None, 0, "EUR")
    assert "Win rate: nothing to go by" in shown(takes(numbers.answer(nothing, today=TODAY)))
    assert "0 %" not in shown(numbers.answer(nothing, today=TODAY))


@pytest.mark.parametrize("figure", list(Figure))
def test_the_ways_on_from_an_answer_are_questions_that_can_be_asked(figure: Figure) -> None:
    message = takes(numbers.answer(Answer(Question(figure), 3.0, 3, "EUR"), today=TODAY))
    lines = [str(decode(one["value"])["line"]) for one in buttons(message.blocks)]
    assert lines
    for line in lines:
        grammar.parse(line.removeprefix("ask "), NOW, BERLIN)
    takes(numbers.how(grammar.near("", NOW, BERLIN, 6)))
