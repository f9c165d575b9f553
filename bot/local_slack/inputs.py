"""What people chose or typed in blocks: initial values, kept values, and the action a click makes."""

from typing import Any

from bot.local_slack.blocks.elements import INPUT_TYPES
from bot.local_slack.blocks.objects import offered
from bot.local_slack.blocks.surfaces import elements, nested
from bot.local_slack.errors import RefusedError

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]

# For each type of element: the field of its value, and the field that holds what is chosen at first.
_FIELDS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}


def _field(kind: str) -> tuple[str, str]:
    return _FIELDS.get(kind, ("value", "initial_value"))


def initial_value(element: Json) -> Json:
    """What an input holds before anybody touched it."""
    kind = element["type"]
    field, initial = _field(kind)
    empty: Any = [] if field.endswith("s") else None
    return {"type": kind, field: element.get(initial) or empty}


def fill(values: Values, given: Any) -> None:
    """Put what somebody typed or chose into a modal's inputs; raises RefusedError for an input it does not have."""
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
        raise RefusedError("The values of a modal are {block_id: {action_id: {…}}}.")
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            held = values.get(block_id, {}).get(action_id)
            if held is None:
                raise RefusedError(f"The modal has no input {block_id!r} with {action_id!r}.")
            typed = value if isinstance(value, dict) else {"value": value}
            values[block_id][action_id] = {**held, **typed, "type": held["type"]}


def kept_values(blocks: list[Json], before: Values) -> Values:
    """The values of all inputs: as they were where block and element are still there, else initial."""
    values: Values = {}
    for top in blocks:
        for block in nested(top):
            for element in elements(block):
                if element["type"] not in INPUT_TYPES:
                    continue
                kept = before.get(block["block_id"], {}).get(element["action_id"])
                same = kept is not None and kept.get("type") == element["type"]
                own = values.setdefault(block["block_id"], {})
                own[element["action_id"]] = kept if same and kept is not None else initial_value(element)
    return values


def is_empty(value: Json) -> bool:
    """Whether nothing was typed or chosen."""
    return not any(inner for name, inner in value.items() if name != "type")


def find(blocks: list[Json], action_id: str, block_id: str | None = None, value: Any = None) -> tuple[Json, Json]:
    """The block and element of an action; among equals the one that carries the value. Raises RefusedError."""
    found = []
    for top in blocks:
        for block in nested(top):
            for element in elements(block):
                if block_id in (None, block.get("block_id")) and action_id == element.get("action_id"):
                    found.append((block, element))
    if not found:
        raise RefusedError(f"There is nothing to press with the action_id {action_id!r}.")
    return next((one for one in found if value is not None and one[1].get("value") == value), found[0])


def chosen(element: Json, gesture: Json, suggested: list[Json]) -> Json:
    """The part of an action that tells what was pressed, chosen or typed; raises RefusedError."""
    kind = element["type"]
    field, _ = _field(kind)
    if kind == "button" or kind in ("icon_button", "workflow_button"):
        text = {"text": element["text"]} if "text" in element else {}
        return text | ({"value": element["value"]} if "value" in element else {})
    if kind == "feedback_buttons":
        return _feedback(element, gesture)
    wanted = gesture[field] if field in gesture else gesture.get("value")
    if wanted is None and not field.endswith("s"):
        raise RefusedError(f"A {kind} needs a value to choose.")
    if field in ("selected_option", "selected_options"):
        among = suggested if "external" in kind else offered(element)
        if field == "selected_option":
            return {field: _option(among, wanted, kind)}
        several = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
        return {field: [_option(among, one, kind) for one in several]}
    if field.endswith("s") and not isinstance(wanted, list):
        wanted = [] if wanted is None else [wanted]
    return {field: wanted}


def _feedback(element: Json, gesture: Json) -> Json:
    sides = (element["positive_button"], element["negative_button"])
    wanted = gesture.get("value", sides[0]["value"])
    for side in sides:
        if wanted == side["value"]:
            return {"text": side["text"], "value": side["value"]}
    raise RefusedError(f"These feedback buttons have no value {wanted!r}.")


def _option(among: list[Json], wanted: Any, kind: str) -> Json:
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    for one in among:
        if value in (one.get("value"), one["text"].get("text")):
            return one
    if "external" in kind:
        if isinstance(wanted, dict) and isinstance(wanted.get("text"), dict):
            return wanted
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    raise RefusedError(f"There is no option {value!r}.")
