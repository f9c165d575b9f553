"""A person's acts: each is carried out as Slack's client would, then waits until the app has acknowledged."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.delivery import Outgoing
from bot.local_slack.errors import RefusedError, SlackError
from bot.local_slack.hub import Hub
from bot.local_slack.state import Channel, Message, View

Json = dict[str, Any]
_WAIT_SECONDS = 8.0
_NOBODY_SECONDS = 2.0


@dataclass(slots=True)
class Made:
    """What a gesture caused: things sent to the app, the one it is about first, and facts for whoever asked."""

    sent: list[Outgoing | None] = field(default_factory=list)
    facts: Json = field(default_factory=dict)


class Act:
    """A gesture's words, looked up in the workspace; raises RefusedError with a sentence."""

    def __init__(self, hub: Hub, body: Json) -> None:
        self.hub = hub
        self.body = body
        self.user = self.word("user")
        seat = hub.space.seats.get(self.user)
        if seat is None or seat.is_bot:
            raise RefusedError(f"There is no person {self.user!r} in this workspace.")
        self.team = hub.space.teams[seat.team]

    def word(self, name: str, default: str | None = None) -> str:
        """A string of the gesture."""
        value = self.body.get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            raise RefusedError(f"The gesture needs a {name}.")
        return value

    def channel(self) -> Channel:
        """The channel, of which the person is a member."""
        name = self.word("channel")
        space = self.hub.space
        channel = space.direct_message(self.user) if name == self.team.bot_user_id else space.channels.get(name)
        if channel is None:
            raise RefusedError(f"There is no channel {name!r}.")
        if self.user not in channel.members:
            raise RefusedError(f"{self.user} is not in {channel.name}.")
        return channel

    def open_channel(self) -> Channel:
        """A channel one can write to."""
        channel = self.channel()
        if channel.is_archived:
            raise RefusedError(f"The channel {channel.name} is archived.")
        return channel

    def message(self, *, own: bool = False, shared: bool = False) -> Message:
        """A message this person sees; perhaps one of his own, or one that is not ephemeral."""
        channel = self.channel()
        message = channel.messages.get(self.word("ts"))
        if message is None or message.ephemeral_to not in (None, self.user):
            raise RefusedError(f"There is no message {self.word('ts')} in {channel.name}.")
        if own and message.user != self.user:
            raise RefusedError("Only one's own messages can be changed.")
        if shared and message.ephemeral_to is not None:
            raise RefusedError("That cannot be done with an ephemeral message.")
        return message

    def view(self) -> View:
        """An open modal or the Home of this person."""
        view = self.hub.space.view(self.word("view_id"))
        if view is None or view.user != self.user:
            raise RefusedError(f"{self.user} has no open view {self.word('view_id')}.")
        return view


ACTS: dict[str, Callable[[Act], Made]] = {}


def act(name: str) -> Callable[[Callable[[Act], Made]], Callable[[Act], Made]]:
    """Put a function into the table of gestures."""

    def keep(run: Callable[[Act], Made]) -> Callable[[Act], Made]:
        ACTS[name] = run
        return run

    return keep


async def perform(hub: Hub, body: Any) -> Json:
    """Carry out a gesture; the answer tells what was delivered and how it was acknowledged. Raises RefusedError."""
    kind = body.get("type") if isinstance(body, dict) else None
    if not isinstance(kind, str) or kind not in ACTS:
        raise RefusedError(f"There is no gesture {kind!r}; known are {', '.join(sorted(ACTS))}.")
    try:
        made = ACTS[kind](Act(hub, body))
    except SlackError as refusal:
        raise RefusedError(f"Slack refuses that: {refusal.code}.") from refusal
    sent = [one for one in made.sent if one is not None]
    await _answered(sent)
    first = sent[0] if sent else None
    return {
        "event_id": first.event_id if first else None,
        "ack_ms": first.ack_ms if first else None,
        "ack": first.ack if first else None,
        "delivered": sum(one.delivered for one in sent),
        **made.facts,
    }


async def _answered(sent: list[Outgoing]) -> None:
    waiting = {one.done for one in sent if not one.done.done()}
    if not waiting:
        return
    patience = _WAIT_SECONDS if any(one.delivered or not one.repeats for one in sent) else _NOBODY_SECONDS
    await asyncio.wait(waiting, timeout=patience)
