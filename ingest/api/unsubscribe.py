"""`/u/TOKEN`: unsubscribing by one request (RFC 8058); looking at the page changes nothing, since scanners look."""

from typing import Final

from aiohttp import web

from crm_store.actions import sends
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.queries import teams
from crm_store.values import links, sending
from ingest.api.pages import page

PATH: Final = "/u/{token}"
_FORM: Final = '<form method="post"><button>Unsubscribe</button></form>'
_log = get_logger(__name__)


class Unsubscribing:
    """The page behind the link of every letter."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [web.get(PATH, self.look), web.post(PATH, self.take)]

    async def look(self, request: web.Request) -> web.Response:
        """The page with its button."""
        if await self._letter(request) is None:
            return page(404, "This link is not complete", "Open it from the letter once more, or answer the letter.")
        return page(200, "No more letters?", "You then get no campaign mail from us any more.", _FORM)

    async def take(self, request: web.Request) -> web.Response:
        """Unsubscribe at once, whatever the body says; twice is the same as once."""
        try:
            found = await self._letter(request)
            if found is None:
                return page(
                    404, "This link is not complete", "Open it from the letter once more, or answer the letter."
                )
            await self._store.team(found[0]).write(sends.unsubscribe, found[1])
        except CrmError:
            _log.warning("unsubscribe_failed")
            return page(503, "Not done yet", "Something is wrong on our side. Try again in a minute.")
        return page(200, "Done", "You get no campaign mail from us any more.")

    async def _letter(self, request: web.Request) -> tuple[str, str] | None:
        read = links.read(request.match_info["token"])
        if read is None:
            return None
        team_id, send_id, proof = read
        key = await self._store.team(team_id).read(teams.pseudonym_key)
        return (team_id, send_id) if key and sending.is_proven(key, team_id, send_id, proof) else None
