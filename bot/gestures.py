"""What a person did in Slack, read from any of its payloads into one frozen value."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from bot.dropped_files import DroppedFile


class Did(StrEnum):
    """The kinds of gesture we act on."""

    COMMAND = "command"
    MENTION = "mention"
    DIRECT = "direct"
    PRESSED = "pressed"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    MESSAGE_SHORTCUT = "message_shortcut"
    GLOBAL_SHORTCUT = "global_shortcut"
    REACTED = "reacted"
    UNREACTED = "unreacted"
    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"
    OPENED_HOME = "opened_home"
    SHARED_LINK = "shared_link"
    OPENED_ENTITY = "opened_entity"
    SAVED_ENTITY = "saved_entity"
    LOOKS_UP = "looks_up"
    UNINSTALLED = "uninstalled"
    REVOKED = "revoked"
    GROUP_CHANGED = "group_changed"


# What Slack itself tells when a workspace takes the app or its token away.
TAKEN_AWAY: Final = frozenset({Did.UNINSTALLED, Did.REVOKED})
# What is only heard in a channel: nobody asked for anything, and nobody waits for an answer.
HEARD: Final = frozenset({Did.SAID, Did.EDITED, Did.DELETED})
# What nobody said to us, whoever caused it.
UNASKED: Final = HEARD | {Did.GROUP_CHANGED}


@dataclass(frozen=True, slots=True)
class Gesture:
    """One act of one person; fields that an act does not have are empty."""

    did: Did
    team: str
    user: str
    channel: str = ""
    text: str = ""
    ts: str = ""
    thread_ts: str = ""
    trigger_id: str = ""
    response_url: str = ""
    action_id: str = ""
    value: str = ""
    callback_id: str = ""
    view_id: str = ""
    view_hash: str = ""
    metadata: str = ""
    reaction: str = ""
    author: str = ""
    stamp: str = ""
    ephemeral: bool = False
    crowded: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[DroppedFile, ...] = ()
    links: tuple[str, ...] = ()
    unfurl_id: str = ""


def read(payload: Mapping[str, Any]) -> Gesture | None:
    """The gesture in a payload; None for what concerns nobody (our own messages, joins, typing)."""
    kind = payload.get("type")
    if kind == "event_callback":
        return _event(payload)
    if payload.get("command"):
        return Gesture(
            Did.COMMAND,
            payload["team_id"],
            payload["user_id"],
            channel=payload.get("channel_id", ""),
            text=f"{payload['command']} {payload.get('text', '')}".strip(),
            trigger_id=payload.get("trigger_id", ""),
            response_url=payload.get("response_url", ""),
        )
    reader = _INTERACTIVE.get(str(kind))
    return reader(payload) if reader else None


def key(payload: Mapping[str, Any]) -> str:
    """What makes a payload one and the same when Slack delivers it again."""
    if payload.get("event_id"):
        return f"event:{payload['event_id']}"
    if payload.get("type") == "view_submission" and not payload.get("view", {}).get("external_ref"):
        view = payload.get("view", {})
        return f"submit:{view.get('id')}:{view.get('hash')}"
    if payload.get("type") == "block_actions" and payload.get("actions"):
        act = payload["actions"][0]
        place = payload.get("container", {}).get("message_ts") or payload.get("view", {}).get("id", "")
        return f"press:{_user(payload)}:{place}:{act.get('action_id')}:{act.get('action_ts')}"
    if payload.get("trigger_id"):
        return f"trigger:{payload['trigger_id']}"
    return "body:" + hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def team_of(payload: Mapping[str, Any]) -> str:
    """The Slack team a payload belongs to."""
    team = payload.get("team")
    if isinstance(team, Mapping):
        return str(team.get("id", ""))
    return str(payload.get("team_id") or payload.get("user", {}).get("team_id") or "")


def _user(payload: Mapping[str, Any]) -> str:
    return str(payload.get("user", {}).get("id", ""))


def _event(payload: Mapping[str, Any]) -> Gesture | None:
    event = payload.get("event", {})
    if event.get("type") in ("app_uninstalled", "tokens_revoked"):
        return _taken_away(payload, event)
    reader = _EVENTS.get(str(event.get("type")))
    return reader(str(payload.get("team_id", "")), event) if reader else None


def _taken_away(payload: Mapping[str, Any], event: Mapping[str, Any]) -> Gesture | None:
    """The end of an installation, with its second in `stamp`; a person's own token is none of ours."""
    revoked = event.get("type") == "tokens_revoked"
    tokens = event.get("tokens")
    if revoked and not (isinstance(tokens, Mapping) and tokens.get("bot")):
        return None
    did = Did.REVOKED if revoked else Did.UNINSTALLED
    return Gesture(did, str(payload.get("team_id", "")), "", stamp=str(payload.get("event_time", "")))


def _message(team: str, event: Mapping[str, Any]) -> Gesture | None:
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _edited(team, event)
    if subtype == "message_deleted":
        before = event.get("previous_message") or {}
        return _deleted(team, event, before, str(event.get("deleted_ts", "")))
    if event.get("bot_id") or subtype not in _SAID_BY_PEOPLE:
        return None
    return _said(Did.DIRECT if event.get("channel_type") == "im" else Did.SAID, team, event)


def _edited(team: str, event: Mapping[str, Any]) -> Gesture | None:
    inner = event.get("message") or {}
    if inner.get("subtype") == "tombstone":  # The first message of a thread leaves one where it was deleted.
        return _deleted(team, event, event.get("previous_message") or {}, str(inner.get("ts", "")))
    if inner.get("bot_id") or inner.get("text") == (event.get("previous_message") or {}).get("text"):
        return None
    edited = inner.get("edited")
    return Gesture(
        Did.EDITED,
        team,
        str(inner.get("user", "")),
        channel=str(event.get("channel", "")),
        ts=str(inner.get("ts", "")),
        thread_ts=str(inner.get("thread_ts", "")),
        text=str(inner.get("text", "")),
        author=str(inner.get("user", "")),
        stamp=str((edited if isinstance(edited, Mapping) else {}).get("ts") or event.get("event_ts", "")),
    )


def _deleted(team: str, event: Mapping[str, Any], before: Mapping[str, Any], ts: str) -> Gesture:
    return Gesture(
        Did.DELETED,
        team,
        str(before.get("user", "")),
        channel=str(event.get("channel", "")),
        ts=ts,
        thread_ts=str(before.get("thread_ts", "")),
        author=str(before.get("user", "")),
        stamp=str(event.get("event_ts", "")),
    )


def _said(did: Did, team: str, event: Mapping[str, Any]) -> Gesture:
    files = tuple(DroppedFile.read(one) for one in event.get("files") or () if isinstance(one, Mapping))
    return Gesture(
        did,
        team,
        str(event.get("user", "")),
        channel=str(event.get("channel", "")),
        text=str(event.get("text", "")),
        ts=str(event.get("ts", "")),
        thread_ts=str(event.get("thread_ts", "")),
        author=str(event.get("user", "")),
        stamp=str(event.get("ts", "")),
        files=files,
    )


def _mention(team: str, event: Mapping[str, Any]) -> Gesture | None:
    # In a direct message the same text also comes as a message: only one of the pair is taken.
    if event.get("bot_id") or str(event.get("channel", "")).startswith("D"):
        return None
    return _said(Did.MENTION, team, event)


def _reaction(did: Did) -> Any:
    def read_one(team: str, event: Mapping[str, Any]) -> Gesture | None:
        item = event.get("item", {})
        if item.get("type") != "message":
            return None
        return Gesture(
            did,
            team,
            str(event.get("user", "")),
            channel=str(item.get("channel", "")),
            ts=str(item.get("ts", "")),
            reaction=str(event.get("reaction", "")),
            author=str(event.get("item_user", "")),
        )

    return read_one


def _home(team: str, event: Mapping[str, Any]) -> Gesture | None:
    if event.get("tab") == "messages":
        return None
    view = event.get("view") or {}
    return Gesture(Did.OPENED_HOME, team, str(event.get("user", "")), view_hash=str(view.get("hash", "")))


def _group(team: str, event: Mapping[str, Any]) -> Gesture:
    """Others are in a user group, or it was switched off: which one is in `value`."""
    return Gesture(
        Did.GROUP_CHANGED, team, "", value=str(event.get("subteam_id") or (event.get("subteam") or {}).get("id", ""))
    )


def _links(team: str, event: Mapping[str, Any]) -> Gesture:
    return Gesture(
        Did.SHARED_LINK,
        team,
        str(event.get("user", "")),
        channel=str(event.get("channel", "")),
        ts=str(event.get("message_ts", "")),
        links=tuple(str(one.get("url", "")) for one in event.get("links", ())),
        unfurl_id=str(event.get("unfurl_id", "")),
    )


def _entity(team: str, event: Mapping[str, Any]) -> Gesture:
    """Somebody opened the side pane of a card: what it is about is in `value`, its link in `links`."""
    return Gesture(
        Did.OPENED_ENTITY,
        team,
        str(event.get("user", "")),
        channel=str(event.get("channel", "")),
        ts=str(event.get("message_ts", "")),
        trigger_id=str(event.get("trigger_id", "")),
        value=str((event.get("external_ref") or {}).get("id", "")),
        links=tuple(str(event[name]) for name in ("entity_url", "app_unfurl_url") if event.get(name)),
    )


def _pressed(payload: Mapping[str, Any]) -> Gesture | None:
    if not payload.get("actions"):
        return None
    act = payload["actions"][0]
    container = payload.get("container", {})
    message = payload.get("message") or {}
    view = payload.get("view") or {}
    return Gesture(
        Did.PRESSED,
        team_of(payload),
        _user(payload),
        channel=str((payload.get("channel") or {}).get("id") or container.get("channel_id", "")),
        ts=str(message.get("ts") or container.get("message_ts", "")),
        thread_ts=str(message.get("thread_ts") or container.get("thread_ts", "")),
        trigger_id=str(payload.get("trigger_id", "")),
        response_url=str(payload.get("response_url", "")),
        action_id=str(act.get("action_id", "")),
        value=_value(act),
        view_id=str(view.get("id", "")),
        view_hash=str(view.get("hash", "")),
        metadata=str(view.get("private_metadata", "")),
        ephemeral=bool(container.get("is_ephemeral")),
        crowded=sum(one.get("type") == "actions" for one in message.get("blocks") or ()) > 1,
        values=(payload.get("state") or view.get("state") or {}).get("values", {}),
    )


def _value(act: Mapping[str, Any]) -> str:
    if act.get("selected_option"):
        return str(act["selected_option"].get("value", ""))
    for name in ("value", "selected_date", "selected_user", "selected_channel"):
        if act.get(name):
            return str(act[name])
    return ""


def _submission(did: Did) -> Any:
    def read_one(payload: Mapping[str, Any]) -> Gesture:
        view = payload.get("view", {})
        if view.get("external_ref"):
            return _saved_entity(payload, view)
        return Gesture(
            did,
            team_of(payload),
            _user(payload),
            trigger_id=str(payload.get("trigger_id", "")),
            callback_id=str(view.get("callback_id", "")),
            view_id=str(view.get("id", "")),
            view_hash=str(view.get("hash", "")),
            metadata=str(view.get("private_metadata", "")),
            values=view.get("state", {}).get("values", {}),
        )

    return read_one


def _saved_entity(payload: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture:
    """Somebody saved fields in a side pane: no dialog of ours, though it is sent like one."""
    return Gesture(
        Did.SAVED_ENTITY,
        team_of(payload),
        _user(payload),
        trigger_id=str(payload.get("trigger_id", "")),
        value=str((view.get("external_ref") or {}).get("id", "")),
        links=tuple(str(view[name]) for name in ("entity_url", "app_unfurl_url") if view.get(name)),
        values=(view.get("state") or {}).get("values", {}),
    )


def _message_shortcut(payload: Mapping[str, Any]) -> Gesture:
    message = payload.get("message", {})
    return Gesture(
        Did.MESSAGE_SHORTCUT,
        team_of(payload),
        _user(payload),
        channel=str(payload.get("channel", {}).get("id", "")),
        text=str(message.get("text", "")),
        ts=str(message.get("ts") or payload.get("message_ts", "")),
        thread_ts=str(message.get("thread_ts", "")),
        trigger_id=str(payload.get("trigger_id", "")),
        response_url=str(payload.get("response_url", "")),
        callback_id=str(payload.get("callback_id", "")),
        author=str(message.get("user", "")),
    )


def _global_shortcut(payload: Mapping[str, Any]) -> Gesture:
    return Gesture(
        Did.GLOBAL_SHORTCUT,
        team_of(payload),
        _user(payload),
        trigger_id=str(payload.get("trigger_id", "")),
        callback_id=str(payload.get("callback_id", "")),
    )


def _suggestion(payload: Mapping[str, Any]) -> Gesture:
    return Gesture(
        Did.LOOKS_UP,
        team_of(payload),
        _user(payload),
        action_id=str(payload.get("action_id", "")),
        value=str(payload.get("value", "")),
    )


_SAID_BY_PEOPLE = (None, "file_share", "thread_broadcast")
_EVENTS: Mapping[str, Any] = {
    "message": _message,
    "app_mention": _mention,
    "reaction_added": _reaction(Did.REACTED),
    "reaction_removed": _reaction(Did.UNREACTED),
    "app_home_opened": _home,
    "link_shared": _links,
    "entity_details_requested": _entity,
    "subteam_members_changed": _group,
    "subteam_updated": _group,
}
_INTERACTIVE: Mapping[str, Any] = {
    "block_actions": _pressed,
    "view_submission": _submission(Did.SUBMITTED),
    "view_closed": _submission(Did.CLOSED),
    "message_action": _message_shortcut,
    "shortcut": _global_shortcut,
    "block_suggestion": _suggestion,
}
