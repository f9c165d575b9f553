"""The stack of modals a person has open: opened, pushed, changed, closed."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.hub import Hub
from bot.local_slack.inputs import kept_values
from bot.local_slack.limits import VIEW_STACK
from bot.local_slack.people import Team
from bot.local_slack.state import View, Workspace, new_name

Json = dict[str, Any]


def refuse_taken_name(space: Workspace, team: str, content: Json, besides: View | None = None) -> None:
    """Raise SlackError when another view has the external_id already."""
    name = content.get("external_id")
    taken = space.view_by_external_id(team, str(name)) if name else None
    if taken is not None and taken is not besides:
        raise SlackError("duplicate_external_id")


def _new(hub: Hub, team: Team, user: str, content: Json, below: View | None) -> View:
    name = new_name("V")
    view = View(
        name, team.id, user, content, hub.space.fresh_hash(),
        root_view_id=below.root_view_id if below else name, previous_view_id=below.id if below else None,
    )  # fmt: skip
    view.values = kept_values(content["blocks"], {})
    return view


def open_modal(hub: Hub, team: Team, user: str, content: Json) -> View:
    """Open a modal in place of whatever the person has open."""
    view = _new(hub, team, user, content, None)
    hub.space.stacks[user] = [view]
    hub.space.changed()
    return view


def push_modal(hub: Hub, team: Team, user: str, content: Json) -> View:
    """Put a modal on top of the person's stack."""
    stack = hub.space.stacks.get(user) or []
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= VIEW_STACK:
        raise SlackError("push_limit_reached")
    view = _new(hub, team, user, content, stack[-1])
    stack.append(view)
    hub.space.changed()
    return view


def change(hub: Hub, view: View, content: Json) -> None:
    """Give a view other content; what was typed stays where its input stays."""
    view.content = content
    view.values = kept_values(content["blocks"], view.values)
    view.hash = hub.space.fresh_hash()
    view.errors, view.notice = {}, None
    hub.space.changed()


def close(hub: Hub, view: View, *, whole_stack: bool = False) -> None:
    """Close a modal and those above it, or the whole stack."""
    stack = hub.space.stacks.get(view.user, [])
    if view in stack:
        del stack[0 if whole_stack else stack.index(view) :]
    if not stack:
        hub.space.stacks.pop(view.user, None)
    hub.space.changed()
