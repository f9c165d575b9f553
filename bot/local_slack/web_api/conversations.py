"""Channels and direct messages: list, look at, open, join, members."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import TIER_2, TIER_3, TIER_4
from bot.local_slack.shapes import channel_json
from bot.local_slack.state import Channel
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]
_KINDS = ("public_channel", "private_channel", "mpim", "im")


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


@method("conversations.list", TIER_2, "channels:read")
def list_conversations(call: Call) -> Json:
    """All public channels, and the private ones the app is in."""
    kinds = [one.strip() for one in (call.args.text("types") or "public_channel").split(",")]
    if any(one not in _KINDS for one in kinds):
        raise SlackError("invalid_types")
    without_archived = call.args.flag("exclude_archived")
    rows = [
        one
        for one in call.space.channels.values()
        if one.team == call.team.id
        and _kind(one) in kinds
        and (not one.is_private or call.space.has_app(one))
        and not (without_archived and one.is_archived)
    ]
    page, metadata = call.page(rows, lambda one: str(one.id))
    return {"channels": [channel_json(call.space, one) for one in page], "response_metadata": metadata}


@method("conversations.info", TIER_3, "channels:read")
def info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel(member=False)
    if channel.is_private and not call.space.has_app(channel):
        raise SlackError("channel_not_found")
    return {"channel": channel_json(call.space, channel)}


@method("conversations.open", TIER_3, "im:write")
def open_conversation(call: Call) -> Json:
    """The direct message with one or several people."""
    if call.args.text("channel"):
        channel = call.channel()
    else:
        users = [one.strip() for one in call.args.needed("users").split(",") if one.strip()]
        for one in users:
            seat = call.space.seats.get(one)
            if seat is None or seat.team != call.team.id:
                raise SlackError("user_not_found")
            if seat.is_bot:
                raise SlackError("cannot_dm_bot")
        channel = call.space.direct_message(*users)
    whole = call.args.flag("return_im")
    return {"channel": channel_json(call.space, channel) if whole else {"id": channel.id}}


@method("conversations.join", TIER_3, "channels:join")
def join(call: Call) -> Json:
    """Become a member of a public channel."""
    channel = call.channel(member=False)
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if not call.space.has_app(channel):
        channel.members.append(call.team.bot_user_id)
        call.space.changed()
    return {"channel": channel_json(call.space, channel)}


@method("conversations.members", TIER_4, "channels:read")
def members(call: Call) -> Json:
    """Who is in a conversation."""
    channel = call.channel(member=False)
    if channel.is_private and not call.space.has_app(channel):
        raise SlackError("channel_not_found")
    page, metadata = call.page(channel.members, str)
    return {"members": page, "response_metadata": metadata}
