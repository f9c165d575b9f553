"""The dialogs: what they ask, filled in with what is known, and how to read what was sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot import blocks
from bot.blocks import Block
from bot.cards import customer as customer_cards
from bot.cards import forms
from bot.names import Dialog, Field, decode
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.values import drafts, plans
from crm_store.values.people import CustomerBrief, CustomerCard
from crm_store.values.plans import Step

WHO: Final = Field.WHO.value
TEXT: Final = Field.TEXT.value
TITLE: Final = Field.TITLE.value
DUE: Final = Field.DUE.value
PHONE: Final = Field.PHONE.value
NAME: Final = Field.NAME.value
EMAIL: Final = Field.EMAIL.value


@dataclass(frozen=True, slots=True)
class LogFields:
    """A log, as typed."""

    customer_id: str
    text: str
    private: bool
    deal_id: str = ""


@dataclass(frozen=True, slots=True)
class TaskFields:
    """A task, with its day as typed."""

    title: str
    due: str
    customer_id: str
    deal_id: str = ""


@dataclass(frozen=True, slots=True)
class ContactFields:
    """A new contact, as typed; `company` is an id, or a name behind `new:`."""

    name: str
    company: str
    email: str
    phone: str
    title: str


@dataclass(frozen=True, slots=True)
class EditFields:
    """What differs from what the dialog showed; None clears a field."""

    customer_id: str
    changes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SuggestionFields:
    """A changed suggestion; the share is between 0 and 1."""

    suggestion_id: str
    version: int
    subject: str
    body: str
    cap: int
    holdout_share: float
    steps: tuple[Step, ...] = ()
    other_subject: str = ""
    send_on: date | None = None
    send_time: str = ""
    segment_id: str = ""
    narrow: str = ""


@dataclass(frozen=True, slots=True)
class DismissalFields:
    """Why a suggestion is dismissed: a reason's key, and the person's own words after a colon."""

    suggestion_id: str
    version: int
    reason: str


def log_dialog(customer: CustomerBrief | None, text: str = "") -> Block:
    """A call, a meeting or a note."""
    return forms.modal(
        Dialog.LOG,
        "Log to CRM",
        [
            forms.customer_input("With whom", _option(customer)),
            forms.text_input(
                Field.TEXT,
                "What was said",
                value=text,
                multiline=True,
                placeholder="called, wants 40 seats by Friday",
                hint="Days become tasks, and what they want becomes a need.",
            ),
            forms.deal_input("For which deal"),
            forms.tick_input(Field.PRIVATE, "Who may read it", "Only me"),
        ],
        submit="Log",
        metadata={"customer": customer.customer_id if customer else ""},
    )


def read_log(values: Mapping[str, Any], metadata: str = "") -> LogFields:
    """What was sent."""
    customer, text, private = _customer(values, metadata), typed(values, Field.TEXT), ticked(values, Field.PRIVATE)
    return LogFields(customer, text, private, chosen(values, Field.DEAL))


def task_dialog(customer: CustomerBrief | None, title: str = "") -> Block:
    """Something to do."""
    return forms.modal(
        Dialog.TASK,
        "New task",
        [
            forms.text_input(
                Field.TITLE, "What is to be done", value=title, required=True, placeholder="send quote", limit=300
            ),
            forms.text_input(
                Field.DUE, "When", placeholder="fri, tomorrow 9, in 2 weeks, end of month", limit=60
            ),
            forms.customer_input("About whom", _option(customer), required=False),
            forms.deal_input("For which deal"),
        ],
        metadata={"customer": customer.customer_id if customer else ""},
    )  # fmt: skip


def read_task(values: Mapping[str, Any], metadata: str = "") -> TaskFields:
    """What was sent."""
    title, due = typed(values, Field.TITLE).strip(), typed(values, Field.DUE).strip()
    return TaskFields(title, due, _customer(values, metadata), chosen(values, Field.DEAL))


def contact_dialog(name: str = "") -> Block:
    """A new contact."""
    email = name.strip() if "@" in name else ""
    return forms.modal(
        Dialog.CONTACT,
        "New contact",
        [
            forms.text_input(Field.NAME, "Name", value="" if email else name, required=True, limit=200),
            forms.company_input("Company"),
            forms.text_input(Field.EMAIL, "E-mail", value=email, limit=320),
            forms.text_input(Field.PHONE, "Phone", limit=60),
            forms.text_input(Field.JOB, "What they do there", limit=200),
        ],
        submit="Add",
    )


def read_contact(values: Mapping[str, Any]) -> ContactFields:
    """What was sent."""
    name, email, phone, title = (
        typed(values, one).strip() for one in (Field.NAME, Field.EMAIL, Field.PHONE, Field.JOB)
    )
    return ContactFields(
        name, chosen(values, Field.COMPANY) or typed(values, Field.COMPANY).strip(), email, phone, title
    )


def edit_dialog(card: CustomerCard) -> Block:
    """What is known of a customer, to be put right."""
    known = _known(card)
    return forms.modal(
        Dialog.EDIT,
        "Check details" if card.customer.needs_check else "Edit",
        [
            forms.text_input(Field.NAME, "Name", value=known["name"], required=True, limit=200),
            forms.text_input(Field.COMPANY, "Company", value=known["company"], limit=200),
            forms.text_input(Field.EMAIL, "E-mail", value=known["email"], limit=320),
            forms.text_input(Field.PHONE, "Phone", value=known["phone"], limit=60),
            forms.text_input(Field.JOB, "What they do there", value=known["title"], limit=200),
        ],
        metadata={"customer": card.customer.customer_id, **known},
    )


def read_edit(values: Mapping[str, Any], metadata: str) -> EditFields:
    """What was changed: only that is written, so that a colleague's change in the meantime stays."""
    known = decode(metadata)
    changes: dict[str, str | None] = {}
    for name, field in _EDITED.items():
        if field.value not in values:
            continue
        now = " ".join(typed(values, field).split())
        if now != str(known.get(name, "")) and (now or name != "name"):
            changes[name] = now or None
    return EditFields(str(known.get("customer", "")), changes)


def check_suggestion(values: Mapping[str, Any], metadata: str = "") -> Mapping[str, str]:
    """What the suggestion's dialog lacks; `metadata` tells whether it is one of calls, which have no subject."""
    errors: dict[str, str] = {}
    calls = bool(decode(metadata).get("by_phone"))
    if not typed(values, Field.BODY).strip():
        errors[Field.BODY.value] = "A task needs a text." if calls else "A mail needs a text."
    if not calls and not typed(values, Field.SUBJECT).strip():
        errors[Field.SUBJECT.value] = "A mail needs a subject."
    for field in (Field.SUBJECT, Field.OTHER_SUBJECT, Field.BODY, Field.REMINDER):
        unknown = [one for one in _PLACEHOLDER.findall(typed(values, field)) if one not in drafts.FIELDS]
        if unknown:
            errors[field.value] = f"“{unknown[0]}” cannot be filled in. These can: {', '.join(drafts.FIELDS)}."
    if not 1 <= _number(values, Field.CAP) <= 100_000:
        errors[Field.CAP.value] = "Write a number of people from 1 on."
    if not 0 <= _number(values, Field.HOLD_OUT) <= 50:
        errors[Field.HOLD_OUT.value] = "Write a percentage from 0 to 50."
    clock = typed(values, Field.CLOCK).strip()
    if clock and not _CLOCK.fullmatch(clock):
        errors[Field.CLOCK.value] = "Write a time of day such as 9:30."
    return errors


def check_day(values: Mapping[str, Any], metadata: str, furthest: int) -> Mapping[str, str]:
    """A day before the one on which the dialog was opened, or too far ahead."""
    day, opened = _day(values, Field.SEND_ON), str(decode(metadata).get("today", ""))
    if day is None or not opened or 0 <= (day - date.fromisoformat(opened)).days <= furthest:
        return {}
    return {Field.SEND_ON.value: f"Choose a day from today on, at most {furthest} days ahead."}


def read_suggestion(values: Mapping[str, Any], metadata: str) -> SuggestionFields:
    """What was sent, once `check_suggestion` found nothing."""
    suggestion_id, version = _suggestion(metadata)
    reminder = typed(values, Field.REMINDER)
    return SuggestionFields(
        suggestion_id,
        version,
        typed(values, Field.SUBJECT).strip(),
        typed(values, Field.BODY).strip(),
        _number(values, Field.CAP),
        _number(values, Field.HOLD_OUT) / 100,
        plans.planned(_choice(values, Field.THEN), int(_choice(values, Field.WAIT) or plans.USUAL_WAIT), reminder),
        typed(values, Field.OTHER_SUBJECT).strip(),
        _day(values, Field.SEND_ON),
        typed(values, Field.CLOCK).strip().zfill(5) if typed(values, Field.CLOCK).strip() else "",
        _choice(values, Field.SEGMENT),
        typed(values, Field.NARROW).strip(),
    )


def read_dismissal(values: Mapping[str, Any], metadata: str) -> DismissalFields:
    """What was sent."""
    reason = _choice(values, Field.REASON)
    note = blocks.one_line(typed(values, Field.NOTE), 500)
    return DismissalFields(*_suggestion(metadata), ": ".join(one for one in (reason or "other", note) if one))


def _day(values: Mapping[str, Any], field: Field) -> date | None:
    chosen = _input(values, field).get("selected_date")
    return date.fromisoformat(chosen) if chosen else None


def _choice(values: Mapping[str, Any], field: Field) -> str:
    """The value of a choice; empty where none was made."""
    chosen = _input(values, field).get("selected_option")
    return str(chosen.get("value", "")) if isinstance(chosen, Mapping) else ""


def check_points(values: Mapping[str, Any]) -> Mapping[str, str]:
    """What is wrong with the address and the number of a person's dialog."""
    email, phone = typed(values, Field.EMAIL).strip(), typed(values, Field.PHONE).strip()
    errors: dict[str, str] = {}
    if email and not email_key(email):
        errors[EMAIL] = "This is no e-mail address. It needs a name, an @ and a domain."
    if phone and not phone_digits(phone):
        errors[PHONE] = "This is no phone number."
    return errors


def _suggestion(metadata: str) -> tuple[str, int]:
    known = decode(metadata)
    version = known.get("version", 0)
    return str(known.get("suggestion", "")), version if isinstance(version, int) else 0


def _number(values: Mapping[str, Any], field: Field) -> int:
    """A whole number as typed, with or without a percent sign; what is none is -1."""
    digits = typed(values, field).strip().removesuffix("%").strip()
    return int(digits) if digits.isascii() and digits.isdigit() else -1


_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]{0,80}?)\s*\}\}")
_EDITED: Final = {
    "name": Field.NAME,
    "company": Field.COMPANY,
    "email": Field.EMAIL,
    "phone": Field.PHONE,
    "title": Field.JOB,
}
_LIMITS: Final = {"name": 200, "company": 200, "email": 320, "phone": 60, "title": 200}


def _known(card: CustomerCard) -> dict[str, str]:
    """The values shown, cut as the inputs cut them, so that an untouched field never looks changed."""
    phone = next((one.value for one in card.points if one.kind == "phone" and one.state == "live"), "")
    customer = card.customer
    shown = {
        "name": customer.name,
        "company": customer.company or "",
        "email": customer.email or "",
        "phone": phone,
        "title": card.title or "",
    }
    return {name: blocks.one_line(value, _LIMITS[name]) for name, value in shown.items()}


def _option(customer: CustomerBrief | None) -> Block | None:
    return customer_cards.option(customer) if customer else None


def _input(values: Mapping[str, Any], field: Field) -> Mapping[str, Any]:
    """The one element of an input's block, whatever its action id."""
    block = values.get(field.value)
    if not isinstance(block, Mapping):
        return {}
    return next((one for one in block.values() if isinstance(one, Mapping)), {})


def typed(values: Mapping[str, Any], field: Field) -> str:
    return str(_input(values, field).get("value") or "")


def chosen(values: Mapping[str, Any], field: Field) -> str:
    """What was chosen in a menu, or which colleague."""
    given = _input(values, field)
    option = given.get("selected_option")
    return str(option.get("value", "")) if isinstance(option, Mapping) else str(given.get("selected_user") or "")


def ticked(values: Mapping[str, Any], field: Field) -> bool:
    """Whether the one box was ticked."""
    return bool(_input(values, field).get("selected_options"))


def _customer(values: Mapping[str, Any], metadata: str) -> str:
    """The customer chosen; where the state holds no such field at all, the one the dialog was opened for."""
    if WHO in values:
        chosen = _input(values, Field.WHO).get("selected_option")
        return str(chosen.get("value", "")) if isinstance(chosen, Mapping) else ""
    return str(decode(metadata).get("customer", ""))
