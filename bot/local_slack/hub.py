"""The running workspace: its data, its clockwork, and what follows when somebody writes, edits, deletes or reacts."""

import secrets
from typing import Any

from bot.local_slack.delivery import Delivery, Outgoing
from bot.local_slack.errors import SlackError
from bot.local_slack.faults import Faults
from bot.local_slack.journal import Journal
from bot.local_slack.people import MailDoor, Team
from bot.local_slack.rates import Limiter
from bot.local_slack.shapes import channel_type, message_json
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.state import Channel, Message, Workspace, new_name
from bot.local_slack.tickets import Tickets
from bot.local_slack.timers import Timers
from bot.local_slack.tokens import Tokens

Json = dict[str, Any]
_SUGGESTED = 500
_SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


class Hub:
    """What every part of the server shares."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.timers = Timers(space.clock)
        self.faults = Faults()
        self.journal = Journal(space)
        self.limiter = Limiter(space.clock)
        self.tickets = Tickets(space.clock)
        self.delivery = Delivery(self.timers, self.faults, self.journal)
        self.sockets = SocketMode(space.manifest, self.delivery, self.timers)
        self.base = ""
        self.page_key = secrets.token_urlsafe(16)
        self.calls_under_way = 0
        self.last_call = 0.0
        self.suggested: dict[tuple[str, str], list[Json]] = {}
        self.codes: dict[str, str] = {}
        self.tokens = Tokens(space)
        self.mail: MailDoor | None = None

    @property
    def socket_base(self) -> str:
        """The base address of sockets."""
        return self.base.replace("http://", "ws://", 1)

    def publish(self, team: Team, event: Json, channel: Channel | None = None) -> Outgoing | None:
        """Send an event to the app when it subscribed to it and is a member of the place; None when it is not sent."""
        name = event["type"]
        if name == "message" and channel is not None:
            name = _SUBSCRIPTION[channel_type(channel)]
        reaches = channel is None or self.space.has_app(channel)
        if name not in self.space.manifest.events or not reaches:
            return None
        event_id = new_name("Ev")
        wrapped = {
            "token": "local",
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": None,
            "api_app_id": self.space.manifest.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self.space.clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team.id,
                    "user_id": team.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_shared),
            "event_context": f"4-{event_id}",
        }
        return self.delivery.send("events_api", wrapped, event_id)

    def remember_options(self, container: str, action_id: str, options: list[Json]) -> None:
        """Keep what the app suggested for a menu, for whoever chooses next."""
        self.suggested[container, action_id] = options
        if len(self.suggested) > _SUGGESTED:
            self.suggested.pop(next(iter(self.suggested)))

    def shown(self, message: Message) -> Json:
        """A message as JSON."""
        return message_json(self.space, message, self.base)

    def say(self, message: Message) -> Outgoing | None:
        """Put a message where it belongs and tell the app of it."""
        channel = self.space.channels[message.channel]
        channel.put(message)
        if message.bot_id and message.thread_ts in channel.threads:
            channel.threads[message.thread_ts].pop("status", None)
        self.space.changed(message)
        if message.ephemeral_to is not None or (message.bot_id and not self.space.manifest.hears_itself):
            return None
        event = {**self.shown(message), **self._place(channel), "event_ts": message.ts}
        return self.publish(self.space.teams[channel.team], event, channel)

    def changed(self, message: Message, before: Json) -> Outgoing | None:
        """Tell the app that a message was edited."""
        self.space.changed(message)
        return self._about(message, "message_changed", {"message": self.shown(message), "previous_message": before})

    def remove(self, message: Message) -> Outgoing | None:
        """Take a message away and tell the app."""
        before = self.shown(message)
        self.space.channels[message.channel].drop(message.ts)
        self.space.changed(message)
        return self._about(message, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})

    def react(self, message: Message, user: str, name: str, *, adding: bool) -> Outgoing | None:
        """Add or take off a reaction; raises SlackError when it is there already, or not there."""
        users = message.reactions.setdefault(name, [])
        if adding == (user in users):
            if not users:
                del message.reactions[name]
            raise SlackError("already_reacted" if adding else "no_reaction")
        (users.append if adding else users.remove)(user)
        if not users:
            del message.reactions[name]
        self.space.changed(message)
        if self.space.is_bot(user) and not self.space.manifest.hears_itself:
            return None
        channel = self.space.channels[message.channel]
        event = {
            "type": "reaction_added" if adding else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.space.next_ts(channel),
        }
        return self.publish(self.space.teams[channel.team], event, channel)

    def _about(self, message: Message, subtype: str, more: Json) -> Outgoing | None:
        channel = self.space.channels[message.channel]
        if message.ephemeral_to is not None or (message.bot_id and not self.space.manifest.hears_itself):
            return None
        stamp = self.space.next_ts(channel)
        event = {"type": "message", "subtype": subtype, "hidden": True, **more, **self._place(channel)}
        return self.publish(self.space.teams[channel.team], {**event, "ts": stamp, "event_ts": stamp}, channel)

    def _place(self, channel: Channel) -> Json:
        return {"channel": channel.id, "channel_type": channel_type(channel)}
