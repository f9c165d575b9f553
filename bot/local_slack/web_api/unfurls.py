"""Links that become cards, and the side pane behind such a card."""

from typing import Any

from bot.local_slack.blocks.surfaces import message_blocks
from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.limits import TIER_3
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]
_MOST_ACTIONS = {"primary_actions": 2, "overflow_actions": 5}


@method("chat.unfurl", TIER_3, "links:write")
def unfurl(call: Call) -> Json:
    """Show what links in a message lead to."""
    channel = call.channel()
    message = call.message(channel)
    unfurls = call.args.data("unfurls", "invalid_unfurls") or {}
    metadata = call.args.data("metadata", "invalid_metadata_format") or {}
    entities = metadata.get("entities") if isinstance(metadata, dict) else None
    if not unfurls and not entities:
        raise SlackError("missing_unfurls")
    if not isinstance(unfurls, dict) or not all(isinstance(one, dict) for one in unfurls.values()):
        raise SlackError("invalid_unfurls")
    shown: list[Json] = []
    for address, card in unfurls.items():
        blocks = {"blocks": message_blocks(card["blocks"])} if "blocks" in card else {}
        shown.append({"id": len(shown) + 1, "is_app_unfurl": True, "from_url": address, **card, **blocks})
    for entity in entities or []:
        shown.append(_entity(entity, len(shown) + 1))
    message.unfurls = shown
    call.space.changed(message)
    return {}


def _entity(entity: Any, number: int) -> Json:
    _refuse_incomplete(entity, ("entity_type", "app_unfurl_url", "entity_payload", "external_ref", "url"))
    return {"id": number, "is_app_unfurl": True, "from_url": entity["app_unfurl_url"], "entity": entity}


def _refuse_incomplete(entity: Any, needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if not isinstance(entity, dict) or not entity.get(name)]
    if missing:
        raise SlackError("invalid_metadata_format", [f"[ERROR] missing required field: {name}" for name in missing])
    actions = entity["entity_payload"].get("actions") if isinstance(entity["entity_payload"], dict) else {}
    for name, most in _MOST_ACTIONS.items():
        if isinstance(actions, dict) and len(actions.get(name) or []) > most:
            raise SlackError("invalid_metadata_format", [f"[ERROR] no more than {most} {name}"])


@method("entity.presentDetails", TIER_3)
def present_details(call: Call) -> Json:
    """Fill the side pane of whoever opened a card."""
    name = call.args.text("trigger_id")
    if not name:
        raise missing_argument("trigger_id")
    trigger = call.hub.tickets.use_trigger(name, call.team.id)
    metadata = call.args.data("metadata", "invalid_metadata_format")
    error = call.args.data("error")
    if not isinstance(metadata, dict) and not isinstance(error, dict):
        raise missing_argument("metadata")
    if isinstance(metadata, dict):
        _refuse_incomplete(metadata, ("entity_type", "entity_payload", "external_ref", "url"))
    before = call.space.panes.get(trigger.user) or {}
    place: Json = {name: before[name] for name in ("channel", "ts") if name in before}
    call.space.panes[trigger.user] = {**place, "url": trigger.about, "metadata": metadata, "error": error}
    call.space.changed()
    return {}
