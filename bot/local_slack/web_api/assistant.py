"""Threads with the assistant: status, title, suggested prompts."""

from typing import Any

from bot.local_slack.errors import missing_argument
from bot.local_slack.limits import HUNDREDS, TIER_3
from bot.local_slack.web_api.call import Call, method

Json = dict[str, Any]


def _keep(call: Call, name: str, value: Any) -> Json:
    channel = call.channel("channel_id")
    thread_ts = call.args.needed("thread_ts")
    channel.threads.setdefault(thread_ts, {})[name] = value
    call.space.changed()
    return {}


@method("assistant.threads.setStatus", HUNDREDS, "assistant:write")
def set_status(call: Call) -> Json:
    """Say what the app is doing; an empty status takes it away."""
    if "status" not in call.args.raw:
        raise missing_argument("status")
    return _keep(call, "status", call.args.text("status"))


@method("assistant.threads.setTitle", TIER_3, "assistant:write")
def set_title(call: Call) -> Json:
    """Name a thread."""
    return _keep(call, "title", call.args.needed("title"))


@method("assistant.threads.setSuggestedPrompts", TIER_3, "assistant:write")
def set_prompts(call: Call) -> Json:
    """Offer things to say."""
    prompts = call.args.data("prompts")
    fits = isinstance(prompts, list) and all(
        isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts
    )
    if not fits:
        raise missing_argument("prompts")
    return _keep(call, "prompts", {"title": call.args.text("title"), "prompts": prompts})
