"""One Web API call: its arguments, who makes it, and the table of methods."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.hub import Hub
from bot.local_slack.limits import PAGE_ROWS, Pace
from bot.local_slack.people import Team
from bot.local_slack.state import Channel, Message, Workspace

Json = dict[str, Any]


class Arguments:
    """The arguments of a call; a form gives them as strings, JSON with their types."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def text(self, name: str) -> str:
        """A string, empty when it is missing."""
        value = self.raw.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def needed(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise missing_argument(name)
        return value

    def flag(self, name: str) -> bool:
        """A truth value."""
        return self.raw.get(name) in (True, "true", "True", "1", 1)

    def whole(self, name: str, error: str = "invalid_arguments") -> int | None:
        """A whole number, None when it is missing."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise SlackError(error, [f"[ERROR] must be an integer [json-pointer:/{name}]"]) from None

    def data(self, name: str, error: str = "invalid_arguments") -> Any:
        """A list or object, which a form gives as a JSON string; None when it is missing."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise SlackError(error, [f"[ERROR] must be valid JSON [json-pointer:/{name}]"]) from None


@dataclass(slots=True)
class Call:
    """A call under way."""

    hub: Hub
    team: Team
    args: Arguments

    @property
    def space(self) -> Workspace:
        """The workspace's data."""
        return self.hub.space

    def channel(self, name: str = "channel", *, member: bool = True, open_dm: bool = False) -> Channel:
        """The channel an argument names: an id, a name with or without #, or a person whose direct message is meant."""
        wanted = self.args.needed(name)
        found = self._find_channel(wanted, open_dm=open_dm)
        if found is None or found.team != self.team.id:
            raise SlackError("channel_not_found")
        if member and self.team.bot_user_id not in found.members:
            raise SlackError("channel_not_found" if found.is_private else "not_in_channel")
        return found

    def writable(self, name: str = "channel") -> Channel:
        """A channel the app may write to."""
        found = self.channel(name, member=False, open_dm=True)
        if found.is_archived:
            raise SlackError("is_archived")
        if self.team.bot_user_id not in found.members:
            raise SlackError("channel_not_found" if found.is_private else "not_in_channel")
        return found

    def _find_channel(self, wanted: str, *, open_dm: bool) -> Channel | None:
        found = self.space.channels.get(wanted)
        seat = self.space.seats.get(wanted)
        if found is None and open_dm and seat and seat.team == self.team.id and not seat.is_bot:
            return self.space.direct_message(seat.id)
        if found is None:
            name = wanted.removeprefix("#")
            named = (one for one in self.space.channels.values() if one.team == self.team.id and not one.is_im)
            found = next((one for one in named if one.name == name), None)
        return found

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message an argument names."""
        found = channel.seen(self.args.needed(name))
        if found is None:
            raise SlackError("message_not_found")
        return found

    def person(self, name: str = "user") -> str:
        """The person an argument names."""
        wanted = self.args.needed(name)
        seat = self.space.seats.get(wanted)
        if seat is None or seat.team != self.team.id:
            raise SlackError("user_not_found")
        return wanted

    def page(self, rows: Sequence[Any], key: Callable[[Any], str], most: int = PAGE_ROWS) -> tuple[list[Any], Json]:
        """The rows of the page that limit and cursor ask for, and the response_metadata with the next cursor."""
        limit = self.args.whole("limit", "invalid_limit")
        if limit is not None and not 1 <= limit <= most:
            raise SlackError("invalid_limit")
        start = 0
        cursor = self.args.text("cursor")
        if cursor:
            wanted = _read_cursor(cursor)
            start = next((n for n, row in enumerate(rows) if key(row) == wanted), -1)
            if start < 0:
                raise SlackError("invalid_cursor")
        end = start + (limit or min(100, most))
        after = base64.urlsafe_b64encode(f"next:{key(rows[end])}".encode()).decode() if end < len(rows) else ""
        return list(rows[start:end]), {"next_cursor": after}


def _read_cursor(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise SlackError("invalid_cursor") from None
    if not text.startswith("next:"):
        raise SlackError("invalid_cursor")
    return text.removeprefix("next:")


class Caller(StrEnum):
    """Whose token a method asks for."""

    BOT = "bot"
    APP = "app"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what runs, how often, with which scope, and by whom."""

    name: str
    run: Callable[[Call], Json]
    pace: Pace | None
    scope: str
    caller: Caller


METHODS: dict[str, Method] = {}


def method(
    name: str, pace: Pace | None, scope: str = "", caller: Caller = Caller.BOT
) -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Put a function into the table of methods."""

    def keep(run: Callable[[Call], Json]) -> Callable[[Call], Json]:
        METHODS[name] = Method(name, run, pace, scope, caller)
        return run

    return keep
