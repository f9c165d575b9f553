"""Messages that grow while they are written."""

from typing import Any

from bot.local_slack.blocks.surfaces import message_blocks
from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.limits import MESSAGE_TEXT, TIER_2, TIER_4
from bot.local_slack.state import Message
from bot.local_slack.web_api import content
from bot.local_slack.web_api.call import Arguments, Call, method
from bot.local_slack.web_api.chat import own_message

Json = dict[str, Any]
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def _take_chunks(message: Message, args: Arguments) -> None:
    text = args.text("markdown_text")
    chunks = args.data("chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(one, dict) for one in chunks):
        raise SlackError("invalid_chunks")
    for chunk in chunks:
        match chunk.get("type"):
            case "markdown_text":
                text += str(chunk.get("text", ""))
            case "task_update":
                _take_task(message, chunk)
            case "plan_update":
                message.plan_title = str(chunk.get("title", ""))
            case "blocks":
                message.blocks = [*message.blocks, *message_blocks(chunk.get("blocks"))]
            case unknown:
                raise SlackError("invalid_chunks", [f"[ERROR] unsupported chunk type: {unknown}"])
    if len(message.text) + len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    message.text += text


def _take_task(message: Message, chunk: Json) -> None:
    name = chunk.get("id")
    if not isinstance(name, str) or not name or chunk.get("status") not in _TASK_STATES:
        raise SlackError("invalid_chunks", ["[ERROR] a task_update needs an id and a status"])
    task = message.tasks.setdefault(name, {"task_id": name, "title": "", "status": "pending"})
    task |= {key: chunk[key] for key in ("title", "status", "sources") if chunk.get(key)}
    for part in ("details", "output"):
        if chunk.get(part):
            task[part] = task.get(part, "") + str(chunk[part])


def _streaming(call: Call) -> Message:
    message = own_message(call, call.writable(), "message_not_owned_by_app")
    if not message.streaming:
        raise SlackError("message_not_in_streaming_state")
    return message


@method("chat.startStream", TIER_2, "chat:write")
def start(call: Call) -> Json:
    """Begin a message in a thread."""
    channel = call.writable()
    call.args.needed("thread_ts")
    if not channel.is_im:
        for name in ("recipient_user_id", "recipient_team_id"):
            if not call.args.text(name):
                raise missing_argument(name)
    message = Message(
        call.space.next_ts(channel), channel.id, call.team.bot_user_id, "",
        thread_ts=content.thread(call.args, channel), bot_id=call.team.bot_id, streaming=True, streamed=True,
    )  # fmt: skip
    _take_chunks(message, call.args)
    call.hub.say(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", TIER_4, "chat:write")
def append(call: Call) -> Json:
    """Add to a message that is being written."""
    message = _streaming(call)
    if not call.args.text("markdown_text") and call.args.data("chunks") is None:
        raise missing_argument("markdown_text")
    _take_chunks(message, call.args)
    call.space.changed(message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", TIER_2, "chat:write")
def stop(call: Call) -> Json:
    """End a message, with a last piece and blocks below it."""
    message = _streaming(call)
    before = call.hub.shown(message)
    given = call.args.data("blocks", "invalid_blocks_format")
    below = message_blocks(given) if given is not None else []
    _take_chunks(message, call.args)
    message.streaming = False
    message.blocks = [*message.blocks, *below]
    message.metadata = call.args.data("metadata") or message.metadata
    call.hub.changed(message, before)
    return {"channel": message.channel, "ts": message.ts, "message": call.hub.shown(message)}
