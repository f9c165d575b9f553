"""Who am I, which team is this, open a socket, trade a code for a token."""

import base64
import binascii
from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import CONNECTING, HUNDREDS, TIER_3, TIER_4
from bot.local_slack.people import Team
from bot.local_slack.shapes import team_json
from bot.local_slack.web_api.call import Call, Caller, method

Json = dict[str, Any]


@method("api.test", TIER_4, caller=Caller.ANYBODY)
def api_test(call: Call) -> Json:
    """Echo the arguments."""
    error = call.args.text("error")
    if error:
        raise SlackError(error, args=call.args.raw)
    return {"args": {name: value for name, value in call.args.raw.items() if name != "token"}}


@method("auth.test", HUNDREDS)
def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    team = call.team
    return {
        "url": call.hub.base,
        "team": team.name,
        "user": call.space.manifest.name,
        "team_id": team.id,
        "user_id": team.bot_user_id,
        "bot_id": team.bot_id,
        "app_id": call.space.manifest.app_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", CONNECTING, caller=Caller.APP)
def connections_open(call: Call) -> Json:
    """An address that opens one socket."""
    ticket = call.hub.sockets.ticket()
    return {"url": f"{call.hub.socket_base}link/?ticket={ticket}&app_id={call.space.manifest.app_id}"}


@method("team.info", TIER_3, "team:read")
def team_info(call: Call) -> Json:
    """The team."""
    return {"team": team_json(call.team)}


@method("bots.info", TIER_3, "users:read")
def bots_info(call: Call) -> Json:
    """A bot by its id; our own when none is given."""
    wanted = call.args.text("bot") or call.team.bot_id
    if wanted != call.team.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": call.team.bot_id,
            "deleted": False,
            "name": call.space.manifest.name,
            "updated": 0,
            "app_id": call.space.manifest.app_id,
            "user_id": call.team.bot_user_id,
            "icons": {},
        }
    }


@method("oauth.v2.access", TIER_4, caller=Caller.ANYBODY)
def oauth_access(call: Call) -> Json:
    """Trade the code of the authorize page, or a refresh token, for the team's bot token."""
    manifest = call.space.manifest
    client, secret = call.args.text("client_id"), call.args.text("client_secret")
    if client != manifest.client_id:
        raise SlackError("invalid_client_id")
    if secret != manifest.client_secret:
        raise SlackError("bad_client_secret")
    team = _granted(call)
    return {
        **call.hub.tokens.grant(team),
        "token_type": "bot",
        "scope": ",".join(team.scopes),
        "bot_user_id": team.bot_user_id,
        "app_id": manifest.app_id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(one.id for one in call.space.people(team.id) if not one.is_bot)},
    }


def _granted(call: Call) -> Team:
    """The team whose installer allowed us just now, or whose token is to be renewed."""
    if call.args.text("grant_type") == "refresh_token":
        return call.hub.tokens.renew(call.args.needed("refresh_token"))
    team = call.space.teams.get(call.hub.codes.pop(call.args.needed("code"), ""))
    if team is None:
        raise SlackError("invalid_code")
    call.space.uninstalled.discard(team.id)
    return team


def basic_credentials(header: str) -> tuple[str, str]:
    """The name and secret of a Basic authorization header, empty when it has none."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return name, secret
