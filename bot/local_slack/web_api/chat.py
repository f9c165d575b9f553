"""Posting, updating and deleting messages."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import CHANNEL_POSTS, HUNDREDS, TEAM_POSTS, TIER_3, TIER_4
from bot.local_slack.state import Channel, Message
from bot.local_slack.web_api import content
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


def own_message(call: Call, channel: Channel, refusal: str) -> Message:
    """A message that the app itself wrote."""
    message = call.message(channel)
    if message.bot_id != call.team.bot_id:
        raise SlackError(refusal)
    return message


@method("chat.postMessage", TEAM_POSTS, "chat:write")
def post_message(call: Call) -> Json:
    """Post a message."""
    channel = call.writable()
    call.hub.limiter.take((call.team.id, "chat.postMessage", channel.id), CHANNEL_POSTS)
    parts = content.read(call.args)
    if parts.is_empty:
        raise SlackError("no_text")
    thread_ts = content.thread(call.args, channel)
    broadcast = thread_ts is not None and call.args.flag("reply_broadcast")
    message = Message(
        call.space.next_ts(channel),
        channel.id,
        call.team.bot_user_id,
        parts.text or "",
        blocks=parts.blocks or [],
        attachments=parts.attachments or [],
        metadata=parts.metadata,
        thread_ts=thread_ts,
        bot_id=call.team.bot_id,
        username=call.args.text("username") or None,
        broadcast=broadcast,
        subtype="thread_broadcast" if broadcast else None,
    )
    call.hub.say(message)
    return {"channel": channel.id, "ts": message.ts, "message": call.hub.shown(message)}


@method("chat.postEphemeral", TIER_4, "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Post a message that one person sees."""
    channel = call.writable()
    user = call.args.needed("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    parts = content.read(call.args)
    if parts.is_empty:
        raise SlackError("no_text")
    message = Message(
        call.space.next_ts(channel),
        channel.id,
        call.team.bot_user_id,
        parts.text or "",
        blocks=parts.blocks or [],
        attachments=parts.attachments or [],
        thread_ts=content.thread(call.args, channel),
        bot_id=call.team.bot_id,
        ephemeral_to=user,
    )
    call.hub.say(message)
    return {"message_ts": message.ts}


@method("chat.update", TIER_3, "chat:write")
def update(call: Call) -> Json:
    """Change a message of the app; parts that are not given stay."""
    channel = call.writable()
    message = own_message(call, channel, "cant_update_message")
    if message.streaming:
        raise SlackError("streaming_state_conflict")
    parts = content.read(call.args)
    if parts.text is None and parts.blocks is None and parts.attachments is None:
        raise SlackError("no_text")
    before = call.hub.shown(message)
    message.text = message.text if parts.text is None else parts.text
    message.blocks = message.blocks if parts.blocks is None else parts.blocks
    message.attachments = message.attachments if parts.attachments is None else parts.attachments
    message.metadata = parts.metadata or message.metadata
    message.edited = {"user": call.team.bot_user_id, "ts": call.space.next_ts(channel)}
    call.hub.changed(message, before)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": call.hub.shown(message)}


@method("chat.delete", TIER_3, "chat:write")
def delete(call: Call) -> Json:
    """Delete a message of the app."""
    channel = call.writable()
    message = own_message(call, channel, "cant_delete_message")
    call.hub.remove(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", HUNDREDS)
def permalink(call: Call) -> Json:
    """The address of a message on the page."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {
        "channel": channel.id,
        "permalink": f"{call.hub.base}archives/{channel.id}/p{message.ts.replace('.', '')}",
    }
