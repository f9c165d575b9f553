"""Twice as many customers cost every statement of every job about twice as much, in a store that was just filled.

A statement that reads one table once for each row of another takes a second in a store of a thousand customers, and a
night in one of a hundred thousand; in steps of SQLite's machine it shows with some hundred.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from analytics import reading
from analytics.child import AnalysisOrder, Result
from bot.grammar import segment_rule
from campaigns import duplicates, follow_up, fresh, night
from campaigns.jobs import JOBS, JobCall
from crm_store.actions import score_history, segments
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.mail import Meeting
from crm_store.models.marketing import Campaign, CampaignMember, Send
from crm_store.models.people import Company, Customer
from crm_store.models.trade import Deal, Order, OrderLine, Task
from crm_store.queries import briefs, contacts, noise, periods, reports, scores_history
from crm_store.settings import read
from crm_store.values import scores as said
from crm_store.values.fresh import Fresh
from crm_store.values.history import Histories
from crm_store.values.history_pieces import pieces
from crm_store.values.score_batches import batches
from crm_store.values.scores import DealScore, ScoreKind, SegmentResult
from tests import stores
from tests.cast import gather
from tests.engines.steps import Steps
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import TODAY, stock

FEW: Final = 80
"""Customers of the smaller store."""
WORTH: Final = 30_000
"""Steps below which a statement says nothing."""
MOST: Final = 3.0
"""Times as many steps that twice as many customers may take; made-up shops are not exactly twice as busy."""
CONTROL: Final = "SELECT count(*) FROM participants one JOIN participants two ON one.role = two.role"
"""What grows with the square, and has to be seen."""
RULES: Final = ("2+ orders since May", "spend over 500 in the last quarter, silent for 60 days", "not segment Busy")
BY_CHILD: Final = ("nightly", "scores", "duplicates", "upkeep")


def silent(_words: str) -> None:
    """Nobody listens."""


def filled(work: Work, n: int) -> None:
    """A shop with companies, tasks, products, meetings and a campaign, all of which grow with it."""
    stock(work, simulate(n))
    session = work.session
    customers = session.query(Customer).order_by(Customer.customer_id).all()
    work.insert(Company, [
        {"company_id": f"com_{at}", "name": f"Company {at}", "name_key": f"company {at}", "created_at": work.now}
        for at in range(n // 5 + 1)
    ])  # fmt: skip
    for at, one in enumerate(customers):
        one.company_id, one.last_touch_at = f"com_{at // 5}", work.now - timedelta(days=at % 90)
    for deal in session.query(Deal):
        deal.owner = "usr_ada"
    ids = [one.customer_id for one in customers]
    work.insert(Task, [
        {"task_id": f"tsk_{one}", "title": "Call", "owner": "usr_ada", "customer_id": one, "created_at": work.now,
         "due_at": work.now + timedelta(hours=at % 99 - 50), "promised_at": work.now}
        for at, one in enumerate(ids)
    ])  # fmt: skip
    orders = [one.order_id for one in session.query(Order).order_by(Order.order_id)]
    work.insert(OrderLine, [
        {"order_id": one, "position": 0, "product": f"Product {at % 7}", "amount_minor": 100}
        for at, one in enumerate(orders)
    ])  # fmt: skip
    work.insert(Meeting, [
        {"meeting_key": f"mee_{at}", "communication_id": f"cmm_{at}", "state": "planned",
         "starts_at": work.now + timedelta(minutes=10 + at)} for at in range(n)
    ])  # fmt: skip
    began = work.now - timedelta(days=40)
    session.add(Campaign(
        campaign_id="cam_1", name="Come back", kind="win_back", state="running", approved_by="usr_ada",
        created_at=began, window_days=30, control_share=0.5,
    ))  # fmt: skip
    work.insert(CampaignMember, [
        {"campaign_id": "cam_1", "customer_id": one, "arm": "treated" if at % 2 else "holdout"}
        for at, one in enumerate(ids)
    ])  # fmt: skip
    work.insert(Send, [
        {"send_id": f"snd_{one}", "campaign_id": "cam_1", "customer_id": one, "idempotency_key": one, "state": "sent",
         "due_at": began, "at": began} for one in ids[1::2]
    ])  # fmt: skip


def own_segments(work: Work) -> None:
    for rule in RULES:
        segments.save(work, rule[:20], segment_rule.parse(rule, work.now, ZoneInfo("UTC")))


def scores_of(past: Histories, at: int) -> list[said.Score | DealScore]:
    """Made-up scores of everybody, other ones every day."""
    kinds = (ScoreKind.VALUE, ScoreKind.ALIVE, ScoreKind.POTENTIAL, ScoreKind.LEAD)
    chance = (at * 37 % 100) / 100
    of_people = [said.Score(one.customer_id, kind, chance, 0.0, 1.0) for one in past.customers for kind in kinds]
    return [*of_people, *(DealScore(one.deal_id, one.customer_id, chance, 0.0, 1.0) for one in past.deals)]


def analyst(desk: Desk, at: int) -> night.Analyst:
    """Reads what the analyst reads, and tells made-up answers about everybody."""

    async def answer(order: AnalysisOrder, _progress: Callable[[str], None], /) -> AsyncIterator[Result]:
        past = reading.everything(desk, order.as_of, silent, 50)
        for query in (reports.latest, contacts.past):
            desk.read_now(query)
        desk.read_now(periods.worked, order.as_of - timedelta(days=30), order.as_of, ZoneInfo("UTC"))
        desk.read_now(scores_history.moves, order.as_of - timedelta(days=30))
        if order.customers:
            some = scores_of(past, at + 1)
            mine = tuple(
                one for one in some if isinstance(one, said.Score) and one.customer_id in order.customers[:200]
            )
            yield Fresh(order.customers[:200], ("potential",), tuple(one for one in mine if one.kind == "potential"))
            return
        for piece in pieces(past):
            yield piece
        for kind in ("value", "potential", "lead", "deal", "segments"):
            yield said.ModelRecord(kind, order.as_of, 3, "hash", (), said.Verdict.PUBLISHED, "Judged.")
        for batch in batches(scores_of(past, at)):
            yield batch
        ids = [one.customer_id for one in past.customers]
        for key, members in (("busy", ids[at::2]), ("quiet", ids[1 - at :: 2])):
            yield SegmentResult(key, key.title(), "Half of all", "tree", tuple(members), len(members), 0.5)

    return answer


async def no_pairs(_order: AnalysisOrder, _progress: Callable[[str], None]) -> AsyncGenerator[Result, None]:
    for _ in ():
        yield _


async def two_days(desk: Desk, clock: MovableClock) -> None:
    """Every job of two days; what a process of its own works out is made up."""
    zone = ZoneInfo("Europe/Berlin")
    for at in range(2):
        day = clock.now().date()
        await fresh.keep_up(desk, day, silent)
        await desk.write(score_history.settle, day + timedelta(days=120 * at))
        await desk.write(score_history.prune, day)
        order = AnalysisOrder(desk.team_id, day, "")
        await night.run(desk, order, silent, analyst(desk, at))
        await follow_up.run(desk, day)
        await fresh.run(desk, day, "", silent, analyst(desk, at))
        await duplicates.run(desk, order, silent, no_pairs)
        call = JobCall(desk.store, read({}), desk.team_id, day, silent, zone)
        for spec in JOBS:
            if spec.name not in BY_CHILD:
                await desk.read(spec.due or (lambda _: True))
                await spec.run(call)
        for reader in await desk.read(noise.readers):
            await desk.read(briefs.morning, reader, [])
        clock.advance(86_400)


async def steps(file: Path, n: int) -> dict[str, int]:
    """Steps by statement of two days in a store of `n` customers."""
    clock = MovableClock(datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC))
    store: Store = stores.fresh(file, clock)
    desk = gather(store).ada
    desk.write_now(filled, n)
    desk.write_now(own_segments)
    counted = Steps(store)
    await two_days(desk, clock)
    await desk.read(lambda work: work.connection.exec_driver_sql(CONTROL).all())
    store.close()
    return dict(counted.of)


async def test_twice_as_many_customers_cost_no_statement_of_a_job_much_more_than_twice(tmp_path: Path) -> None:
    few = await steps(tmp_path / "few.db", FEW)
    many = await steps(tmp_path / "many.db", 2 * FEW)
    # What only the larger shop asked has nothing to be compared with.
    slow = {
        statement: (few[statement], count)
        for statement, count in many.items()
        if count > max(WORTH, MOST * few.get(statement, count))
    }
    assert slow.pop(CONTROL)
    assert slow == {}
