"""Customers and deals behind a pasted link: the card under the message, and the side pane that one person opens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Message
from bot.cards import wording
from bot.names import Action, encode
from crm_store.values.deals import DealDetails
from crm_store.values.people import CustomerCard

Entity = dict[str, Any]
_ITEM: Final = "slack#/entities/item"
_PRODUCT: Final = "Rapport"
_STRING: Final = "string"
_PERSON: Final = "slack#/types/user"
_LONGEST: Final = 300
_STAGES: Final = 100
UNSET: Final = "not set"
RESTRICTED: Final[Mapping[str, str]] = {
    "status": "restricted",
    "custom_title": "For members of the team",
    "custom_message": "Rapport shows this to the members of its team alone.",
}
GONE: Final[Mapping[str, str]] = {"status": "not_found"}


def customer(
    card: CustomerCard, url: str, *, outsiders: bool, in_pane: bool, now: datetime, zone: ZoneInfo
) -> Entity:  # fmt: skip
    """A customer as an object; in the pane, which one colleague sees, with how to reach them and what is next."""
    one, today = card.customer, now.astimezone(zone).date()
    title = one.name.strip() or "A customer"
    if outsiders:
        return _entity(url, one.customer_id, "customer", title, [], [])
    fields = [
        _text("company", "Company", one.company or ""),
        _person("owner", "Owner", one.owner),
        _text("last", "Last contact", wording.last_contact(one, now, zone) if one.last_touch_at else ""),
        _text("deals", "Open deals", str(len(card.deals) + card.deals_more) if card.deals else ""),
    ]
    if in_pane:
        points = ", ".join(point.value for point in card.points[:5] if point.state == "live")
        step = card.next_task
        fields[1:1] = [_text("job", "What they do there", card.title or ""), _text("reach", "Reach them at", points)]
        fields += [
            _text("next", "Next step", f"{step.title}, {wording.due(step.due_at, now, zone)[1]}" if step else ""),
            _text("wants", "Wants", "; ".join(need.text for need in card.needs[:3])),
            *(_text(f"deal{n}", "Deal", wording.deal(deal, today)) for n, deal in enumerate(card.deals[:3])),
        ]
    value = {"customer": one.customer_id}
    buttons = [_button("Show me the card", Action.CARD, value), _button("Log", Action.LOG_DIALOG, value)]
    return _entity(url, one.customer_id, "customer", title, fields, buttons)


def deal(
    one: DealDetails, url: str, *, outsiders: bool, in_pane: bool, now: datetime, zone: ZoneInfo
) -> Entity:  # fmt: skip
    """A deal as an object."""
    view, today = one.view, now.astimezone(zone).date()
    if outsiders:
        return _entity(url, view.deal_id, "deal", view.name, [], [])
    standing = view.stage if view.state == "open" else f"{view.stage} ({view.state})"
    can_change = in_pane and view.state == "open"
    fields = [
        _stage(one, standing) if can_change else _text("stage", "Stage", standing),
        _typed("amount", "Amount", shown_amount(one)) if can_change else _text("amount", "Amount", shown_amount(one)),
        _typed("close", "Closes", shown_day(one)) if can_change else _text("close", "Closes", shown_day(one)),
        _text("with", "With", ", ".join(part for part in (view.customer, view.company) if part)),
        _person("owner", "Owner", view.owner),
    ]
    if in_pane:
        opened = wording.day(one.opened_at.astimezone(zone).date(), today)
        fields += [_text("opened", "Open since", opened), _text("why", "Lost because", one.lost_reason or "")]
    buttons = [_button("Show me the deal", Action.DEAL, {"deal": view.deal_id})]
    return _entity(url, view.deal_id, "deal", view.name, fields, buttons)


def shown_amount(one: DealDetails) -> str:
    """The amount as the pane shows it and takes it back."""
    return str(one.view.amount) if one.view.amount else ""


def shown_day(one: DealDetails) -> str:
    """The day as the pane shows it and takes it back."""
    on = one.view.close_on
    return f"{on.day} {on:%b %Y}" if on else ""


def not_saved(sentence: str) -> Mapping[str, str]:
    """Why the pane does not take what was typed."""
    return {"status": "edit_error", "custom_message": blocks.one_line(sentence, _LONGEST)}


def deal_blocks(one: DealDetails, *, outsiders: bool, now: datetime, zone: ZoneInfo) -> Message:
    """The same card of blocks, where a workspace takes no objects."""
    view, today = one.view, now.astimezone(zone).date()
    show = blocks.button("Show me the deal", Action.DEAL, {"deal": view.deal_id})
    rows = [] if outsiders else [wording.deal(view, today), view.company or view.customer or ""]
    name = view.name or "A deal"
    shown = [blocks.one_line(row, _LONGEST) for row in rows if row]
    return blocks.message(name, blocks.header(name), blocks.lines(*shown), blocks.actions(show))


def presented(entity: Entity) -> Entity:
    """The same object as the pane takes it."""
    return {name: value for name, value in entity.items() if name != "app_unfurl_url"}


def _entity(
    url: str, row_id: str, kind: str, title: str, fields: list[Entity | None], buttons: list[Entity]
) -> Entity:  # fmt: skip
    shown = [one for one in fields if one is not None]
    payload: Entity = {
        "attributes": {
            "title": {"text": blocks.one_line(title, 150) or f"A {kind}"},
            "display_type": kind.title(),
            "product_name": _PRODUCT,
        },
        "custom_fields": shown,
        "display_order": [one["key"] for one in shown],
    }
    if buttons:
        payload["actions"] = {"primary_actions": buttons[:2]}
    return {
        "entity_type": _ITEM,
        "app_unfurl_url": url,
        "url": url,
        "external_ref": {"id": row_id, "type": kind},
        "entity_payload": payload,
    }


def _text(key: str, label: str, value: str) -> Entity | None:
    shown = blocks.one_line(value, _LONGEST)
    return {"key": key, "label": label, "type": _STRING, "value": shown} if shown else None


def _typed(key: str, label: str, value: str) -> Entity:
    """A text that whoever reads it may change; what is not set yet is said so, since a field needs a value."""
    shown = blocks.one_line(value, _LONGEST) or UNSET
    return {"key": key, "label": label, "type": _STRING, "value": shown, "edit": {"enabled": True, "text": {}}}


def _stage(one: DealDetails, standing: str) -> Entity:
    options = [blocks.option(stage.name, stage.stage_id) for stage in one.stages[:_STAGES]]
    select = {"current_value": one.view.stage_id, "static_options": options}
    shown = blocks.one_line(standing, _LONGEST) or UNSET
    edit = {"enabled": True, "select": select}
    return {"key": "stage", "label": "Stage", "type": _STRING, "value": shown, "edit": edit if options else {}}


def _person(key: str, label: str, slack_id: str | None) -> Entity | None:
    return {"key": key, "label": label, "type": _PERSON, "user": {"user_id": slack_id}} if slack_id else None


def _button(label: str, action: Action, value: Mapping[str, str | int]) -> Entity:
    return {"text": label, "action_id": action.value, "value": encode(value)}
