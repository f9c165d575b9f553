"""The workspace as plain data: channels with their messages, views, files, and who may see what."""

import secrets
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.local_slack.people import Manifest, Seat, Team, UserGroup
from crm_store.clock import Clock

Json = dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message; an ephemeral one has the person it is for. `seq` tells the change that it was part of last."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    attachments: list[Json] = field(default_factory=list)
    unfurls: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    metadata: Json | None = None
    ephemeral_to: str | None = None
    streaming: bool = False
    streamed: bool = False
    tasks: dict[str, Json] = field(default_factory=dict)
    plan_title: str = ""
    broadcast: bool = False
    values: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)
    seq: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread and not at its top."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A channel, a group or a direct message, with its messages by time."""

    id: str
    name: str
    team: str
    members: list[str]
    created: int = 0
    creator: str = ""
    topic: str = ""
    purpose: str = ""
    is_im: bool = False
    is_mpim: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    threads: dict[str, Json] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)

    def put(self, message: Message) -> None:
        """Keep a message at its place in time."""
        self.messages[message.ts] = message
        insort(self.order, message.ts)
        if message.is_reply and message.thread_ts and message.ephemeral_to is None:
            insort(self.replies.setdefault(message.thread_ts, []), message.ts)

    def drop(self, ts: str) -> Message | None:
        """Take a message away."""
        message = self.messages.pop(ts, None)
        if message:
            self.order.remove(ts)
            if message.thread_ts and ts in self.replies.get(message.thread_ts, ()):
                self.replies[message.thread_ts].remove(ts)
        return message

    def seen(self, ts: str) -> Message | None:
        """A message that is no ephemeral one."""
        message = self.messages.get(ts)
        return message if message and message.ephemeral_to is None else None

    def in_order(self) -> Iterator[Message]:
        """All messages, oldest first."""
        return (self.messages[ts] for ts in self.order)


@dataclass(slots=True)
class View:
    """An open modal or a published Home."""

    id: str
    team: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None

    @property
    def external_id(self) -> str:
        """The name the app gave it."""
        return str(self.content.get("external_id") or "")


@dataclass(slots=True)
class StoredFile:
    """A file, from the moment its upload address was asked for."""

    id: str
    team: str
    user: str
    name: str
    title: str
    mimetype: str
    created: int
    length: int
    alt_txt: str = ""
    content: bytes | None = None
    shared_in: list[str] = field(default_factory=list)
    complete: bool = False


class Workspace:
    """Everything that one server holds: one app, and every team that installed it."""

    def __init__(self, clock: Clock, manifest: Manifest, teams: list[Team], seats: list[Seat]) -> None:
        self.clock = clock
        self.manifest = manifest
        self.teams = {team.id: team for team in teams}
        self.seats = {seat.id: seat for seat in seats}
        self.channels: dict[str, Channel] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.panes: dict[str, Json] = {}
        self.files: dict[str, StoredFile] = {}
        self.scheduled: dict[str, Json] = {}
        self.groups: dict[str, UserGroup] = {}
        self.uninstalled: set[str] = set()
        self.seq = 0
        self.run = secrets.token_hex(4)
        self.watchers: list[Callable[[], None]] = []
        self._last_micros = 0
        for team in teams:
            self.seats.setdefault(
                team.bot_user_id,
                Seat(team.bot_user_id, manifest.name, manifest.name.title(), team=team.id, is_bot=True),
            )
        for seat in list(self.seats.values()):
            if not seat.is_bot:
                self.direct_message(seat.id)

    def changed(self, *messages: Message) -> None:
        """Tell the watchers that somebody may see something new: of the messages, those that are not as they were."""
        self.seq += 1
        for message in messages:
            channel = self.channels[message.channel]
            message.seq = self.seq
            if message.ts not in channel.messages:
                channel.gone[message.ts] = self.seq
            # The first message of a thread tells of its replies.
            if (first := channel.messages.get(message.thread_ts or "")) is not None:
                first.seq = self.seq
        for watcher in self.watchers:
            watcher()

    def add_channel(self, channel: Channel) -> Channel:
        """Add a channel."""
        channel.created = channel.created or int(self.clock.now().timestamp())
        self.channels[channel.id] = channel
        return channel

    def team_of(self, user: str) -> Team:
        """The team of a person."""
        return self.teams[self.seats[user].team]

    def people(self, team: str) -> list[Seat]:
        """A team's seats, the bot's among them."""
        return [seat for seat in self.seats.values() if seat.team == team]

    def is_bot(self, user: str) -> bool:
        """Whether this is the app's own user."""
        return user in self.seats and self.seats[user].is_bot

    def has_app(self, channel: Channel) -> bool:
        """Whether the app is a member."""
        return self.teams[channel.team].bot_user_id in channel.members

    def direct_message(self, *users: str) -> Channel:
        """The direct message between the app and these people, opened when it is not there yet."""
        team = self.team_of(users[0])
        name = "D_" + users[0].removeprefix("U_") if len(users) == 1 else "G_" + "_".join(sorted(users))
        found = self.channels.get(name)
        if found:
            return found
        members = [*users, team.bot_user_id]
        label = users[0] if len(users) == 1 else "mpdm-" + "--".join(self.seats[one].name for one in users)
        return self.add_channel(
            Channel(
                name, label, team.id, members, creator=team.bot_user_id,
                is_im=len(users) == 1, is_mpim=len(users) > 1, is_private=True,
            )
        )  # fmt: skip

    def next_ts(self, channel: Channel, at: datetime | None = None) -> str:
        """A time stamp that no message of the channel has: now, later than all given before, or near a past time."""
        micros = int((at or self.clock.now()).timestamp() * 1_000_000)
        if at is None:
            micros = self._last_micros = max(micros, self._last_micros + 1)
        while (ts := f"{micros // 1_000_000}.{micros % 1_000_000:06d}") in channel.messages:
            micros += 1
        return ts

    def seed_message(
        self,
        channel: str,
        user: str,
        text: str,
        at: datetime | str | None = None,
        thread_ts: str | None = None,
        blocks: list[Json] | None = None,
    ) -> str:
        """Write a message of the past: no event, no limit; gives its ts."""
        place = self.channels[channel]
        ts = at if isinstance(at, str) else self.next_ts(place, at)
        bot = self.team_of(user).bot_id if self.is_bot(user) else None
        message = Message(ts, channel, user, text, blocks=blocks or [], thread_ts=thread_ts, bot_id=bot)
        place.put(message)
        self.changed(message)
        return ts

    def view(self, view_id: str) -> View | None:
        """An open modal or a Home by its id."""
        for views in (*self.stacks.values(), self.homes.values()):
            for view in views:
                if view.id == view_id:
                    return view
        return None

    def view_by_external_id(self, team: str, external_id: str) -> View | None:
        """An open modal or a Home by the name its app gave it."""
        for views in (*self.stacks.values(), self.homes.values()):
            for view in views:
                if view.team == team and view.external_id == external_id:
                    return view
        return None

    def fresh_hash(self) -> str:
        """A view's hash, another one at each call."""
        return f"{int(self.clock.now().timestamp())}.{secrets.token_hex(4)}"


def new_name(prefix: str) -> str:
    """An id as Slack makes them: a letter and ten characters."""
    return prefix + secrets.token_hex(5).upper()
