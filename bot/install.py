"""`/slack/install` and `/slack/oauth_redirect`: a workspace installs Rapport by itself, and it works at once."""

import asyncio
import hashlib
import hmac
import html
from collections.abc import Callable
from typing import Final

from aiohttp import web

from bot import manifest
from bot.installations import joining, sealed, states
from bot.installations.exchange import Exchange
from bot.installations.registry import Workspaces
from crm_store.actions import installations as actions
from crm_store.engine.store import Store
from crm_store.errors import BadSetting, CrmError, DeliveryError
from crm_store.log import get_logger
from crm_store.queries import teams as team_queries
from crm_store.sealing import Seal
from crm_store.settings import Settings
from crm_store.values.installations import Grant
from ingest.api.pages import page

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
_COOKIE: Final = "rapport_install"
_AGAIN: Final = f'<p><a href="{INSTALL}">Begin again</a></p>'
_BUTTON: Final = "display:inline-block;padding:.6em 1.2em;border:1px solid #888;border-radius:4px;text-decoration:none"
# What Slack or the browser may bring back in place of a code, in words.
_DENIED: Final = {
    "access_denied": "Nobody allowed it there, so nothing was installed and nothing was kept.",
    "org_login_required": "This organisation asks you to log in first. Log in there, then begin again.",
    "team_access_not_granted": "An admin of that workspace has to approve Rapport first. Ask them, then begin again.",
    "org_install": "Rapport is installed in single workspaces, not in a whole organisation. Choose one workspace.",
    "invalid_code": "Slack does not know this answer any more. It is good for ten minutes, and once.",
    "code_already_used": "This answer was used already; perhaps the page was loaded twice.",
    "bad_redirect_uri": "Slack does not send answers to this address. It has to be among the redirect URLs of the app.",
}
_log = get_logger(__name__)


class InstallDoor:
    """The two pages of an installation."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        exchange: Exchange,
        seal: Seal,
        workspaces: Workspaces,
        public: Callable[[], str],
    ) -> None:
        self._store = store
        self._settings = settings
        self._exchange = exchange
        self._seal = seal
        self._workspaces = workspaces
        self._public = public
        self._scopes = manifest.scopes()
        if not self._scopes:
            raise BadSetting(f"{manifest.MANIFEST} is missing, which says what Rapport asks a workspace for.")
        self._installing = asyncio.Lock()
        self._joining: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [web.get(INSTALL, self.begin, allow_head=False), web.get(REDIRECT, self.end, allow_head=False)]

    async def close(self) -> None:
        """Finish taking people in; who is missed becomes a colleague by speaking to us."""
        if self._joining:
            _done, late = await asyncio.wait(self._joining, timeout=5)
            for task in late:
                task.cancel()

    async def begin(self, _request: web.Request) -> web.Response:
        """What Rapport asks for, and a button that leads to Slack."""
        state = states.issue(self._seal, self._store.clock.now())
        url = self._exchange.consent_url(state, self._public() + REDIRECT, self._scopes)
        asked = "".join(
            f"<li><code>{html.escape(scope)}</code>: {html.escape(why)}</li>" for scope, why in self._scopes.items()
        )
        button = f'<p><a style="{_BUTTON}" href="{html.escape(url)}">Add to Slack</a></p>'
        body = f"{button}<p>It asks for this:</p><ul>{asked}</ul>"
        answer = page(200, "Add Rapport to your workspace", "Slack asks you which workspace, and what you allow.", body)
        answer.headers["X-Frame-Options"] = "DENY"
        answer.set_cookie(
            _COOKIE,
            state,
            max_age=int(actions.STATE_FOR.total_seconds()),
            path=REDIRECT,
            secure=self._public().startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
        return answer

    async def end(self, request: web.Request) -> web.Response:
        """Slack sends the installer's browser back: with a code, or with what was wrong."""
        answer = await self._ended(request)
        answer.del_cookie(_COOKIE, path=REDIRECT)
        return answer

    async def _ended(self, request: web.Request) -> web.Response:
        state, own = request.query.get("state", ""), request.cookies.get(_COOKIE, "")
        try:
            if not (hmac.compare_digest(_hash(state), _hash(own)) and await self._used(state)):
                told = "This answer belongs to no installation that began here, in this browser, within ten minutes."
                return page(400, "Not installed", told, _AGAIN)
            if error := request.query.get("error", ""):
                return page(400, "Not installed", _DENIED.get(error, _refused(error)), _AGAIN)
            grant = await self._exchange.trade(request.query.get("code", ""), self._public() + REDIRECT)
            await self._install(grant)
        except DeliveryError as problem:
            _log.warning("not_installed", code=problem.code)
            told = _DENIED.get(problem.code, _refused(problem.code))
            return page(400 if problem.permanent else 502, "Not installed", told, _AGAIN)
        except CrmError:
            _log.exception("not_installed")
            told = "Something is wrong on our side, and nothing was kept. Try again in a minute."
            return page(503, "Not installed", told, _AGAIN)
        told = f"Rapport is in {grant.team_name} now. Type /crm help there, or write to Rapport directly."
        return page(200, "Installed", told)

    async def _used(self, state: str) -> bool:
        """Use up a state: True for one of ours that is not used yet and not too old."""
        made = states.issued_at(self._seal, state)
        if made is None:
            return False
        return await self._store.house().write(actions.use_state, _hash(state), made + actions.STATE_FOR)

    async def _install(self, grant: Grant) -> None:
        """Keep what was granted and let this process speak for the workspace; its people follow."""
        async with self._installing:
            known = await self._store.house().read(team_queries.by_slack_team, grant.slack_team_id)
            team_id = await joining.found_team(self._store, self._settings, grant.slack_team_id, grant.team_name, None)
            kept = sealed.close(self._seal, team_id, grant.tokens, self._store.clock.now())
            await self._store.team(team_id).write(actions.install, grant, kept)
        await self._workspaces.refresh()
        _log.info("installed", team_id=team_id)
        workspace = self._workspaces.get(grant.slack_team_id)
        if known is None and workspace is not None:
            task = asyncio.create_task(joining.take_people(self._store, team_id, workspace, grant.installer))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()


def _refused(code: str) -> str:
    return (
        f"Slack answered “{code[:60] or 'nothing'}”. Nothing was installed; begin again, or tell whoever runs Rapport."
    )
