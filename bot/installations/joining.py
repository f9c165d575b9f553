"""A workspace becomes a team of ours, with its people."""

from collections.abc import Mapping

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import SlackWorkspace
from crm_store.actions import teams as team_actions
from crm_store.engine.store import Store
from crm_store.errors import BadSetting, DeliveryError
from crm_store.log import get_logger
from crm_store.queries import teams as team_queries
from crm_store.settings import Settings
from crm_store.values.roles import Role

_log = get_logger(__name__)


async def connect_given(
    settings: Settings, tokens: Mapping[str, str], http: aiohttp.ClientSession, store: Store
) -> dict[str, SlackWorkspace]:
    """Try each bot token of the settings, and make sure that its workspace is a team of ours with its people."""
    found = {}
    for token in filter(None, tokens.values()):
        client = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=http, timeout=20)
        try:
            me = await client.auth_test()
        except Exception as problem:
            code = getattr(getattr(problem, "response", None), "data", {})
            reason = code.get("error", "no answer") if isinstance(code, dict) else "no answer"
            raise BadSetting(
                f"Slack does not accept SLACK_BOT_TOKEN ({reason}); reinstall the app and set the new token."
            ) from problem
        workspace = SlackWorkspace(client, http, str(me["team_id"]), str(me["user_id"]))
        found[workspace.slack_team_id] = workspace
        if await store.house().read(team_queries.by_slack_team, workspace.slack_team_id) is None:
            channel = settings.channel or None
            team_id = await found_team(store, settings, workspace.slack_team_id, str(me["team"]), channel)
            await take_people(store, team_id, workspace)
    return found


async def found_team(store: Store, settings: Settings, slack_team_id: str, name: str, channel: str | None) -> str:
    """The team of a workspace: the one there is, or a new one with this channel for reports."""
    house = store.house()
    team = await house.read(team_queries.by_slack_team, slack_team_id)
    if team is not None:
        return team.team_id
    return await house.write(
        team_actions.create,
        name,
        slack_team_id,
        {"channel": channel, "currency": settings.currency, "time_zone": settings.time_zone},
    )


async def take_people(store: Store, team_id: str, workspace: SlackWorkspace, admin: str = "") -> None:
    """Make colleagues of everybody in a workspace; who installed it, and who leads it in Slack, are admins."""
    desk = store.team(team_id)
    try:
        people = await workspace.people()
    except DeliveryError as problem:
        _log.warning("people_not_listed", team_id=team_id, code=problem.code)
        return
    for one in people:
        if not one.outsider and not one.is_bot:
            role = Role.ADMIN.value if one.slack_user_id == admin else one.first_role
            await desk.write(team_actions.add_user, one.slack_user_id, one.name, one.email or None, role, one.time_zone)
