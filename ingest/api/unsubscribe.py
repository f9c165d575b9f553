"""`/u/TOKEN`: which letters somebody wants, and unsubscribing by one request (RFC 8058).

Looking at the page changes nothing, since scanners look.
"""

import html
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from aiohttp import web

from crm_store.actions import preferences as acts
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.queries import preferences, teams
from crm_store.values import links, sending
from crm_store.values.purposes import WORDS, Purpose
from ingest.api.pages import page

PATH: Final = "/u/{token}"
_LONGEST: Final = 4096
_SOME: Final = "some"
_ONE_CLICK: Final = {"List-Unsubscribe": ["One-Click"]}
_log = get_logger(__name__)


class Unsubscribing:
    """The page behind the link of every letter."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """What to add to the web application."""
        return [web.get(PATH, self.look), web.post(PATH, self.take)]

    async def look(self, request: web.Request) -> web.Response:
        """The page with a box for each purpose, and a button that ends all letters."""
        try:
            found = await self._letter(request)
            if found is None:
                return _incomplete()
            wanted = await self._store.team(found[0]).read(preferences.wanted, found[1])
        except CrmError:
            return _not_now()
        if not wanted:
            return page(200, "No letters", "You get no campaign mail from us.")
        return page(200, "Which letters do you want?", "Untick what you do not want, or take none.", _form(wanted))

    async def take(self, request: web.Request) -> web.Response:
        """Keep what was chosen; any other request ends all letters at once, and twice is the same as once.

        Only the one click of a letter that said so itself ends the letters for its purpose alone.
        """
        try:
            found = await self._letter(request)
            if found is None:
                return _incomplete()
            desk = self._store.team(found[0])
            sent = await _sent(request)
            wanted = _ticked(sent)
            if (only := request.query.get(sending.ONLY)) in set(Purpose) and sent == _ONE_CLICK:
                wanted = await desk.read(preferences.wanted, found[1]) - {Purpose(only)}
            await desk.write(acts.choose, found[1], wanted)
        except CrmError:
            _log.warning("unsubscribe_failed")
            return _not_now()
        if not wanted:
            return page(200, "Done", "You get no campaign mail from us any more.")
        kept = " · ".join(WORDS[one] for one in Purpose if one in wanted)
        return page(200, "Done", f"From now on you get: {kept}.")

    async def _letter(self, request: web.Request) -> tuple[str, str] | None:
        read = links.read(request.match_info["token"])
        if read is None:
            return None
        team_id, send_id, proof = read
        key = await self._store.team(team_id).read(teams.pseudonym_key)
        return (team_id, send_id) if key and sending.is_proven(key, team_id, send_id, proof) else None


def _form(wanted: frozenset[Purpose]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="purpose" value="{one.value}"{" checked" if one in wanted else ""}> '
        f"{html.escape(WORDS[one])}</label>"
        for one in Purpose
    )
    return (
        f'<form method="post">{boxes}<button name="choice" value="{_SOME}">Save</button></form>'
        '<form method="post"><button>Unsubscribe from all</button></form>'
    )


async def _sent(request: web.Request) -> dict[str, list[str]]:
    """The fields of a form; none for what cannot be read."""
    if (request.content_length or 0) > _LONGEST or request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        return parse_qs((await request.read())[:_LONGEST].decode("utf-8", "replace"))
    except (ValueError, web.HTTPRequestEntityTooLarge):
        return {}


def _ticked(sent: Mapping[str, list[str]]) -> frozenset[Purpose]:
    """The boxes that stand ticked; none for the one click of a mail program, and for whatever cannot be read."""
    if sent.get("choice") != [_SOME]:
        return frozenset()
    return frozenset(one for one in Purpose if one.value in sent.get("purpose", ()))


def _incomplete() -> web.Response:
    return page(404, "This link is not complete", "Open it from the letter once more, or answer the letter.")


def _not_now() -> web.Response:
    return page(503, "Not done yet", "Something is wrong on our side. Try again in a minute.")
