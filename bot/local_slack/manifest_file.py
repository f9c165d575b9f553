"""Another app's Slack manifest (JSON) read into what this workspace needs to know of an app."""

import json
from pathlib import Path
from typing import Any

from bot.local_slack.errors import RefusedError
from bot.local_slack.people import DEFAULT_EVENTS, DEFAULT_SCOPES, Manifest, Shortcut, SlashCommand

Json = dict[str, Any]


def read(path: Path) -> tuple[Manifest, tuple[str, ...]]:
    """The manifest and the bot's scopes; raises RefusedError with a sentence when the file is none."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise RefusedError(f"The manifest {path} cannot be read ({problem.strerror}).") from None
    except (ValueError, RecursionError):
        raise RefusedError(f"The manifest {path} is not JSON; Slack's app pages show it as JSON, too.") from None
    if not isinstance(given, dict):
        raise RefusedError(f"The manifest {path} is not a JSON object.")
    return _manifest(given), _words(_part(given, "oauth_config", "scopes"), "bot", DEFAULT_SCOPES)


def _manifest(given: Json) -> Manifest:
    features = _part(given, "features")
    shortcuts = [one for one in _list(features, "shortcuts") if one.get("callback_id")]
    bot_name = _part(features, "bot_user").get("display_name") or _part(given, "display_information").get("name")
    return Manifest(
        name=str(bot_name or "app"),
        commands=tuple(_command(one) for one in _list(features, "slash_commands") if one.get("command")),
        message_shortcuts=tuple(_shortcut(one) for one in shortcuts if one.get("type") == "message"),
        global_shortcuts=tuple(_shortcut(one) for one in shortcuts if one.get("type") != "message"),
        unfurl_domains=_words(features, "unfurl_domains", ()),
        events=_words(_part(given, "settings", "event_subscriptions"), "bot_events", DEFAULT_EVENTS),
        redirect_urls=_words(_part(given, "oauth_config"), "redirect_urls", ()),
        rotates=_part(given, "settings").get("token_rotation_enabled") is True,
    )


def _command(given: Json) -> SlashCommand:
    name = str(given["command"])
    return SlashCommand(
        name if name.startswith("/") else f"/{name}",
        str(given.get("description", "")),
        str(given.get("usage_hint", "")),
    )


def _shortcut(given: Json) -> Shortcut:
    return Shortcut(str(given["callback_id"]), str(given.get("name") or given["callback_id"]))


def _part(given: Json, *names: str) -> Json:
    found: Any = given
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _list(given: Json, name: str) -> list[Json]:
    found = given.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _words(given: Json, name: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    found = given.get(name)
    return tuple(str(one) for one in found) if isinstance(found, list) else otherwise
