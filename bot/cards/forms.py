"""What dialogs are made of: inputs within Slack's limits, and the modal around them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot import blocks
from bot.blocks import Block, Message
from bot.names import METADATA_LIMIT, Action, Dialog, Field, decode, encode

_TYPED: Final = 3_000
_CARRIED: Final = ("customer", "kept", "absorbed")
_OPENERS: Final[Mapping[str, tuple[str, Action]]] = {
    Dialog.LOG.value: ("Log", Action.LOG_DIALOG),
    Dialog.TASK.value: ("New task", Action.TASK_DIALOG),
    Dialog.CONTACT.value: ("New contact", Action.ADD_CONTACT),
    Dialog.EDIT.value: ("Edit", Action.EDIT),
    Dialog.MERGE.value: ("Look at both", Action.MERGE),
}


def text_input(
    field: Field, label: str, *, value: str = "", multiline: bool = False, required: bool = False,
    placeholder: str = "", hint: str = "", limit: int = _TYPED,
) -> Block:  # fmt: skip
    """A text to type."""
    element: Block = {"type": "plain_text_input", "action_id": field.value, "multiline": multiline, "max_length": limit}
    shown = blocks.cut(value, limit) if multiline else blocks.one_line(value, limit)
    if shown:
        element["initial_value"] = shown
    if placeholder:
        element["placeholder"] = blocks.plain(placeholder, 150)
    return _input(field, label, element, required=required, hint=hint)


def select_input(
    field: Field, label: str, options: Sequence[Block], *, initial: Block | None = None, required: bool = False
) -> Block:
    """A choice among at most 100."""
    element: Block = {"type": "static_select", "action_id": field.value, "options": list(options)[:100]}
    if initial is not None:
        element["initial_option"] = initial
    return _input(field, label, element, required=required)


def customer_input(label: str, initial: Block | None, *, required: bool = True) -> Block:
    """A customer, searched for as one types."""
    element: Block = {
        "type": "external_select",
        "action_id": Action.FIND_CUSTOMER.value,
        "min_query_length": 2,
        "placeholder": blocks.plain("Type a name, a company or an address", 150),
    }
    if initial is not None:
        element["initial_option"] = initial
    return _input(Field.WHO, label, element, required=required)


def date_input(field: Field, label: str, *, initial: date | None = None) -> Block:
    """A day."""
    element: Block = {"type": "datepicker", "action_id": field.value}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _input(field, label, element, required=False)


def tick_input(field: Field, label: str, choice: str) -> Block:
    """One box to tick."""
    element: Block = {"type": "checkboxes", "action_id": field.value, "options": [blocks.option(choice, "yes")]}
    return _input(field, label, element, required=False)


def modal(
    dialog: Dialog, title: str, rows: Sequence[Block | None], *, submit: str = "Save",
    metadata: Mapping[str, str | int] | None = None,
) -> Block:  # fmt: skip
    """A dialog."""
    return {
        "type": "modal",
        "callback_id": dialog.value,
        "title": blocks.plain(blocks.one_line(title, 24), 24),
        "submit": blocks.plain(submit, 24),
        "close": blocks.plain("Cancel", 24),
        "private_metadata": encode(metadata or {}, METADATA_LIMIT),
        "blocks": [one for one in rows if one is not None][:100],
    }


def opener(view: Mapping[str, Any]) -> Message:
    """A button that opens the dialog, where Slack lets nothing but a press open one."""
    label, action = _OPENERS.get(str(view.get("callback_id")), ("", Action.LOG_DIALOG))
    if not label:
        said = "The form could not be opened in time. Press the button once more."
        return blocks.message(said, blocks.section(said))
    known = decode(str(view.get("private_metadata", "")))
    said = "This needs a form. Slack opens one only at the press of a button."
    carried: dict[str, str | int] = {name: known[name] for name in _CARRIED if name in known}
    button = blocks.button(label, action, carried, style="primary")
    return blocks.message(said, blocks.section(said), blocks.actions(button))


def _input(field: Field, label: str, element: Block, *, required: bool, hint: str = "") -> Block:
    block: Block = {
        "type": "input", "block_id": field.value, "label": blocks.plain(label, 75), "element": element,
        "optional": not required,
    }  # fmt: skip
    return {**block, "hint": blocks.plain(hint, 300)} if hint else block
