"""What campaigns learn from, what limits leave, what just happened and what was clicked, alike on both engines."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.grammar import segment_rule
from crm_store.actions import clicks as click_acts
from crm_store.actions import events as event_acts
from crm_store.actions import letter_limits as limit_acts
from crm_store.actions import orders, preferences, sends
from crm_store.actions import send_times as time_acts
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, CampaignMember, Send
from crm_store.models.people import Company, ContactPoint, Customer
from crm_store.money import Money
from crm_store.queries import clicks, contacts, events, letter_limits, retarget, send_times, suggestions
from crm_store.queries import preferences as chosen
from crm_store.values import limits, sending
from crm_store.values.acts import NewOrder
from crm_store.values.purposes import Purpose
from crm_store.values.send_times import Judged
from crm_store.values.sending import SendHours
from tests.cast import gather
from tests.units.campaigns import shop
from tests.units.campaigns.test_letter_limits import campaign

ALWAYS = SendHours(always=True)


@pytest.fixture
def desk(store: Store) -> Desk:
    """Ben's desk, with a campaign to five people that was just approved."""
    found = gather(store).ben
    found.write_now(campaign)
    return found


def test_a_budget_holds_within_one_claim_and_over_several(desk: Desk) -> None:
    desk.write_now(limit_acts.change, limits.BUDGET, 3)
    assert len(desk.write_now(sends.claim, ALWAYS, 2)) == 2
    assert len(desk.write_now(sends.claim, ALWAYS, 2)) == 1
    assert desk.write_now(sends.claim, ALWAYS, 50) == ()
    assert desk.read_now(letter_limits.budget).left == 0


def test_a_full_month_and_a_refused_purpose_stand_against_a_person(desk: Desk) -> None:
    def letters(work: Work) -> str:
        for row in work.session.scalars(select(Send)):
            row.state, row.at = sending.SENT, work.now
        return str(work.session.scalars(select(Send.send_id).where(Send.customer_id == "cus_1")).one())

    send_id = desk.write_now(letters)
    desk.write_now(limit_acts.change, limits.MONTHLY, 1)
    assert desk.read_now(letter_limits.full, ["cus_0", "cus_9"]) == {"cus_0"}
    desk.write_now(preferences.choose, send_id, frozenset({Purpose.NEWS}))
    assert desk.read_now(chosen.wanted, send_id) == {Purpose.NEWS}
    standing = desk.read_now(suggestions.standings, ["cus_1"])["cus_1"]
    assert standing.enough
    assert standing.refused == {Purpose.OFFERS, Purpose.SERVICE}


def test_readers_live_where_their_number_or_their_company_says(desk: Desk) -> None:
    def live(work: Work) -> None:
        work.add(Company(company_id="com_t", name="T", name_key="t", country="JP", created_at=work.now))
        work.flush()
        work.session.get_one(Customer, (work.team_id, "cus_1")).company_id = "com_t"
        point = {
            "point_id": "cpt_p", "owner_row": "cus_2", "kind": "phone", "value": "+4930123456",
            "value_key": "+4930123456", "source": "chat", "last_seen": work.now,
        }  # fmt: skip
        work.insert(ContactPoint, [point])
        shop.letter(work, "cmm_1", "cus_1", datetime(2026, 1, 1, 3, tzinfo=UTC), incoming=True)
        shop.letter(work, "cmm_2", "cus_1", work.now - timedelta(days=2), incoming=True)

    desk.write_now(live)
    zones = desk.read_now(send_times.zones, ["cus_0", "cus_1", "cus_2"])
    assert [zones[f"cus_{at}"].key for at in range(3)] == ["UTC", "Asia/Tokyo", "Europe/Berlin"]
    now = desk.store.clock.now()
    hours = desk.read_now(send_times.replies)["cus_1"]
    assert hours[-1] == (now.hour + 9) % 24
    assert desk.write_now(time_acts.keep, Judged(60, 40, 10, 9, better=True))
    assert len(desk.write_now(sends.claim, ALWAYS)) == 5


def test_what_is_over_teaches_with_who_ordered(desk: Desk, clock: MovableClock) -> None:
    def held_out(work: Work) -> None:
        work.session.get_one(CampaignMember, (work.team_id, "cam_1", "cus_4")).arm = "holdout"
        orders.add(work, NewOrder("1", "cus_4", work.now + timedelta(days=3), Money(100, "EUR")))

    desk.write_now(held_out)
    assert desk.read_now(contacts.past) == ()
    clock.advance(33 * 86_400)
    (one,) = desk.read_now(contacts.past)
    assert [(each.customer_id, each.treated, each.ordered) for each in one.people] == [
        *((f"cus_{at}", True, False) for at in range(4)),
        ("cus_4", False, True),
    ]


def test_events_are_read_from_the_trail_once(desk: Desk) -> None:
    first = desk.read_now(events.happened)
    assert first.first
    desk.write_now(event_acts.seen, events.SEEN, first.upto)
    desk.write_now(lambda work: orders.add(work, NewOrder("1", "cus_2", work.now, Money(100, "EUR"))))
    assert desk.read_now(events.anything)
    found = desk.read_now(events.happened)
    assert found.ordered == ("cus_2",)
    desk.write_now(event_acts.seen, events.SEEN, found.upto)
    assert desk.read_now(events.happened).ordered == ()
    assert desk.read_now(events.proposed_today) == 0
    assert desk.read_now(events.busy, "welcome", ["cus_2"], timedelta(days=30)) is None


def test_a_click_counts_once_and_a_rule_narrows(desk: Desk) -> None:
    desk.write_now(limit_acts.change_clicks, on=True)
    assert desk.write_now(click_acts.fix, "cam_1", ["See https://shop.example/a and https://shop.example/b."]) == 2
    send_id = desk.read_now(lambda work: str(work.session.scalars(select(Send.send_id).limit(1)).one()))
    way = desk.read_now(clicks.way, send_id, 1)
    assert way is not None
    assert (way.url, way.counts) == ("https://shop.example/b", True)
    assert [desk.write_now(click_acts.note, send_id, 1) for _ in range(2)] == [True, False]
    rule = segment_rule.parse("0+ orders", desk.store.clock.now(), ZoneInfo("UTC"))
    assert desk.read_now(retarget.narrowed, ["cus_3", "cus_0", "cus_none"], rule) == ["cus_3", "cus_0"]
    assert desk.read_now(lambda work: work.session.scalars(select(Campaign.campaign_id)).all()) == ["cam_1"]
