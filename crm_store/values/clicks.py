"""Links in letters that lead through a redirect of our own, where a team wants clicks counted; it is off by default."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SETTING: Final = "clicks"
"""The team's setting: `on`, or nothing."""
PURPOSE: Final = "click"
SOONEST: Final = 5.0
"""Seconds after a letter left in which nobody reads it: what opens its links then is a scanner."""
_LINK: Final = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_MOST: Final = 50
_ROBOTS: Final = re.compile(
    r"bot\b|bot/|crawl|spider|scan|preview|proxy|monitor|fetch|validator|headless|python|curl|wget|java/|go-http|okhttp"
    r"|libwww|httpclient|safelinks|barracuda|proofpoint|mimecast|facebookexternalhit|slackbot|bingpreview",
    re.IGNORECASE,
)
_TAGS: Final = "utm_"
_LONGEST_TAG: Final = 200


def links_in(texts: Sequence[str]) -> tuple[str, ...]:
    """The addresses that letters name, each once; what is only made for each reader is left as it is."""
    found = [one for text in texts for one in _LINK.findall(text) if "{{" not in one and "}}" not in one]
    return tuple(dict.fromkeys(found))[:_MOST]


def row_of(send_id: str, number: int) -> str:
    """What a token names: one link of one letter."""
    return f"{send_id}-{number}"


def read_row(row_id: str) -> tuple[str, int] | None:
    """Letter and number of the link; None where it names none."""
    send_id, _, number = row_id.rpartition("-")
    return (send_id, int(number)) if send_id and number.isascii() and number.isdigit() and len(number) < 4 else None


def is_robot(agent: str, seconds: float) -> bool:
    """Whether a machine opened the link: by its own name, by having none, or since nobody reads so fast."""
    return not agent.strip() or bool(_ROBOTS.search(agent)) or seconds < SOONEST


def target(url: str, query: str) -> str | None:
    """The stored address with the tags that web analytics read, and with nothing else of the request.

    None where what is stored is no web address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    tags = [(name, value[:_LONGEST_TAG]) for name, value in parse_qsl(query) if name.startswith(_TAGS)]
    known = parse_qsl(parts.query, keep_blank_values=True)
    named = {name for name, _ in known}
    more = [(name, value) for name, value in tags if name not in named]
    if not more:
        return url
    joined = "&".join(one for one in (parts.query, urlencode(more)) if one)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, joined, parts.fragment))
