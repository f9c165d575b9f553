"""A team's own segments on both engines: kept, changed, deleted, taken back, and who came and went each night."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import score_alerts, segments
from crm_store.actions.undo import undo
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, Stale
from crm_store.models.people import Company, Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.models.scoring import Score, ScorePoint, Segment, SegmentMember
from crm_store.models.segments import OwnSegmentMember
from crm_store.models.trade import Order
from crm_store.queries import card, own_segments, rule_segments, score_story
from crm_store.queries import segments as learned
from crm_store.values.rule_codec import from_json, to_json
from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window
from tests.cast import Cast, gather

BUYERS = Number(Measure.ORDERS, Comparison.AT_LEAST, 1)
TODAY = date(2026, 11, 25)
DAY = 86_400.0
RULES: Sequence[Rule] = (
    BUYERS,
    Number(Measure.SPEND, Comparison.OVER, 12.5, Window(days=90)),
    Not(Number(Measure.ORDERS, Comparison.EXACTLY, 0, Window(since=date(2026, 5, 1)))),
    Any((All((Named(Trait.COMPANY, "Smith, and Sons"), BUYERS)), Named(Trait.SEGMENT, "x"))),
)


@pytest.fixture
def cast(store: Store) -> Cast:
    seated = gather(store)

    def stock(work: Work) -> None:
        work.add(Company(company_id="com_1", name="Globex", name_key="globex", created_at=work.now))
        for one in ("ann", "bob", "eve"):
            work.add(
                Customer(
                    customer_id=f"cus_{one}", name=one.title(), owner="usr_ada", created_at=work.now,
                    company_id="com_1" if one == "ann" else None,
                )
            )  # fmt: skip

    seated.ada.write_now(stock)
    return seated


def _order(work: Work, customer: str) -> None:
    work.add(
        Order(
            order_id=f"ord_{customer}", external_key=customer, customer_id=f"cus_{customer}", ordered_at=work.now,
            total_minor=100, currency="EUR",
        )
    )  # fmt: skip


def _night(desk: Desk, day: date) -> None:
    for one in desk.read_now(own_segments.every):
        while desk.write_now(segments.note_members, one.segment_id, day):
            continue
    desk.write_now(segments.forget_members)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_kept_as_json_is_the_same_rule(rule: Rule) -> None:
    assert from_json(to_json(rule)) == rule


def test_a_segment_is_saved_changed_deleted_and_taken_back(cast: Cast) -> None:
    made = cast.ada.write_now(segments.save, "  Good \n buyers ", BUYERS)
    (one,) = cast.ben.read_now(own_segments.every)
    assert (one.name, one.rule, one.made_by, one.version) == ("Good buyers", BUYERS, "U_ADA", 1)
    changed = cast.ben.write_now(segments.change, made.row_id, 1, "Regulars", RULES[1])
    found = cast.ada.read_now(own_segments.named, "regulars")
    assert found is not None
    assert (found.name, found.rule, found.version) == ("Regulars", RULES[1], 2)
    with pytest.raises(Stale):
        cast.ada.write_now(segments.change, made.row_id, 1, "Mine", BUYERS)
    assert changed.undo_id
    assert cast.ben.write_now(undo, changed.undo_id).restored
    assert cast.ada.read_now(own_segments.one, made.row_id).rule == BUYERS
    gone = cast.ada.write_now(segments.remove, made.row_id)
    with pytest.raises(NotFound):
        cast.ada.read_now(own_segments.one, made.row_id)
    assert gone.undo_id
    assert cast.ada.write_now(undo, gone.undo_id).restored
    assert cast.ada.read_now(own_segments.one, made.row_id).name == "Good buyers"
    assert cast.cleo.read_now(own_segments.every) == ()


@pytest.mark.parametrize("name", ["", '"  "', "x" * 81, "regulars", "REGULARS", "Learned"])
def test_a_name_that_is_no_name_or_is_taken_is_refused(cast: Cast, name: str) -> None:
    cast.ada.write_now(segments.save, "Regulars", BUYERS)
    cast.ada.write_now(_learn)
    with pytest.raises(BadInput):
        cast.ben.write_now(segments.save, name, BUYERS)


def _learn(work: Work) -> None:
    work.add(
        Segment(
            segment_id="seg_l", method="tree", key="tree-a", name="Learned", rule="1 order", run_id="run", size=1,
            as_of=work.now.date(), current=True,
        )
    )  # fmt: skip
    work.add(SegmentMember(segment_id="seg_l", customer_id="cus_ann", since=work.now.date()))


def test_each_night_notes_who_came_and_who_went(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(_order, "ann")
    made = cast.ada.write_now(segments.save, "Buyers", Number(Measure.ORDER_AGE, Comparison.AT_MOST, 5))
    _night(cast.ada, TODAY)
    first = cast.ada.read_now(own_segments.one, made.row_id)
    assert (first.counted_on, first.came, first.went) == (TODAY, 0, 0)
    clock.advance(10 * DAY)
    cast.ada.write_now(_order, "bob")
    _night(cast.ada, TODAY + timedelta(days=10))
    second = cast.ada.read_now(own_segments.one, made.row_id)
    assert (second.came, second.went) == (1, 1)
    group = cast.ada.read_now(own_segments.group, second.rule, second)
    assert (group.count, group.everybody, group.came, group.went) == (1, 3, ("Bob",), ("Ann, Globex",))
    assert cast.ada.read_now(own_segments.members, made.row_id) == ["cus_bob"]
    _night(cast.ada, TODAY + timedelta(days=11))
    assert cast.ada.read_now(own_segments.one, made.row_id).came == 0


def test_who_comes_and_goes_on_one_day_did_not_move(cast: Cast) -> None:
    made = cast.ada.write_now(segments.save, "Buyers", BUYERS)
    _night(cast.ada, TODAY - timedelta(days=1))
    cast.ada.write_now(_order, "ann")
    _night(cast.ada, TODAY)
    assert cast.ada.read_now(own_segments.one, made.row_id).came == 1

    def take_back(work: Work) -> None:
        order = work.session.get(Order, (work.team_id, "ord_ann"))
        assert order
        order.removed_at = work.now

    cast.ada.write_now(take_back)
    _night(cast.ada, TODAY)
    found = cast.ada.read_now(own_segments.one, made.row_id)
    assert (found.came, found.went) == (0, 0)


def test_members_of_a_deleted_segment_are_forgotten_at_night(cast: Cast) -> None:
    cast.ada.write_now(_order, "ann")
    made = cast.ada.write_now(segments.save, "Buyers", BUYERS)
    _night(cast.ada, TODAY)
    gone = cast.ada.write_now(segments.remove, made.row_id)
    _night(cast.ada, TODAY)
    assert cast.ada.read_now(lambda work: work.session.scalars(select(OwnSegmentMember)).all()) == []
    assert gone.undo_id
    cast.ada.write_now(undo, gone.undo_id)
    _night(cast.ada, TODAY + timedelta(days=1))
    assert cast.ada.read_now(own_segments.one, made.row_id).came == 0


def test_a_rule_may_name_another_segment_and_a_circle_holds_for_nobody(cast: Cast) -> None:
    cast.ada.write_now(_order, "ann")
    inner = cast.ada.write_now(segments.save, "Buyers", BUYERS)
    outer = Named(Trait.SEGMENT, "buyers")
    assert cast.ada.read_now(own_segments.count, outer) == 1
    assert cast.ada.read_now(own_segments.count, Not(outer)) == 2
    cast.ada.write_now(segments.change, inner.row_id, 1, "Buyers", Named(Trait.SEGMENT, "Buyers"))
    assert cast.ada.read_now(own_segments.count, outer) == 0


def test_names_that_a_rule_knows_and_the_team_does_not_are_said(cast: Cast) -> None:
    rule = All((Named(Trait.COMPANY, "GLOBEX"), Named(Trait.STAGE, "Dreaming"), Not(Named(Trait.SEGMENT, "None"))))
    said = cast.ada.read_now(own_segments.unknown_names, rule)
    assert said == ("There is no stage called “Dreaming” at present.", "There is no segment called “None” at present.")


def test_a_learned_segment_keeps_the_name_that_the_team_gave_it(cast: Cast) -> None:
    cast.ada.write_now(_learn)
    done = cast.ada.write_now(segments.call_learned, "seg_l", "Darlings")
    assert [one.name for one in cast.ada.read_now(learned.list)] == ["Darlings"]
    assert cast.ada.read_now(card.card, "cus_ann").segments == ("Darlings",)
    zone = cast.ada.read_now(own_segments.zone)
    for name in ("darlings", "learned", "tree-a"):
        assert cast.ada.read_now(rule_segments.members, Named(Trait.SEGMENT, name), zone) == ["cus_ann"]
    assert done.undo_id
    cast.ada.write_now(undo, done.undo_id)
    assert [one.name for one in cast.ada.read_now(learned.list)] == ["Learned"]
    with pytest.raises(NotFound):
        cast.cleo.write_now(segments.call_learned, "seg_l", "Mine")


def test_the_worth_of_a_group_leaves_bands_apart(cast: Cast) -> None:
    def score(work: Work) -> None:
        for about, kind, point, band in (
            ("cus_ann", "value", 100.0, None), ("cus_ann", "potential", 0.4, None), ("cus_bob", "lead", 0.2, None),
            ("cus_eve", "lead", 0.9, "higher"), ("cus_eve", "alive", 0.9, None),
        ):  # fmt: skip
            work.add(
                Score(about=about, kind=kind, run_id="run", as_of=TODAY, point=point, low=point, high=point, band=band)
            )

    cast.ada.write_now(score)
    worth = cast.ada.read_now(own_segments.group, Number(Measure.ORDERS, Comparison.AT_LEAST, 0)).worth
    assert (worth.valued, worth.value, worth.judged, worth.banded) == (1, 100.0, 2, 1)
    assert worth.chance == pytest.approx(0.3)


def _stand(work: Work, about: str, before: float, now: float, band: str | None = None) -> None:
    work.add(ScorePoint(about=about, kind="potential", day=TODAY - timedelta(days=8), point=before))
    work.add(
        Score(
            about=about, kind="potential", run_id="run", as_of=TODAY, point=now, low=now, high=now, band=band,
            reasons=[{"text": "Ordered twice", "effect": 0.2}, {"text": "Silent for 80 days", "effect": -0.1}],
        )
    )  # fmt: skip


def _letters(desk: Desk) -> list[OutboxRow]:
    kind = OutboxRow.kind == "score_moves"
    return desk.read_now(lambda work: list(work.session.scalars(select(OutboxRow).where(kind).order_by("outbox_id"))))


def test_a_jump_is_told_once_to_its_owner_in_one_message(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(_stand, "cus_ann", 0.6, 0.4)
    cast.ada.write_now(_stand, "cus_bob", 0.1, 0.5)
    cast.ada.write_now(_stand, "cus_eve", 0.5, 0.55)
    assert cast.ada.write_now(score_alerts.tell, TODAY) == 2
    assert cast.ada.write_now(score_alerts.tell, TODAY) == 0
    clock.advance(DAY)
    assert cast.ada.write_now(score_alerts.tell, TODAY + timedelta(days=1)) == 0
    (letter,) = _letters(cast.ada)
    assert letter.payload["user_id"] == "usr_ada"
    assert [one["about"] for one in letter.payload["changes"]] == ["cus_bob", "cus_ann"]
    assert cast.ada.write_now(score_alerts.tell, TODAY + timedelta(days=7)) == 2


def test_bands_and_customers_of_nobody_are_not_told(cast: Cast) -> None:
    cast.ada.write_now(_stand, "cus_ann", 0.6, 0.4, "lower")

    def leave(work: Work) -> None:
        _stand(work, "cus_bob", 0.1, 0.5)
        customer = work.session.get(Customer, (work.team_id, "cus_bob"))
        assert customer
        customer.owner = None

    cast.ada.write_now(leave)
    assert cast.ada.write_now(score_alerts.tell, TODAY) == 0


def test_a_jump_stands_in_no_answers_way(cast: Cast) -> None:
    cast.ada.write_now(_stand, "cus_ann", 0.6, 0.4)
    cast.ada.write_now(score_alerts.tell, TODAY)
    (letter,) = _letters(cast.ada)
    assert letter.order_key == "unasked:usr_ada"


def test_a_score_is_a_story_and_a_missing_one_says_why(cast: Cast) -> None:
    today = TODAY
    assert "Scores are made each night" in cast.ada.read_now(score_story.missing, "cus_ann", ["potential"])[0]
    cast.ada.write_now(_stand, "cus_ann", 0.6, 0.4)
    (story,) = cast.ada.read_now(score_story.stories, "cus_ann", ["value", "potential", "deal"], today)
    assert story.speaks_for == ("Ordered twice",)
    assert story.against == ("Silent for 80 days",)
    assert (story.change_days, story.since) == (7, TODAY - timedelta(days=8))
    assert story.change == pytest.approx(-0.2)
    assert cast.cleo.read_now(score_story.stories, "cus_ann", ["potential"], today) == ()
