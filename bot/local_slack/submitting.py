"""Gestures with modals: submit and close, and what the app's answer does to the stack."""

from typing import Any

from bot.local_slack import inputs, modals, payloads
from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view
from bot.local_slack.delivery import Outgoing, failure
from bot.local_slack.errors import RefusedError, SlackError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.hub import Hub
from bot.local_slack.shapes import view_json
from bot.local_slack.state import View, new_name

Json = dict[str, Any]
_TROUBLE = "We had some trouble connecting. Try again?"


@act("submit")
def submit(made: Act) -> Made:
    """Press a modal's submit button with these values over what its inputs hold."""
    view = _modal(made)
    inputs.fill(view.values, made.body.get("values") or {})
    view.errors, view.notice = _left_empty(view), None
    made.hub.space.changed()
    if view.errors:
        return Made(facts={"errors": dict(view.errors)})
    facts: Json = {}

    def finished(out: Outgoing) -> None:
        _answered(made.hub, view, out, facts)
        made.hub.space.changed()

    payload = payloads.submission(made.hub, view)
    return Made([made.hub.delivery.send("interactive", payload, new_name("In"), finished)], facts)


@act("close_view")
def close_view(made: Act) -> Made:
    """Close a modal without submitting it."""
    view = _modal(made)
    hub = made.hub
    payload = {
        **payloads.base(hub, "view_closed", made.user),
        "view": view_json(hub.space, view),
        "is_cleared": bool(view.content.get("clear_on_close")),
    }
    modals.close(hub, view, whole_stack=bool(view.content.get("clear_on_close")))
    if not view.content.get("notify_on_close"):
        return Made()
    return Made([hub.delivery.send("interactive", payload, new_name("In"))])


def _modal(made: Act) -> View:
    view = made.view()
    if view.content["type"] != "modal":
        raise RefusedError("Home has nothing to submit or close.")
    return view


def _left_empty(view: View) -> dict[str, str]:
    missing = {}
    for block in view.content["blocks"]:
        if block["type"] == "input" and not block.get("optional"):
            value = view.values[block["block_id"]][block["element"]["action_id"]]
            if inputs.is_empty(value):
                missing[block["block_id"]] = "Please complete this required field."
    return missing


def _answered(hub: Hub, view: View, out: Outgoing, facts: Json) -> None:
    if not out.acked:
        view.notice = _TROUBLE
        facts["shown_error"] = failure(out)
        return
    answer = out.ack if isinstance(out.ack, dict) else {}
    try:
        _follow(hub, view, answer)
    except SlackError as refusal:
        view.notice = _TROUBLE
        facts["problem"] = refusal.body()


def _follow(hub: Hub, view: View, answer: Json) -> None:
    match answer.get("response_action"):
        case None:
            modals.close(hub, view)
        case "clear":
            modals.close(hub, view, whole_stack=True)
        case "errors":
            view.errors = _named_errors(view, answer.get("errors"))
        case "update":
            content = checked_view(answer.get("view"), Surface.MODAL)
            modals.refuse_taken_name(hub.space, view.team, content, besides=view)
            modals.change(hub, view, content)
        case "push":
            content = checked_view(answer.get("view"), Surface.MODAL)
            modals.refuse_taken_name(hub.space, view.team, content)
            modals.push_modal(hub, hub.space.teams[view.team], view.user, content)
        case unknown:
            raise SlackError("invalid_arguments", [f"[ERROR] unknown response_action: {unknown}"])


def _named_errors(view: View, errors: Any) -> dict[str, str]:
    inputs_there = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs_there:
        raise SlackError("invalid_arguments", ["[ERROR] errors must name block_ids of input blocks"])
    return {name: str(said) for name, said in errors.items()}
