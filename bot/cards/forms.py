"""What dialogs are made of: inputs within Slack's limits, and the modal around them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot import blocks
from bot.blocks import Block, Message
from bot.names import METADATA_LIMIT, Action, Dialog, Field, decode, encode

_TYPED: Final = 3_000
_CARRIED: Final = ("customer", "kept", "absorbed", "deal")
_KEPT: Final = "~"
_KEPT_CHARACTERS: Final = 1_000
_OPENERS: Final[Mapping[str, tuple[str, Action]]] = {
    Dialog.LOG.value: ("Log", Action.LOG_DIALOG),
    Dialog.TASK.value: ("New task", Action.TASK_DIALOG),
    Dialog.CONTACT.value: ("New contact", Action.ADD_CONTACT),
    Dialog.EDIT.value: ("Edit", Action.EDIT),
    Dialog.MERGE.value: ("Look at both", Action.MERGE),
    Dialog.DEAL.value: ("New deal", Action.NEW_DEAL),
    Dialog.DEAL_EDIT.value: ("Edit deal", Action.DEAL_EDIT),
    Dialog.DEAL_LOST.value: ("Say why it was lost", Action.DEAL_LOSE),
    Dialog.OWNER.value: ("Change owner", Action.CUSTOMER_OWNER),
    Dialog.MERGE_WITH.value: ("Merge with", Action.MERGE_WITH),
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


def customer_input(label: str, initial: Block | None, *, required: bool = True, field: Field = Field.WHO) -> Block:
    """A customer, searched for as one types."""
    told = "Type a name, a company or an address"
    return _searched(field, Action.FIND_CUSTOMER, label, told, initial, required=required)


def company_input(label: str, initial: Block | None = None) -> Block:
    """A company, searched for as one types; one that is not there yet can be chosen as new."""
    return _searched(Field.COMPANY, Action.FIND_COMPANY, label, "Type a company's name", initial, required=False)


def deal_input(label: str, initial: Block | None = None) -> Block:
    """An open deal, searched for as one types."""
    told = "Type a deal, a company or a name"
    return _searched(Field.DEAL, Action.FIND_DEAL, label, told, initial, required=False)


def person_input(field: Field, label: str, initial: str = "", *, required: bool = False) -> Block:
    """A colleague; `initial` is a Slack id."""
    element: Block = {"type": "users_select", "action_id": field.value}
    if initial:
        element["initial_user"] = initial
    return _input(field, label, element, required=required)


def _searched(
    field: Field, action: Action, label: str, told: str, initial: Block | None, *, required: bool
) -> Block:  # fmt: skip
    element: Block = {
        "type": "external_select",
        "action_id": action.value,
        "min_query_length": 2,
        "placeholder": blocks.plain(told, 150),
    }
    if initial is not None:
        element["initial_option"] = initial
    return _input(field, label, element, required=required)


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


def waiting() -> Block:
    """What is open while the content of a dialog is still being read."""
    return told("One moment: what is known is being read.")


def told(sentence: str) -> Block:
    """A dialog that only says something."""
    return {
        "type": "modal",
        "title": blocks.plain("Rapport", 24),
        "close": blocks.plain("Close", 24),
        "blocks": [blocks.section(sentence)],
    }


def opener(view: Mapping[str, Any]) -> Message:
    """A button that opens the dialog, where Slack lets nothing but a press open one."""
    label, action = _OPENERS.get(str(view.get("callback_id")), ("", Action.LOG_DIALOG))
    if not label:
        said = "The form could not be opened in time. Press the button once more."
        return blocks.message(said, blocks.section(said))
    known = decode(str(view.get("private_metadata", "")))
    said = "This needs a form. Slack opens one only at the press of a button."
    carried: dict[str, str | int] = {name: known[name] for name in _CARRIED if known.get(name)}
    carried |= _typed_in(view)
    button = blocks.button(label, action, carried, style="primary")
    return blocks.message(said, blocks.section(said), blocks.actions(button))


def _typed_in(view: Mapping[str, Any]) -> dict[str, str | int]:
    """What stood in the inputs of a dialog that could not be opened, so that its button keeps it."""
    kept: dict[str, str | int] = {}
    for block in view.get("blocks") or ():
        value = (block.get("element") or {}).get("initial_value")
        if value:
            kept[f"{_KEPT}{block['block_id']}"] = str(value)[:_KEPT_CHARACTERS]
    return kept


def refilled(view: Mapping[str, Any], pressed: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dialog with what a button kept for it; inputs that are filled in by other means stay as they are."""
    if not any(name.startswith(_KEPT) for name in pressed):
        return view
    return {**view, "blocks": [_refilled(block, pressed) for block in view["blocks"]]}


def _refilled(block: Block, pressed: Mapping[str, Any]) -> Block:
    value = pressed.get(f"{_KEPT}{block.get('block_id', '')}")
    element = block.get("element") or {}
    if not value or element.get("type") != "plain_text_input":
        return block
    return {**block, "element": {**element, "initial_value": str(value)[: element.get("max_length", _TYPED)]}}


def _input(field: Field, label: str, element: Block, *, required: bool, hint: str = "") -> Block:
    block: Block = {
        "type": "input", "block_id": field.value, "label": blocks.plain(label, 75), "element": element,
        "optional": not required,
    }  # fmt: skip
    return {**block, "hint": blocks.plain(hint, 300)} if hint else block
