"""Socket Mode with two sockets: Slack refreshes them while people speak, and each line counts once."""

import asyncio
import json
import urllib.request

import aiohttp

from tests.journeys.apart import until
from tests.journeys.house import PATIENCE, Demo, words_of


def _connections(demo: Demo) -> int:
    """How many sockets are open beside one of our own that is closed at once."""
    asked = urllib.request.Request(
        demo.ready["slack_api"] + "apps.connections.open", b"", {"Authorization": "Bearer xapp-1-A01-local"}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return _greeted(str(json.load(answer)["url"])) - 1


def _greeted(url: str) -> int:
    async def greet() -> int:
        async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
            return int((await socket.receive_json(timeout=PATIENCE))["num_connections"])

    return asyncio.run(greet())


def test_lines_said_while_sockets_are_refreshed_are_logged_once_each(demo: Demo) -> None:
    direct = demo.direct()
    for number in range(4):
        demo._post("faults", {"drop_sockets": True, "duplicate_next": 1})
        demo.act(
            type="message", user="U_ADA", channel=direct, text=f"log john smith acme: refresh number {number} of four"
        )
        demo._post("faults", {"drop_sockets": True})
    demo._post("faults", {})
    demo.settle()
    demo.type("timeline john smith acme")
    told = words_of(demo.last())
    assert [told.count(f"refresh number {number} of four") for number in range(4)] == [1, 1, 1, 1]


def test_both_sockets_come_back_after_a_refresh(demo: Demo) -> None:
    demo._post("faults", {"drop_sockets": True})
    until(lambda: _connections(demo) == 2)
