"""The addresses behind files: upload_url takes bytes, url_private gives them to those who may have them."""

from aiohttp import web

from bot.local_slack.errors import SlackError
from bot.local_slack.hub import Hub

_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")


class FileDoor:
    """Answers `/upload/…` and `/files/…`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, exactly as many as were announced."""
        stored = self._hub.space.files.get(request.match_info["file"])
        if stored is None or stored.content is not None:
            return web.Response(status=404, text="no such upload")
        content = await self._content(request)
        if len(content) != stored.length:
            return web.Response(status=400, text=f"expected {stored.length} bytes, got {len(content)}")
        stored.content = content
        return web.Response(text=f"OK - {len(content)}")

    @staticmethod
    async def _content(request: web.Request) -> bytes:
        if request.content_type != "multipart/form-data":
            return await request.read()
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
        return b""

    async def download(self, request: web.Request) -> web.Response:
        """Give a file to the app of its team, or to the page."""
        hub = self._hub
        stored = hub.space.files.get(request.match_info["file"])
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        by_app = stored is not None and scheme.lower() == "bearer" and _is_of(hub, token, stored.team)
        if not by_app and request.query.get("page") != hub.page_key:
            return web.Response(status=403, text="not allowed: send the bot's token")
        if stored is None or stored.content is None:
            return web.Response(status=404, text="file_not_found")
        shown = stored.mimetype in _SHOWN
        return web.Response(
            body=stored.content,
            content_type=stored.mimetype if shown or by_app else "application/octet-stream",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Content-Disposition": "inline" if shown else "attachment",
            },
        )


def _is_of(hub: Hub, token: str, team: str) -> bool:
    """Whether the token is one of the team's, and good still."""
    try:
        owner = hub.tokens.owner(token)
    except SlackError:
        return False
    return owner is not None and owner.id == team
