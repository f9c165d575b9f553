"""Reads a call's arguments from a query, a form, a multipart body or JSON."""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.local_slack.errors import SlackError

Json = dict[str, Any]


async def read(request: web.Request) -> Json:
    """All arguments of a request; raises SlackError for a body that cannot be read."""
    found: Json = dict(request.query)
    if request.method == "GET":
        return found
    kind = request.content_type
    if kind == "multipart/form-data":
        form = await request.post()
        return found | {name: value for name, value in form.items() if isinstance(value, str)}
    body = await request.read()
    if kind == "application/json":
        return found | _json(body)
    try:
        return found | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise SlackError("invalid_form_data") from None


def _json(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
