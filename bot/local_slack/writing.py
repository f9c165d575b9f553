"""Gestures in channels: messages, mentions, links, reactions, edits, deletions."""

import base64
import binascii
from typing import Any

from bot.local_slack.delivery import Outgoing
from bot.local_slack.errors import RefusedError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.shapes import channel_type
from bot.local_slack.state import Channel, Message, StoredFile, new_name
from bot.local_slack.typed_text import as_sent, links
from bot.local_slack.web_api.files import media_type
from bot.local_slack.web_api.reactions import emoji_name

Json = dict[str, Any]


@act("message")
def write(made: Act) -> Made:
    """Write a message, with files perhaps."""
    message, sent = _write(made, made.word("text", ""))
    return Made([sent.message, sent.mention, sent.link], {"ts": message.ts, "channel": message.channel})


@act("mention")
def mention(made: Act) -> Made:
    """Write a message that mentions the app."""
    name = f"<@{made.team.bot_user_id}>"
    text = made.word("text", "")
    message, sent = _write(made, text if name in text else f"{name} {text}")
    return Made([sent.mention, sent.message, sent.link], {"ts": message.ts, "channel": message.channel})


@act("link")
def link(made: Act) -> Made:
    """Write a message with a link of the app's."""
    message, sent = _write(made, made.word("text"))
    return Made([sent.link, sent.message, sent.mention], {"ts": message.ts, "channel": message.channel})


@act("reaction")
def react(made: Act) -> Made:
    """Add a reaction; one that is there already is taken off first, as a second and third click would."""
    message, name = made.message(shared=True), emoji_name(made.word("name"))
    there = made.user in message.reactions.get(name, ())
    removed = made.hub.react(message, made.user, name, adding=False) if there else None
    return Made([made.hub.react(message, made.user, name, adding=True), removed])


@act("unreaction")
def unreact(made: Act) -> Made:
    """Take one's reaction off."""
    message = made.message(shared=True)
    return Made([made.hub.react(message, made.user, emoji_name(made.word("name")), adding=False)])


@act("edit_message")
def edit(made: Act) -> Made:
    """Change one's own message."""
    message = made.message(own=True)
    before = made.hub.shown(message)
    message.text = as_sent(made.word("text"), made.hub.space, made.team.id)
    message.edited = {"user": made.user, "ts": made.hub.space.next_ts(made.channel())}
    return Made([made.hub.changed(message, before)])


@act("delete_message")
def delete(made: Act) -> Made:
    """Delete one's own message."""
    return Made([made.hub.remove(made.message(own=True))])


class _Sent:
    """The up to three events one message causes."""

    def __init__(self, message: Outgoing | None, mention: Outgoing | None, link: Outgoing | None) -> None:
        self.message, self.mention, self.link = message, mention, link


def _write(made: Act, typed: str) -> tuple[Message, _Sent]:
    hub, space, channel = made.hub, made.hub.space, made.open_channel()
    given = made.body.get("files") or []
    if not isinstance(given, list):
        raise RefusedError("The files of a message are a list.")
    files = [_stored(made, one, channel) for one in given]
    if not typed.strip() and not files:
        raise RefusedError("A message needs a text or a file.")
    message = Message(
        space.next_ts(channel), channel.id, made.user, as_sent(typed, space, made.team.id),
        thread_ts=_thread(made, channel), files=[one.id for one in files], subtype="file_share" if files else None,
    )  # fmt: skip
    space.files |= {one.id: one for one in files}
    sent = hub.say(message)
    event: Json = {
        "user": made.user, "channel": channel.id, "event_ts": message.ts,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }  # fmt: skip
    mentioned = linked = None
    if f"<@{made.team.bot_user_id}>" in message.text and not channel.is_im:
        more = {"channel_type": channel_type(channel), "text": message.text, "ts": message.ts, "team": made.team.id}
        files_shown = {"files": hub.shown(message)["files"]} if files else {}
        mentioned = hub.publish(made.team, {"type": "app_mention", **event, **more, **files_shown}, channel)
    found = links(message.text, space.manifest.unfurl_domains)
    if found:
        link_facts: Json = {
            "message_ts": message.ts, "links": found, "unfurl_id": f"{channel.id}-{message.ts}",
            "source": "conversations_history", "is_bot_user_member": space.has_app(channel),
        }  # fmt: skip
        linked = hub.publish(made.team, {"type": "link_shared", **event, **link_facts}, channel)
    return message, _Sent(sent, mentioned, linked)


def _thread(made: Act, channel: Channel) -> str | None:
    wanted = made.body.get("thread_ts")
    if not wanted:
        return None
    top = channel.seen(str(wanted))
    if top is None:
        raise RefusedError(f"There is no message {wanted} to answer in a thread.")
    return top.thread_ts if top.is_reply else top.ts


def _stored(made: Act, given: Any, channel: Channel) -> StoredFile:
    try:
        name = str(given["name"]).replace("/", "_")
        content = base64.b64decode(given["content_base64"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise RefusedError("A file needs a name and its content_base64.") from None
    return StoredFile(
        new_name("F"), made.team.id, made.user, name, name, media_type(name),
        int(made.hub.space.clock.now().timestamp()), len(content), content=content,
        shared_in=[channel.id], complete=True,
    )  # fmt: skip
