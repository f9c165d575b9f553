"""Roles: who has which, and what each may do."""

from collections.abc import Sequence

from bot import blocks
from bot.blocks import Line, Message
from bot.cards import wording
from crm_store.values.roles import SAID, TABLE, Right, Role
from crm_store.values.teams import GroupRole, UserView

_SHOWN = 60


def listed(users: Sequence[UserView], *, groups: Sequence[GroupRole] = (), has_admin: bool) -> Message:
    """Everybody by role, the ones who may most first, and what each role may do."""
    rows: list[Line] = []
    for role in reversed(Role):
        people = [one for one in users[:_SHOWN] if one.role == role]
        if people:
            names: Line = [piece for one in people for piece in (blocks.person(one.slack_user_id), " ")]
            rows.append([blocks.bold(role.title()), "  ", *names])
    more = len(users) - _SHOWN
    may = [[blocks.bold(role.title()), f"  {_may(role)}"] for role in reversed(Role)]
    nobody = "" if has_admin else "Nobody is an admin yet. As long as that is so, managers may do what admins may."
    return blocks.message(
        f"Roles of {wording.counted(len(users), 'colleague')}.",
        blocks.lines([blocks.bold("Roles")], *rows, f"and {more} more" if more > 0 else None),
        blocks.lines([blocks.bold("By user group")]) if groups else None,
        blocks.bullets(
            [
                f"@{one.handle}: {one.role}, {wording.counted(len(one.people), 'person', 'people')}"
                for one in groups[:20]
            ]
        ),
        blocks.lines([blocks.bold("What each may do")]),
        blocks.bullets(may),
        blocks.context(
            nobody,
            "An admin gives a role: /crm settings role @ben manager, or to a group: /crm settings roles @sales = rep.",
        ),
    )


def _may(role: Role) -> str:
    """What a role may do beyond the one below it."""
    order = list(Role)
    below = TABLE[order[order.index(role) - 1]] if order.index(role) else frozenset[Right]()
    more = ", ".join(SAID[right] for right in Right if right in TABLE[role] and right not in below)
    return f"what a {order[order.index(role) - 1]} may, and {more}" if below else more
