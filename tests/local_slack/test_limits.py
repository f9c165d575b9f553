"""Limits of Block Kit's smaller parts: the last value is taken, the next one refused with the place of the fault."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view, message_blocks
from bot.local_slack.errors import SlackError
from tests.local_slack.conftest import Caller
from tests.local_slack.test_blocks import actions, bars, button, cells, modal, options, pie, plain, select, typed_input

Json = dict[str, Any]
Row = tuple[str, int, int, Callable[[int], Json]]
ADDRESS = "https://e.example/"


def address(length: int) -> str:
    return ADDRESS + "a" * (length - len(ADDRESS))


def confirm(**more: Any) -> Json:
    usual = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)}
    return actions(button(confirm={**usual, **more}))


def one_option(**more: Any) -> Json:
    return actions(select(options=[{"text": plain(1), "value": "v", **more}]))


def groups(count: int, label: int = 1, each: int = 1) -> Json:
    group = {"label": plain(label), "options": options(each)}
    return actions({"type": "static_select", "action_id": "choose", "option_groups": [group] * count})


def feedback(**more: Any) -> Json:
    side = {"text": plain(1), "value": "1"}
    element = {
        "type": "feedback_buttons",
        "action_id": "f",
        "positive_button": {**side, **more},
        "negative_button": side,
    }
    return {"type": "context_actions", "elements": [element]}


def icon(**more: Any) -> Json:
    element = {"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain(1), **more}
    return {"type": "context_actions", "elements": [element]}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": address(30), "alt_text": "a", **more}


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain(1), **more}


def container(**more: Any) -> Json:
    return {"type": "container", "title": plain(1), "child_blocks": [{"type": "divider"}], **more}


def data_table(**more: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": cells(2), **more}


def rich_list(**more: Any) -> Json:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [item], **more}],
    }


def video(**more: Any) -> Json:
    usual = {"title": plain(1), "alt_text": "a", "video_url": address(30), "thumbnail_url": address(30)}
    return {"type": "video", **usual, **more}


def axis(**more: Any) -> Json:
    chart = bars(1)
    chart["chart"]["axis_config"] |= more
    return chart


def slices(**more: Any) -> Json:
    chart = pie(1)
    chart["chart"]["segments"][0] |= more
    return chart


def several(**more: Any) -> Json:
    return actions({"type": "multi_static_select", "action_id": "m", "options": options(2), **more})


def external(**more: Any) -> Json:
    return actions({"type": "external_select", "action_id": "e", **more})


IN_MESSAGES: list[Row] = [
    ("context_actions elements", 5, 6, lambda n: {
        "type": "context_actions", "elements": [{**icon()["elements"][0], "action_id": str(k)} for k in range(n)]}),
    ("button url", 3000, 3001, lambda n: actions(button(url=address(n)))),
    ("button accessibility_label", 75, 76, lambda n: actions(button(accessibility_label="a" * n))),
    ("confirm text", 300, 301, lambda n: confirm(text=plain(n))),
    ("confirm confirm", 30, 31, lambda n: confirm(confirm=plain(n))),
    ("confirm deny", 30, 31, lambda n: confirm(deny=plain(n))),
    ("option text", 75, 76, lambda n: one_option(text=plain(n))),
    ("option description", 75, 76, lambda n: one_option(description=plain(n))),
    ("overflow url", 3000, 3001, lambda n: actions(
        {"type": "overflow", "action_id": "o", "options": options(1, url=address(n))})),
    ("option groups", 100, 101, groups),
    ("options of a group", 100, 101, lambda n: groups(1, each=n)),
    ("group label", 75, 76, lambda n: groups(1, label=n)),
    ("placeholder", 150, 151, lambda n: actions(select(placeholder=plain(n)))),
    ("max_selected_items", 1, 0, lambda n: several(max_selected_items=n)),
    ("min_query_length", 0, -1, lambda n: external(min_query_length=n)),
    ("radio buttons", 10, 11, lambda n: actions({"type": "radio_buttons", "action_id": "r", "options": options(n)})),
    ("feedback text", 75, 76, lambda n: feedback(text=plain(n))),
    ("feedback value", 2000, 2001, lambda n: feedback(value="v" * n)),
    ("feedback label", 75, 76, lambda n: feedback(accessibility_label="a" * n)),
    ("icon button text", 75, 76, lambda n: icon(text=plain(n))),
    ("icon button value", 2000, 2001, lambda n: icon(value="v" * n)),
    ("icon button people", 10, 11, lambda n: icon(visible_to_user_ids=["U_ADA"] * n)),
    ("image url", 3000, 3001, lambda n: image(image_url=address(n))),
    ("image title", 2000, 2001, lambda n: image(title=plain(n))),
    ("card title", 150, 151, lambda n: card(title=plain(n))),
    ("card subtitle", 150, 151, lambda n: card(subtitle=plain(n))),
    ("card subtext", 200, 201, lambda n: card(subtext=plain(n))),
    ("card buttons", 3, 4, lambda n: card(actions=[button(action_id=str(k)) for k in range(n)])),
    ("container title", 150, 151, lambda n: container(title=plain(n))),
    ("container subtitle", 150, 151, lambda n: container(subtitle=plain(n))),
    ("table column settings", 20, 21, lambda n: {"type": "table", "rows": cells(1), "column_settings": [{}] * n}),
    ("data_table columns", 20, 21, lambda n: data_table(rows=cells(2, n))),
    ("data_table fewest rows", 2, 1, lambda n: data_table(rows=cells(n))),
    ("data_table page_size", 100, 101, lambda n: data_table(page_size=n)),
    ("data_table cell", 1, 0, lambda n: data_table(rows=[*cells(1), *cells(1, letters=n)])),
    ("pie value", 1, 0, lambda n: slices(value=n)),
    ("pie label", 20, 21, lambda n: slices(label="l" * n)),
    ("axis label", 50, 51, lambda n: axis(x_label="x" * n)),
    ("rich_text_list indent", 8, 9, lambda n: rich_list(indent=n)),
    ("rich_text_list border", 1, 2, lambda n: rich_list(border=n)),
    ("video title", 200, 201, lambda n: video(title=plain(n))),
    ("video description", 200, 201, lambda n: video(description=plain(n))),
    ("video alt text", 2000, 2001, lambda n: video(alt_text="a" * n)),
    ("video author", 50, 51, lambda n: video(author_name="a" * n)),
    ("video provider", 50, 51, lambda n: video(provider_name="a" * n)),
    ("video url", 3000, 3001, lambda n: video(video_url=address(n))),
    ("video title url", 2000, 2001, lambda n: video(title_url=address(n))),
    ("markdown", 12_000, 12_001, lambda n: {"type": "markdown", "text": "m" * n}),
]  # fmt: skip

IN_VIEWS: list[Row] = [
    ("close", 24, 25, lambda n: {"close": plain(n)}),
    ("external_id", 255, 256, lambda n: {"external_id": "e" * n}),
    ("min_length", 3000, 3001, lambda n: {"blocks": [typed_input(min_length=n)]}),
    ("max_length, at least", 1, 0, lambda n: {"blocks": [typed_input(max_length=n)]}),
    ("hint", 2000, 2001, lambda n: {"blocks": [{**typed_input(), "hint": plain(n)}]}),
    ("placeholder of an input", 150, 151, lambda n: {"blocks": [typed_input(placeholder=plain(n))]}),
    ("file_input, at least", 1, 0, lambda n: {"blocks": [typed_input(type="file_input", max_files=n)]}),
]


@pytest.mark.parametrize(("name", "taken", "refused", "build"), IN_MESSAGES, ids=[row[0] for row in IN_MESSAGES])
def test_a_part_of_a_message_takes_the_last_value_and_refuses_the_next(
    name: str, taken: int, refused: int, build: Callable[[int], Json]
) -> None:
    assert message_blocks([build(taken)])
    with pytest.raises(SlackError) as refusal:
        message_blocks([build(refused)])
    assert refusal.value.code == "invalid_blocks"
    assert "json-pointer:/blocks/0" in refusal.value.messages[0]


@pytest.mark.parametrize(("name", "taken", "refused", "build"), IN_VIEWS, ids=[row[0] for row in IN_VIEWS])
def test_a_part_of_a_view_takes_the_last_value_and_refuses_the_next(
    name: str, taken: int, refused: int, build: Callable[[int], Json]
) -> None:
    assert checked_view(modal(**build(taken)), Surface.MODAL)
    with pytest.raises(SlackError) as refusal:
        checked_view(modal(**build(refused)), Surface.MODAL)
    assert "json-pointer:/view" in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("field", "taken", "refused", "code"),
    [
        ("text", "t" * 40_000, "t" * 40_001, "msg_too_long"),
        ("attachments", [{"text": "a"}] * 100, [{"text": "a"}] * 101, "too_many_attachments"),
    ],
)
async def test_a_whole_message_is_held_to_its_limits(
    call: Caller, field: str, taken: Any, refused: Any, code: str
) -> None:
    assert (await call("chat.postMessage", channel="C_SALES", **{field: taken}))["ok"]
    assert (await call("chat.postMessage", channel="C_SALES", **{field: refused}))["error"] == code


async def test_a_linked_object_has_two_open_buttons_and_five_more(call: Caller) -> None:
    ts = (await call.ok("chat.postMessage", channel="C_SALES", text="https://crm.example.com/1"))["ts"]

    def entity(first: int, more: int) -> Json:
        press = {"text": "Go", "action_id": "go"}
        return {
            "entity_type": "slack#/entities/item", "app_unfurl_url": ADDRESS, "url": ADDRESS,
            "external_ref": {"id": "1"},
            "entity_payload": {"attributes": {"title": {"text": "One"}},
                               "actions": {"primary_actions": [press] * first, "overflow_actions": [press] * more}},
        }  # fmt: skip

    at = {"channel": "C_SALES", "ts": ts}
    await call.ok("chat.unfurl", **at, metadata={"entities": [entity(2, 5)]})
    for first, more in ((3, 5), (2, 6)):
        refused = await call("chat.unfurl", **at, metadata={"entities": [entity(first, more)]})
        assert refused["error"] == "invalid_metadata_format"
