"""Files: ask for an upload address, complete, look at, delete."""

import mimetypes
from typing import Any

from bot.local_slack.blocks.surfaces import message_blocks
from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.limits import TIER_3, TIER_4
from bot.local_slack.shapes import file_json
from bot.local_slack.state import Channel, Message, StoredFile, new_name
from bot.local_slack.web_api import content
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]
_LARGEST = 100_000_000


def media_type(name: str) -> str:
    """The media type a file's name tells."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@method("files.getUploadURLExternal", TIER_4, "files:write")
def upload_address(call: Call) -> Json:
    """An address that takes exactly so many bytes."""
    name = call.args.needed("filename").replace("/", "_")
    length = call.args.whole("length")
    if length is None:
        raise missing_argument("length")
    if length <= 0:
        raise SlackError("invalid_arguments", ["[ERROR] must be greater than 0 [json-pointer:/length]"])
    if length > _LARGEST:
        raise SlackError("file_upload_size_restricted")
    stored = StoredFile(
        new_name("F"), call.team.id, call.team.bot_user_id, name, name, media_type(name),
        int(call.space.clock.now().timestamp()), length, alt_txt=call.args.text("alt_txt"),
    )  # fmt: skip
    call.space.files[stored.id] = stored
    return {"upload_url": f"{call.hub.base}upload/{stored.id}/{new_name('')}", "file_id": stored.id}


def _uploaded(call: Call) -> list[StoredFile]:
    given = call.args.data("files")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise missing_argument("files")
    found = []
    for one in given:
        stored = call.space.files.get(str(one.get("id")))
        if stored is None or stored.team != call.team.id or stored.content is None:
            raise SlackError("file_not_found")
        stored.title = str(one.get("title") or stored.title)
        stored.alt_txt = str(one.get("alt_txt") or stored.alt_txt)
        found.append(stored)
    return found


@method("files.completeUploadExternal", TIER_4, "files:write")
def complete(call: Call) -> Json:
    """Finish uploads and share them with a message."""
    uploaded = _uploaded(call)
    names = call.args.text("channel_id") or call.args.text("channels")
    given = call.args.data("blocks", "invalid_blocks_format")
    blocks = message_blocks(given) if given is not None else []
    channels: list[Channel] = []
    for name in filter(None, names.split(",")):
        call.args.raw["channel_id"] = name
        channels.append(call.writable("channel_id"))
    for stored in uploaded:
        stored.complete = True
        stored.shared_in = [one.id for one in channels]
    for channel in channels:
        call.hub.say(
            Message(
                call.space.next_ts(channel), channel.id, call.team.bot_user_id, call.args.text("initial_comment"),
                blocks=blocks, thread_ts=content.thread(call.args, channel), bot_id=call.team.bot_id,
                files=[one.id for one in uploaded], subtype="file_share",
            )
        )  # fmt: skip
    call.space.changed()
    return {"files": [file_json(one, call.hub.base) for one in uploaded]}


def _named(call: Call) -> StoredFile:
    stored = call.space.files.get(call.args.needed("file"))
    if stored is None or stored.team != call.team.id or not stored.complete:
        raise SlackError("file_not_found")
    return stored


@method("files.info", TIER_4, "files:read")
def info(call: Call) -> Json:
    """One file."""
    return {"file": file_json(_named(call), call.hub.base), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", TIER_3, "files:write")
def delete(call: Call) -> Json:
    """Delete a file of the app."""
    stored = _named(call)
    if stored.user != call.team.bot_user_id:
        raise SlackError("cant_delete_file")
    del call.space.files[stored.id]
    places = [call.space.channels[one] for one in stored.shared_in if one in call.space.channels]
    call.space.changed(*(one for place in places for one in place.in_order() if stored.id in one.files))
    return {}
