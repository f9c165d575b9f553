"""Google Analytics on loopback, after the description of the Measurement Protocol: it answers 204 to nearly anything.

What its validation server would have said against a body is kept beside it, so that a test can look.
"""

import re
from typing import Any

from aiohttp import web

ID, SECRET = "G-ABC1234567", "an-api-secret"
_EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_RESERVED = ("_", "firebase_", "ga_", "google_", "gtag.")
_TOP = {"client_id", "user_id", "timestamp_micros", "user_properties", "user_data", "consent", "non_personalized_ads",
        "events", "validation_behavior"}  # fmt: skip
_HOURS = 72


class AnalyticsDouble:
    """Takes events; `status` is what it answers while it is not well."""

    def __init__(self, now: float) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.status = 0
        self.now = now

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/mp/collect", self.take)])
        return app

    async def take(self, request: web.Request) -> web.Response:
        if self.status:
            return web.Response(status=self.status)
        raw = await request.read()
        body = await request.json()
        if request.query.get("measurement_id") != ID or request.query.get("api_secret") != SECRET:
            # It says nothing, and takes nothing.
            return web.Response(status=204)
        self.faults += self.against(body, len(raw))
        self.bodies.append(body)
        return web.Response(status=204)

    def against(self, body: dict[str, Any], size: int) -> list[str]:
        """What the validation server says, in short."""
        found = [f"unknown field {one}" for one in body.keys() - _TOP]
        if size > 130_000:
            found.append("body too large")
        if not body.get("client_id"):
            found.append("client_id missing")
        if any(one not in ("GRANTED", "DENIED") for one in body.get("consent", {}).values()):
            found.append("consent is neither granted nor denied")
        if body.get("consent", {}).keys() - {"ad_user_data", "ad_personalization"}:
            found.append("unknown consent")
        moment = body.get("timestamp_micros", self.now * 1_000_000) / 1_000_000
        if not self.now - _HOURS * 3600 <= moment <= self.now + 900:
            found.append("timestamp out of range")
        events = body.get("events") or []
        if not 1 <= len(events) <= 25:
            found.append("number of events")
        for event in events:
            found += self._against_event(event)
        return found

    def _against_event(self, event: dict[str, Any]) -> list[str]:
        name, found = event.get("name", ""), []
        if not _EVENT.fullmatch(name) or name.startswith(_RESERVED):
            found.append(f"event name {name}")
        parameters = event.get("params", {})
        if len(parameters) > 25:
            found.append("number of parameters")
        for key, value in parameters.items():
            if not _EVENT.fullmatch(key) or key.startswith(_RESERVED) or len(str(value)) > 100:
                found.append(f"parameter {key}")
        if ("value" in parameters) != ("currency" in parameters):
            found.append("value without currency")
        return found
