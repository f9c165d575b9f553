"""The blocks themselves: what each may hold, and on which surface it may stand."""

from enum import StrEnum
from typing import Any

from bot.local_slack.blocks.elements import (
    CARD_ICON,
    IN_ACTIONS,
    IN_CARD,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from bot.local_slack.blocks.objects import IMAGE_FIELDS, plain, text
from bot.local_slack.blocks.rich_text import RICH_TEXT, RICH_TEXT_FIELDS
from bot.local_slack.blocks.rules import (
    Check,
    Faults,
    Fields,
    at_least_one,
    boolean,
    exactly_one,
    list_of,
    one_of,
    shape,
    string,
    typed,
    url,
)
from bot.local_slack.blocks.tables import (
    CHART,
    DATA_TABLE,
    DATA_TABLE_OPTIONAL,
    TABLE,
    TABLE_OPTIONAL,
    data_table_fits,
)
from bot.local_slack.limits import IDENTIFIER, MARKDOWN_TOTAL


class Surface(StrEnum):
    """Where blocks can stand."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


def _block(required: Fields, optional: Fields | None = None, *also: Check) -> Check:
    return shape(required, {"block_id": string(IDENTIFIER), **(optional or {})}, *also)


def _container_fits(block: Any, path: str, faults: Faults) -> None:
    if block.get("is_collapsible") and block.get("has_header_divider"):
        faults.add(path, "has_header_divider and is_collapsible exclude each other")
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        faults.add(path, "default_collapsed needs is_collapsible")


_STATUS = one_of("pending", "in_progress", "complete", "error")
_SOURCE = typed({"url": shape({"url": url(3000), "text": string(3000, 1)})}, "element")
_TASK: dict[str, Check] = {"task_id": string(IDENTIFIER, 1), "title": string(3000, 1)}
_TASK_MORE: dict[str, Check] = {"details": RICH_TEXT, "output": RICH_TEXT, "sources": list_of(_SOURCE)}
_CARD = _block(
    {},
    {
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "hero_image": CARD_ICON,
        "icon": CARD_ICON,
        "slack_icon": typed({"icon": shape({"name": string(50, 1)})}, "icon"),
        "actions": list_of(IN_CARD, 1, 3),
    },
    at_least_one("title", "body", "hero_image", "actions"),
)
_SIMPLE: dict[str, Check] = {
    "divider": _block({}),
    "section": _block(
        {},
        {"text": text(3000), "fields": list_of(text(2000), 1, 10), "accessory": IN_SECTION, "expand": boolean},
        at_least_one("text", "fields"),
    ),
    "header": _block({"text": plain(150)}),
    "context": _block({"elements": list_of(IN_CONTEXT, 1, 10)}),
    "actions": _block({"elements": list_of(IN_ACTIONS, 1, 25)}),
    "context_actions": _block({"elements": list_of(IN_CONTEXT_ACTIONS, 1, 5)}),
    "image": _block(
        {"alt_text": string(2000, 1)}, {**IMAGE_FIELDS, "title": plain(2000)}, exactly_one("image_url", "slack_file")
    ),
    "input": _block(
        {"label": plain(2000), "element": IN_INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": _block({"text": string(MARKDOWN_TOTAL, 1)}),
    "rich_text": _block(RICH_TEXT_FIELDS),
    "table": _block(TABLE, TABLE_OPTIONAL),
    "data_table": _block(DATA_TABLE, DATA_TABLE_OPTIONAL, data_table_fits),
    "file": _block({"external_id": string(IDENTIFIER, 1), "source": one_of("remote")}),
    "video": _block(
        {"title": plain(200), "alt_text": string(2000, 1), "video_url": url(3000), "thumbnail_url": url(3000)},
        {
            "title_url": url(2000),
            "description": plain(200),
            "author_name": string(50),
            "provider_name": string(50),
            "provider_icon_url": url(2000),
        },
    ),
    "alert": _block({"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "task_card": _block({**_TASK, "status": one_of("in_progress", "complete", "error")}, _TASK_MORE),
    "plan": _block(
        {"title": string(3000, 1)},
        {"tasks": list_of(_block({**_TASK, "status": _STATUS}, _TASK_MORE), 0, 50)},
    ),
}
_CARDS: dict[str, Check] = {
    "card": _CARD,
    "carousel": _block({"elements": list_of(typed({"card": _CARD}, "element"), 1, 10)}),
}
_CONTAINER = _block(
    {"child_blocks": list_of(typed(_SIMPLE, "block"), 1, 10)},
    {
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": CARD_ICON,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    at_least_one("title", "rich_text_title"),
    _container_fits,
)
BLOCKS: dict[str, Check] = {
    **_SIMPLE, **_CARDS, "container": _CONTAINER, "data_visualization": _block(CHART)
}  # fmt: skip

_NOT_ON = {
    Surface.MESSAGE: {"alert"},
    Surface.MODAL: {
        "table",
        "data_table",
        "data_visualization",
        "markdown",
        "carousel",
        "container",
        "context_actions",
        "plan",
    },
    Surface.HOME: {"alert", "markdown", "plan", "context_actions"},
}
ON: dict[Surface, Check] = {
    surface: typed({name: check for name, check in BLOCKS.items() if name not in missing}, f"block in a {surface}")
    for surface, missing in _NOT_ON.items()
}
