"""The HTTP side of the Web API: token, scope, pace, faults, the call itself, its log entry."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.local_slack.errors import SlackError
from bot.local_slack.hub import Hub
from bot.local_slack.people import Team
from bot.local_slack.web_api import (
    arguments,
    assistant,
    auth,
    chat,
    conversations,
    files,
    history,
    reactions,
    scheduled,
    streams,
    unfurls,
    usergroups,
    users,
    views,
)
from bot.local_slack.web_api.call import METHODS, Arguments, Call, Caller, Method

Json = dict[str, Any]

# Each of these modules puts its methods into the table when it is loaded.
FAMILIES = (
    *(assistant, auth, chat, conversations, files, history, reactions),
    *(scheduled, streams, unfurls, usergroups, users, views),
)


class Door:
    """Answers `/api/METHOD`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def handle(self, request: web.Request) -> web.Response:
        """One call."""
        hub = self._hub
        loop = asyncio.get_running_loop()
        began = loop.time()
        name = request.match_info["method"]
        args: Json = {}
        headers: dict[str, str] = {}
        hub.calls_under_way += 1
        try:
            args = await arguments.read(request)
            answer, status = self._answer(name, args, request, headers), 200
        except SlackError as refusal:
            answer, status = refusal.body(), refusal.status
            if refusal.retry_after is not None:
                headers["Retry-After"] = str(refusal.retry_after)
        finally:
            hub.calls_under_way -= 1
            hub.last_call = loop.time()
        text = json.dumps(answer)
        hub.journal.call(name, args, status, answer, len(text), (loop.time() - began) * 1000)
        return web.Response(text=text, status=status, content_type="application/json", headers=headers)

    def _answer(self, name: str, args: Json, request: web.Request, headers: dict[str, str]) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method")
        if name.startswith("oauth."):
            client, secret = auth.basic_credentials(request.headers.get("Authorization", ""))
            args |= {"client_id": client, "client_secret": secret} if client else {}
        self._hub.faults.before(name)
        team = self._team(known, args, request)
        scopes = ",".join(team.scopes)
        headers["x-oauth-scopes"] = scopes
        headers["x-accepted-oauth-scopes"] = known.scope
        if known.scope and known.caller is Caller.BOT and known.scope not in team.scopes:
            raise SlackError("missing_scope", needed=known.scope, provided=scopes)
        self._hub.faults.after_auth(name, known.scope, scopes)
        if known.pace:
            self._hub.limiter.take((team.id, name), known.pace)
        return {"ok": True, **known.run(Call(self._hub, team, Arguments(args)))}

    def _team(self, known: Method, args: Json, request: web.Request) -> Team:
        space = self._hub.space
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = str(args.get("token") or "")
        first = next(iter(space.teams.values()))
        if known.caller is Caller.ANYBODY:
            return first
        if not token:
            raise SlackError("not_authed")
        owner = self._hub.tokens.owner(token)
        is_app = token == space.manifest.app_token
        if owner is None and not is_app:
            raise SlackError("invalid_auth")
        if is_app != (known.caller is Caller.APP):
            raise SlackError("not_allowed_token_type")
        if owner and owner.id in space.uninstalled:
            raise SlackError("token_revoked")
        args.pop("token", None)
        return owner or first
