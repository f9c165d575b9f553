"""Interaction payloads: commands, shortcuts, clicks, submissions, as Slack sends them."""

from typing import Any

from bot.local_slack.hub import Hub
from bot.local_slack.shapes import view_json
from bot.local_slack.state import Channel, Message, View

Json = dict[str, Any]


def stamp(hub: Hub) -> str:
    """The time of an action, as actions carry it."""
    return f"{hub.space.clock.now().timestamp():.6f}"


def base(hub: Hub, kind: str, user: str) -> Json:
    """What every interaction payload has."""
    seat = hub.space.seats[user]
    team = hub.space.teams[seat.team]
    return {
        "type": kind,
        "user": {"id": user, "username": seat.name, "name": seat.name, "team_id": team.id},
        "api_app_id": hub.space.manifest.app_id,
        "token": "local",
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def response_url(hub: Hub, user: str, channel: Channel, original_ts: str | None = None) -> str:
    """A fresh address to answer an interaction."""
    return f"{hub.base}response/{hub.tickets.address(channel.team, user, channel.id, original_ts)}"


def channel_label(channel: Channel) -> Json:
    """A channel as interaction payloads name it."""
    return {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name}


def command(hub: Hub, user: str, channel: Channel, name: str, text: str) -> Json:
    """A typed slash command."""
    seat = hub.space.seats[user]
    team = hub.space.teams[seat.team]
    return {
        "token": "local",
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_label(channel)["name"],
        "user_id": user,
        "user_name": seat.name,
        "command": name,
        "text": text,
        "api_app_id": hub.space.manifest.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(hub, user, channel),
        "trigger_id": hub.tickets.trigger(team.id, user),
    }


def shortcut(hub: Hub, user: str, callback_id: str) -> Json:
    """A global shortcut."""
    team = hub.space.team_of(user)
    return {
        **base(hub, "shortcut", user),
        "action_ts": stamp(hub),
        "callback_id": callback_id,
        "trigger_id": hub.tickets.trigger(team.id, user),
    }


def message_action(hub: Hub, user: str, message: Message, callback_id: str) -> Json:
    """A shortcut from a message's menu."""
    channel = hub.space.channels[message.channel]
    return {
        **base(hub, "message_action", user),
        "action_ts": stamp(hub),
        "callback_id": callback_id,
        "trigger_id": hub.tickets.trigger(hub.space.team_of(user).id, user),
        "response_url": response_url(hub, user, channel),
        "message_ts": message.ts,
        "channel": channel_label(channel),
        "message": hub.shown(message),
    }


def in_message(hub: Hub, user: str, message: Message) -> Json:
    """Where an interaction with a message happened; of an ephemeral message Slack does not send the content."""
    ephemeral = message.ephemeral_to is not None
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    place = {"container": container, "channel": channel_label(hub.space.channels[message.channel])}
    return place if ephemeral else {**place, "message": hub.shown(message)}


def in_view(hub: Hub, view: View) -> Json:
    """Where an interaction with a view happened."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(hub.space, view)}


def submission(hub: Hub, view: View) -> Json:
    """A submitted modal."""
    return {
        **base(hub, "view_submission", view.user),
        "trigger_id": hub.tickets.trigger(view.team, view.user),
        "view": view_json(hub.space, view),
        "response_urls": _response_urls(hub, view),
    }


def _response_urls(hub: Hub, view: View) -> list[Json]:
    found = []
    for block in view.content["blocks"]:
        element = block.get("element") or {}
        value = view.values.get(block.get("block_id", ""), {}).get(element.get("action_id", ""), {})
        chosen = value.get("selected_conversation") or value.get("selected_channel")
        if element.get("response_url_enabled") and chosen in hub.space.channels:
            found.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": chosen,
                    "response_url": response_url(hub, view.user, hub.space.channels[chosen]),
                }
            )
    return found
