"""Reception: what cannot be kept in time is refused, so that Slack sends it again, and nobody waits in vain."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from bot.gestures import Gesture
from bot.receive import Reception
from crm_store import inbox
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from tests.cast import Cast


def direct_message(number: int) -> dict[str, Any]:
    """Something Ada says to the bot alone."""
    stamp = f"1700000000.{number:06d}"
    return {
        "type": "event_callback",
        "team_id": "T_ADA",
        "event_id": f"Ev{number}",
        "event": {"type": "message", "channel_type": "im", "channel": "D_ADA", "user": "U_ADA", "text": "due",
                  "ts": stamp, "event_ts": stamp},
    }  # fmt: skip


def command(number: int) -> dict[str, Any]:
    """A line typed behind the slash."""
    return {"command": "/crm", "text": "due", "team_id": "T_ADA", "user_id": "U_ADA", "channel_id": "C_SALES",
            "trigger_id": f"1.{number}", "response_url": "http://127.0.0.1/r"}  # fmt: skip


def reception(store: Store) -> Reception:
    async def teams(_slack_team: str) -> str | None:
        return "tea_rapport"

    async def check(_gesture: Gesture) -> Mapping[str, str]:
        return {}

    async def options(_gesture: Gesture) -> list[dict[str, Any]]:
        return []

    return Reception(store, teams, check, options)


async def test_a_crowd_beyond_what_is_kept_in_time_is_sent_again_by_slack(cast: Cast) -> None:
    door = reception(cast.store)
    answers = await asyncio.gather(*(door.take(direct_message(number)) for number in range(700)))
    kept = [one.status for one in answers].count(200)
    assert {one.status for one in answers} == {200, 503}
    assert len(cast.store.house().read_now(inbox.lines)) == kept
    again = await asyncio.gather(*(door.take(direct_message(number)) for number in range(500, 700)))
    assert {one.status for one in again} == {200}
    assert len(cast.store.house().read_now(inbox.lines)) == 700


async def test_who_types_while_the_door_is_crowded_is_told_at_once(cast: Cast) -> None:
    door = reception(cast.store)
    answers = await asyncio.gather(*(door.take(command(number)) for number in range(600)))
    told = [json.loads(one.body) for one in answers if one.body]
    assert told
    assert all(one["response_type"] == "ephemeral" and "nothing was done" in one["text"] for one in told)
    assert {one.status for one in answers} == {200}


async def test_what_is_said_waits_its_turn_and_what_is_typed_with_a_slash_does_not(cast: Cast) -> None:
    door = reception(cast.store)
    await door.take(direct_message(1))
    await door.take(direct_message(2))
    await door.take(command(1))

    def at_once(work: Work) -> list[str | None]:
        return [one.envelope.get(inbox.LANE) for one in inbox.claim_in_turn(work, "slack", 8)]

    assert cast.store.house().write_now(at_once) == ["U_ADA:D_ADA", None]
