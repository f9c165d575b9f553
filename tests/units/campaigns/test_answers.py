"""Answers count moments after they were filed, and a reply stops the next letter while it is on its way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.answers import Answerer
from campaigns.journal import Before
from campaigns.send import Sender
from crm_store import outbox
from crm_store.actions import plans as plan_acts
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.mail import Absence
from crm_store.models.marketing import Campaign, Suppression
from crm_store.values import plans
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns import shop
from tests.units.campaigns.test_plans import states
from tests.units.campaigns.test_responses import approve, arm, noted, order, send
from tests.units.campaigns.test_send import HOUSE, Doubtful, campaign, sender, settings


def replied(work: Work, who: str) -> None:
    shop.letter(work, "cmm_reply", who, work.now, incoming=True)


def ordered(work: Work, who: str) -> None:
    order(work, who, work.now)


def bounced(work: Work, who: str) -> None:
    row = {"value_key": f"{who}@shop.example", "scope": "marketing", "reason": "hard bounce", "at": work.now}
    work.insert(Suppression, [row], or_nothing=True)


def away(work: Work, who: str) -> None:
    work.add(Absence(customer_id=who, kind="away", noted_at=work.now))


@pytest.fixture
async def answering(cast: Cast) -> AsyncIterator[None]:
    """The answerer at work, with no pause between its rounds."""
    stop = asyncio.Event()
    running = asyncio.create_task(Answerer(cast.store, pause=0).run(stop))
    yield
    stop.set()
    async with asyncio.timeout(60):
        await running


@pytest.mark.parametrize(
    ("file", "kind"), [(replied, "reply"), (ordered, "order"), (bounced, "bounce"), (away, "away")]
)
async def test_what_is_filed_is_attributed_and_shown_without_waiting_for_a_round(
    cast: Cast, clock: MovableClock, answering: None, file: Callable[[Work, str], None], kind: str
) -> None:
    await cast.ada.write(shop.stock, simulate(60, with_deals=False))
    campaign_id = await cast.ada.write(approve)
    one = (await cast.ada.read(arm, campaign_id, "treated"))[0]
    send_id = await cast.ada.write(send, campaign_id, one)
    clock.advance(3600)
    rung = cast.store.bells.rung(outbox.BELL)
    await cast.ada.write(file, one)
    clock.advance(1)
    # The card's new numbers are put down in the unit that notes the answer, whose commit rings.
    await cast.store.bells.wait(outbox.BELL, rung, seconds=20)
    assert await cast.ada.read(noted) == [(kind, send_id)]


async def test_an_answerer_that_is_told_to_stop_stops_at_once(cast: Cast) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(Answerer(cast.store, pause=3600).run(stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(60):
        await running


class Overtaken(Doubtful):
    """While the first reminder is handed over, the other person's reply is filed."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.got = cast, list[str]()

    async def before(self, _send_id: str) -> Before:
        return Before.STAYED

    async def hand(self, letter: Any) -> bool:
        if not self.got:
            other = "cus_00001" if letter.recipient.startswith("cus_00000") else "cus_00000"
            await self.cast.ben.write(replied, other)
        self.got.append(letter.recipient)
        return True


async def test_a_reply_stops_the_reminder_that_is_claimed_already(
    cast: Cast, clock: MovableClock, tmp_path: Path
) -> None:
    def plan(work: Work) -> None:
        campaign(work, 2)
        row = work.session.scalars(select(Campaign)).one()
        row.template = {**row.template, "steps": plans.stored(plans.planned(plans.REMIND, 5))}
        row.window_days = 30

    await cast.ben.write(plan)
    await sender(cast, tmp_path).round()
    clock.advance(timedelta(days=5).total_seconds())
    assert await cast.ben.write(plan_acts.advance) == 2
    relay = Overtaken(cast)
    own = Sender(cast.store, settings(tmp_path, CRM_SEND_CONNECTIONS="1"), HOUSE, relay)
    assert await own.round() == 2, "both were claimed before the reply came"
    assert len(relay.got) == 1
    assert sorted(await cast.ben.read(states, 1)) == [("sent", None), ("skipped", "answered before")]
