"""Who is what in the team, and giving somebody another role."""

import re
from typing import Final

from bot.ask import Ask
from bot.cards import receipt
from bot.cards import roles as cards
from bot.handlers import group_roles
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.queries import group_roles as group_queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import ROLES
from crm_store.values.teams import UserView

_MENTION: Final = re.compile(r"<@([UW][A-Z0-9_]+)(?:\|[^>]*)?>")
_FILLING: Final = frozenset({"to", "is", "as", "=", "a", "an"})


async def colleague(ask: Ask, name: str) -> UserView:
    """Whom `@ben`, `me`, a first name or a whole name means; raises BadInput where that is nobody, or several."""
    wanted = name.strip().lstrip("@").casefold()
    if wanted == "me":
        return ask.user
    users = await ask.read(team_queries.users)
    whole = [one for one in users if wanted in (one.slack_user_id.casefold(), one.name.casefold())]
    first = [one for one in users if wanted == one.name.split()[0].casefold()]
    if len(whole or first) == 1:
        return (whole or first)[0]
    if first:
        names = " or ".join(one.name for one in first[:5])
        raise BadInput(f"“{name}” may be {names}. Say the whole name, or mention them with @.")
    raise BadInput(f"Nobody of your team is called “{name}”.")


async def listed(ask: Ask, words: tuple[str, ...] = ()) -> None:
    """`settings roles`: everybody with their role, and what each may do; `settings roles @sales = rep` gives one."""
    if words:
        a_person = _MENTION.search(ask.gesture.text) is not None or "@" not in words[0]
        await (give if a_person and not group_roles.is_group(ask.gesture.text) else group_roles.give)(ask, words)
        return
    users = await ask.read(team_queries.users)
    groups = await ask.read(group_queries.of)
    has_admin = bool(await ask.read(team_queries.count_admins))
    await ask.answer(cards.listed(users, groups=groups, has_admin=has_admin))


async def give(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings role @ben manager`."""
    if group_roles.is_group(ask.gesture.text):
        await group_roles.give(ask, words)
        return
    meant = [one for one in words if one.casefold() not in _FILLING]
    role = meant[-1].casefold() if meant else ""
    if len(meant) < 2 or role not in ROLES:
        raise BadInput(f"Say whom and which role: `/crm settings role @ben manager`. Roles are {', '.join(ROLES)}.")
    one = await _meant(ask, " ".join(meant[:-1]))

    def action(work: Work) -> Receipt:
        return team_actions.set_role(work, one.user_id, role)

    await ask.act(action, receipt.of)


async def _meant(ask: Ask, name: str) -> UserView:
    """A mention is taken by its id, also of somebody who has not spoken to us before."""
    mentioned = _MENTION.search(ask.gesture.text.partition("role")[2])
    if mentioned is None:
        return await colleague(ask, name)
    slack_id = mentioned[1]
    known = await ask.read(team_queries.user_by_slack, slack_id)
    if known is not None and known.active:
        return known
    profile = await ask.slack.profile(slack_id)
    if profile.outsider or profile.is_bot:
        raise BadInput(f"{profile.name} is not of your team.")
    await ask.desk.write(
        team_actions.add_user, slack_id, profile.name, profile.email or None, profile.first_role, profile.time_zone
    )
    made = await ask.read(team_queries.user_by_slack, slack_id)
    if made is None:
        raise NotFound("There is no such colleague.")
    return made
