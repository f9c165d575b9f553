"""Slack payload (Socket Mode or HTTP) -> inbox row -> acknowledgement: nothing is acked before it is committed."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot import gestures
from bot.gestures import HEARD, Did, Gesture
from crm_store import inbox
from crm_store.engine.gathered import Gathered
from crm_store.engine.store import Store
from crm_store.errors import StoreUnavailable
from crm_store.inbox import Arrival
from crm_store.log import get_logger
from crm_store.queries import threads as thread_queries
from crm_store.values.threads import Told

SOURCE = "slack"
_MOST_AT_THE_DOOR: Final = 500
"""So many wait for the store at most; with more of them none would be acknowledged in time, and Slack sends again."""
_IN_TURN: Final = frozenset({Did.DIRECT, Did.MENTION, Did.SAID, Did.EDITED, Did.DELETED, Did.REACTED, Did.UNREACTED})
"""What a person says in one place is handled in the order it was said; a press has a trigger and waits for nothing."""
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
        self._at_the_door = 0
        self._arrivals = Gathered(self._put_all)
        self._told = Gathered(self._look_up)

    async def take(self, payload: Mapping[str, Any]) -> BoltResponse:
        """Keep a payload and answer Slack; a dialog is checked first, since its errors travel in the answer."""
        gesture = gestures.read(payload)
        team_id = await self._teams(gestures.team_of(payload)) if gesture is not None else None
        if gesture is not None and team_id is None:
            _log.warning("unknown_workspace", slack_team=gestures.team_of(payload))
        if gesture is None or team_id is None:
            return BoltResponse(status=200, body="")
        if gesture.did is Did.LOOKS_UP:
            return BoltResponse(status=200, body=json.dumps({"options": await self._options(gesture)}))
        if gesture.did in HEARD and not await self._concerns(team_id, gesture):
            return BoltResponse(status=200, body="")
        if gesture.did is Did.SUBMITTED and (errors := await self._check(gesture)):
            return BoltResponse(status=200, body=json.dumps({"response_action": "errors", "errors": dict(errors)}))
        raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        envelope = {"did": gesture.did.value}
        if gesture.did in _IN_TURN:
            envelope[inbox.LANE] = f"{gesture.user}:{gesture.channel}"
        return await self._keep(gesture, Arrival(team_id, SOURCE, gestures.key(payload), raw, envelope))

    async def _keep(self, gesture: Gesture, arrival: Arrival) -> BoltResponse:
        """Acknowledge what is committed; what cannot be kept in time is refused, so that Slack sends it again."""
        if self._at_the_door >= _MOST_AT_THE_DOOR:
            _log.warning("too_much_at_once", waiting=self._at_the_door)
            return _not_kept(gesture)
        self._at_the_door += 1
        try:
            await self._arrivals.ask(arrival)
        except StoreUnavailable:
            return _not_kept(gesture)
        finally:
            self._at_the_door -= 1
        return BoltResponse(status=200, body="")

    async def _put_all(self, arrivals: Sequence[Arrival]) -> list[None]:
        """What came while the store was busy is kept together, in the order it came."""
        await self._store.house().keep(inbox.put_all, arrivals)
        return [None] * len(arrivals)

    async def _look_up(self, told: Sequence[Told]) -> list[bool]:
        return await self._store.house().read(thread_queries.concern_all, told)

    async def _concerns(self, team_id: str, gesture: Gesture) -> bool:
        """What colleagues write to each other is not even kept, unless it belongs to something that was logged."""
        told = Told(team_id, gesture.channel, gesture.ts, gesture.thread_ts or gesture.ts, new=gesture.did is Did.SAID)
        try:
            return await self._told.ask(told)
        except StoreUnavailable:
            return True  # Keeping it fails as well then, and Slack brings it once more.


def _not_kept(gesture: Gesture) -> BoltResponse:
    """An event is sent again by Slack when it gets no 200; a person is told so at once."""
    sentence = "Rapport cannot save anything at the moment, so nothing was done. Try the same in a minute."
    if gesture.did is Did.COMMAND:
        return BoltResponse(status=200, body=json.dumps({"response_type": "ephemeral", "text": sentence}))
    return BoltResponse(status=503, body="")


def build_front(
    reception: Reception,
    authorize: Callable[..., Awaitable[AuthorizeResult | None]],
) -> AsyncApp:
    """Bolt answers Slack's handshakes; one middleware hands everything to the reception.

    Signatures are checked by the web address before anything is read; a socket needs none.
    """
    app = AsyncApp(
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None for "not installed here"
        request_verification_enabled=False,
        ignoring_self_events_enabled=True,
        raise_error_for_unhandled_request=False,
    )

    @app.middleware
    async def receive(body: dict[str, Any]) -> BoltResponse:
        return await reception.take(body)

    return app
