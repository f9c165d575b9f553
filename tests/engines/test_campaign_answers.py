"""Answers to campaigns are attributed and measured alike on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import responses, tasks
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.mail import Absence, AddressReport
from crm_store.models.marketing import Response, Send, Suppression
from crm_store.models.trade import Deal, DealEvent
from crm_store.queries import campaigns, lift
from crm_store.values.acts import NewTask
from tests.cast import gather
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import letter, stock
from tests.units.campaigns.test_responses import approve, arm, order, send


@pytest.fixture
def people(store: Store) -> tuple[str, list[str]]:
    """A campaign with a letter to each of seven people, sent an hour ago."""
    desk = gather(store).ada
    desk.write_now(stock, simulate(60, with_deals=False))
    campaign_id = desk.write_now(approve)
    treated = desk.read_now(arm, campaign_id, "treated")[:7]
    for one in treated:
        desk.write_now(send, campaign_id, one)
    return campaign_id, treated


def called(work: Work, campaign_id: str, customer_id: str) -> None:
    """A call that was asked for and made."""
    made = tasks.add(work, NewTask("Call", work.now, "usr_ada", customer_id))
    row = work.session.get_one(Send, (work.team_id, send(work, campaign_id, customer_id, state="task")))
    row.at, row.task_id = work.now, made.row_id
    tasks.done(work, made.row_id)


def test_a_call_that_was_made_is_found_once_and_what_follows_it_is_its_own(
    store: Store, people: tuple[str, list[str]], clock: MovableClock
) -> None:
    campaign_id, treated = people
    desk = store.team("tea_rapport", "usr_ada")
    somebody = desk.read_now(arm, campaign_id, "treated")[7]
    assert somebody not in treated
    desk.write_now(called, campaign_id, somebody)
    clock.advance(3600)
    desk.write_now(order, somebody, clock.now())
    clock.advance(60)
    assert desk.write_now(responses.attribute) == 2
    assert desk.write_now(responses.attribute) == 0
    seen = desk.read_now(campaigns.numbers, campaign_id)
    assert (seen.calls, seen.called, str(seen.after_letters)) == (1, 1, "€100")


def answer(work: Work, people: list[str]) -> None:
    letter(work, "cmm_reply", people[0], work.now, incoming=True)
    order(work, people[1], work.now)
    for at, reason in ((2, "hard bounce"), (3, "unsubscribed")):
        key = f"{people[at]}@shop.example"
        work.insert(Suppression, [{"value_key": key, "scope": "marketing", "reason": reason, "at": work.now}])
    work.insert(Absence, [{"customer_id": people[4], "kind": "away", "noted_at": work.now}])
    full = {"value_key": f"{people[5]}@shop.example", "kind": "full", "days": [], "reason": "", "last_at": work.now}
    work.insert(AddressReport, [full])
    deal = {"deal_id": "dea_1", "name": "Renewal", "customer_id": people[6], "stage_id": "stg_New",
            "currency": "EUR", "state": "open", "opened_at": work.now - timedelta(days=9), "version": 1}  # fmt: skip
    work.insert(Deal, [deal])
    moved = {"event_id": "dev_1", "deal_id": "dea_1", "at": work.now, "actor": "usr_ada", "field": "stage",
             "new": "Proposal"}  # fmt: skip
    work.insert(DealEvent, [moved])


def test_every_kind_of_answer_is_found_once(store: Store, people: tuple[str, list[str]], clock: MovableClock) -> None:
    campaign_id, treated = people
    desk = store.team("tea_rapport", "usr_ada")
    clock.advance(3600)
    desk.write_now(answer, treated)
    clock.advance(60)
    assert desk.write_now(responses.attribute) == 7
    assert desk.write_now(responses.attribute) == 0
    kinds = desk.read_now(lambda work: sorted(work.session.scalars(select(Response.kind))))
    assert kinds == ["away", "bounce", "deal", "order", "reply", "soft bounce", "unsubscribe"]
    seen = desk.read_now(campaigns.numbers, campaign_id)
    assert (seen.sent, seen.replied, seen.bounced, seen.unsubscribed, seen.deals) == (7, 1, 1, 1, 1)
    assert desk.read_now(campaigns.people, campaign_id, 7)[0].customer_id in treated


def test_a_campaign_is_measured_and_kept(store: Store, people: tuple[str, list[str]], clock: MovableClock) -> None:
    campaign_id, treated = people
    desk = store.team("tea_rapport", "usr_ada")
    clock.advance(3600)
    for one in treated:
        desk.write_now(order, one, clock.now())
    clock.advance(33 * 24 * 3600)
    assert desk.read_now(lift.due) == (campaign_id,)
    found = desk.write_now(responses.settle, campaign_id)
    assert found is not None
    assert found.treated.ordered == 7
    assert found.treated.spent == pytest.approx(700)
    assert desk.read_now(campaigns.card, campaign_id).lift == found
    assert desk.read_now(lift.measured, "win_back") == (found,)
    assert desk.read_now(campaigns.listed)[0].state == "measured"
    assert desk.write_now(responses.settle, campaign_id) is None
