"""Whole lists of blocks and whole views, checked for the surface they are sent to and given the ids they lack."""

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any

from bot.local_slack.blocks.layout import ON, Surface
from bot.local_slack.blocks.objects import offered, plain
from bot.local_slack.blocks.rules import Faults, boolean, list_of, mapping, one_of, shape, string
from bot.local_slack.blocks.tables import words
from bot.local_slack.errors import SlackError
from bot.local_slack.limits import (
    IDENTIFIER,
    MARKDOWN_TOTAL,
    MESSAGE_BLOCK_TEXT,
    MESSAGE_BLOCKS,
    MESSAGE_CHARTS,
    SUGGESTED_OPTIONS,
    VIEW_BLOCKS,
    VIEW_BYTES,
    VIEW_METADATA,
    VIEW_TITLE,
)

Block = dict[str, Any]

_VIEW_COMMON = {
    "private_metadata": string(VIEW_METADATA),
    "callback_id": string(IDENTIFIER),
    "external_id": string(IDENTIFIER),
}
_MODAL = shape(
    {"title": plain(VIEW_TITLE), "blocks": list_of(mapping, 0, VIEW_BLOCKS)},
    {
        **_VIEW_COMMON,
        "submit": plain(VIEW_TITLE),
        "close": plain(VIEW_TITLE),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape({"blocks": list_of(mapping, 0, VIEW_BLOCKS)}, {**_VIEW_COMMON, "title": plain(VIEW_TITLE)})


def nested(block: Block) -> Iterator[Block]:
    """A block, and the cards and child blocks within it."""
    yield block
    inside = block.get("child_blocks") or (block.get("elements") if block.get("type") == "carousel" else None)
    for inner in inside or []:
        yield from nested(inner)


def elements(block: Block) -> list[Block]:
    """The elements of one block that people can touch, in the order they are drawn."""
    kind = block.get("type")
    if kind in ("actions", "context_actions"):
        return list(block.get("elements") or [])
    if kind == "card":
        return list(block.get("actions") or [])
    one = block.get("element") if kind == "input" else block.get("accessory") if kind == "section" else None
    return [one] if one and one.get("type") != "image" else []


def _check_ids(blocks: list[Block], path: str, faults: Faults) -> None:
    seen: set[str] = set()
    for position, top in enumerate(blocks):
        for block in nested(top):
            name = block.get("block_id")
            if name and name in seen:
                faults.add(f"{path}/{position}/block_id", f"block_id already exists: {name}")
            seen.add(name or "")
            actions = [one.get("action_id") for one in elements(block) if one.get("action_id")]
            if len(actions) != len(set(actions)):
                faults.add(f"{path}/{position}", "action_id must be unique within its block")


def _check_blocks(blocks: list[Any], surface: Surface, path: str) -> Faults:
    faults = Faults()
    check = ON[surface]
    for position, block in enumerate(blocks):
        check(block, f"{path}/{position}", faults)
    if not faults.messages:
        _check_ids(blocks, path, faults)
        markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
        if markdown > MARKDOWN_TOTAL:
            faults.add(path, f"no more than {MARKDOWN_TOTAL} characters in all markdown blocks")
    return faults


def message_blocks(blocks: Any) -> list[Block]:
    """The blocks of a message, checked and with their ids; raises SlackError."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format", ["[ERROR] blocks must be an array [json-pointer:/blocks]"])
    if len(blocks) > MESSAGE_BLOCKS:
        raise SlackError(
            "invalid_blocks", [f"[ERROR] no more than {MESSAGE_BLOCKS} items allowed [json-pointer:/blocks]"]
        )
    faults = _check_blocks(blocks, Surface.MESSAGE, "/blocks")
    if sum(isinstance(one, dict) and one.get("type") == "data_visualization" for one in blocks) > MESSAGE_CHARTS:
        faults.add("/blocks", f"no more than {MESSAGE_CHARTS} data_visualization blocks allowed")
    if faults.messages:
        raise SlackError("invalid_blocks", faults.messages)
    # A data table has a limit of its own, larger than that of a message's other text.
    if sum(words(one) for one in blocks if one["type"] != "data_table") > MESSAGE_BLOCK_TEXT:
        raise SlackError(
            "msg_blocks_too_long",
            [f"[ERROR] no more than {MESSAGE_BLOCK_TEXT} characters in all blocks [json-pointer:/blocks]"],
        )
    return with_ids(blocks)


def with_ids(blocks: list[Block]) -> list[Block]:
    """A copy in which each block has a block_id and each element an action_id, as Slack gives them."""
    own = copy.deepcopy(blocks)
    for top in own:
        for block in nested(top):
            if not block.get("block_id"):
                block["block_id"] = secrets.token_urlsafe(4)
            for element in elements(block):
                if not element.get("action_id"):
                    element["action_id"] = secrets.token_urlsafe(4)
    return own


def checked_view(view: Any, kind: Surface) -> Block:
    """A modal or Home view, checked and with its ids; raises SlackError."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ["[ERROR] must provide an object [json-pointer:/view]"])
    faults = Faults()
    one_of(kind)(view.get("type"), "/view/type", faults)
    if not faults.messages:
        (_MODAL if kind is Surface.MODAL else _HOME)(view, "/view", faults)
    if faults.messages:
        raise SlackError("invalid_arguments", faults.messages)
    faults = _check_blocks(view["blocks"], kind, "/view/blocks")
    if kind is Surface.MODAL and not view.get("submit") and any(one.get("type") == "input" for one in view["blocks"]):
        faults.add("/view", "missing required field: submit (a modal with an input needs one)")
    if faults.messages:
        raise SlackError("invalid_arguments", faults.messages)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return {**view, "blocks": with_ids(view["blocks"])}


def suggested_options(answer: Any) -> list[Block]:
    """The options an app suggested for a menu, checked; raises SlackError."""
    if not isinstance(answer, dict) or not ("options" in answer or "option_groups" in answer):
        raise SlackError("invalid_arguments", ["[ERROR] must provide options or option_groups"])
    options = offered(answer)
    faults = Faults()
    if len(options) > SUGGESTED_OPTIONS and "options" in answer:
        faults.add("/options", f"no more than {SUGGESTED_OPTIONS} items allowed")
    whole = {"type": "static_select", "action_id": "suggestion", **{k: v for k, v in answer.items() if v}}
    if options:
        ON[Surface.MODAL]({"type": "actions", "elements": [whole]}, "", faults)
    if faults.messages:
        raise SlackError("invalid_arguments", faults.messages)
    return options
