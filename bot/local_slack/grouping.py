"""Gestures with user groups: a new one, other people in it, disabled and enabled."""

from typing import Any

from bot.local_slack.errors import RefusedError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.people import UserGroup
from bot.local_slack.shapes import group_json
from bot.local_slack.state import new_name

Json = dict[str, Any]


@act("group_create")
def create(made: Act) -> Made:
    """Make a user group, as an admin does."""
    _refuse_others(made)
    space, handle = made.hub.space, made.word("handle").removeprefix("@").lower()
    taken = {one.handle for one in space.groups.values()} | {one.name.lower() for one in space.seats.values()}
    if handle in taken:
        raise RefusedError(f"@{handle} is taken.")
    now = int(space.clock.now().timestamp())
    group = UserGroup(new_name("S"), made.team.id, handle, made.word("name", handle), _people(made), created=now)
    space.groups[group.id] = group
    space.changed()
    event = {"type": "subteam_created", "subteam": group_json(group, users=True, counts=True)}
    return Made([made.hub.publish(made.team, event)], {"usergroup": group.id})


@act("group_members")
def change_people(made: Act) -> Made:
    """Say who is in a user group."""
    _refuse_others(made)
    space, group = made.hub.space, _group(made)
    before, now = group.users, _people(made)
    group.users = now
    stamp, group.updated = group.updated or group.created, int(space.clock.now().timestamp())
    space.changed()
    added, removed = [one for one in now if one not in before], [one for one in before if one not in now]
    event = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": group.team,
        "date_previous_update": stamp,
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
    return Made([made.hub.publish(made.team, event)])


@act("group_disable")
def disable(made: Act) -> Made:
    """Disable a user group, or enable it again with `enable: true`."""
    _refuse_others(made)
    group = _group(made)
    group.disabled = made.body.get("enable") is not True
    group.updated = int(made.hub.space.clock.now().timestamp())
    made.hub.space.changed()
    event = {"type": "subteam_updated", "subteam": group_json(group, users=True, counts=True)}
    return Made([made.hub.publish(made.team, event)])


def _group(made: Act) -> UserGroup:
    wanted = made.word("usergroup")
    group = made.hub.space.groups.get(wanted)
    if group is None or group.team != made.team.id:
        raise RefusedError(f"There is no user group {wanted!r}.")
    return group


def _people(made: Act) -> list[str]:
    given = made.body.get("users", [])
    seats = made.hub.space.seats
    if not isinstance(given, list) or not all(
        isinstance(one, str) and one in seats and seats[one].team == made.team.id and not seats[one].is_bot
        for one in given
    ):
        raise RefusedError("The users of a group are a list of people of its team.")
    return list(dict.fromkeys(given))


def _refuse_others(made: Act) -> None:
    if not made.hub.space.seats[made.user].is_admin:
        raise RefusedError("Only an admin of the workspace changes user groups.")
