"""Which user groups of Slack give their people a role."""

from typing import Any, Final

from crm_store.engine.work import Work
from crm_store.models.people import Team
from crm_store.values.teams import GroupRole

GROUPS: Final = "group_roles"
"""The team setting that keeps them."""


def of(work: Work) -> tuple[GroupRole, ...]:
    """The groups that give a role, by handle."""
    team = work.session.get(Team, (work.team_id,))
    kept: dict[str, Any] = dict(team.settings.get(GROUPS) or {}) if team else {}
    found = [
        GroupRole(group_id, str(one["handle"]), str(one["role"]), tuple(one.get("people") or ()))
        for group_id, one in kept.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.handle, one.group_id)))


def gives(work: Work, group_id: str) -> GroupRole | None:
    """What one group gives; None where it gives nothing."""
    return next((one for one in of(work) if one.group_id == group_id), None)
