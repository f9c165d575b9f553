"""The demo team lies in a store whole, once, and beside the other team without a leak."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.demo import team
from bot.demo.load import load
from bot.demo.values import DemoTeam
from crm_store import audit
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.lookup.search import search
from crm_store.models.history import Communication
from crm_store.models.people import Customer
from crm_store.models.trade import Deal, DealEvent, Order, Stage
from crm_store.queries import teams as team_queries
from crm_store.queries.customers import card, resolve

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def demo() -> DemoTeam:
    return team.make(TODAY)


@pytest.fixture
def desk(store: Store, demo: DemoTeam) -> Desk:
    return store.team(load(store, demo, "T_HOME", "C_SALES"))


def _counted(work: Work) -> list[int | None]:
    return [
        work.session.scalar(select(func.count()).select_from(model)) for model in (Customer, Deal, Order, Communication)
    ]


def test_everything_of_the_demo_is_in_the_store_once(store: Store, demo: DemoTeam, desk: Desk) -> None:
    whole = [len(demo.people), len(demo.deals), len(demo.orders), len(demo.communications)]
    assert desk.read_now(_counted) == whole
    assert load(store, demo, "T_HOME", "C_SALES") == desk.team_id
    assert desk.read_now(_counted) == whole
    assert desk.read_now(audit.verify).ok
    settled = desk.read_now(team_queries.team)
    assert settled is not None
    assert (settled.channel, settled.currency) == ("C_SALES", "EUR")
    owner = desk.read_now(team_queries.find_user_by_address, "ada@halyard.example")
    assert owner is not None
    assert owner.slack_user_id == "U_ADA"

    other = store.team(load(store, team.make_other(TODAY), "T_OTHER", "C_OTHER"))
    theirs = [one.customer.company for one in other.read_now(search, "ann lee", 50).found]
    assert theirs
    assert "Globex" not in theirs
    assert desk.read_now(_counted) == whole


def test_ann_has_a_card_with_her_deal_task_need_and_last_contact(desk: Desk) -> None:
    ann = desk.read_now(card, desk.read_now(resolve, "ann lee").customer_id)
    assert (ann.customer.company, ann.customer.owner, ann.customer.last_touch_by) == ("Globex", "U_ADA", "U_ADA")
    assert ann.customer.last_touch_at is not None
    assert TODAY - ann.customer.last_touch_at.date() < timedelta(days=14)
    assert ann.deals
    assert ann.needs
    assert ann.next_task is not None


def test_deals_stand_where_their_last_event_says(desk: Desk) -> None:
    def wrong(work: Work) -> list[str]:
        found = []
        stages = dict(work.session.execute(select(Stage.stage_id, Stage.name)).all())
        for deal in work.session.scalars(select(Deal)):
            last = work.session.scalars(
                select(DealEvent.new)
                .where(DealEvent.deal_id == deal.deal_id, DealEvent.field == "stage")
                .order_by(DealEvent.at.desc(), DealEvent.event_id.desc())
                .limit(1)
            ).one()
            found += [deal.deal_id] if last != stages[deal.stage_id] else []
        return found

    assert desk.read_now(wrong) == []
