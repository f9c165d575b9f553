"""Answers to campaigns: to which letter, once, what they end, what the card shows, and the measurement at the end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaigns import responses as round_of
from crm_store import audit
from crm_store.actions import responses, suggestions
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import NotFound, Stale
from crm_store.models.mail import Absence
from crm_store.models.marketing import Campaign, CampaignMember, Response, Send, Suppression
from crm_store.models.plumbing import OutboxRow
from crm_store.models.trade import Order
from crm_store.queries import campaigns, lift
from crm_store.queries import suggestions as asked
from crm_store.values.lift import Finding
from crm_store.values.marketing import Idea
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns.shop import letter, stock

PEOPLE = tuple(f"cus_{number:04d}" for number in range(60))
DAY = 24 * 3600


def approve(work: Work, kind: str = "win_back", holdout_share: float = 0.3) -> str:
    idea = Idea(kind, "all", f"About {kind}", "2 or more orders", ("Silent.",), PEOPLE, "No evidence yet.",
                "News for {{ company }}", "Hello {{ first_name }}", holdout_share=holdout_share)  # fmt: skip
    suggestion_id = suggestions.propose(work, idea)
    assert suggestion_id is not None
    campaign_id = suggestions.decide(work, suggestion_id, 1, "approved").campaign_id
    assert campaign_id is not None
    return campaign_id


def send(work: Work, campaign_id: str, customer_id: str, step: int = 0, state: str = "sent") -> str:
    """The letter of a person, as the sender leaves it; further steps are rows of their own."""
    name = f"{campaign_id}:{customer_id}:{step}"
    row = work.session.scalars(select(Send).where(Send.idempotency_key == name)).one_or_none()
    if row is None:
        row = Send(send_id=f"snd_{customer_id}_{step}", campaign_id=campaign_id, customer_id=customer_id,
                   idempotency_key=name, step=step, due_at=work.now, attempts=0)  # fmt: skip
        work.add(row)
    row.state, row.at = state, work.now if state == "sent" else None
    work.flush()
    return row.send_id


def waiting(work: Work, customer_id: str) -> list[str]:
    rows = select(Send.state).where(Send.customer_id == customer_id, Send.at.is_(None))
    return list(work.session.scalars(rows))


def order(
    work: Work, customer_id: str, at: datetime, minor: int = 10_000, currency: str = "EUR", name: str = ""
) -> str:
    key = f"ord_{customer_id}_{name or int(at.timestamp())}"
    work.insert(Order, [{"order_id": key, "external_key": key, "customer_id": customer_id, "ordered_at": at,
                         "total_minor": minor, "currency": currency}])  # fmt: skip
    return key


def arm(work: Work, campaign_id: str, name: str) -> list[str]:
    rows = select(CampaignMember.customer_id).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.arm == name
    )
    return sorted(work.session.scalars(rows))


def noted(work: Work) -> list[tuple[str, str]]:
    return sorted((row.kind, row.send_id) for row in work.session.scalars(select(Response)))


@pytest.fixture
async def campaign_id(cast: Cast) -> str:
    await cast.ada.write(stock, simulate(60, with_deals=False))
    return await cast.ada.write(approve)


async def test_each_kind_of_answer_is_noted_once(cast: Cast, campaign_id: str, clock: MovableClock) -> None:
    people = await cast.ada.read(arm, campaign_id, "treated")
    ids = [await cast.ada.write(send, campaign_id, one) for one in people[:5]]
    clock.advance(3600)

    def answers(work: Work) -> None:
        letter(work, "cmm_reply", people[0], work.now, incoming=True)
        order(work, people[1], work.now)
        for at, reason in ((2, "hard bounce"), (3, "unsubscribed")):
            value = f"{people[at]}@shop.example"
            work.insert(Suppression, [{"value_key": value, "scope": "marketing", "reason": reason, "at": work.now}])
        work.insert(Absence, [{"customer_id": people[4], "kind": "away", "noted_at": work.now}])

    await cast.ada.write(answers)
    clock.advance(60)
    assert (await round_of.run(cast.ada)).answers == 5
    assert (await round_of.run(cast.ada)).answers == 0
    assert await cast.ada.read(noted) == sorted(
        zip(("reply", "order", "bounce", "unsubscribe", "away"), ids, strict=True)
    )
    seen = await cast.ada.read(campaigns.numbers, campaign_id)
    assert (seen.sent, seen.bounced, seen.replied, seen.unsubscribed) == (5, 1, 1, 1)
    assert (seen.treated_ordered, str(seen.after_letters)) == (1, "€100")
    assert (await cast.ada.read(audit.verify)).ok


async def test_an_answer_ends_what_waits_and_an_absence_does_not(
    cast: Cast, campaign_id: str, clock: MovableClock
) -> None:
    people = await cast.ada.read(arm, campaign_id, "treated")
    for one in people[:2]:
        await cast.ada.write(send, campaign_id, one)
        await cast.ada.write(send, campaign_id, one, 1, "waiting")
    clock.advance(3600)
    await cast.ada.write(letter, "cmm_reply", people[0], clock.now(), incoming=True)
    await cast.ada.write(
        lambda work: work.insert(Absence, [{"customer_id": people[1], "kind": "away", "noted_at": work.now}])
    )
    await round_of.run(cast.ada)
    assert await cast.ada.read(waiting, people[0]) == ["skipped"]
    assert await cast.ada.read(waiting, people[1]) == ["waiting"]


async def test_an_order_belongs_to_the_last_letter_before_it_within_its_window(
    cast: Cast, campaign_id: str, clock: MovableClock
) -> None:
    one = (await cast.ada.read(arm, campaign_id, "treated"))[0]
    first = await cast.ada.write(send, campaign_id, one)
    clock.advance(3 * DAY)
    second = await cast.ada.write(send, campaign_id, one, 1)
    await cast.ada.write(order, one, clock.now() - timedelta(days=1), 5_000, "EUR", "before")
    await cast.ada.write(order, one, clock.now() + timedelta(days=1), 7_000, "EUR", "after")
    await cast.ada.write(order, one, clock.now() + timedelta(days=1, hours=1), 7_000, "USD", "dollars")
    await cast.ada.write(order, one, clock.now() + timedelta(days=90), 9_000, "EUR", "late")
    await cast.ada.write(order, one, clock.now() + timedelta(days=1), -7_000, "EUR", "refund")
    await round_of.run(cast.ada)
    assert await cast.ada.read(noted) == [("order", first), ("order", second), ("order", second)]
    seen = await cast.ada.read(campaigns.numbers, campaign_id)
    assert str(seen.after_letters) == "€120"


async def test_nothing_is_attributed_to_the_held_out_or_to_letters_that_did_not_leave(
    cast: Cast, campaign_id: str, clock: MovableClock
) -> None:
    held = (await cast.ada.read(arm, campaign_id, "holdout"))[0]
    unsent = (await cast.ada.read(arm, campaign_id, "treated"))[0]
    clock.advance(3600)
    for one in (held, unsent):
        await cast.ada.write(order, one, clock.now())
    assert (await round_of.run(cast.ada)).answers == 0
    seen = await cast.ada.read(campaigns.numbers, campaign_id)
    assert (seen.treated_ordered, seen.holdout_ordered) == (1, 1)


async def test_while_a_change_of_the_card_waits_further_answers_need_no_other(
    cast: Cast, campaign_id: str, clock: MovableClock
) -> None:
    people = await cast.ada.read(arm, campaign_id, "treated")
    for one in people[:6]:
        await cast.ada.write(send, campaign_id, one)

    async def changes() -> int:
        clock.advance(5)
        one = people[int(clock.now().second / 5) - 1]
        await cast.ada.write(letter, f"cmm_{one}", one, clock.now(), incoming=True)
        clock.advance(0.1)
        await round_of.run(cast.ada)
        rows = await cast.ada.read(lambda work: [*work.session.scalars(select(OutboxRow))])
        return sum(row.dedupe_key.startswith("numbers:") for row in rows)

    assert [await changes() for _ in range(3)] == [1, 1, 1]
    left = update(OutboxRow).values(state="sent").execution_options(synchronize_session=False)
    await cast.ada.write(lambda work: work.session.execute(left))
    assert await changes() == 2


async def test_after_window_and_grace_the_lift_is_measured_once_and_told(
    cast: Cast, campaign_id: str, clock: MovableClock
) -> None:
    treated = await cast.ada.read(arm, campaign_id, "treated")
    clock.advance(DAY)
    for one in treated:
        await cast.ada.write(order, one, clock.now())
    clock.advance(30 * DAY)
    assert (await round_of.run(cast.ada)).measured == 0
    clock.advance(2 * DAY)
    assert (await round_of.run(cast.ada)).measured == 1
    assert (await round_of.run(cast.ada)).measured == 0
    card = await cast.ada.read(campaigns.card, campaign_id)
    assert card.state == "measured"
    assert card.lift is not None
    assert (card.lift.finding, card.lift.treated.ordered) == (Finding.MORE, len(treated))
    rows = await cast.ada.read(lambda work: [*work.session.scalars(select(OutboxRow))])
    assert [row.payload["campaign_id"] for row in rows if row.kind == "campaign_lift"] == [campaign_id]
    assert await cast.ada.read(lift.measured, "win_back") == (card.lift,)
    assert "win_back" in await cast.ada.read(asked.lifts)


async def test_a_campaign_is_paused_resumed_and_stopped_and_no_more_after_that(cast: Cast, campaign_id: str) -> None:
    one = (await cast.ada.read(arm, campaign_id, "treated"))[0]
    for wanted in ("paused", "running", "stopped"):
        await cast.ada.write(responses.move, campaign_id, wanted)
        assert (await cast.ada.read(campaigns.card, campaign_id)).state == wanted
    assert await cast.ada.read(waiting, one) == ["skipped"]
    with pytest.raises(Stale):
        await cast.ada.write(responses.move, campaign_id, "paused")


async def test_a_campaign_is_found_by_a_part_of_its_name_in_its_own_team_alone(cast: Cast, campaign_id: str) -> None:
    assert await cast.ben.read(campaigns.named, "about WIN_") == campaign_id
    with pytest.raises(NotFound):
        await cast.cleo.read(campaigns.named, "about win_back")
    assert await cast.cleo.read(campaigns.listed) == ()
    assert len(await cast.ben.read(campaigns.people, campaign_id, 5)) == 5
    assert await cast.ada.read(lambda work: work.session.scalars(select(Campaign)).one().measured) is None
