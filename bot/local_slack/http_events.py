"""HTTP mode: signed requests to the app's own address in place of sockets."""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.local_slack.delivery import Delivery
from bot.local_slack.journal import Journal
from bot.local_slack.limits import ACK_SECONDS
from bot.local_slack.people import Manifest
from crm_store.clock import Clock

Json = dict[str, Any]


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


class HttpEvents:
    """Requests to the app."""

    timeout_reason = "http_timeout"

    def __init__(self, url: str, manifest: Manifest, delivery: Delivery, clock: Clock, journal: Journal) -> None:
        self._url = url
        self._manifest = manifest
        self._delivery = delivery
        self._clock = clock
        self._journal = journal
        self._verified = False
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ACK_SECONDS + 1))
        self._under_way: set[asyncio.Task[None]] = set()

    def deliver(self, envelope: Json) -> bool:
        """Send an envelope as one request."""
        if not self._verified:
            self._verified = True
            self._hold(self._verify())
        self._hold(self._post(envelope))
        return True

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._session.close()

    def _headers(self, body: bytes, kind: str) -> dict[str, str]:
        stamp = str(int(self._clock.now().timestamp()))
        return {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+local)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self._manifest.signing_secret, stamp, body),
        }

    async def _verify(self) -> None:
        """Ask the address to give a challenge back, as Slack does before it trusts it; the log tells what it said."""
        challenge = secrets.token_urlsafe(24)
        body = json.dumps({"type": "url_verification", "token": "local", "challenge": challenge}).encode()
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers(body, "application/json")
            ) as answer:
                verified = answer.status == 200 and challenge in await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            verified = False
        self._journal.add("url_verification", verified=verified)

    async def _post(self, envelope: Json) -> None:
        body, kind = _encoded(envelope)
        headers = self._headers(body, kind)
        if envelope.get("retry_attempt"):
            headers["X-Slack-Retry-Num"] = str(envelope["retry_attempt"])
            headers["X-Slack-Retry-Reason"] = envelope["retry_reason"]
        try:
            async with self._session.post(self._url, data=body, headers=headers) as answer:
                text = await answer.text()
                repeat = answer.headers.get("X-Slack-No-Retry") != "1"
                if answer.status == 200:
                    self._delivery.acknowledge(envelope["envelope_id"], _answered(text, answer.content_type))
                else:
                    self._delivery.failed(envelope["envelope_id"], "http_error", repeat=repeat)
        except TimeoutError:
            return  # The three seconds of the delivery have run out already.
        except aiohttp.ClientError:
            self._delivery.failed(envelope["envelope_id"], "connection_failed")


def _encoded(envelope: Json) -> tuple[bytes, str]:
    payload = envelope["payload"]
    if envelope["type"] == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if envelope["type"] == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields, errors="replace").encode(), "application/x-www-form-urlencoded"


def _answered(text: str, kind: str) -> Any:
    if not text.strip():
        return None
    if kind == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return None
    return {"text": text}
