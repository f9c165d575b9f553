"""What one person sees: channels with messages, open modals, Home, side pane; and who can act here at all."""

from typing import Any

from bot.local_slack.hub import Hub
from bot.local_slack.shapes import team_json, view_json
from bot.local_slack.state import Channel, Message, View

Json = dict[str, Any]


def state(hub: Hub, user: str, last: int | None = None, after: str = "") -> Json:
    """All that this person can see; `last` keeps only the newest messages of each channel.

    `after` is the mark of a state that was read before: then of messages only those that changed since are told, and
    which are gone; a mark of another run gives all. `after` in the answer says which it is.
    """
    space = hub.space
    since = _since(hub, after)
    home = space.homes.get(user)
    mine = [one for one in space.channels.values() if user in one.members]
    return {
        "seq": space.seq,
        "mark": f"{space.run}.{space.seq}",
        "after": after if since else "",
        "user": user,
        "channels": [_channel(hub, one, user, last, since) for one in mine],
        "views": [_view(hub, one) for one in space.stacks.get(user, [])],
        "home": _view(hub, home) if home else {},
        "pane": space.panes.get(user),
    }


def directory(hub: Hub, user: str) -> Json:
    """The workspace around a person: team, people, the app and what it offers."""
    space = hub.space
    team = space.team_of(user)
    manifest = space.manifest
    return {
        "team": team_json(team),
        "users": [_person(hub, one.id) for one in space.people(team.id)],
        "groups": [
            {"id": one.id, "handle": one.handle, "name": one.name, "users": list(one.users)}
            for one in space.groups.values()
            if one.team == team.id and not one.disabled
        ],
        "app": {"name": manifest.name, "user_id": team.bot_user_id, "dm": space.direct_message(user).id},
        "commands": [
            {"command": one.command, "description": one.description, "usage": one.usage} for one in manifest.commands
        ],
        "message_shortcuts": [{"callback_id": one.callback_id, "name": one.name} for one in manifest.message_shortcuts],
        "global_shortcuts": [{"callback_id": one.callback_id, "name": one.name} for one in manifest.global_shortcuts],
        "sockets": hub.sockets.n_open,
        "mail": {"to": hub.mail.address_of(user)} if hub.mail else None,
        "acting_users": [_person(hub, one.id) for one in space.seats.values() if not one.is_bot],
    }


def _person(hub: Hub, user: str) -> Json:
    seat = hub.space.seats[user]
    return {
        "id": seat.id,
        "name": seat.name,
        "real_name": seat.real_name,
        "email": seat.email,
        "tz": seat.tz,
        "title": seat.title,
        "is_guest": seat.is_guest,
        "is_bot": seat.is_bot,
        "team": seat.team,
        "team_name": hub.space.teams[seat.team].name,
    }


def _since(hub: Hub, after: str) -> int:
    """The change that a mark stands for; 0 where it is none of this run."""
    run, _, seq = after.partition(".")
    known = run == hub.space.run and seq.isdecimal() and int(seq) <= hub.space.seq
    return int(seq) if known else 0


def _channel(hub: Hub, channel: Channel, user: str, last: int | None, since: int) -> Json:
    seen = [one for one in channel.in_order() if one.ephemeral_to in (None, user)][-last if last else None :]
    return {
        "id": channel.id,
        "name": hub.space.manifest.name if channel.is_im else channel.name,
        "team": channel.team,
        "user": hub.space.teams[channel.team].bot_user_id if channel.is_im else None,
        "is_im": channel.is_im,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_shared": channel.is_shared,
        "app_member": hub.space.has_app(channel),
        "topic": channel.topic,
        "members": list(channel.members),
        "assistant": channel.threads,
        "messages": [_message(hub, channel, one, user) for one in seen if not since or one.seq > since],
        "gone": [ts for ts, seq in channel.gone.items() if since and seq > since],
    }


def _message(hub: Hub, channel: Channel, message: Message, user: str) -> Json:
    blocks = message.blocks
    if message.tasks or message.plan_title:
        plan = {"type": "plan", "title": message.plan_title or "Plan", "tasks": list(message.tasks.values())}
        blocks = [plan, *blocks]
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": blocks,
        "thread_ts": message.thread_ts,
        "ephemeral": message.ephemeral_to is not None,
        "files": [_file(hub, one) for one in message.files if one in hub.space.files],
        "username": message.username,
        "is_bot": message.bot_id is not None,
        "bot_id": message.bot_id,
        "subtype": message.subtype,
        "edited": message.edited is not None,
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ],
        "reply_count": len(channel.replies.get(message.ts, ())),
        "latest_reply": next(reversed(channel.replies.get(message.ts, ())), None),
        "reply_broadcast": message.broadcast,
        "attachments": message.attachments,
        "unfurls": message.unfurls,
        "streaming": message.streaming,
        "streamed": message.streamed,
        "values": message.values.get(user, {}),
    }


def _file(hub: Hub, name: str) -> Json:
    stored = hub.space.files[name]
    return {
        "id": stored.id,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "size": len(stored.content or b""),
        "alt_txt": stored.alt_txt,
        "url": f"/files/{stored.id}/{stored.name}?page={hub.page_key}",
    }


def _view(hub: Hub, view: View) -> Json:
    return {**view_json(hub.space, view), "errors": view.errors, "notice": view.notice}
