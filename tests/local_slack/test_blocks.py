"""Each limit of Block Kit: the last value is taken, the next one refused with the place of the fault."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view, message_blocks, suggested_options
from bot.local_slack.errors import SlackError

Json = dict[str, Any]


def plain(count: int) -> Json:
    return {"type": "plain_text", "text": "x" * count}


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(3), "value": str(number), **more} for number in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "press", "text": plain(2), **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "choose", "options": options(2), **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": plain(1), **more}


def typed_input(**element: Any) -> Json:
    inner = {"type": "plain_text_input", "action_id": "typed", **element}
    return {"type": "input", "label": plain(4), "element": inner}


def cells(rows: int, columns: int = 1, letters: int = 1) -> list[list[Json]]:
    return [[{"type": "raw_text", "text": "c" * letters}] * columns for _ in range(rows)]


def pie(count: int, title: int = 5) -> Json:
    segments = [{"label": f"part {n}", "value": 1} for n in range(count)]
    return {"type": "data_visualization", "title": "t" * title, "chart": {"type": "pie", "segments": segments}}


def bars(points: int, series: int = 1, missing: int = 0) -> Json:
    names = [f"day {n}" for n in range(points)]
    data = [{"label": name, "value": 2} for name in names[missing:]]
    chart = {
        "type": "bar",
        "series": [{"name": f"series {n}", "data": data} for n in range(series)],
        "axis_config": {"categories": names},
    }
    return {"type": "data_visualization", "title": "sales", "chart": chart}


IN_MESSAGES: list[tuple[str, int, int, Callable[[int], Any]]] = [
    ("blocks", 50, 51, lambda n: [{"type": "divider"}] * n),
    ("charts", 2, 3, lambda n: [pie(1)] * n),
    (
        "markdown in all",
        12_000,
        12_001,
        lambda n: [{"type": "markdown", "text": "m" * part} for part in (9_000, n - 9_000)],
    ),
    ("block_id", 255, 256, lambda n: section(block_id="b" * n)),
    ("action_id", 255, 256, lambda n: actions(button(action_id="a" * n))),
    ("section text", 3000, 3001, lambda n: section(text=plain(n))),
    ("section fields", 10, 11, lambda n: {"type": "section", "fields": [plain(1)] * n}),
    ("field text", 2000, 2001, lambda n: {"type": "section", "fields": [plain(n)]}),
    ("header", 150, 151, lambda n: {"type": "header", "text": plain(n)}),
    ("context elements", 10, 11, lambda n: {"type": "context", "elements": [plain(1)] * n}),
    ("actions elements", 25, 26, lambda n: actions(*[button(action_id=str(k)) for k in range(n)])),
    ("button text", 75, 76, lambda n: actions(button(text=plain(n)))),
    ("button value", 2000, 2001, lambda n: actions(button(value="v" * n))),
    (
        "confirm title",
        100,
        101,
        lambda n: actions(button(confirm={"title": plain(n), "text": plain(1), "confirm": plain(1), "deny": plain(1)})),
    ),
    ("select options", 100, 101, lambda n: actions(select(options=options(n)))),
    ("option value", 150, 151, lambda n: actions(select(options=[{"text": plain(1), "value": "v" * n}]))),
    ("overflow options", 5, 6, lambda n: actions({"type": "overflow", "action_id": "o", "options": options(n)})),
    ("checkboxes", 10, 11, lambda n: actions({"type": "checkboxes", "action_id": "c", "options": options(n)})),
    (
        "image alt text",
        2000,
        2001,
        lambda n: {"type": "image", "image_url": "https://e.example/a.png", "alt_text": "a" * n},
    ),
    ("card body", 200, 201, lambda n: {"type": "card", "body": plain(n)}),
    ("carousel", 10, 11, lambda n: {"type": "carousel", "elements": [{"type": "card", "title": plain(1)}] * n}),
    (
        "container",
        10,
        11,
        lambda n: {"type": "container", "title": plain(1), "child_blocks": [{"type": "divider"}] * n},
    ),
    ("table rows", 100, 101, lambda n: {"type": "table", "rows": cells(n)}),
    ("table columns", 20, 21, lambda n: {"type": "table", "rows": cells(1, n)}),
    ("data_table rows", 101, 102, lambda n: {"type": "data_table", "caption": "c", "rows": cells(n)}),
    (
        "data_table content",
        20_000,
        20_002,
        lambda n: {"type": "data_table", "caption": "c", "rows": cells(2, letters=n // 2)},
    ),
    (
        "data_table row header",
        1,
        2,
        lambda n: {"type": "data_table", "caption": "c", "rows": cells(2, 2), "row_header_column_index": n},
    ),
    ("chart title", 50, 51, lambda n: pie(1, title=n)),
    ("chart segments", 6, 7, lambda n: pie(n)),
    ("chart points", 20, 21, lambda n: bars(n)),
    ("chart series", 6, 7, lambda n: bars(1, series=n)),
    ("points for each category", 0, 1, lambda n: bars(3, missing=n)),
    (
        "plan tasks",
        50,
        51,
        lambda n: {
            "type": "plan",
            "title": "p",
            "tasks": [{"task_id": str(k), "title": "t", "status": "pending"} for k in range(n)],
        },
    ),
]

IN_VIEWS: list[tuple[str, int, int, Callable[[int], Json]]] = [
    ("blocks", 100, 101, lambda n: {"blocks": [{"type": "divider"}] * n}),
    ("title", 24, 25, lambda n: {"title": plain(n)}),
    ("submit", 24, 25, lambda n: {"submit": plain(n)}),
    ("private_metadata", 3000, 3001, lambda n: {"private_metadata": "m" * n}),
    ("callback_id", 255, 256, lambda n: {"callback_id": "c" * n}),
    ("max_length", 3000, 3001, lambda n: {"blocks": [typed_input(max_length=n)]}),
    ("label", 2000, 2001, lambda n: {"blocks": [{**typed_input(), "label": plain(n)}]}),
    ("file_input", 10, 11, lambda n: {"blocks": [typed_input(type="file_input", max_files=n)]}),
    ("alert", 200, 201, lambda n: {"blocks": [{"type": "alert", "text": plain(n)}]}),
]


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(5), "submit": plain(4), "blocks": [section()], **more}


@pytest.mark.parametrize(("name", "taken", "refused", "build"), IN_MESSAGES, ids=[row[0] for row in IN_MESSAGES])
def test_a_message_takes_the_last_value_and_refuses_the_next(
    name: str, taken: int, refused: int, build: Callable[[int], Any]
) -> None:
    def blocks(count: int) -> Any:
        built = build(count)
        return built if isinstance(built, list) else [built]

    assert message_blocks(blocks(taken))
    with pytest.raises(SlackError) as refusal:
        message_blocks(blocks(refused))
    assert refusal.value.code == "invalid_blocks"
    assert "json-pointer:/blocks" in refusal.value.messages[0]


@pytest.mark.parametrize(("name", "taken", "refused", "build"), IN_VIEWS, ids=[row[0] for row in IN_VIEWS])
def test_a_view_takes_the_last_value_and_refuses_the_next(
    name: str, taken: int, refused: int, build: Callable[[int], Json]
) -> None:
    assert checked_view(modal(**build(taken)), Surface.MODAL)
    with pytest.raises(SlackError) as refusal:
        checked_view(modal(**build(refused)), Surface.MODAL)
    assert "json-pointer:/view" in refusal.value.messages[0]


WRONG = {
    "no type": {"text": plain(1)},
    "not an object": "divider",
    "unknown field": {"type": "divider", "colour": "red"},
    "section without anything": {"type": "section"},
    "mrkdwn in a header": {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
    "options and option_groups": actions(select(option_groups=[{"label": plain(1), "options": options(1)}])),
    "a day that is not": actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-30"}),
    "a time that is not": actions({"type": "timepicker", "action_id": "d", "initial_time": "25:00"}),
    "an initial option that is not offered": actions(select(initial_option={"text": plain(1), "value": "99"})),
    "alert in a message": {"type": "alert", "text": plain(1)},
    "card of nothing": {"type": "card", "subtitle": plain(1)},
    "chart in a container": {"type": "container", "title": plain(1), "child_blocks": [pie(1)]},
    "a header cell of rich text": {
        "type": "data_table",
        "caption": "c",
        "rows": [[{"type": "rich_text", "elements": []}], *cells(1)],
    },
    "a lone pending task": {"type": "task_card", "task_id": "1", "title": "t", "status": "pending"},
    "a boolean as a number": actions({"type": "external_select", "action_id": "e", "min_query_length": True}),
}


@pytest.mark.parametrize("block", WRONG.values(), ids=WRONG)
def test_what_slack_does_not_know_is_refused(block: Any) -> None:
    with pytest.raises(SlackError, match="invalid_blocks"):
        message_blocks([block])


def test_blocks_that_are_no_list_are_refused_by_their_own_name() -> None:
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        message_blocks({"type": "divider"})


def test_text_of_all_blocks_together_is_limited() -> None:
    assert message_blocks([section(text=plain(3000))] * 4)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        message_blocks([section(text=plain(3000))] * 5)


def test_ids_are_unique_and_given_where_they_lack() -> None:
    with pytest.raises(SlackError, match="invalid_blocks"):
        message_blocks([section(block_id="same"), section(block_id="same")])
    with pytest.raises(SlackError, match="invalid_blocks"):
        message_blocks([actions(button(), button())])
    given = [actions({"type": "button", "text": plain(1)})]
    block = message_blocks(given)[0]
    assert block["block_id"]
    assert block["elements"][0]["action_id"]
    assert "block_id" not in given[0]


@pytest.mark.parametrize("kind", ["table", "data_table", "markdown", "carousel", "container", "plan"])
def test_a_modal_refuses_blocks_of_messages(kind: str) -> None:
    with pytest.raises(SlackError) as refusal:
        checked_view(modal(blocks=[{"type": kind}]), Surface.MODAL)
    assert f"unsupported block in a modal type: {kind}" in refusal.value.messages[0]


def test_a_modal_with_an_input_needs_a_submit() -> None:
    with pytest.raises(SlackError, match="invalid_arguments"):
        checked_view({**modal(blocks=[typed_input()]), "submit": None}, Surface.MODAL)


def test_a_view_of_another_kind_is_refused() -> None:
    with pytest.raises(SlackError, match="invalid_arguments"):
        checked_view(modal(), Surface.HOME)
    with pytest.raises(SlackError, match="view_too_large"):
        checked_view(modal(blocks=[section(text=plain(3000)) for _ in range(90)]), Surface.MODAL)


def test_suggested_options_are_held_to_their_limit() -> None:
    assert len(suggested_options({"options": options(100)})) == 100
    assert suggested_options({"options": []}) == []
    for wrong in ({"options": options(101)}, {"options": [{"text": "bare"}]}, "nothing"):
        with pytest.raises(SlackError):
            suggested_options(wrong)
