"""An installer's browser, and a Slack whose tokens run out."""

import html
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.parse import parse_qs, urlsplit

from tests.journeys.apart import Served
from tests.journeys.house import PATIENCE


@dataclass(slots=True)
class Browser:
    """Follows links and keeps cookies, as an installer's browser does."""

    cookies: CookieJar = field(default_factory=CookieJar)

    def open(self, address: str) -> tuple[int, str]:
        """Status and text of a page, behind all redirects."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(address, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def begin(self, served: Served) -> str:
        """Open the install page and give the address of Slack's page behind its button."""
        status, text = self.open(f"http://127.0.0.1:{served.ready['web_port']}/slack/install")
        assert status == 200, text
        return links(text)[0]

    def install(self, served: Served, team: str) -> tuple[int, str]:
        """Click through to the end: the last page."""
        consent = self.begin(served)
        status, text = self.open(consent)
        assert status == 200, text
        parts = urlsplit(consent)
        allow = next(one for one in links(text) if parse_qs(urlsplit(one).query)["team"] == [team])
        return self.open(f"{parts.scheme}://{parts.netloc}{allow}")


def links(text: str) -> list[str]:
    """The targets of a page's links."""
    return [html.unescape(one) for one in re.findall(r'href="([^"]+)"', text)]


def event(kind: str, event_id: str, at: float, team: str = "T_RAPPORT", **more: object) -> bytes:
    """An event about the app itself, as Slack sends it."""
    body = {"type": "event_callback", "team_id": team, "api_app_id": "A01", "event_id": event_id}
    return json.dumps(body | {"event": {"type": kind, **more}, "event_time": int(at)}).encode()
