"""The dialog that logs a Slack message or its whole thread, and how to read what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot import blocks
from bot.blocks import Block
from bot.cards import customer as customer_cards
from bot.cards import dialogs, forms
from bot.gestures import Gesture
from bot.names import Dialog, Field, decode
from crm_store.values.people import CustomerBrief

THREAD: Final = "thread"
MESSAGE: Final = "message"


@dataclass(frozen=True, slots=True)
class MessageFields:
    """A Slack message to be logged; `whole` asks for its thread, whose first message is `root_ts`."""

    customer_id: str
    text: str
    channel: str
    ts: str
    author: str
    root_ts: str
    whole: bool


def message_dialog(
    customer: CustomerBrief | None, text: str, channel: str, ts: str, author: str, root_ts: str = "", *,
    whole: bool = False,
) -> Block:  # fmt: skip
    """A Slack message; the customer is guessed, so that Log is the second click.

    Where it is part of a thread, one more choice says how much of that is logged; `whole` is then what is chosen first.
    """
    rows = [
        forms.customer_input("About whom", customer_cards.option(customer) if customer else None),
        _extent(whole=whole) if root_ts else None,
        forms.text_input(Field.TEXT, "The message", value=text, multiline=True),
    ]
    return forms.modal(
        Dialog.LOG_MESSAGE,
        "Log to CRM",
        rows,
        submit="Log",
        metadata={
            "customer": customer.customer_id if customer else "",
            "channel": channel,
            "ts": ts,
            "author": author,
            "root": root_ts,
            "whole": int(whole),
        },
    )


def _extent(*, whole: bool) -> Block:
    options = {
        THREAD: blocks.option("The whole thread", THREAD, "Replies to come are added"),
        MESSAGE: blocks.option("This message", MESSAGE),
    }
    return forms.select_input(
        Field.EXTENT, "How much", list(options.values()), initial=options[THREAD if whole else MESSAGE]
    )


def check_message(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    fields = read_message(gesture.values, gesture.metadata)
    errors = {}
    if not fields.customer_id:
        errors[Field.WHO.value] = "Choose whom it is about."
    if not fields.text.strip() and not fields.whole:
        errors[Field.TEXT.value] = "There is nothing to log without a word."
    return errors


def read_message(values: Mapping[str, Any], metadata: str = "") -> MessageFields:
    """What was sent, and which message it was; a choice that was not offered is what the dialog was opened with."""
    known = decode(metadata)
    ts = str(known.get("ts", ""))
    extent = dialogs.chosen(values, Field.EXTENT)
    return MessageFields(
        _customer(values, known),
        dialogs.typed(values, Field.TEXT),
        str(known.get("channel", "")),
        ts,
        str(known.get("author", "")),
        str(known.get("root", "")) or ts,
        extent == THREAD if extent else bool(known.get("whole", 0)),
    )


def _customer(values: Mapping[str, Any], known: Mapping[str, str | int]) -> str:
    if Field.WHO.value in values:
        return dialogs.chosen(values, Field.WHO)
    return str(known.get("customer", ""))
