"""Gestures with commands, shortcuts, buttons and menus."""

from typing import Any

from bot.local_slack import answers, inputs, payloads
from bot.local_slack.blocks.elements import INPUT_TYPES
from bot.local_slack.blocks.surfaces import suggested_options
from bot.local_slack.delivery import Outgoing, failure
from bot.local_slack.errors import RefusedError, SlackError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.shapes import view_json
from bot.local_slack.state import Message, View, new_name
from bot.local_slack.typed_text import escaped

Json = dict[str, Any]


@act("slash_command")
def command(made: Act) -> Made:
    """Type a command; it works in channels the app is not in, too."""
    hub, channel, name = made.hub, made.open_channel(), made.word("command")
    if name not in {one.command for one in hub.space.manifest.commands}:
        raise RefusedError(f"{name} is not a command of this app.")
    facts: Json = {}

    def finished(out: Outgoing) -> None:
        failed = failure(out)
        if failed:
            facts["shown_error"] = failed
            answers.slackbot(hub, made.user, channel.id, f'{name} failed with the error "{failed}"')
        elif isinstance(out.ack, dict) and out.ack:
            try:
                answers.respond(hub, made.user, channel.id, out.ack)
            except SlackError as refusal:
                facts["problem"] = refusal.body()

    payload = payloads.command(hub, made.user, channel, name, escaped(made.word("text", "")).strip())
    return Made([hub.delivery.send("slash_commands", payload, new_name("Cm"), finished)], facts)


@act("message_shortcut")
def message_shortcut(made: Act) -> Made:
    """Choose a shortcut from a message's menu."""
    wanted = made.word("callback_id")
    if wanted not in {one.callback_id for one in made.hub.space.manifest.message_shortcuts}:
        raise RefusedError(f"There is no message shortcut {wanted!r}.")
    payload = payloads.message_action(made.hub, made.user, made.message(shared=True), wanted)
    return _interactive(made, payload)


@act("global_shortcut")
def global_shortcut(made: Act) -> Made:
    """Choose a shortcut from the global menu."""
    wanted = made.word("callback_id")
    if wanted not in {one.callback_id for one in made.hub.space.manifest.global_shortcuts}:
        raise RefusedError(f"There is no global shortcut {wanted!r}.")
    return _interactive(made, payloads.shortcut(made.hub, made.user, wanted))


@act("open_home")
def open_home(made: Act) -> Made:
    """Open the app: its Home, or its messages."""
    space = made.hub.space
    channel = space.direct_message(made.user)
    home = space.homes.get(made.user)
    event = {
        "type": "app_home_opened",
        "user": made.user,
        "channel": channel.id,
        "tab": made.word("tab", "home"),
        "event_ts": space.next_ts(channel),
        **({"view": view_json(space, home)} if home else {}),
    }
    return Made([made.hub.publish(made.team, event)])


def _place(made: Act) -> tuple[Message | View, list[Json], Json]:
    """Where an element is, the blocks to look for it, and the part of the payload that says so."""
    if made.body.get("view_id"):
        view = made.view()
        return view, view.content["blocks"], payloads.in_view(made.hub, view)
    message = made.message()
    attached = [block for one in [*message.attachments, *message.unfurls] for block in one.get("blocks") or []]
    return message, [*message.blocks, *attached], payloads.in_message(made.hub, made.user, message)


def _container(place: Message | View) -> str:
    return place.id if isinstance(place, View) else f"{place.channel}/{place.ts}"


@act("click")
def click(made: Act) -> Made:
    """Press a button, or choose or type something in an element that acts at once."""
    hub, body = made.hub, made.body
    place, blocks, _ = _place(made)
    action_id = made.word("action_id")
    block, element = inputs.find(blocks, action_id, body.get("block_id"), body.get("value"))
    pressed = inputs.chosen(element, body, hub.suggested.get((_container(place), action_id), []))
    values = place.values if isinstance(place, View) else place.values.get(made.user, {})
    values = inputs.kept_values(blocks, values)
    if isinstance(place, View):
        # Slack tells with every press what stands in the inputs beside it.
        inputs.fill(values, made.body.get("values") or {})
    if element["type"] in INPUT_TYPES:
        values.setdefault(block["block_id"], {})[action_id] = {"type": element["type"], **pressed}
    if isinstance(place, View):
        place.values = values
    else:
        place.values[made.user] = values
    hub.space.changed(*([] if isinstance(place, View) else [place]))
    _, _, where = _place(made)
    payload = {
        **payloads.base(hub, "block_actions", made.user),
        **where,
        "trigger_id": hub.tickets.trigger(made.team.id, made.user),
        "actions": [
            {
                "type": element["type"],
                "action_id": action_id,
                "block_id": block["block_id"],
                "action_ts": payloads.stamp(hub),
                **pressed,
            }
        ],
    }
    if isinstance(place, Message):
        payload["state"] = {"values": values}
        payload["response_url"] = payloads.response_url(
            hub, made.user, hub.space.channels[place.channel], place.ts
        )  # fmt: skip
    return _interactive(made, payload)


@act("suggest")
def suggest(made: Act) -> Made:
    """Type into a menu that asks the app for options."""
    place, blocks, where = _place(made)
    action_id = made.word("action_id")
    block, element = inputs.find(blocks, action_id, made.body.get("block_id"))
    if "external" not in element["type"]:
        raise RefusedError(f"The element {action_id!r} does not ask the app for options.")
    facts: Json = {}

    def finished(out: Outgoing) -> None:
        try:
            made.hub.remember_options(_container(place), action_id, suggested_options(out.ack) if out.acked else [])
        except SlackError as refusal:
            facts["problem"] = refusal.body()
        if not out.acked:
            facts["shown_error"] = failure(out)

    payload = {
        **payloads.base(made.hub, "block_suggestion", made.user),
        **where,
        "action_id": action_id,
        "block_id": block["block_id"],
        "value": made.word("value", ""),
    }
    return Made([made.hub.delivery.send("interactive", payload, new_name("In"), finished)], facts)


def _interactive(made: Act, payload: Json) -> Made:
    facts: Json = {}

    def finished(out: Outgoing) -> None:
        if not out.acked:
            facts["shown_error"] = failure(out)

    return Made([made.hub.delivery.send("interactive", payload, new_name("In"), finished)], facts)
