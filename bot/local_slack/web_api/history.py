"""What was written in a channel and in a thread."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import TIER_3
from bot.local_slack.state import Message
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]
_ROWS = 999


def _within(call: Call, rows: list[Message]) -> list[Message]:
    oldest, latest = call.args.text("oldest"), call.args.text("latest")
    try:
        low, high = float(oldest or 0), float(latest or "inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    if call.args.flag("inclusive"):
        return [one for one in rows if low <= float(one.ts) <= high]
    return [one for one in rows if low < float(one.ts) < high]


def _answer(call: Call, rows: list[Message]) -> Json:
    page, metadata = call.page(rows, lambda one: str(one.ts), _ROWS)
    answer: Json = {"messages": [call.hub.shown(one) for one in page], "has_more": bool(metadata["next_cursor"])}
    return answer | {"response_metadata": metadata}


@method("conversations.history", TIER_3, "channels:history")
def history(call: Call) -> Json:
    """A channel's messages, newest first, without replies and ephemeral ones."""
    channel = call.channel()
    rows = [
        one for one in channel.in_order() if one.ephemeral_to is None and (not one.is_reply or one.broadcast)
    ]  # fmt: skip
    return _answer(call, list(reversed(_within(call, rows)))) | {"pin_count": 0}


@method("conversations.replies", TIER_3, "channels:history")
def replies(call: Call) -> Json:
    """A thread: its top, then the replies, oldest first."""
    channel = call.channel()
    wanted = channel.seen(call.args.needed("ts"))
    if wanted is None:
        raise SlackError("thread_not_found")
    top = channel.seen(wanted.thread_ts) if wanted.is_reply and wanted.thread_ts else wanted
    names = channel.replies.get(wanted.thread_ts if wanted.is_reply and wanted.thread_ts else wanted.ts, [])
    below = _within(call, [channel.messages[ts] for ts in names])
    return _answer(call, [*([top] if top else []), *below])
