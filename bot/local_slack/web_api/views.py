"""Modals and Home: open, push, update, publish."""

from typing import Any

from bot.local_slack import modals
from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view
from bot.local_slack.errors import SlackError, missing_argument
from bot.local_slack.limits import TIER_4
from bot.local_slack.shapes import view_json
from bot.local_slack.state import View, new_name
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


def _given_view(call: Call) -> Json:
    view = call.args.data("view")
    if view is None:
        raise missing_argument("view")
    return checked_view(view, Surface.MODAL)


def _trigger_user(call: Call) -> str:
    name = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not name:
        raise missing_argument("trigger_id")
    return call.hub.tickets.use_trigger(name, call.team.id).user


@method("views.open", TIER_4)
def open_view(call: Call) -> Json:
    """Open a modal for whoever caused the trigger; one that is open already gives way."""
    content = _given_view(call)
    modals.refuse_taken_name(call.space, call.team.id, content)
    user = _trigger_user(call)
    return {"view": view_json(call.space, modals.open_modal(call.hub, call.team, user, content))}


@method("views.push", TIER_4)
def push_view(call: Call) -> Json:
    """Put a modal on top of the open one."""
    content = _given_view(call)
    modals.refuse_taken_name(call.space, call.team.id, content)
    user = _trigger_user(call)
    return {"view": view_json(call.space, modals.push_modal(call.hub, call.team, user, content))}


@method("views.update", TIER_4)
def update_view(call: Call) -> Json:
    """Change an open modal or a Home, named by its id or by the app's own name for it."""
    view = _named_view(call)
    content = call.args.data("view")
    if content is None:
        raise missing_argument("view")
    surface = Surface.HOME if view.content["type"] == "home" else Surface.MODAL
    content = checked_view(content, surface)
    _check_hash(call, view)
    modals.refuse_taken_name(call.space, call.team.id, content, besides=view)
    modals.change(call.hub, view, content)
    return {"view": view_json(call.space, view)}


def _named_view(call: Call) -> View:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise missing_argument("view_id")
    space = call.space
    view = space.view(view_id) if view_id else space.view_by_external_id(call.team.id, external_id)
    if view is None or view.team != call.team.id:
        raise SlackError("not_found")
    return view


def _check_hash(call: Call, view: View) -> None:
    given = call.args.text("hash")
    if given and given != view.hash:
        raise SlackError("hash_conflict")


@method("views.publish", TIER_4)
def publish_view(call: Call) -> Json:
    """Publish a person's Home."""
    user = call.person("user_id")
    content = call.args.data("view")
    if content is None:
        raise missing_argument("view")
    content = checked_view(content, Surface.HOME)
    view = call.space.homes.get(user)
    if view is not None:
        _check_hash(call, view)
    modals.refuse_taken_name(call.space, call.team.id, content, besides=view)
    if view is None:
        name = new_name("V")
        view = View(name, call.team.id, user, content, call.space.fresh_hash(), root_view_id=name)
        call.space.homes[user] = view
    modals.change(call.hub, view, content)
    return {"view": view_json(call.space, view)}
