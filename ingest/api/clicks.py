"""`/k/TOKEN`: a link of a letter, led to the address that the team wrote; never anywhere else, whoever asks."""

from typing import Final

from aiohttp import web

from crm_store.actions import clicks as acts
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.queries import clicks as queries
from crm_store.queries import teams
from crm_store.values import clicks, links
from ingest.api.pages import HEADERS, page

PATH: Final = "/k/{token}"
_log = get_logger(__name__)


class Clicking:
    """Redirects of letters; a token that the team did not make leads nowhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application; HEAD is answered as GET and counts nothing."""
        return [web.get(PATH, self.follow)]

    async def follow(self, request: web.Request) -> web.Response:
        """On to the address, whether or not the click could be counted."""
        try:
            found = await self._proven(request)
            way = await self._store.team(found[0]).read(queries.way, *found[1]) if found else None
        except CrmError:
            return page(503, "Not now", "Something is wrong on our side. Try again in a minute.")
        address = clicks.target(way.url, request.query_string) if way else None
        if found is None or way is None or address is None:
            return page(404, "This link leads nowhere", "Open it from the letter once more, or answer the letter.")
        if request.method == "GET" and self._is_person(request, way):
            await self._note(*found)
        return web.Response(status=302, headers={**HEADERS, "Location": address})

    def _is_person(self, request: web.Request, way: queries.Way) -> bool:
        if way.sent_at is None or not way.counts:
            return False
        seconds = (self._store.clock.now() - way.sent_at).total_seconds()
        return not clicks.is_robot(request.headers.get("User-Agent", ""), seconds)

    async def _note(self, team_id: str, link: tuple[str, int]) -> None:
        try:
            await self._store.team(team_id).write(acts.note, *link)
        except CrmError:
            # The reader wants to get where the link leads; a click that is not counted costs less than one that fails.
            _log.warning("click_not_noted", team_id=team_id)

    async def _proven(self, request: web.Request) -> tuple[str, tuple[str, int]] | None:
        token = links.read(request.match_info["token"])
        if token is None:
            return None
        team_id, row_id, proof = token
        key = await self._store.team(team_id).read(teams.pseudonym_key)
        row = clicks.read_row(row_id)
        if not key or row is None or not links.is_proven(key, clicks.PURPOSE, team_id, row_id, proof):
            return None
        return team_id, row
