"""Events to Google Analytics by its Measurement Protocol: really sent, each once told, off unless it is set up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from campaigns.tools import google
from campaigns.tools.google import Event
from campaigns.tools.refusal import NotTaken
from crm_store.actions import analytics_events as acts
from crm_store.engine.store import Desk
from crm_store.log import get_logger
from crm_store.queries import analytics_events
from crm_store.settings import Settings
from crm_store.values.analytics_events import Untold

_SECONDS: Final = 20.0
_FINE: Final = range(200, 300)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stream:
    """A web stream at Google Analytics: where to, its measurement id and its API secret."""

    url: str
    measurement_id: str
    secret: str


def stream(settings: Settings) -> Stream | None:
    """The stream that is set up, if one is."""
    secret = settings.google_secret.get_secret_value()
    if not (settings.google_id and secret):
        return None
    return Stream(settings.google_url.rstrip("/"), settings.google_id, secret)


async def run(desk: Desk, settings: Settings) -> int:
    """Tell of answers that were not told of, a hundred a unit, and say how many events left.

    Of people who do not allow campaign mail at this moment nothing leaves. What cannot be told now is told by the next
    round; a crash in between may tell of up to a hundred twice.
    """
    where = stream(settings)
    if where is None:
        return 0
    told = 0
    while some := await desk.read(analytics_events.untold):
        allowed = [one for one in some if one.may]
        try:
            await send(where, desk.team_id, [_event(one) for one in allowed])
        except NotTaken as problem:
            _log.warning("analytics_wait", team_id=desk.team_id, problem=problem.sentence)
            break
        await desk.write(acts.told, [one.response_id for one in some], withheld=len(some) - len(allowed))
        told += len(allowed)
    return told


async def send(where: Stream, team_id: str, events: Sequence[Event]) -> None:
    """Post events, one person and moment a body; raises NotTaken."""
    query = {"measurement_id": where.measurement_id, "api_secret": where.secret}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session:
        for body in google.payloads(team_id, events):
            await _post(session, f"{where.url}/mp/collect", query, body)


def _event(one: Untold) -> Event:
    return Event(f"campaign_{one.kind}", one.customer_id, one.at, one.campaign_id, one.amount, one.currency)


async def _post(session: aiohttp.ClientSession, url: str, query: dict[str, str], body: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    try:
        # The address holds the secret, so it goes nowhere else and into no log.
        async with session.post(
            url, params=query, data=json.dumps(body).encode(), headers=headers, allow_redirects=False
        ) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as problem:
        raise NotTaken("Google Analytics cannot be reached.", passing=True) from problem
    if status not in _FINE:
        raise NotTaken(f"Google Analytics answered {status}.", passing=True)
