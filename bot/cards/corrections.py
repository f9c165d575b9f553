"""The dialogs that put a log right: what it was, when, with whom and for whose eyes; and how to read what was sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block
from bot.cards import customer as customer_cards
from bot.cards import dialogs, forms, wording
from bot.gestures import Gesture
from bot.names import Dialog, Field, decode
from crm_store.values.corrections import Correction, LoggedView

_CLOCK: Final = re.compile(r"^\s*(\d{1,2})[:.h]?(\d{2})?\s*$")
_KINDS: Final = ("call", "meeting", "mail", "message", "note")
_DIRECTIONS: Final = {"outgoing": "From us", "incoming": "From them", "none": "Neither"}
_LONGEST: Final = 3_000


@dataclass(frozen=True, slots=True)
class CorrectionFields:
    """What was sent; None and empty mean that the dialog did not ask for it."""

    communication_id: str
    kind: str
    day: date | None
    clock: str
    direction: str
    text: str | None
    customer_id: str
    private: bool | None


def correct_dialog(log: LoggedView, zone: ZoneInfo) -> Block:
    """All that was understood of a log, to be put right; what came by itself keeps its day and its words."""
    local = log.happened_at.astimezone(zone)
    one = log.customers[0] if len(log.customers) == 1 else None
    kinds = [blocks.option(wording.kind(kind).capitalize(), kind) for kind in _KINDS]
    sides = [blocks.option(label, value) for value, label in _DIRECTIONS.items()]
    free = log.by_hand
    rows = [
        forms.select_input(Field.KIND, "What it was", kinds, initial=_initial(kinds, log.kind), required=True)
        if free
        else None,
        forms.date_input(Field.DAY, "Day", initial=local.date()) if free else None,
        forms.text_input(Field.CLOCK, "Time", value=f"{local:%H:%M}", limit=5, placeholder="14:30") if free else None,
        forms.select_input(Field.DIRECTION, "From whom", sides, initial=_initial(sides, log.direction))
        if free
        else None,
        forms.text_input(Field.TEXT, "What was said", value=log.text, multiline=True)
        if free and not log.follows_slack and len(log.text) <= _LONGEST
        else None,
        forms.customer_input("With whom", customer_cards.option(one) if one else None, required=False),
        _private(log.level) if log.own else None,
    ]
    metadata: dict[str, str | int] = {
        "communication": log.communication_id,
        "customer": one.customer_id if one else "",
        "private": int(log.level == "private"),
    }
    return forms.modal(Dialog.CORRECT, "Correct", rows, metadata=metadata)


def _initial(options: list[Block], value: str) -> Block | None:
    return next((one for one in options if one["value"] == value), None)


def _private(level: str) -> Block:
    shown = forms.tick_input(Field.PRIVATE, "Who may read it", "Only me")
    if level == "private":
        shown["element"]["initial_options"] = shown["element"]["options"]
    return shown


def check_correction(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    fields = read_correction(gesture.values, gesture.metadata)
    errors: dict[str, str] = {}
    if fields.clock and _time(fields.clock) is None:
        errors[Field.CLOCK.value] = "Write the time like 14:30."
    if fields.text is not None and not fields.text.strip():
        errors[Field.TEXT.value] = "Write at least a word about it."
    return errors


def read_correction(values: Mapping[str, Any], metadata: str) -> CorrectionFields:
    """What was sent."""
    known = decode(metadata)
    ticked = None
    if Field.PRIVATE.value in values:
        ticked = dialogs.ticked(values, Field.PRIVATE)
    return CorrectionFields(
        str(known.get("communication", "")),
        dialogs.chosen(values, Field.KIND),
        _day(values),
        dialogs.typed(values, Field.CLOCK).strip(),
        dialogs.chosen(values, Field.DIRECTION),
        dialogs.typed(values, Field.TEXT) if Field.TEXT.value in values else None,
        dialogs.chosen(values, Field.WHO),
        ticked,
    )


def corrected(fields: CorrectionFields, log: LoggedView, zone: ZoneInfo) -> Correction:
    """What differs from the log as it is; only that is written."""
    known = [one.customer_id for one in log.customers]
    level = None
    if fields.private is not None and log.own and fields.private != (log.level == "private"):
        level = "private" if fields.private else "team"
    moved = fields.customer_id if fields.customer_id and known != [fields.customer_id] else None
    return Correction(
        kind=_changed(fields.kind, log.kind),
        direction=_changed(fields.direction, log.direction),
        happened_at=_moment(fields, log.happened_at, zone),
        text=_changed(fields.text.strip(), log.text) if fields.text is not None else None,
        customer_id=moved,
        level=level,
    )


def _changed(new: str, old: str) -> str | None:
    return new if new and new != old else None


def _moment(fields: CorrectionFields, before: datetime, zone: ZoneInfo) -> datetime | None:
    """The day and time as sent; to the minute, which is all that the dialog shows."""
    local = before.astimezone(zone)
    clock = _time(fields.clock) if fields.clock else local.time().replace(second=0, microsecond=0)
    day = fields.day or local.date()
    if clock is None or (day, clock) == (local.date(), local.time().replace(second=0, microsecond=0)):
        return None
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _time(text: str) -> time | None:
    found = _CLOCK.match(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(values: Mapping[str, Any]) -> date | None:
    block = values.get(Field.DAY.value)
    element = (
        next((one for one in block.values() if isinstance(one, Mapping)), {}) if isinstance(block, Mapping) else {}
    )
    try:
        return date.fromisoformat(str(element.get("selected_date") or ""))
    except ValueError:
        return None


def move_dialog(log: LoggedView) -> Block:
    """Another customer for a log."""
    one = log.customers[0] if len(log.customers) == 1 else None
    return forms.modal(
        Dialog.MOVE_TO,
        "Move to",
        [forms.customer_input("With whom it was", customer_cards.option(one) if one else None)],
        submit="Move",
        metadata={"communication": log.communication_id},
    )


def check_move(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    return {} if dialogs.chosen(gesture.values, Field.WHO) else {Field.WHO.value: "Choose whom it belongs to."}


def read_move(values: Mapping[str, Any], metadata: str) -> tuple[str, str]:
    """The log and the customer it is moved to."""
    return str(decode(metadata).get("communication", "")), dialogs.chosen(values, Field.WHO)
