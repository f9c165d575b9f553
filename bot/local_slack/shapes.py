"""How the workspace's things look in the Web API, in events and in interaction payloads."""

import copy
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.local_slack.people import Seat, Team, UserGroup
from bot.local_slack.state import Channel, Message, StoredFile, View, Workspace

Json = dict[str, Any]
_zone = cache(ZoneInfo)


def team_json(team: Team) -> Json:
    """A team as `team.info` shows it."""
    return {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}


def user_json(space: Workspace, seat: Seat) -> Json:
    """A person or bot as `users.info` shows it."""
    offset = space.clock.now().astimezone(_zone(seat.tz)).utcoffset()
    bot = {"bot_id": space.teams[seat.team].bot_id, "api_app_id": space.manifest.app_id} if seat.is_bot else {}
    email = {"email": seat.email} if seat.email else {}
    return {
        "id": seat.id,
        "team_id": seat.team,
        "name": seat.name,
        "deleted": seat.deleted,
        "real_name": seat.real_name,
        "tz": seat.tz,
        "tz_label": seat.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "title": seat.title,
            "real_name": seat.real_name,
            "real_name_normalized": seat.real_name,
            "display_name": seat.name,
            "display_name_normalized": seat.name,
            "first_name": seat.real_name.split(" ")[0],
            "last_name": seat.real_name.rpartition(" ")[2],
            "team": seat.team,
            **email,
            **bot,
        },
        "is_admin": seat.is_admin,
        "is_owner": False,
        "is_bot": seat.is_bot,
        "is_app_user": False,
        "is_restricted": seat.is_guest,
        "is_ultra_restricted": seat.is_guest,
        "is_email_confirmed": bool(seat.email),
        "updated": 0,
    }


def group_json(group: UserGroup, *, users: bool, counts: bool) -> Json:
    """A user group as `usergroups.list` and its events show it."""
    people = {"users": list(group.users)} if users else {}
    count = {"user_count": len(group.users)} if counts else {}
    return {
        "id": group.id,
        "team_id": group.team,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated or group.created,
        "date_delete": group.updated if group.disabled else 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
        **people,
        **count,
    }


def channel_json(space: Workspace, channel: Channel) -> Json:
    """A conversation as `conversations.info` shows it to the app."""
    common = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "context_team_id": channel.team,
        "is_im": channel.is_im,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
    }
    if channel.is_im:
        person = next(one for one in channel.members if not space.is_bot(one))
        return {
            **common,
            "user": person,
            "is_user_deleted": space.seats[person].deleted,
            "is_open": True,
            "priority": 0,
        }
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private and not channel.is_mpim,
        "is_general": channel.name == "general",
        "is_member": space.has_app(channel),
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
        "unlinked": 0,
        "previous_names": [],
        "shared_team_ids": [channel.team],
    }


def message_json(space: Workspace, message: Message, base: str) -> Json:
    """A message as history and interaction payloads show it."""
    channel = space.channels[message.channel]
    shown: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "team": channel.team,
    }
    if message.bot_id:
        shown |= {
            "bot_id": message.bot_id,
            "app_id": space.manifest.app_id,
            "bot_profile": {
                "id": message.bot_id, "app_id": space.manifest.app_id, "name": space.manifest.name,
                "deleted": False, "team_id": channel.team,
            },
        }  # fmt: skip
    optional = {
        "subtype": message.subtype,
        "username": message.username,
        "blocks": message.blocks,
        "attachments": [*message.attachments, *message.unfurls],
        "edited": message.edited,
        "metadata": message.metadata,
        "thread_ts": message.thread_ts,
        "files": [file_json(space.files[one], base) for one in message.files if one in space.files],
        "reactions": [{"name": n, "users": list(u), "count": len(u)} for n, u in message.reactions.items()],
    }
    shown |= {name: value for name, value in optional.items() if value}
    replies = channel.replies.get(message.ts)
    if replies:
        authors = list(dict.fromkeys(channel.messages[ts].user for ts in replies))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "reply_users": authors,
            "latest_reply": replies[-1],
        }
    if message.is_reply and message.thread_ts in channel.messages:
        shown["parent_user_id"] = channel.messages[message.thread_ts].user
    return shown


def file_json(stored: StoredFile, base: str) -> Json:
    """A file as `files.info` shows it; the address asks for the bot's token."""
    address = f"{base}files/{stored.id}/{stored.name}"
    return {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "filetype": stored.name.rpartition(".")[2].lower() if "." in stored.name else "text",
        "pretty_type": stored.mimetype,
        "user": stored.user,
        "user_team": stored.team,
        "mode": "hosted",
        "editable": False,
        "is_external": False,
        "is_public": True,
        "public_url_shared": False,
        "size": len(stored.content or b""),
        "alt_txt": stored.alt_txt,
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "channels": list(stored.shared_in),
        "groups": [],
        "ims": [],
    }


def view_json(space: Workspace, view: View) -> Json:
    """A view as methods and payloads show it."""
    content = view.content
    return {
        "id": view.id,
        "team_id": view.team,
        "type": content["type"],
        "blocks": content["blocks"],
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "state": {"values": copy.deepcopy(view.values)},
        "hash": view.hash,
        "title": content.get("title"),
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": space.manifest.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": view.team,
        "bot_id": space.teams[view.team].bot_id,
    }


def channel_type(channel: Channel) -> str:
    """What an event calls the kind of a conversation."""
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "group" if channel.is_private else "channel"
