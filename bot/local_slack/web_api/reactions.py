"""Reactions of the app."""

import re
from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import TIER_2, TIER_3
from bot.local_slack.state import Message
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]
_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def emoji_name(text: str) -> str:
    """The name of an emoji without its colons; raises SlackError `invalid_name`."""
    name = text.strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def _target(call: Call) -> Message:
    return call.message(call.channel(), "timestamp")


@method("reactions.add", TIER_3, "reactions:write")
def add(call: Call) -> Json:
    """Add a reaction."""
    name = emoji_name(call.args.needed("name"))
    call.hub.react(_target(call), call.team.bot_user_id, name, adding=True)
    return {}


@method("reactions.remove", TIER_2, "reactions:write")
def remove(call: Call) -> Json:
    """Take a reaction off."""
    name = emoji_name(call.args.needed("name"))
    call.hub.react(_target(call), call.team.bot_user_id, name, adding=False)
    return {}


@method("reactions.get", TIER_3, "reactions:read")
def get(call: Call) -> Json:
    """A message with its reactions."""
    message = _target(call)
    return {"type": "message", "channel": message.channel, "message": call.hub.shown(message)}
