"""What a message is made of, read from a call's arguments and held to Slack's limits."""

from dataclasses import dataclass
from typing import Any

from bot.local_slack.blocks.surfaces import message_blocks
from bot.local_slack.errors import SlackError
from bot.local_slack.limits import MARKDOWN_TOTAL, MESSAGE_ATTACHMENTS, MESSAGE_TEXT
from bot.local_slack.state import Channel
from bot.local_slack.web_api.call import Arguments

Json = dict[str, Any]


@dataclass(slots=True)
class Content:
    """The parts of a message; None means that the part was not given."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.blocks or self.attachments)


def read(args: Arguments) -> Content:
    """Text, blocks, attachments and metadata; raises SlackError for what Slack refuses."""
    text = args.text("text") if args.raw.get("text") is not None else None
    if text is not None and len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    given = args.data("blocks", "invalid_blocks_format")
    markdown = args.text("markdown_text")
    if markdown:
        if text or given:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TOTAL:
            raise SlackError("msg_too_long")
        text, given = markdown, [{"type": "markdown", "text": markdown}]
    blocks = message_blocks(given) if given is not None else None
    return Content(text, blocks, _attachments(args), _metadata(args))


def _attachments(args: Arguments) -> list[Json] | None:
    given = args.data("attachments", "invalid_attachments")
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise SlackError("invalid_attachments")
    if len(given) > MESSAGE_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [
        {"id": number, "fallback": "", **one, **({"blocks": message_blocks(one["blocks"])} if "blocks" in one else {})}
        for number, one in enumerate(given, 1)
    ]


def _metadata(args: Arguments) -> Json | None:
    given = args.data("metadata", "invalid_metadata_format")
    if given is None:
        return None
    known = isinstance(given, dict) and (
        (isinstance(given.get("event_type"), str) and isinstance(given.get("event_payload"), dict))
        or isinstance(given.get("entities"), list)
    )
    if not known:
        raise SlackError("invalid_metadata_format")
    metadata: Json = given
    return metadata


def thread(args: Arguments, channel: Channel) -> str | None:
    """The top of the thread a message goes to, None for the channel itself."""
    wanted = args.text("thread_ts")
    if not wanted:
        return None
    parent = channel.seen(wanted)
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts if parent.is_reply else wanted
