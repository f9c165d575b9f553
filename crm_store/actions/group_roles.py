"""Roles by user group: who is in a group of Slack has the role that the team gave to it, the highest of several."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from crm_store import audit
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.models.people import Team, User
from crm_store.queries import group_roles as queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import ROLES, Role
from crm_store.values.teams import GroupRole

_OTHERWISE: Final = Role.REP
"""What somebody is who leaves the last group that gave a role."""


def assign(work: Work, group_id: str, handle: str, role: str, people: Sequence[str]) -> Receipt:
    """Let a group give a role; `people` are the Slack ids of who is in it. Raises BadInput for an unknown role."""
    if role not in ROLES:
        raise BadInput(f"There is no role “{role}”; there are {', '.join(ROLES)}.", field="role")
    before = {one.group_id: one for one in queries.of(work)}
    return _settled(work, before, before | {group_id: GroupRole(group_id, handle, role, tuple(people))}, group_id)


def release(work: Work, group_id: str) -> Receipt:
    """A group gives no role any more; raises NotFound where it gave none."""
    before = {one.group_id: one for one in queries.of(work)}
    if group_id not in before:
        raise NotFound("That group gives no role; `settings roles` shows which do.")
    return _settled(work, before, {name: one for name, one in before.items() if name != group_id}, group_id)


def follow(work: Work, group_id: str, people: Sequence[str]) -> Receipt | None:
    """Slack told that others are in a group now; None where the group gives no role or nothing changed."""
    before = {one.group_id: one for one in queries.of(work)}
    one = before.get(group_id)
    if one is None or set(one.people) == set(people):
        return None
    after = before | {group_id: GroupRole(group_id, one.handle, one.role, tuple(people))}
    return _settled(work, before, after, group_id)


def _settled(work: Work, before: Mapping[str, GroupRole], after: Mapping[str, GroupRole], group_id: str) -> Receipt:
    handle = (after.get(group_id) or before[group_id]).handle
    team = work.session.get(Team, (work.team_id,))
    if team is None:
        raise NotFound("There is no such team.")
    with audit.record(work, "role", work.team_id, f"Roles by @{handle}") as ledger:
        ledger.change(team)
        kept = {
            name: {"handle": one.handle, "role": one.role, "people": list(one.people)} for name, one in after.items()
        }
        team.settings = {**team.settings, queries.GROUPS: kept}
        changed = _given(work, ledger, _wanted(before, after))
        ledger.sentence = _said(after.get(group_id), handle, changed)
    return Receipt(work.team_id, ledger.undo_id, ledger.sentence)


def _wanted(before: Mapping[str, GroupRole], after: Mapping[str, GroupRole]) -> dict[str, Role]:
    """The role of each person whom a group gives one, or gave one until now."""
    wanted = {person: _OTHERWISE for one in before.values() for person in one.people}
    order = list(Role)
    for one in sorted(after.values(), key=lambda group: order.index(Role(group.role))):
        wanted |= dict.fromkeys(one.people, Role(one.role))
    return wanted


def _given(work: Work, ledger: Ledger, wanted: Mapping[str, Role]) -> list[str]:
    """Give the roles; the team's last admin keeps theirs, whatever the groups say."""
    rows = work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.name, User.user_id)).all()
    changed = []
    # Those who rise come first: then a new admin lets the old one go.
    for row in sorted(rows, key=lambda one: wanted.get(one.slack_user_id) is not Role.ADMIN):
        role = wanted.get(row.slack_user_id)
        if role is None or row.role == role:
            continue
        if row.role == Role.ADMIN and sum(one.role == Role.ADMIN for one in rows) == 1:
            changed.append(f"{row.name} stays admin, since a team keeps one")
            continue
        ledger.change(row)
        row.role = role.value
        changed.append(f"{row.name} is {role.value} now")
    return changed


def _said(one: GroupRole | None, handle: str, changed: Sequence[str]) -> str:
    head = f"Who is in @{handle} is {one.role}" if one else f"@{handle} gives no role any more"
    more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return f"{head}: {', '.join(changed[:5])}{more}" if changed else head
