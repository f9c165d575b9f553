"""Signed webhooks: an audience as JSON to an address of the team's own, told apart from forgeries by its signature."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp

from campaigns.tools.refusal import NotTaken
from crm_store.values.audiences import Audience

AT_ONCE: Final = 500
_SECONDS: Final = 20.0
_FINE: Final = range(200, 300)
_PASSING: Final = frozenset({408, 425, 429})
_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to, and the secret that both sides know."""

    url: str
    secret: str


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256 over timestamp, a full stop and the body, in hexadecimal."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def pages(audience: Audience, export_id: str) -> list[tuple[str, bytes]]:
    """The audience in bodies of 500 people, each with an id that stays the same when it is sent again."""
    people = audience.people
    count = max(1, -(-len(people) // AT_ONCE))
    found = []
    for page in range(count):
        some = people[page * AT_ONCE : (page + 1) * AT_ONCE]
        content: dict[str, Any] = {
            "event": "audience",
            "export_id": export_id,
            "audience": audience.name,
            "page": page + 1,
            "pages": count,
            "people": [
                {
                    "id": one.customer_id,
                    "email": one.email,
                    "first_name": one.first_name,
                    "last_name": one.last_name,
                    "company": one.company,
                    "phone": one.phone,
                }
                for one in some
            ],
        }
        found.append((f"{export_id}:{page + 1}", json.dumps(content, ensure_ascii=False).encode()))
    return found


async def deliver(hook: Hook, audience: Audience, export_id: str, now: datetime) -> int:
    """Send every page in order and say how many people they held; raises NotTaken.

    A receiver that has seen an `Idempotency-Key` may answer 200 and do nothing.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session:
        for key, body in pages(audience, export_id):
            await _post(session, hook.url, headers(hook.secret, key, body, now), body)
    return len(audience.people)


def headers(secret: str, key: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """The headers of one page."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Rapport-Timestamp": timestamp,
        "X-Rapport-Signature": signature(secret, timestamp, body),
    }


async def _post(session: aiohttp.ClientSession, url: str, given: Mapping[str, str], body: bytes) -> None:
    try:
        # A redirect could carry people's data to somewhere nobody named.
        async with session.post(url, data=body, headers=given, allow_redirects=False) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as problem:
        raise NotTaken("The webhook's receiver cannot be reached.", passing=True) from problem
    if status not in _FINE:
        passing = status in _PASSING or status >= _FAULT
        raise NotTaken(f"The webhook's receiver answered {status}.", passing=passing)
