"""People: by id, by address, all."""

from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.limits import TIER_2, TIER_3, TIER_4
from bot.local_slack.shapes import user_json
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


@method("users.info", TIER_4, "users:read")
def info(call: Call) -> Json:
    """One person."""
    return {"user": user_json(call.space, call.space.seats[call.person()])}


@method("users.list", TIER_2, "users:read")
def list_users(call: Call) -> Json:
    """Everybody in the team, the bot too."""
    page, metadata = call.page(call.space.people(call.team.id), lambda seat: str(seat.id))
    return {
        "members": [user_json(call.space, seat) for seat in page],
        "cache_ts": int(call.space.clock.now().timestamp()),
        "response_metadata": metadata,
    }


@method("users.lookupByEmail", TIER_3, "users:read.email")
def lookup_by_email(call: Call) -> Json:
    """The person with an address."""
    wanted = call.args.needed("email").lower()
    for seat in call.space.people(call.team.id):
        if seat.email.lower() == wanted and not seat.deleted:
            return {"user": user_json(call.space, seat)}
    raise SlackError("users_not_found")
