"""Roles by user group: `settings roles @sales = rep`, and what follows when Slack tells that others are in a group."""

import re
from typing import Final

from bot.ask import Ask
from bot.cards import receipt
from bot.gestures import Did
from bot.routes import Routes
from crm_store.actions import group_roles as actions
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, DeliveryError
from crm_store.queries import group_roles as queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import ROLES

_GROUP: Final = re.compile(r"<!subteam\^([A-Z0-9_]+)(?:\|@?([^>]*))?>")
_FILLING: Final = frozenset({"to", "is", "are", "as", "=", "a", "an"})
_OFF: Final = frozenset({"off", "none", "no", "nothing"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.GROUP_CHANGED, changed)


def is_group(text: str) -> bool:
    """Whether a line mentions a user group."""
    return _GROUP.search(text) is not None


async def give(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings roles @sales = rep`, `settings roles @sales off`."""
    meant = [part for one in words if (part := one.strip("=:").casefold()) and part not in _FILLING]
    role = meant[-1].removesuffix("s") if meant else ""
    if role not in ROLES and role not in _OFF:
        raise BadInput(
            f"Say which group and which role: `/crm settings roles @sales = rep`. Roles are {', '.join(ROLES)}."
        )
    group_id, handle = await _meant(ask, meant[:-1])
    if role in _OFF:
        await ask.act(lambda work: actions.release(work, group_id), receipt.of)
        return
    people = await _people(ask, group_id)

    def action(work: Work) -> Receipt:
        return actions.assign(work, group_id, handle, role, people)

    await ask.act(action, receipt.of)


async def _meant(ask: Ask, words: list[str]) -> tuple[str, str]:
    """The group's id and handle, by Slack's own mark or by the handle that was typed."""
    found = _GROUP.search(ask.gesture.text)
    handle = (found[2] or "") if found else " ".join(words).lstrip("@")
    if found and handle:
        return found[1], handle
    try:
        groups = await ask.slack.user_groups()
    except DeliveryError as problem:
        if problem.code != "missing_scope":
            raise
        raise BadInput(f"User groups cannot be read. {problem.sentence}") from problem
    for group_id, name in groups.items():
        if (found and group_id == found[1]) or (not found and name.casefold() == handle):
            return group_id, name
    known = ", ".join(f"@{name}" for name in sorted(groups.values())[:8])
    raise BadInput(f"There is no user group “{handle}”. " + (f"There are {known}." if known else "There is none."))


async def _people(ask: Ask, group_id: str) -> tuple[str, ...]:
    """Who is in a group; those of the team who have not spoken to us yet become colleagues by it."""
    people = await ask.slack.people_of_group(group_id)
    kept = []
    for slack_id in people:
        user = await ask.read(team_queries.user_by_slack, slack_id)
        if user is None:
            profile = await ask.slack.profile(slack_id)
            if profile.outsider or profile.is_bot:
                continue
            known = (slack_id, profile.name, profile.email or None, profile.first_role, profile.time_zone)
            await ask.desk.write(team_actions.add_user, *known)
        kept.append(slack_id)
    return tuple(kept)


async def changed(ask: Ask) -> None:
    """Slack told of a group: whoever came or went gets the role that follows, and nobody is bothered with it."""
    group_id = ask.gesture.value
    if await ask.read(queries.gives, group_id) is None:
        await ask.done("this group gives no role")
        return
    try:
        people = await _people(ask, group_id)
    except DeliveryError as problem:
        if problem.code != "no_such_subteam":
            raise
        people = ()
    await ask.act(lambda work: actions.follow(work, group_id, people), lambda _: None)
