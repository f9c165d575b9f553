"""How scores went, on both engines: points where they moved, moves between segments, and what came of predictions."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import fresh, score_history
from crm_store.actions import scores as acts
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.scoring import Prediction, Score, ScorePoint, Segment, SegmentMember
from crm_store.models.trade import Deal, Order
from crm_store.queries import scores_history
from crm_store.values import scores as said
from crm_store.values.fresh import Fresh
from crm_store.values.outcomes import Change, Move
from crm_store.values.score_batches import pack
from crm_store.values.scores import ScoreKind, SegmentResult
from tests.cast import gather
from tests.units.campaigns.shop import TODAY, noon

PEOPLE = ("cus_ann", "cus_bob", "cus_eve")


@pytest.fixture
def desk(store: Store) -> Desk:
    ada = gather(store).ada

    def stock(work: Work) -> None:
        for one in PEOPLE:
            work.add(Customer(customer_id=one, name=one, created_at=noon(TODAY)))
        work.add(Deal(deal_id="dea_ann", name="Renewal", customer_id="cus_ann", stage_id="stg_New", opened_at=work.now))

    ada.write_now(stock)
    return ada


def chance(customer_id: str, point: float) -> said.Score:
    return said.Score(customer_id, ScoreKind.POTENTIAL, point, max(0.0, point - 0.1), point + 0.1)


def record(kind: str) -> said.ModelRecord:
    return said.ModelRecord(
        kind, TODAY, 3, "hash", (), said.Verdict.PUBLISHED, "Judged.", parameters={"method": "tree"}
    )


def groups(**members: tuple[str, ...]) -> list[SegmentResult]:
    return [SegmentResult(key, key.title(), "rule", "tree", who, len(who), 0.5) for key, who in members.items()]


def night(desk: Desk, as_of: date, scores: dict[str, float], segments: list[SegmentResult] | None = None) -> str:
    run_id = desk.write_now(acts.begin_run, as_of)
    desk.write_now(acts.publish_records, run_id, [record("potential"), record("segments-tree"), record("deal")])
    desk.write_now(acts.publish, run_id, pack(chance(one, point) for one, point in scores.items()))
    desk.write_now(acts.publish, run_id, pack([said.DealScore("dea_ann", "cus_ann", 0.7, 0.5, 0.9)]))
    for segment in segments or []:
        segment_id = desk.write_now(acts.publish_segments, run_id, segment)
        desk.write_now(acts.publish_members, run_id, segment_id, segment.members)
    moved: str | None = ""
    while moved is not None:
        moved = desk.write_now(score_history.note_moves, run_id, moved, 1)
    desk.write_now(acts.finish_run, run_id, "", None)
    after: str | None = ""
    while after is not None:
        after = desk.write_now(score_history.keep_some, after, 2)
    desk.write_now(score_history.predict, run_id, 0)
    return run_id


def kept(work: Work) -> list[tuple[str, date, float]]:
    rows = work.session.scalars(select(ScorePoint).where(ScorePoint.kind == "potential").order_by(ScorePoint.day))
    return [(row.about, row.day, row.point) for row in rows]


def test_a_point_is_kept_only_where_a_score_moved(desk: Desk) -> None:
    for back, point in ((20, 0.30), (15, 0.31), (10, 0.35), (0, 0.60)):
        night(desk, TODAY - timedelta(days=back), {"cus_ann": point})
    days = [TODAY - timedelta(days=back) for back in (20, 10, 0)]
    assert desk.read_now(kept) == list(zip(["cus_ann"] * 3, days, [0.30, 0.35, 0.60], strict=True))
    assert desk.read_now(scores_history.trend, "cus_ann", "potential", TODAY) == pytest.approx(0.25)
    assert desk.read_now(scores_history.trend, "cus_ann", "potential", TODAY, days=60) is None


def test_who_rose_by_fifteen_points_in_a_week_is_found(desk: Desk) -> None:
    night(desk, TODAY - timedelta(days=8), {"cus_ann": 0.30, "cus_bob": 0.30, "cus_eve": 0.30})
    night(desk, TODAY, {"cus_ann": 0.50, "cus_bob": 0.40, "cus_eve": 0.10})
    found = desk.read_now(scores_history.changes, "potential", TODAY)
    assert [one.about for one in found] == ["cus_ann", "cus_eve"]
    assert found[0] == Change("cus_ann", "potential", 0.30, 0.50)


def test_moves_between_segments_are_noted_once_there_is_a_before(desk: Desk) -> None:
    night(desk, TODAY - timedelta(days=1), {}, groups(busy=("cus_ann", "cus_bob"), quiet=("cus_eve",)))
    assert desk.read_now(scores_history.moves, TODAY - timedelta(days=9)) == ()
    night(desk, TODAY, {}, groups(busy=("cus_ann",), quiet=("cus_bob",)))
    assert set(desk.read_now(scores_history.moves, TODAY - timedelta(days=9))) == {
        Move("Busy", "Quiet", 1),
        Move("Quiet", "", 1),
    }


def order(work: Work, customer_id: str, day: date) -> None:
    row = Order(order_id=f"ord_{day}", external_key=str(day), customer_id=customer_id, ordered_at=noon(day))
    row.total_minor, row.currency = 5000, "EUR"
    work.add(row)


def actuals(work: Work) -> dict[str, float | None]:
    rows = work.session.scalars(select(Prediction).where(Prediction.settled_on.is_not(None)))
    return {row.about: row.actual for row in rows}


def test_predictions_meet_what_came(desk: Desk) -> None:
    start = TODAY - timedelta(days=100)
    night(desk, start, {"cus_ann": 0.8, "cus_bob": 0.6, "cus_eve": 0.1})
    desk.write_now(order, "cus_ann", start)
    desk.write_now(order, "cus_bob", start + timedelta(days=90))
    desk.write_now(order, "cus_eve", start + timedelta(days=91))
    desk.write_now(score_history.settle, start + timedelta(days=90))
    assert desk.read_now(actuals) == {}
    desk.write_now(score_history.settle, TODAY)
    assert desk.read_now(actuals) == {"cus_ann": 0.0, "cus_bob": 1.0, "cus_eve": 0.0}
    found = desk.read_now(scores_history.outcomes, "potential", start - timedelta(days=1))
    assert found is not None
    assert (found.n, [one.n for one in found.deciles]) == (3, [1, 1, 1])
    assert found.error == pytest.approx((0.8**2 + 0.4**2 + 0.1**2) / 3)
    assert desk.read_now(scores_history.outcomes, "potential", TODAY) is None


def test_a_deal_is_settled_when_it_closes(desk: Desk) -> None:
    night(desk, TODAY - timedelta(days=3), {})

    def win(work: Work) -> None:
        deal = work.session.get(Deal, (work.team_id, "dea_ann"))
        assert deal is not None
        deal.state, deal.closed_at = "won", work.now

    desk.write_now(score_history.settle, TODAY)
    assert desk.read_now(actuals) == {}
    desk.write_now(win)
    desk.write_now(score_history.settle, TODAY)
    assert desk.read_now(actuals) == {"dea_ann": 1.0}


def test_predictions_are_kept_once_a_week_and_let_go_after_thirteen_months(desk: Desk) -> None:
    for back in (9, 8, 1):
        night(desk, TODAY - timedelta(days=back), {"cus_ann": 0.5})

    def days(work: Work) -> set[date]:
        return set(work.session.scalars(select(Prediction.as_of)))

    assert desk.read_now(days) == {TODAY - timedelta(days=9), TODAY - timedelta(days=1)}
    assert desk.write_now(score_history.prune, TODAY + timedelta(days=391)) > 0
    assert desk.read_now(days) == {TODAY - timedelta(days=1)}


def shown(work: Work) -> dict[str, float]:
    return {row.about: row.point for row in work.session.scalars(select(Score).where(Score.kind == "potential"))}


def standing(work: Work) -> dict[str, str]:
    rows = work.session.execute(
        select(SegmentMember.customer_id, Segment.key)
        .join(Segment, (Segment.team_id == SegmentMember.team_id) & (Segment.segment_id == SegmentMember.segment_id))
        .where(Segment.current.is_(True))
    )
    return {row.customer_id: row.key for row in rows}


def test_fresh_scores_replace_those_of_the_customers_named_alone(desk: Desk, clock: MovableClock) -> None:
    run_id = night(
        desk, TODAY, {"cus_ann": 0.2, "cus_bob": 0.3, "cus_eve": 0.4}, groups(busy=("cus_ann",), quiet=("cus_bob",))
    )
    clock.advance(60)
    placed = {"tree": {"cus_ann": "quiet"}}
    found = Fresh(("cus_ann", "cus_eve"), ("potential",), (chance("cus_ann", 0.9),), (), placed)
    assert desk.write_now(fresh.publish_fresh, found, TODAY) == 1
    assert desk.read_now(shown) == {"cus_ann": 0.9, "cus_bob": 0.3}
    assert desk.read_now(standing) == {"cus_ann": "quiet", "cus_bob": "quiet"}
    assert desk.read_now(scores_history.moves, TODAY - timedelta(days=1)) == (Move("Busy", "Quiet", 1),)

    def whose(work: Work) -> set[str]:
        return set(work.session.scalars(select(Score.run_id).where(Score.kind == "potential")))

    assert desk.read_now(whose) == {f"{run_id}.potential"}


def test_a_customer_removed_meanwhile_gets_no_fresh_score(desk: Desk) -> None:
    night(desk, TODAY, {"cus_ann": 0.2})

    def remove(work: Work) -> None:
        customer = work.session.get(Customer, (work.team_id, "cus_ann"))
        assert customer is not None
        customer.removed_at = work.now

    desk.write_now(remove)
    found = Fresh(("cus_ann",), ("potential",), (chance("cus_ann", 0.9),))
    desk.write_now(fresh.publish_fresh, found, TODAY)
    assert desk.read_now(shown) == {}
