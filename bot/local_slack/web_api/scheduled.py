"""Messages to be sent later."""

from datetime import timedelta
from typing import Any

from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.hub import Hub
from bot.local_slack.limits import SCHEDULE_DAYS, TIER_3
from bot.local_slack.state import Message, new_name
from bot.local_slack.web_api import content
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


@method("chat.scheduleMessage", TIER_3, "chat:write")
def schedule(call: Call) -> Json:
    """Send a message at a time within 120 days."""
    channel = call.writable()
    parts = content.read(call.args)
    if parts.is_empty:
        raise SlackError("no_text")
    post_at = call.args.whole("post_at", "invalid_time")
    if post_at is None:
        raise missing_argument("post_at")
    now = call.space.clock.now()
    if post_at <= now.timestamp():
        raise SlackError("time_in_past")
    if post_at > (now + timedelta(days=SCHEDULE_DAYS)).timestamp():
        raise SlackError("time_too_far")
    name = new_name("Q")
    shown = {"text": parts.text or "", "blocks": parts.blocks or [], "attachments": parts.attachments or []}
    call.space.scheduled[name] = {
        "id": name, "team": call.team.id, "channel_id": channel.id, "post_at": post_at,
        "date_created": int(now.timestamp()), "thread_ts": content.thread(call.args, channel), **shown,
    }  # fmt: skip
    hub = call.hub
    hub.timers.after(post_at - now.timestamp(), lambda: _post(hub, name))
    message = {"type": "message", "user": call.team.bot_user_id, "bot_id": call.team.bot_id, **shown}
    return {"channel": channel.id, "scheduled_message_id": name, "post_at": post_at, "message": message}


def _post(hub: Hub, name: str) -> None:
    due = hub.space.scheduled.pop(name, None)
    channel = hub.space.channels.get(due["channel_id"]) if due else None
    if due is None or channel is None or channel.is_archived:
        return
    team = hub.space.teams[due["team"]]
    hub.say(
        Message(
            hub.space.next_ts(channel), channel.id, team.bot_user_id, due["text"], blocks=due["blocks"],
            attachments=due["attachments"], thread_ts=due["thread_ts"], bot_id=team.bot_id,
        )
    )  # fmt: skip


@method("chat.scheduledMessages.list", TIER_3)
def list_scheduled(call: Call) -> Json:
    """What is still to be sent, soonest first."""
    wanted = call.args.text("channel")
    own = [one for one in call.space.scheduled.values() if one["team"] == call.team.id]
    rows = sorted((one for one in own if wanted in ("", one["channel_id"])), key=lambda one: one["post_at"])
    page, metadata = call.page(rows, lambda one: str(one["id"]))
    fields = ("id", "channel_id", "post_at", "date_created", "text")
    return {
        "scheduled_messages": [{name: one[name] for name in fields} for one in page],
        "response_metadata": metadata,
    }


@method("chat.deleteScheduledMessage", TIER_3, "chat:write")
def delete_scheduled(call: Call) -> Json:
    """Do not send a message after all."""
    channel = call.channel(open_dm=True)
    name = call.args.needed("scheduled_message_id")
    found = call.space.scheduled.get(name)
    if found is None or found["channel_id"] != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    del call.space.scheduled[name]
    return {}
