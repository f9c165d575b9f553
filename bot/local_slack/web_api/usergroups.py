"""User groups: all of them, and who is in one."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import TIER_2
from bot.local_slack.shapes import group_json
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


@method("usergroups.list", TIER_2, "usergroups:read")
def list_groups(call: Call) -> Json:
    """The team's groups; disabled ones and their people only where they are asked for."""
    disabled, users, counts = (call.args.flag(f"include_{name}") for name in ("disabled", "users", "count"))
    groups = [one for one in call.space.groups.values() if one.team == call.team.id and (disabled or not one.disabled)]
    return {"usergroups": [group_json(one, users=users, counts=counts) for one in groups]}


@method("usergroups.users.list", TIER_2, "usergroups:read")
def list_people(call: Call) -> Json:
    """The people of one group."""
    group = call.space.groups.get(call.args.needed("usergroup"))
    if group is None or group.team != call.team.id or (group.disabled and not call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
