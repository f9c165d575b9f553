"""What Slack makes of the text a person types: signs escaped, links, addresses, people and channels marked."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.local_slack.state import Workspace

_MARKED = re.compile(
    r"<(?:[@#!][^<>\s]+(?:\|[^<>]*)?|!date\^[^<>]+|(?:https?|mailto|tel):[^<>\s|]+(?:\|[^<>]*)?)>"
    r"|&(?:amp|lt|gt);"
)
_FOUND = re.compile(
    r"(?P<url>\bhttps?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"])"
    r"|(?P<mail>\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?<![\w/&])@(?P<person>[a-z][\w.-]*\w)"
    r"|(?<![\w/&])#(?P<channel>[a-z0-9][\w-]*)"
)
_SENT_URL = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>")


def escaped(text: str) -> str:
    """The text with its three signs escaped, except where they are Slack's own markup or escaped already."""
    return _outside_markup(text, _escape)


def as_sent(text: str, space: Workspace, team: str) -> str:
    """A typed message as apps receive it."""
    return _outside_markup(text, lambda part: _with_links(part, space, team))


def links(text: str, domains: tuple[str, ...]) -> list[dict[str, str]]:
    """The links of a sent message that lie under registered domains."""
    found = []
    for written in _SENT_URL.findall(text):
        address = written.replace("&amp;", "&")
        host = urlsplit(address).hostname or ""
        domain = next((one for one in domains if host == one or host.endswith("." + one)), None)
        if domain:
            found.append({"url": address, "domain": domain})
    return found


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _outside_markup(text: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for match in _MARKED.finditer(text):
        parts += [change(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*parts, change(text[end:])])


def _with_links(text: str, space: Workspace, team: str) -> str:
    people = {seat.name.lower(): seat.id for seat in space.people(team)}
    groups = {one.handle: one.id for one in space.groups.values() if one.team == team and not one.disabled}
    channels = {one.name: one.id for one in space.channels.values() if one.team == team and not one.is_private}
    parts, end = [], 0
    for match in _FOUND.finditer(text):
        parts.append(_escape(text[end : match.start()]))
        parts.append(_marked(match, people, groups, channels))
        end = match.end()
    return "".join([*parts, _escape(text[end:])])


def _marked(match: re.Match[str], people: dict[str, str], groups: dict[str, str], channels: dict[str, str]) -> str:
    whole = _escape(match.group())
    if match["url"]:
        return f"<{whole}>"
    if match["mail"]:
        return f"<mailto:{whole}|{whole}>"
    if match["person"]:
        name = match["person"].lower()
        if group := groups.get(name):
            return f"<!subteam^{group}|@{name}>"
        return f"<@{people[name]}>" if name in people else whole
    found = channels.get(match["channel"])
    return f"<#{found}|{match['channel']}>" if found else whole
