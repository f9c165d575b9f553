"""Web analytics are told of answers: each once, nothing personal, nobody who does not allow it, and only if set up."""

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from campaigns.tools import measurement
from crm_store.actions import responses
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import Response, Suppression
from crm_store.settings import Settings, read
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns import shop
from tests.units.campaigns.analytics_double import ID, SECRET, AnalyticsDouble
from tests.units.campaigns.test_hand_over import Serve, serve
from tests.units.campaigns.test_responses import approve, arm, order, send

__all__ = ["serve"]


def given(folder: Path, url: str, google_id: str = ID) -> Settings:
    return read(
        {"CRM_DATA": str(folder), "CRM_GOOGLE_ID": google_id, "CRM_GOOGLE_SECRET": SECRET, "CRM_GOOGLE_URL": url}
    )


async def answered(cast: Cast, clock: MovableClock) -> list[str]:
    """One ordered, one replied, one replied and then unsubscribed."""
    await cast.ada.write(shop.stock, simulate(60, with_deals=False))
    campaign_id = await cast.ada.write(approve)
    people = (await cast.ada.read(arm, campaign_id, "treated"))[:3]
    for one in people:
        await cast.ada.write(send, campaign_id, one)
    clock.advance(3600)

    def answer(work: Work) -> None:
        order(work, people[0], work.now)
        for at in (1, 2):
            shop.letter(work, f"cmm_reply{at}", people[at], work.now, incoming=True)
        gone = {"value_key": f"{people[2]}@shop.example", "scope": "marketing", "reason": "asked", "at": work.now}
        work.insert(Suppression, [gone])

    await cast.ada.write(answer)
    clock.advance(60)
    await cast.ada.write(responses.attribute)
    return people


async def test_each_answer_is_told_once_with_nothing_personal(
    cast: Cast, clock: MovableClock, tmp_path: Path, serve: Serve
) -> None:
    await answered(cast, clock)
    double = AnalyticsDouble(clock.now().timestamp())
    settings = given(tmp_path, await serve(double.app()))
    assert await measurement.run(cast.ada, settings) == 2
    assert await measurement.run(cast.ada, settings) == 0
    assert double.faults == []
    told = {event["name"]: event["params"] for body in double.bodies for event in body["events"]}
    assert sorted(told) == ["campaign_order", "campaign_reply"]
    assert (told["campaign_order"]["value"], told["campaign_order"]["currency"]) == (100.0, "EUR")
    assert {body["consent"]["ad_user_data"] for body in double.bodies} == {"DENIED"}
    words = json.dumps(double.bodies)
    assert "@" not in words
    assert "cus_" not in words


async def test_who_unsubscribed_before_the_telling_is_not_told_of_then_nor_later(
    cast: Cast, clock: MovableClock, tmp_path: Path, serve: Serve
) -> None:
    people = await answered(cast, clock)
    double = AnalyticsDouble(clock.now().timestamp())
    settings = given(tmp_path, await serve(double.app()))
    await measurement.run(cast.ada, settings)

    def allowed_again(work: Work) -> None:
        for row in work.session.scalars(select(Suppression)):
            work.session.delete(row)

    await cast.ada.write(allowed_again)
    assert await measurement.run(cast.ada, settings) == 0
    assert len({body["client_id"] for body in double.bodies}) == len(people) - 1


async def test_a_fault_over_there_loses_nothing(cast: Cast, clock: MovableClock, tmp_path: Path, serve: Serve) -> None:
    await answered(cast, clock)
    double = AnalyticsDouble(clock.now().timestamp())
    settings = given(tmp_path, await serve(double.app()))
    double.status = 503
    assert await measurement.run(cast.ada, settings) == 0
    double.status = 0
    assert await measurement.run(cast.ada, settings) == 2


async def test_an_answer_that_is_too_old_for_the_tool_is_left_out(
    cast: Cast, clock: MovableClock, tmp_path: Path, serve: Serve
) -> None:
    await answered(cast, clock)
    clock.advance(timedelta(hours=73).total_seconds())
    double = AnalyticsDouble(clock.now().timestamp())
    assert await measurement.run(cast.ada, given(tmp_path, await serve(double.app()))) == 0
    assert double.bodies == []


async def test_nothing_leaves_unless_it_is_set_up(
    cast: Cast, clock: MovableClock, tmp_path: Path, serve: Serve
) -> None:
    await answered(cast, clock)
    double = AnalyticsDouble(clock.now().timestamp())
    assert await measurement.run(cast.ada, given(tmp_path, await serve(double.app()), google_id="")) == 0
    assert double.bodies == []
    untold = await cast.ada.read(lambda work: [one.analytics_at for one in work.session.scalars(select(Response))])
    assert set(untold) == {None}
