"""The night through the real store and the real child."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics import child
from analytics.child import AnalysisFailed, AnalysisOrder, Result
from campaigns import night
from campaigns.jobs import JOBS, Scheduler
from crm_store import audit
from crm_store.actions import scores as acts
from crm_store.actions import staging
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import Suggestion
from crm_store.models.people import Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.models.scoring import ModelRun, Score
from crm_store.queries import features, patterns, reports, segments
from crm_store.queries import suggestions as asked
from crm_store.settings import read
from crm_store.values import scores as said
from crm_store.values.marketing import DrawnChart
from crm_store.values.score_batches import pack
from crm_store.values.scores import DealScore, ScoreKind, SegmentResult
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, letter, noon, stock
from tests.units.campaigns.test_kinds import shelves

SHOP = simulate(120)
BOOM = AnalysisFailed("The numbers ran out.")


def order(tmp_path: Path) -> AnalysisOrder:
    return AnalysisOrder("tea_rapport", TODAY, f"sqlite:///{tmp_path / 'crm.db'}", cores=2)


def silent(_words: str) -> None:
    """Nobody listens."""


def analyst(*results: Result | said.Score | DealScore, then: Exception | None = None) -> night.Analyst:
    async def answer(_order: AnalysisOrder, _progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        for result in results:
            yield pack([result]) if isinstance(result, said.Score | DealScore) else result
        if then is not None:
            raise then

    return answer


def record(kind: str) -> said.ModelRecord:
    return said.ModelRecord(kind, TODAY, 3, "hash", (), said.Verdict.PUBLISHED, f"How {kind} was judged.")


def value(customer_id: str, point: float) -> said.Score:
    reasons = (said.Reason("7 orders in a year", 1.0),)
    return said.Score(customer_id, ScoreKind.VALUE, point, point - 1, point + 1, None, reasons, 3)


def group(*members: str) -> SegmentResult:
    return SegmentResult("busy", "Busy buyers", "5 or more orders", "tree", members, len(members), 0.5)


@pytest.mark.numbers
async def test_a_night_scores_everybody_and_proposes_at_least_three_kinds(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, SHOP)
    await cast.cleo.write(stock, simulate(40, seed=3), "x_")
    heard: list[str] = []
    outcome = await night.run(cast.ada, order(tmp_path), heard.append)
    assert outcome.scores > 100
    assert outcome.segments >= 3
    assert "reading histories" in heard
    assert len(await cast.ada.read(reports.charts)) == 3
    assert len(await cast.ada.read(segments.list)) == outcome.segments
    assert len(await cast.ada.read(reports.latest)) == len(outcome.records)
    views = [await cast.ada.read(asked.view, one) for one in outcome.suggestions]
    assert len({view.kind for view in views}) >= 3
    for view in views:
        assert view.n > 0
        assert "No evidence yet" in view.expected
        assert "{{" not in view.subject + view.body
    posted = await cast.ada.read(lambda work: work.session.scalars(select(OutboxRow.kind)).all())
    assert list(posted).count("suggestion") == len(views)
    buyer = next(one.customer_id for one in SHOP.orders)
    assert {score.kind for score in await cast.ada.read(reports.why, buyer)} & {"value", "potential"}
    assert (await cast.ada.read(audit.verify)).ok
    rows = await cast.ada.store.house().read(_about)
    assert not [about for about in rows if about.startswith("x_")]
    members = {one for view in views for one in await cast.ada.read(_members, view.suggestion_id)}
    assert not [one for one in members if one.startswith("x_")]
    assert await cast.cleo.read(segments.list) == ()


def _about(work: Work) -> list[str]:
    return [*work.session.scalars(select(Score.about))]


def _members(work: Work, suggestion_id: str) -> list[str]:
    row = work.session.get(Suggestion, (work.team_id, suggestion_id))
    return list(row.members) if row else []


async def test_histories_stop_at_the_day_asked_for_and_at_the_team(cast: Cast) -> None:
    await cast.ada.write(stock, SHOP)
    day = TODAY - timedelta(days=200)
    await cast.cleo.write(stock, simulate(10, seed=5), "x_")
    now = await cast.ada.read(features.histories, TODAY)
    then = await cast.ada.read(features.histories, day)
    assert len(now.orders) == len(SHOP.orders)
    assert len(now.deals) == len(SHOP.deals)
    assert {one.customer_id for one in now.customers} == {one.customer_id for one in SHOP.customers}
    assert 0 < len(then.orders) < len(now.orders)
    assert max(one.day for one in then.orders) <= day
    assert max(one.day for one in then.touches) <= day
    assert all(one.closed_on is None or one.closed_on <= day for one in then.deals)
    assert all(move.day <= day for one in then.deals for move in one.moves)
    reopened = [one for one in then.deals if one.state == "open"]
    assert all(one.stage not in {"Won", "Lost"} for one in reopened)


async def test_private_notes_are_not_part_of_any_score(cast: Cast) -> None:
    await cast.ada.write(stock, simulate(3, with_deals=False))
    before = await cast.ada.read(features.histories, TODAY)

    def note(work: Work) -> None:
        letter(work, "cmm_secret", "cus_0000", noon(TODAY), incoming=True)
        work.session.connection().exec_driver_sql(
            "UPDATE communications SET level = 'private' WHERE communication_id = 'cmm_secret'"
        )

    await cast.ada.write(note)
    assert await cast.ada.read(features.histories, TODAY) == before


async def test_a_night_that_fails_leaves_the_scores_of_yesterday(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(3))
    good = analyst(record("value"), value("cus_0000", 10.0), value("cus_0001", 20.0))
    await night.run(cast.ada, order(tmp_path), silent, good)
    before = await cast.ada.read(reports.why, "cus_0000")
    bad = analyst(record("value"), *(value("cus_0000", 99.0) for _ in range(201)), then=BOOM)
    with pytest.raises(AnalysisFailed):
        await night.run(cast.ada, order(tmp_path), silent, bad)
    assert await cast.ada.read(reports.why, "cus_0000") == before
    assert before[0].point == 10.0
    assert before[0].sentence == "How value was judged."
    assert before[0].reasons == ("7 orders in a year",)
    verdicts = await cast.ada.read(lambda work: [*work.session.scalars(select(ModelRun.verdict))])
    assert sorted(verdicts) == ["failed", "finished", "published"]


async def test_a_night_that_fails_says_of_which_day_the_scores_are(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    await cast.ada.write(stock, simulate(3))
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value"), value("cus_0000", 10.0)))
    nowhere = read({"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})
    told = await Scheduler(cast.store, nowhere, clock, jobs=JOBS).run_now("tea_rapport", "nightly")
    assert not told.ok
    assert "The scores shown stay those of 25 Nov 2026." in told.sentence
    assert (await cast.ada.read(reports.why, "cus_0000"))[0].point == 10.0


async def test_a_picture_goes_when_a_later_night_has_nothing_to_draw(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(3))
    drawn = DrawnChart("pipeline", "Most stands at Proposal", "3 open deals", "Bars.", ("stage", "deals"), (), b"png")
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value"), drawn))
    assert [one.title for one in await cast.ada.read(reports.charts, "pipeline")] == ["Most stands at Proposal"]
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value")))
    assert await cast.ada.read(reports.charts, "pipeline") == ()


async def test_a_run_that_died_while_it_was_shown_is_shown_to_its_end(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(3))
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value"), value("cus_0000", 10.0)))
    run_id = await cast.ada.write(acts.begin_run, TODAY)
    await cast.ada.write(acts.publish_records, run_id, [record("value")])
    await cast.ada.write(acts.publish, run_id, pack([value("cus_0000", 11.0)]))
    await cast.ada.write(acts.publish, run_id, pack([value("cus_0001", 12.0)]))
    await cast.ada.write(acts.show_run, run_id)
    assert await cast.ada.write(staging.show_some, run_id) == 1
    await cast.ada.write(acts.begin_run, TODAY)
    assert (await cast.ada.read(reports.why, "cus_0000"))[0].point == 11.0
    assert (await cast.ada.read(reports.why, "cus_0001"))[0].point == 12.0


async def test_whoever_is_removed_while_a_run_goes_on_gets_no_score(cast: Cast) -> None:
    await cast.ada.write(stock, simulate(3))
    run_id = await cast.ada.write(acts.begin_run, TODAY)
    await cast.ada.write(acts.publish_records, run_id, [record("value")])
    await cast.ada.write(acts.publish, run_id, pack([value("cus_0000", 11.0), value("cus_0001", 12.0)]))

    def remove(work: Work) -> None:
        row = work.session.get(Customer, (work.team_id, "cus_0001"))
        assert row is not None
        row.removed_at = work.now

    await cast.ada.write(remove)
    await cast.ada.write(acts.finish_run, run_id)
    assert await cast.ada.read(_about) == ["cus_0000"]


async def test_new_scores_are_seen_all_at_once(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(3))
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value"), value("cus_0000", 10.0)))
    run_id = await cast.ada.write(acts.begin_run, TODAY)
    await cast.ada.write(acts.publish_records, run_id, [record("value")])
    await cast.ada.write(acts.publish, run_id, pack([value("cus_0000", 11.0), value("cus_0001", 12.0)]))
    assert (await cast.ada.read(reports.why, "cus_0000"))[0].point == 10.0
    assert await cast.ada.read(reports.why, "cus_0001") == ()
    await cast.ada.write(acts.finish_run, run_id)
    assert (await cast.ada.read(reports.why, "cus_0000"))[0].point == 11.0
    assert (await cast.ada.read(reports.why, "cus_0001"))[0].point == 12.0


async def test_a_kind_that_abstains_now_shows_no_old_scores(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(3))
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value"), value("cus_0000", 10.0)))
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("value")))
    assert await cast.ada.read(reports.why, "cus_0000") == ()


async def test_scores_of_a_deal_are_found_by_its_id(cast: Cast, tmp_path: Path) -> None:
    shop = simulate(3)
    await cast.ada.write(stock, shop)
    deal = DealScore(shop.deals[0].deal_id, None, 0.4, 0.3, 0.5)
    await night.run(cast.ada, order(tmp_path), silent, analyst(record("deal"), deal))
    assert (await cast.ada.read(reports.why, shop.deals[0].deal_id))[0].point == 0.4


async def test_who_stays_in_a_segment_keeps_the_day_and_moves_are_counted(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(5))
    first = analyst(record("segments_tree"), group("cus_0000", "cus_0001"))
    await night.run(cast.ada, order(tmp_path), silent, first)
    later = AnalysisOrder("tea_rapport", TODAY + timedelta(days=1), "unused")
    second = analyst(record("segments"), group("cus_0001", "cus_0002", "cus_0003"))
    await night.run(cast.ada, later, silent, second)
    (shown,) = await cast.ada.read(segments.list)
    assert (shown.size, shown.moved_in, shown.moved_out) == (3, 2, 1)
    came = await cast.ada.read(segments.members, shown.segment_id)
    assert [one.customer_id for one in came] == ["cus_0002", "cus_0003", "cus_0001"]


async def test_a_second_night_does_not_repeat_what_is_open(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, SHOP)
    once = await night.run(cast.ada, order(tmp_path), silent, analyst())
    again = await night.run(cast.ada, order(tmp_path), silent, analyst())
    assert once.suggestions
    assert not {*once.suggestions} & {*again.suggestions}
    assert once.waiting == ()
    assert len(again.waiting) == len(once.suggestions)
    assert all("already has a review open since" in one for one in again.waiting)
    kinds = await cast.ada.read(lambda work: [*work.session.scalars(select(Suggestion.kind))])
    assert len(kinds) == len(set(kinds))


async def test_what_is_done_beside_the_analysis_is_done_before_anything_is_shown(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, SHOP)
    analysed, seen = asyncio.Event(), list[list[str]]()

    async def told(_order: AnalysisOrder, _progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        yield pack([value("cus_0001", 5.0)])
        analysed.set()

    async def beside() -> None:
        await analysed.wait()
        seen.append(await cast.ada.read(_about))

    await night.run(cast.ada, order(tmp_path), silent, told, beside)
    assert seen == [[]]
    assert await cast.ada.read(_about) == ["cus_0001"]


async def test_a_night_fails_with_what_is_done_beside_it_and_not_without(cast: Cast, tmp_path: Path) -> None:
    async def fails() -> None:
        raise BOOM

    with pytest.raises(AnalysisFailed, match="ran out"):
        await night.run(cast.ada, order(tmp_path), silent, analyst(value("cus_0001", 5.0)), fails)
    assert await cast.ada.read(_about) == []
    done = list[str]()

    async def goes_on() -> None:
        await asyncio.to_thread(done.append, "features")

    with pytest.raises(AnalysisFailed, match="ran out"):
        await night.run(cast.ada, order(tmp_path), silent, analyst(then=BOOM), goes_on)
    assert done == ["features"]


async def test_a_night_keeps_the_pair_that_goes_together_for_the_orders_of_the_day(cast: Cast, tmp_path: Path) -> None:
    shelf = {f"cus_{at:02}": ("Seat", "Training") if at < 30 else ("Seat",) for at in range(36)}
    await cast.ada.write(shelves, shelf | {f"cus_{at}": ("Desk",) for at in range(40, 80)})
    await night.run(cast.ada, order(tmp_path), silent, analyst())
    kept = await cast.ada.read(patterns.kept)
    assert kept is not None
    assert {kept.product, kept.other} == {"Seat", "Training"}


async def test_looking_back_proposes_nothing(cast: Cast) -> None:
    await cast.ada.write(stock, SHOP)
    past = AnalysisOrder("tea_rapport", TODAY - timedelta(days=60), "unused")
    assert (await night.run(cast.ada, past, silent, analyst())).suggestions == ()


async def test_an_unknown_run_or_too_large_a_unit_is_refused(cast: Cast) -> None:
    run_id = await cast.ada.write(acts.begin_run, TODAY)
    with pytest.raises(ValueError, match="1000 rows"):
        await cast.ada.write(acts.publish, run_id, pack([value("cus", 1.0)] * 1001))
    await cast.ada.write(acts.finish_run, run_id)
    with pytest.raises(Exception, match="ended already"):
        await cast.ada.write(acts.publish, run_id, pack([]))


async def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    results = child.run(order(tmp_path), silent, longest=0.05)
    with pytest.raises(AnalysisFailed, match="took longer"):
        await anext(results)


async def test_a_child_that_dies_is_told_as_a_failure(tmp_path: Path) -> None:
    results = child.run(order(tmp_path), silent, module="json")
    with pytest.raises(AnalysisFailed):
        await anext(results)


@pytest.mark.numbers
async def test_a_child_whose_reader_leaves_is_ended(cast: Cast, tmp_path: Path) -> None:
    await cast.ada.write(stock, simulate(5))
    results = child.run(order(tmp_path), silent)
    await anext(results)
    async with asyncio.timeout(60):
        await results.aclose()  # type: ignore[attr-defined]


async def test_what_the_child_cannot_do_is_said_in_a_sentence(tmp_path: Path) -> None:
    missing = AnalysisOrder("tea_rapport", TODAY, "mysql://nowhere")
    with pytest.raises(AnalysisFailed):
        await anext(child.run(missing, silent))
