"""Slack's payloads as gestures, and the keys that make two deliveries one."""

from typing import Any

import pytest

from bot.gestures import Did, key, read, team_of


def _event(event: dict[str, Any], event_id: str = "Ev1") -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": event}


COMMAND = {
    "command": "/crm",
    "text": "find ann",
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
    "trigger_id": "1.2.3",
    "response_url": "http://127.0.0.1/r",
}
PRESS = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "container": {"message_ts": "5.0", "channel_id": "C1", "is_ephemeral": True},
    "actions": [{"action_id": "undo", "value": "{}", "action_ts": "9.1", "type": "button"}],
    "response_url": "http://127.0.0.1/r",
}


def test_a_slash_command_is_read_with_its_line() -> None:
    gesture = read(COMMAND)
    assert gesture is not None
    assert (gesture.did, gesture.text, gesture.team, gesture.user) == (Did.COMMAND, "/crm find ann", "T1", "U1")


def test_a_press_on_an_ephemeral_message_knows_its_place() -> None:
    gesture = read(PRESS)
    assert gesture is not None
    assert (gesture.did, gesture.action_id, gesture.ts, gesture.channel) == (Did.PRESSED, "undo", "5.0", "C1")
    assert gesture.ephemeral


@pytest.mark.parametrize(
    ("event", "did"),
    [
        ({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "hi", "ts": "1"}, Did.DIRECT),
        (
            {"type": "message", "channel_type": "channel", "channel": "C1", "user": "U1", "text": "hi", "ts": "1"},
            Did.SAID,
        ),
        ({"type": "message", "channel_type": "im", "channel": "D1", "bot_id": "B1", "text": "hi", "ts": "1"}, None),
        ({"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@U2> hi", "ts": "1"}, Did.MENTION),
        ({"type": "app_mention", "channel": "D1", "user": "U1", "text": "<@U2> hi", "ts": "1"}, None),
        ({"type": "app_home_opened", "user": "U1", "tab": "home"}, Did.OPENED_HOME),
        ({"type": "app_home_opened", "user": "U1", "tab": "messages"}, None),
        (
            {
                "type": "reaction_added",
                "user": "U1",
                "reaction": "memo",
                "item": {"type": "message", "channel": "C1", "ts": "1"},
            },
            Did.REACTED,
        ),
        ({"type": "reaction_added", "user": "U1", "reaction": "memo", "item": {"type": "file"}}, None),
        ({"type": "team_join"}, None),
    ],
)
def test_only_what_concerns_us_is_a_gesture(event: dict[str, Any], did: Did | None) -> None:
    gesture = read(_event(event))
    assert (gesture.did if gesture else None) is did


def test_an_edit_that_changes_only_the_preview_is_no_edit() -> None:
    same = {"user": "U1", "text": "hi", "ts": "1"}
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": same,
        "previous_message": same,
    }
    assert read(_event(event)) is None
    changed = {**event, "message": {**same, "text": "hello"}}
    gesture = read(_event(changed))
    assert gesture is not None
    assert (gesture.did, gesture.text) == (Did.EDITED, "hello")


def test_a_retry_has_the_same_key_and_another_press_has_not() -> None:
    first = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}}
    assert key(first) == key({**first, "event_time": 99})
    again = {**PRESS, "actions": [{"action_id": "undo", "value": "{}", "action_ts": "9.2", "type": "button"}]}
    assert key(PRESS) != key(again)
    assert key(COMMAND) == "trigger:1.2.3"


def test_a_payload_without_any_id_still_has_a_key() -> None:
    assert key({"type": "odd"}) == key({"type": "odd"})
    assert key({"type": "odd"}) != key({"type": "odder"})


def test_the_team_is_found_in_every_shape() -> None:
    assert team_of(COMMAND) == "T1"
    assert team_of(PRESS) == "T1"
    assert team_of({"user": {"team_id": "T9"}}) == "T9"


def _changed(inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _event({"type": "message", "channel": "C1", "event_ts": "9.9", "message": inner, **more})


def test_an_edit_says_when_it_was_made_and_in_which_thread() -> None:
    inner = {"ts": "2.0", "thread_ts": "1.0", "user": "U1", "text": "new", "edited": {"user": "U1", "ts": "5.0"}}
    gesture = read(_changed(inner, subtype="message_changed", previous_message={"text": "old"}))
    assert gesture is not None
    assert (gesture.did, gesture.ts, gesture.thread_ts, gesture.stamp) == (Did.EDITED, "2.0", "1.0", "5.0")


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "message_deleted", "deleted_ts": "1.0", "previous_message": {"user": "U1", "thread_ts": "1.0"}},
        {"subtype": "message_changed", "message": {"subtype": "tombstone", "ts": "1.0", "thread_ts": "1.0"},
         "previous_message": {"user": "U1", "thread_ts": "1.0"}},
    ],
    ids=["deleted", "tombstone"],
)  # fmt: skip
def test_a_deletion_is_known_also_where_answers_keep_the_place(event: dict[str, Any]) -> None:
    gesture = read(_event({"type": "message", "channel": "C1", "event_ts": "9.9", **event}))
    assert gesture is not None
    assert (gesture.did, gesture.ts, gesture.thread_ts, gesture.stamp) == (Did.DELETED, "1.0", "1.0", "9.9")


@pytest.mark.parametrize("subtype", ["channel_join", "bot_message", "channel_topic"])
def test_what_slack_and_bots_say_in_a_channel_is_not_heard(subtype: str) -> None:
    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "subtype": subtype, "ts": "1"}
    assert read(_event(event)) is None
