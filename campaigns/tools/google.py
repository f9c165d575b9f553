"""Google Analytics: addresses that carry a campaign's tags, and events of the Measurement Protocol."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from campaigns.tools.csv_list import table
from crm_store.values.audiences import Audience

EVENTS_AT_ONCE: Final = 25
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PARAMETERS, _KEY, _TEXT = 25, 40, 100
_WEB: Final = ("http", "https")
_SPACE: Final = uuid.UUID("b8f1d5a6-6c1f-4a0b-9a55-3c8d4a0f7e21")


@dataclass(frozen=True, slots=True)
class Tags:
    """What tells where a visit came from; `content` is the variant of a letter."""

    campaign: str
    campaign_id: str
    source: str = "rapport"
    medium: str = "email"
    content: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person of a campaign; `amount` in units of the currency."""

    name: str
    customer_id: str
    at: datetime
    campaign_id: str
    amount: float | None = None
    currency: str | None = None


def slug(name: str) -> str:
    """A campaign's name in lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-_")[:100] or "campaign"


def tagged(address: str, tags: Tags) -> str:
    """The address with the tags; other parameters and the fragment stay, tags that are there already are replaced.

    Anything but a web address is handed back as it is.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.scheme.lower() not in _WEB or not parts.netloc:
        return address
    own = {
        "utm_source": tags.source,
        "utm_medium": tags.medium,
        "utm_campaign": slug(tags.campaign),
        "utm_id": tags.campaign_id,
        **({"utm_content": slug(tags.content)} if tags.content else {}),
    }
    kept = [part for part in parts.query.split("&") if part and part.partition("=")[0].lower() not in own]
    query = "&".join([*kept, urlencode(own, quote_via=quote)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def tags_of(address: str) -> dict[str, str]:
    """The tags that an address carries."""
    return {name: value for name, value in parse_qsl(urlsplit(address).query) if name.startswith("utm_")}


def client_id(team_id: str, customer_id: str) -> str:
    """A stable name for a person that tells Google nothing about them."""
    return str(uuid.uuid5(_SPACE, f"{team_id}\n{customer_id}"))


def payloads(team_id: str, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Bodies for `POST /mp/collect`: one person and moment each, at most 25 events, nothing personal; or ValueError.

    Limits by Google's description of the protocol: names of 40 letters, 25 parameters, values of 100 letters. Nobody
    was asked whether their data may serve advertisements, so that is denied.
    """
    together: dict[tuple[str, datetime], list[Event]] = {}
    for one in events:
        together.setdefault((one.customer_id, one.at), []).append(one)
    bodies = []
    for (customer_id, at), own in together.items():
        for start in range(0, len(own), EVENTS_AT_ONCE):
            some = own[start : start + EVENTS_AT_ONCE]
            body = {
                "client_id": client_id(team_id, customer_id),
                "consent": {"ad_user_data": "DENIED", "ad_personalization": "DENIED"},
                "timestamp_micros": int(at.timestamp() * 1_000_000),
                "events": [{"name": one.name, "params": _parameters(one)} for one in some],
            }
            check(body)
            bodies.append(body)
    return bodies


def check(body: Mapping[str, Any]) -> None:
    """Raise ValueError with what Google would pass over in silence, since the protocol answers 204 to anything."""
    if not body.get("client_id"):
        raise ValueError("An event needs a client_id.")
    events = body.get("events") or []
    if not 1 <= len(events) <= EVENTS_AT_ONCE:
        raise ValueError(f"A body holds 1 to {EVENTS_AT_ONCE} events.")
    for event in events:
        if not _NAME.fullmatch(event["name"]):
            raise ValueError(f"{event['name']} is no name of an event.")
        parameters = event["params"]
        if len(parameters) > _PARAMETERS:
            raise ValueError(f"An event holds at most {_PARAMETERS} parameters.")
        for name, value in parameters.items():
            if len(name) > _KEY or len(str(value)) > _TEXT:
                raise ValueError(f"The parameter {name[:_KEY]} is too long.")
            if "@" in str(value):
                raise ValueError(f"The parameter {name} looks like an address, and no address may leave.")


def written(audience: Audience, team_id: str) -> bytes:
    """A file to join with Google's own export: the client id of each person, and nothing personal."""
    return table(
        ("client_id", "audience"), [(client_id(team_id, one.customer_id), audience.key) for one in audience.people]
    )


def _parameters(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = {"campaign_id": event.campaign_id, "engagement_time_msec": 1}
    if event.amount is not None and event.currency:
        found |= {"value": round(event.amount, 2), "currency": event.currency}
    return found
