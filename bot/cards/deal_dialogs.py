"""The dialogs about deals and the small ones of a customer's menu, and how to read what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block
from bot.cards import customer as customer_cards
from bot.cards import forms, wording
from bot.cards.dialogs import chosen, typed
from bot.grammar import dates
from bot.names import Dialog, Field, decode
from crm_store import money
from crm_store.errors import BadInput
from crm_store.values.deals import DealDetails, StageView
from crm_store.values.people import CustomerBrief, DealView

NEW_COMPANY: Final = "new:"
_ANY_DAY: Final = datetime(2028, 2, 1, tzinfo=UTC)
_ANY_ZONE: Final = ZoneInfo("UTC")
_DAY_WORDS: Final = "fri, 12.3., in 2 weeks, eom"


@dataclass(frozen=True, slots=True)
class DealFields:
    """A deal as typed; `company` is an id, or a name behind `new:`."""

    deal_id: str
    name: str
    customer_id: str
    company: str
    amount: str
    stage: str
    close: str
    owner: str


def deal_dialog(
    customer: CustomerBrief | None, stages: Sequence[StageView], company: tuple[str, str] | None = None, name: str = ""
) -> Block:
    """A new deal; its name is the one thing needed."""
    return forms.modal(
        Dialog.DEAL,
        "New deal",
        [
            forms.text_input(
                Field.NAME, "What is it called", value=name, required=True, placeholder="Renewal", limit=200
            ),
            forms.customer_input("With whom", customer_cards.option(customer) if customer else None, required=False),
            forms.company_input("Company", company_option(*company) if company else None),
            _amount(""),
            _stages(stages, ""),
            _close(""),
        ],
        submit="Open deal",
        metadata={"customer": customer.customer_id if customer else ""},
    )


def edit_dialog(deal: DealDetails) -> Block:
    """What is known of a deal, to be changed."""
    view = deal.view
    return forms.modal(
        Dialog.DEAL_EDIT,
        "Edit deal",
        [
            forms.text_input(Field.NAME, "What is it called", value=view.name, required=True, limit=200),
            _amount(
                money.plain(view.amount.minor, view.amount.currency) + f" {view.amount.currency}" if view.amount else ""
            ),
            _stages(deal.stages, view.stage_id),
            _close(view.close_on.isoformat() if view.close_on else ""),
            forms.person_input(Field.OWNER, "Owner", view.owner or ""),
        ],
        metadata={"deal": view.deal_id},
    )


def lost_dialog(deal: DealView) -> Block:
    """Why a deal was lost; sending it is the answer to whether it was."""
    return forms.modal(
        Dialog.DEAL_LOST,
        "Deal lost",
        [
            blocks.section(f"{deal.name} will be marked as lost. Cancel leaves it open."),
            forms.text_input(Field.REASON, "Why", placeholder="too expensive, went to another, no budget", limit=500),
        ],
        submit="Mark as lost",
        metadata={"deal": deal.deal_id},
    )


def owner_dialog(customer: CustomerBrief) -> Block:
    """Who looks after a customer."""
    return forms.modal(
        Dialog.OWNER,
        "Change owner",
        [
            blocks.section(wording.customer(customer)),
            forms.person_input(Field.OWNER, "Who looks after them", customer.owner or "", required=True),
        ],
        metadata={"customer": customer.customer_id},
    )


def merge_with_dialog(customer: CustomerBrief) -> Block:
    """With whom a customer is one and the same; nothing is merged before both were looked at."""
    return forms.modal(
        Dialog.MERGE_WITH,
        "Merge",
        [
            blocks.section(
                f"{wording.customer(customer)} is kept. You see both side by side before anything is merged."
            ),
            forms.customer_input("Who is the same person", None),
        ],
        submit="Look at both",
        metadata={"customer": customer.customer_id},
    )


def read_deal(values: Mapping[str, Any], metadata: str) -> DealFields:
    """What was sent, of a new deal or a changed one."""
    return DealFields(
        str(decode(metadata).get("deal", "")),
        " ".join(typed(values, Field.NAME).split()),
        chosen(values, Field.WHO),
        chosen(values, Field.COMPANY),
        typed(values, Field.AMOUNT).strip(),
        chosen(values, Field.STAGE),
        typed(values, Field.CLOSE).strip(),
        chosen(values, Field.OWNER),
    )


def read_lost(values: Mapping[str, Any], metadata: str) -> tuple[str, str]:
    """Which deal was lost, and why."""
    return str(decode(metadata).get("deal", "")), " ".join(typed(values, Field.REASON).split())


def read_owner(values: Mapping[str, Any], metadata: str) -> tuple[str, str]:
    """Which customer, and the Slack id of the new owner."""
    return str(decode(metadata).get("customer", "")), chosen(values, Field.OWNER)


def read_merge_with(values: Mapping[str, Any], metadata: str) -> tuple[str, str]:
    """Who is kept, and who is the same."""
    return str(decode(metadata).get("customer", "")), chosen(values, Field.WHO)


def check_deal(values: Mapping[str, Any], metadata: str) -> Mapping[str, str]:
    """What is wrong with a deal's name, amount or day, by field."""
    fields, errors = read_deal(values, metadata), dict[str, str]()
    if not fields.name:
        errors[Field.NAME.value] = "A name is the one thing needed."
    try:
        _ = fields.amount and money.read(fields.amount, "EUR")
    except BadInput as problem:
        errors[Field.AMOUNT.value] = problem.sentence
    if fields.amount.lstrip().startswith("-"):
        errors[Field.AMOUNT.value] = "A deal cannot be worth less than nothing."
    try:
        # Whether words are a day does not depend on which day it is; what day they mean is read at submission.
        _ = fields.close and dates.read(fields.close, _ANY_DAY, _ANY_ZONE)
    except BadInput as problem:
        errors[Field.CLOSE.value] = problem.sentence
    return errors


def company_option(company_id: str, name: str) -> Block:
    """A company as one choice of a company field."""
    return blocks.option(name, company_id)


def new_company_option(name: str) -> Block:
    """What was typed, as a company that is not there yet."""
    shown = blocks.one_line(name, 60)
    return blocks.option(f"New company: {shown}", f"{NEW_COMPANY}{blocks.one_line(name, 120)}")


def deal_option(deal: DealView) -> Block:
    """An open deal as one choice of a deal field."""
    whose = ", ".join(part for part in (deal.customer, deal.company) if part)
    return blocks.option(deal.name, deal.deal_id, whose)


def _amount(shown: str) -> Block:
    return forms.text_input(Field.AMOUNT, "Amount", value=shown, placeholder="12k, 1200 usd, €1,200.50", limit=40)


def _close(shown: str) -> Block:
    return forms.text_input(Field.CLOSE, "Closes", value=shown, placeholder=_DAY_WORDS, limit=60)


def _stages(stages: Sequence[StageView], here: str) -> Block | None:
    several = len({stage.pipeline_id for stage in stages}) > 1
    options = [
        blocks.option(f"{stage.pipeline}: {stage.name}" if several else stage.name, stage.stage_id)
        for stage in stages
        if stage.outcome == "open" or stage.stage_id == here
    ][:100]
    initial = next((one for one in options if one["value"] == here), None)
    return forms.select_input(Field.STAGE, "Stage", options, initial=initial) if options else None
