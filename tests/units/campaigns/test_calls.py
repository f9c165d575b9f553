"""Where a person should call: whom no letter reaches, who is worth it, and never whoever said no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.cards import campaign as campaign_cards
from campaigns import audience, calls, drafts, events, ideas, responses
from campaigns.grounds import Known
from crm_store.actions import suggestions, tasks
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import Consent, Send, Suppression
from crm_store.models.people import ContactPoint
from crm_store.models.trade import Task
from crm_store.queries import campaigns, crossings
from crm_store.queries import suggestions as asked
from crm_store.values.history import CustomerFact, DealFact, Histories, OrderFact
from crm_store.values.marketing import Idea, Standing, why_no_call
from crm_store.values.purposes import Purpose
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.bot.cards.figures import shown
from tests.units.campaigns.shop import TODAY, stock
from tests.units.campaigns.test_ideas import ago, by_kind, history
from tests.units.campaigns.test_responses import order

MAILED = Standing(consented=True, has_address=True, has_phone=True)
SILENT = [400, 370, 340, 200]


def made(shop: Histories, standings: dict[str, Standing]) -> dict[str, Idea]:
    return by_kind(calls.instead(ideas.make(shop, fewest=1), standings, Known(shop)))


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (replace(MAILED, consented=False), "1 without consent to letters but with a phone number."),
        (replace(MAILED, has_address=False), "1 with a phone number alone."),
        (replace(MAILED, suppressed=True), "1 whose mail comes back."),
    ],
)
def test_whom_no_letter_reaches_is_called(standing: Standing, said: str) -> None:
    standings = {**{f"fit{at}": MAILED for at in range(4)}, "fit2": standing}
    found = made(history({f"fit{at}": SILENT for at in range(4)}), standings)
    call = found["call_back"]
    assert (call.members, call.why[0], call.by_phone) == (("fit2",), said, True)
    assert call.holdout_share == 0, "of one call nobody can be held out"
    drafts.check(call.subject, call.body)
    planned = {one.idea.kind: one.audience for one in audience.allot(list(found.values()), standings)}
    assert planned["call_back"].treated == ("fit2",)
    assert "fit2" not in {*planned["win_back"].treated, *planned["win_back"].holdout}


def test_the_largest_open_deals_get_a_call_and_the_others_a_letter() -> None:
    deals = tuple(
        DealFact(f"dea_{at:02}", ago(60), "open", "Proposal", 2, f"cus_{at:02}", None, 90_000.0 if at == 7 else 1000.0)
        for at in range(12)
    )
    shop = history({f"cus_{at:02}": [] for at in range(12)}, deals)
    found = made(shop, {f"cus_{at:02}": MAILED for at in range(12)})
    assert found["call_deal"].members == ("cus_07",)
    assert "1 with more than twice the usual amount" in found["call_deal"].why[0]
    assert "€90,000" in found["call_deal"].why[1]
    assert len(found["nudge_deal"].members) == 12, "whoever is called is taken out when people are allotted"


def test_a_single_quiet_deal_is_a_call_and_no_campaign_by_mail() -> None:
    shop = history({"cus_1": []}, (DealFact("dea_1", ago(60), "open", "Proposal", 2, "cus_1", None, 500.0),))
    assert set(made(shop, {"cus_1": MAILED})) == {"call_deal"}
    assert made(shop, {"cus_1": replace(MAILED, has_phone=False)}) == {}


def test_many_calls_are_the_largest_ten_and_hold_somebody_out() -> None:
    shop = history({f"fit{at:02}": SILENT for at in range(30)})
    found = made(shop, {f"fit{at:02}": replace(MAILED, consented=False) for at in range(30)})["call_back"]
    assert len(found.members) == calls.CAP
    assert found.holdout_share > 0
    assert "No evidence yet" in found.expected


@given(
    st.builds(
        Standing, *[st.booleans()] * 6, has_phone=st.booleans(), objected=st.booleans(),
        refused=st.frozensets(st.sampled_from(Purpose)),
    ),
    st.booleans(),
)  # fmt: skip
def test_nobody_who_said_no_is_ever_called(standing: Standing, personal: bool) -> None:
    if why_no_call(standing, Purpose.OFFERS, personal=personal) is None:
        assert standing.has_phone
        assert not standing.objected
        assert not standing.written_lately
        assert Purpose.OFFERS not in standing.refused


def _suppressed(reason: str) -> Callable[[Work], None]:
    def put(work: Work) -> None:
        row = {"value_key": "cus_0000@shop.example", "scope": "marketing", "reason": reason, "at": work.now}
        work.insert(Suppression, [row])

    return put


def _withdrew(work: Work) -> None:
    work.session.get_one(Consent, (work.team_id, "cus_0000", "newsletter")).given = False


def phones(work: Work, count: int) -> None:
    """So many customers of the shop have a number each."""
    points = [
        {
            "point_id": f"pho_{at}", "owner_row": f"cus_{at:04}", "kind": "phone", "value": f"+49 30 1000{at}",
            "value_key": f"49301000{at}", "source": "test", "last_seen": work.now,
        }
        for at in range(count)
    ]  # fmt: skip
    work.insert(ContactPoint, points)


@pytest.mark.parametrize(
    ("said", "called"),
    [
        (_suppressed("hard bounce"), True), (_suppressed("unsubscribed"), False), (_suppressed("complaint"), False),
        (_suppressed("by hand"), False), (_withdrew, False),
    ],
    ids=["bounced", "unsubscribed", "complained", "by hand", "withdrew"],
)  # fmt: skip
async def test_an_address_that_bounced_is_no_word_against_a_call(
    cast: Cast, said: Callable[[Work], None], called: bool
) -> None:
    await cast.ada.write(stock, simulate(3, with_deals=False))
    await cast.ada.write(phones, 1)
    await cast.ada.write(said)
    found = (await cast.ada.read(asked.standings, ["cus_0000"]))["cus_0000"]
    assert (why_no_call(found, Purpose.OFFERS, personal=True) is None) is called


async def test_an_approved_call_is_a_task_for_its_owner_on_the_day_that_was_chosen(
    cast: Cast, clock: MovableClock
) -> None:
    await cast.ada.write(stock, simulate(5, with_deals=False))
    await cast.ada.write(phones, 2)
    idea = Idea(
        "call_back", "all", "Call customers who fell silent", "silent", ("Why.",), ("cus_0000", "cus_0001", "cus_0002"),
        "Not measured.", "Call", "ask how things are at {{ company }}", cap=10, holdout_share=0.0, by_phone=True,
    )  # fmt: skip
    proposed = await cast.ada.write(suggestions.propose, idea)
    assert proposed is not None
    view = await cast.ada.read(asked.view, proposed)
    assert (view.by_phone, view.n, dict(view.left_out)) == (True, 2, {"no phone number": 1})
    later = clock.now().date() + timedelta(days=10)
    await cast.ben.write(suggestions.edit, proposed, 1, send_on=later)
    done = await cast.ben.write(suggestions.decide, proposed, 2, "approved")
    assert done.by_phone
    assert done.campaign_id is not None
    put_down = await cast.ada.read(lambda work: work.session.scalars(select(Task)).all())
    assert all("ask how things are at Acme" in one.title for one in put_down)
    assert {(one.owner, one.due_at.date()) for one in put_down if one.due_at} == {
        ("usr_ada", later + timedelta(days=2))
    }
    card = await cast.ada.read(campaigns.card, done.campaign_id)
    assert (card.by_phone, card.numbers.calls, card.numbers.sent) == (True, 2, 0)
    states = await cast.ada.read(lambda work: set(work.session.scalars(select(Send.state))))
    assert states == {"task"}, "no letter waits that a sender could take"


async def test_calls_made_and_what_follows_them_are_counted_and_calls_not_made_bring_nothing(
    cast: Cast, clock: MovableClock
) -> None:
    people = ("cus_0000", "cus_0001", "cus_0002")
    await cast.ada.write(stock, simulate(5, with_deals=False))
    await cast.ada.write(phones, 3)
    idea = Idea(
        "call_back", "all", "Call who fell silent", "silent", ("Why.",), people, "Not measured.", "Call", "ask",
        cap=10, holdout_share=0.0, by_phone=True,
    )  # fmt: skip
    proposed = await cast.ada.write(suggestions.propose, idea)
    campaign_id = (await cast.ben.write(suggestions.decide, proposed or "", 1, "approved")).campaign_id or ""
    clock.advance(3600)
    todo = await cast.ada.read(
        lambda work: {one.customer_id: one.task_id for one in work.session.scalars(select(Task))}
    )
    for one in people[:2]:
        await cast.ada.write(tasks.done, todo[one])
    clock.advance(3600)
    for one in people[1:]:
        await cast.ada.write(order, one, clock.now())
    clock.advance(3600)
    assert (await responses.run(cast.ada)).answers == 3
    assert (await responses.run(cast.ada)).answers == 0, "each once"
    card = await cast.ada.read(campaigns.card, campaign_id)
    seen = card.numbers
    assert (seen.calls, seen.called, seen.treated_ordered) == (3, 2, 2)
    assert str(seen.after_letters) == "€100", "the order of whoever was not called came by itself"
    said = shown(campaign_cards.card(card, now=clock.now(), zone=ZoneInfo("UTC")))
    assert "3 tasks for the owners, 2 made" in said
    assert "After a call" in said
    await cast.ada.write(tasks.reopen, todo[people[0]])
    assert (await cast.ada.read(campaigns.numbers, campaign_id)).called == 1


def test_the_days_crossings_are_found_by_the_database_as_by_whole_histories(cast: Cast) -> None:
    shop = simulate(400, seed=5, with_deals=False)
    cast.ada.write_now(stock, shop)
    days = [TODAY - timedelta(days=back) for back in range(0, 120, 3)]
    found = 0
    for day in days:
        whole = {one for idea in events.crossings(Known(replace(shop, as_of=day))) for one in idea.members}
        assert set(cast.ada.read_now(crossings.today, day)) == whole
        found += len(whole)
    assert found > 20, "the days tell something"


def test_days_on_which_two_orders_came_count_once(cast: Cast) -> None:
    orders = tuple(OrderFact("cus_1", date(2026, 11, 25) - timedelta(days=ago_), 50.0) for ago_ in (30, 30, 60, 60, 90))
    shop = Histories(TODAY, (CustomerFact("cus_1", "Ann Lee", TODAY - timedelta(days=400)),), orders)
    cast.ada.write_now(stock, shop)
    assert cast.ada.read_now(crossings.today, TODAY) == ("cus_1",)
    assert cast.cleo.read_now(crossings.today, TODAY) == ()
