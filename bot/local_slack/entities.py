"""Gestures with the card of a linked object: opening its side pane, pressing its buttons, saving its fields."""

from typing import Any

from bot.local_slack import payloads
from bot.local_slack.delivery import Outgoing, failure
from bot.local_slack.errors import RefusedError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.hub import Hub
from bot.local_slack.limits import TRIGGER_SECONDS
from bot.local_slack.state import Message, new_name

Json = dict[str, Any]


@act("open_entity")
def open_entity(made: Act) -> Made:
    """Open the side pane of a link's card."""
    message, wanted = made.message(), made.word("url")
    entity = _entity(message, wanted)
    hub = made.hub
    event = {
        "type": "entity_details_requested",
        "user": made.user,
        "external_ref": entity["external_ref"],
        "entity_url": entity["url"],
        "app_unfurl_url": entity["app_unfurl_url"],
        "link": {"url": wanted},
        "trigger_id": hub.tickets.trigger(made.team.id, made.user, wanted),
        "user_locale": "en-GB",
        "channel": message.channel,
        "message_ts": message.ts,
        "thread_ts": message.thread_ts or message.ts,
        "event_ts": hub.space.next_ts(made.channel()),
    }
    hub.space.panes[made.user] = pane = {**_place(message, wanted), "metadata": entity, "loading": True}
    hub.space.changed()
    hub.timers.after(TRIGGER_SECONDS, lambda: _give_up(hub, made.user, pane))
    return Made([hub.publish(made.team, event)])


@act("press_entity")
def press_entity(made: Act) -> Made:
    """Press a button of the card, or of the open side pane with `"pane": true`."""
    message, wanted, action_id = made.message(), made.word("url"), made.word("action_id")
    in_pane = bool(made.body.get("pane"))
    entity = _shown(made, wanted) if in_pane else _entity(message, wanted)
    button = next((one for one in _buttons(entity) if one.get("action_id") == action_id), None)
    if button is None:
        raise RefusedError(f"There is nothing to press with the action_id {action_id!r}.")
    hub = made.hub
    channel = hub.space.channels[message.channel]
    action = {
        "type": "button",
        "action_id": action_id,
        "block_id": "entity_actions",
        "action_ts": payloads.stamp(hub),
        "text": {"type": "plain_text", "text": button.get("text", ""), "emoji": True},
        **({"value": button["value"]} if "value" in button else {}),
    }
    payload = {
        **payloads.base(hub, "block_actions", made.user),
        "container": _container(message, entity, "entity_detail" if in_pane else "message_attachment"),
        "channel": payloads.channel_label(channel),
        **({} if in_pane else {"message": hub.shown(message)}),
        "trigger_id": hub.tickets.trigger(made.team.id, made.user, wanted),
        "response_url": payloads.response_url(hub, made.user, channel, message.ts),
        "state": {"values": {}},
        "actions": [action],
    }
    return _sent(made, payload)


@act("save_entity")
def save_entity(made: Act) -> Made:
    """Save what was changed in the fields of the open side pane."""
    message, wanted = made.message(), made.word("url")
    entity = _shown(made, wanted)
    values = made.body.get("values")
    editable = {name: one["edit"] for name, one in _fields(entity) if (one.get("edit") or {}).get("enabled")}
    if not isinstance(values, dict) or not values or set(values) - set(editable):
        raise RefusedError(f"The fields that can be changed are {', '.join(sorted(editable)) or 'none'}.")
    state = {name: {f"{name}.input": _changed(editable[name], value)} for name, value in values.items()}
    payload = {
        **payloads.base(made.hub, "view_submission", made.user),
        "trigger_id": made.hub.tickets.trigger(made.team.id, made.user, wanted),
        "view": {
            **_container(message, entity, "entity_detail"),
            "id": new_name("V"),
            "state": {"values": state},
        },
    }
    return _sent(made, payload)


def _give_up(hub: Hub, user: str, pane: Json) -> None:
    """The app has not presented anything in time: the card's own fields stay, and the pane says so."""
    if hub.space.panes.get(user) is pane:
        hub.space.panes[user] = {**pane, "loading": False, "error": {"status": "timeout"}}
        hub.space.changed()


def _sent(made: Act, payload: Json) -> Made:
    facts: Json = {}

    def finished(out: Outgoing) -> None:
        if not out.acked:
            facts["shown_error"] = failure(out)

    return Made([made.hub.delivery.send("interactive", payload, new_name("In"), finished)], facts)


def _entity(message: Message, wanted: str) -> Json:
    for card in message.unfurls:
        entity: Json | None = card.get("entity")
        if entity and wanted in (card.get("from_url"), entity["url"], entity["app_unfurl_url"]):
            return entity
    raise RefusedError(f"The message has no card for {wanted}.")


def _shown(made: Act, wanted: str) -> Json:
    pane = made.hub.space.panes.get(made.user) or {}
    entity = pane.get("metadata")
    if pane.get("url") != wanted or not isinstance(entity, dict):
        raise RefusedError(f"The side pane does not show {wanted}.")
    return entity


def _buttons(entity: Json) -> list[Json]:
    actions = (entity.get("entity_payload") or {}).get("actions") or {}
    return [one for name in ("primary_actions", "overflow_actions") for one in actions.get(name) or []]


def _fields(entity: Json) -> list[tuple[str, Json]]:
    payload = entity.get("entity_payload") or {}
    own = [(name, one) for name, one in (payload.get("fields") or {}).items() if isinstance(one, dict)]
    return [*own, *((str(one.get("key")), one) for one in payload.get("custom_fields") or [])]


def _changed(edit: Json, value: Any) -> Json:
    """A changed field as a modal's input would carry it."""
    options = (edit.get("select") or {}).get("static_options")
    if options:
        chosen = next((one for one in options if one.get("value") == value), None)
        if chosen is None:
            raise RefusedError(f"There is no option {value!r}.")
        return {"type": "static_select", "selected_option": chosen}
    return {"type": "number_input" if edit.get("number") else "plain_text_input", "value": value}


def _place(message: Message, wanted: str) -> Json:
    return {"url": wanted, "channel": message.channel, "ts": message.ts}


def _container(message: Message, entity: Json, kind: str) -> Json:
    return {
        "type": kind,
        "entity_url": entity["url"],
        "external_ref": entity["external_ref"],
        "app_unfurl_url": entity.get("app_unfurl_url") or entity["url"],
        "message_ts": message.ts,
        "channel_id": message.channel,
        "thread_ts": message.thread_ts or message.ts,
    }
