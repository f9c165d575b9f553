"""Gestures of those who keep the workspace: the app in channels, archived channels, the app's installation."""

from typing import Any

from bot.local_slack.errors import RefusedError
from bot.local_slack.gestures import Act, Made, act
from bot.local_slack.shapes import channel_type
from bot.local_slack.state import Channel

Json = dict[str, Any]


@act("invite")
def invite(made: Act) -> Made:
    """Add the app to a channel, as `/invite @app` does."""
    channel = _plain_channel(made)
    if made.hub.space.has_app(channel):
        raise RefusedError(f"The app is already in {channel.name}.")
    channel.members.append(made.team.bot_user_id)
    return _told(made, channel, "member_joined_channel", inviter=made.user)


@act("remove")
def remove(made: Act) -> Made:
    """Take the app out of a channel, as `/remove @app` does."""
    channel = _plain_channel(made)
    if not made.hub.space.has_app(channel):
        raise RefusedError(f"The app is not in {channel.name}.")
    channel.members.remove(made.team.bot_user_id)
    made.hub.space.changed()
    event = {"type": "channel_left", "channel": channel.id, "actor_id": made.user}
    return Made([made.hub.publish(made.team, {**event, "event_ts": made.hub.space.next_ts(channel)})])


@act("archive")
def archive(made: Act) -> Made:
    """Close a channel: it can be read, and nobody writes to it any more."""
    channel = _plain_channel(made)
    channel.is_archived = True
    return _told(made, channel, "channel_archive")


@act("unarchive")
def unarchive(made: Act) -> Made:
    """Open an archived channel again."""
    channel = made.channel()
    if not channel.is_archived:
        raise RefusedError(f"The channel {channel.name} is not archived.")
    channel.is_archived = False
    return _told(made, channel, "channel_unarchive")


@act("uninstall")
def uninstall(made: Act) -> Made:
    """Remove the app from the team: its token is refused from now on, and it is told so."""
    _refuse_others(made)
    space = made.hub.space
    if made.team.id in space.uninstalled:
        raise RefusedError(f"The app is not installed in {made.team.name}.")
    space.uninstalled.add(made.team.id)
    made.hub.tokens.forget(made.team.id)
    space.changed()
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [made.team.bot_user_id]}}
    gone = {"type": "app_uninstalled"}
    return Made([made.hub.publish(made.team, revoked), made.hub.publish(made.team, gone)])


@act("install")
def install(made: Act) -> Made:
    """Install the app in the team again, with the token it had; the authorize page does the same for an OAuth app."""
    _refuse_others(made)
    made.hub.space.uninstalled.discard(made.team.id)
    made.hub.space.changed()
    return Made()


def _plain_channel(made: Act) -> Channel:
    channel = made.open_channel()
    if channel.is_im or channel.is_mpim:
        raise RefusedError("That is done with channels, not with direct messages.")
    return channel


def _refuse_others(made: Act) -> None:
    if not made.hub.space.seats[made.user].is_admin:
        raise RefusedError("Only an admin of the workspace installs and removes apps.")


def _told(made: Act, channel: Channel, kind: str, **more: Any) -> Made:
    space = made.hub.space
    space.changed()
    who = made.team.bot_user_id if kind == "member_joined_channel" else made.user
    event: Json = {
        "type": kind,
        "user": who,
        "channel": channel.id,
        "channel_type": {"channel": "C", "group": "G"}.get(channel_type(channel), "C"),
        "team": made.team.id,
        "event_ts": space.next_ts(channel),
        **more,
    }
    return Made([made.hub.publish(made.team, event, channel)])
