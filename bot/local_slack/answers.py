"""Answers to interactions: what a response_url or an acknowledgement with text shows, replaces or deletes."""

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.local_slack.errors import SlackError
from bot.local_slack.hub import Hub
from bot.local_slack.state import Message
from bot.local_slack.web_api import content
from bot.local_slack.web_api.call import Arguments

Json = dict[str, Any]
SLACKBOT = "USLACKBOT"


def respond(hub: Hub, user: str, channel_id: str, body: Json, original_ts: str | None = None) -> None:
    """Show an answer to somebody, or to all; raises SlackError for what Slack refuses."""
    channel = hub.space.channels[channel_id]
    team = hub.space.teams[channel.team]
    args = Arguments(body)
    original = channel.messages.get(original_ts) if original_ts else None
    if args.flag("delete_original"):
        if original is None:
            raise SlackError("message_not_found", status=404)
        hub.remove(original)
        return
    parts = content.read(args)
    if parts.is_empty:
        raise SlackError("no_text")
    if original is not None and args.flag("replace_original"):
        before = hub.shown(original)
        original.text, original.blocks = parts.text or "", parts.blocks or []
        original.attachments = parts.attachments or []
        if original.ephemeral_to is None:
            original.edited = {"user": team.bot_user_id, "ts": hub.space.next_ts(channel)}
        hub.changed(original, before)
        return
    hub.say(
        Message(
            hub.space.next_ts(channel),
            channel_id,
            team.bot_user_id,
            parts.text or "",
            blocks=parts.blocks or [],
            attachments=parts.attachments or [],
            thread_ts=content.thread(args, channel),
            bot_id=team.bot_id,
            ephemeral_to=None if args.text("response_type") == "in_channel" else user,
        )
    )


def slackbot(hub: Hub, user: str, channel_id: str, text: str) -> None:
    """A word of Slack itself that one person sees."""
    channel = hub.space.channels[channel_id]
    hub.say(Message(hub.space.next_ts(channel), channel_id, SLACKBOT, text, ephemeral_to=user))


class ResponseDoor:
    """Answers `/response/NAME`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def handle(self, request: web.Request) -> web.Response:
        """One use of a response_url; a refused answer does not count as a use."""
        hub, loop = self._hub, asyncio.get_running_loop()
        began = loop.time()
        raw = await request.read()
        status, said = 200, "ok"
        body: Json = {}
        try:
            address = hub.tickets.open_address(request.match_info["name"])
            body = _read(raw)
            respond(hub, address.user, address.channel, body, address.original_ts)
            address.uses += 1
        except SlackError as refusal:
            status = refusal.status if refusal.status != 200 else 400
            said = json.dumps(refusal.body())
        ms = round((loop.time() - began) * 1000, 2)
        hub.journal.add("response_url", args=body, status=status, answer=said, ms=ms)
        kind = "text/plain" if status == 200 else "application/json"
        return web.Response(status=status, text=said, content_type=kind)


def _read(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise SlackError("invalid_payload") from None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
