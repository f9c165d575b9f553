"""Several receipts in one message."""

from bot import blocks
from bot.gestures import read


def test_joined_messages_keep_their_order_with_a_line_between() -> None:
    one, other = (blocks.message(said, blocks.section(said)) for said in ("first", "second"))
    both = blocks.joined([one, other])
    assert both.text == "first\nsecond"
    assert [block["type"] for block in both.blocks] == ["section", "divider", "section"]


def test_a_press_in_a_message_of_several_receipts_is_known_as_such() -> None:
    button = {"type": "actions", "elements": []}
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [{"action_id": "undo", "value": "{}", "action_ts": "1.0"}],
        "message": {"ts": "5.0", "blocks": [button]},
    }
    alone = read(payload)
    crowded = read({**payload, "message": {"ts": "5.0", "blocks": [button, button]}})
    assert alone is not None
    assert crowded is not None
    assert (alone.crowded, crowded.crowded) == (False, True)
