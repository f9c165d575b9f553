"""Slack payload (Socket Mode or HTTP) -> inbox row -> acknowledgement: nothing is acked before it is committed."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot import gestures
from bot.gestures import Did, Gesture
from crm_store import inbox
from crm_store.engine.store import Store
from crm_store.errors import StoreUnavailable
from crm_store.inbox import Arrival
from crm_store.log import get_logger

SOURCE = "slack"
_log = get_logger(__name__)
Check = Callable[[Gesture], Awaitable[Mapping[str, str]]]
Options = Callable[[Gesture], Awaitable[list[dict[str, Any]]]]
Teams = Callable[[str], Awaitable[str | None]]


class Reception:
    """Takes what Slack delivers; all work happens later, from the rows."""

    def __init__(self, store: Store, teams: Teams, check: Check, options: Options) -> None:
        self._store = store
        self._teams = teams
        self._check = check
        self._options = options

    async def take(self, payload: Mapping[str, Any]) -> BoltResponse:
        """Keep a payload and answer Slack; a dialog is checked first, since its errors travel in the answer."""
        gesture = gestures.read(payload)
        if gesture is None:
            return BoltResponse(status=200, body="")
        team_id = await self._teams(gestures.team_of(payload))
        if team_id is None:
            _log.warning("unknown_workspace", slack_team=gestures.team_of(payload))
            return BoltResponse(status=200, body="")
        if gesture.did is Did.LOOKS_UP:
            return BoltResponse(status=200, body=json.dumps({"options": await self._options(gesture)}))
        if gesture.did is Did.SUBMITTED and (errors := await self._check(gesture)):
            return BoltResponse(status=200, body=json.dumps({"response_action": "errors", "errors": dict(errors)}))
        raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        arrival = Arrival(team_id, SOURCE, gestures.key(payload), raw, {"did": gesture.did.value})
        try:
            await self._store.house().keep(inbox.put, arrival)
        except StoreUnavailable:
            return _not_kept(gesture)
        return BoltResponse(status=200, body="")


def _not_kept(gesture: Gesture) -> BoltResponse:
    """An event is sent again by Slack when it gets no 200; a person is told so at once."""
    sentence = "Rapport cannot save anything at the moment, so nothing was done. Try the same in a minute."
    if gesture.did is Did.COMMAND:
        return BoltResponse(status=200, body=json.dumps({"response_type": "ephemeral", "text": sentence}))
    return BoltResponse(status=503, body="")


def build_front(
    reception: Reception,
    authorize: Callable[..., Awaitable[AuthorizeResult | None]],
    signing_secret: str,
) -> AsyncApp:
    """Bolt checks signatures and answers Slack's handshakes; one middleware hands everything to the reception."""
    app = AsyncApp(
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for "not installed here"
        signing_secret=signing_secret or "socket-mode-needs-none",
        ignoring_self_events_enabled=True,
        raise_error_for_unhandled_request=False,
    )

    @app.middleware
    async def receive(body: dict[str, Any]) -> BoltResponse:
        return await reception.take(body)

    return app
