"""What people do in the workspace, and what the app's answers do to what they see."""

import asyncio
import base64
from functools import partial
from typing import Any

import pytest

from bot.local_slack.errors import RefusedError
from tests.local_slack.conftest import NO_ACK, App, Caller

Json = dict[str, Any]
ADA = {"user": "U_ADA", "channel": "C_SALES"}


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": words(value.upper()), "value": value}


def typed_input(block_id: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "typed", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": words("Note"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": words("A modal"), "submit": words("Save"), "blocks": list(blocks), **more}


def answered(payload: Json, envelope: Json) -> Json:
    """An acknowledgement that is always the same."""
    return payload


async def trigger(call: Caller, app: App) -> str:
    await call.running.gesture({"type": "slash_command", **ADA, "command": "/crm", "text": "log"})
    found: str = (await app.next("/crm"))["payload"]["trigger_id"]
    return found


async def opened(call: Caller, app: App, *blocks: Json, **more: Any) -> Json:
    body = await call.ok("views.open", trigger_id=await trigger(call, app), view=modal(*blocks, **more))
    view: Json = body["view"]
    return view


async def test_a_mention_arrives_as_mention_and_as_message(call: Caller, app: App) -> None:
    said = await call.running.gesture({"type": "mention", **ADA, "text": "who is ann@acme.example?"})
    message, mention = await app.next("message"), await app.next("app_mention")
    text = "<@U_RAPPORT> who is <mailto:ann@acme.example|ann@acme.example>?"
    assert message["payload"]["event"]["text"] == mention["payload"]["event"]["text"] == text
    assert said["event_id"] == mention["payload"]["event_id"]
    assert said["delivered"] == 2


async def test_a_persons_file_can_be_fetched_by_the_app(call: Caller, app: App) -> None:
    content = base64.b64encode(b"name,mail\nAnn,ann@acme.example\n").decode()
    await call.running.gesture(
        {"type": "message", **ADA, "text": "", "files": [{"name": "a.csv", "content_base64": content}]}
    )
    event = (await app.next("message"))["payload"]["event"]
    assert (event["subtype"], event["files"][0]["mimetype"]) == ("file_share", "text/csv")
    async with call.http.get(
        event["files"][0]["url_private"], headers={"Authorization": "Bearer xoxb-local"}
    ) as answer:
        assert await answer.read() == b"name,mail\nAnn,ann@acme.example\n"
    with pytest.raises(RefusedError, match="content_base64"):
        await call.running.gesture(
            {"type": "message", **ADA, "text": "x", "files": [{"name": "a", "content_base64": "?"}]}
        )


async def test_edits_deletions_and_reactions_follow(call: Caller, app: App) -> None:
    said = await call.running.gesture({"type": "message", **ADA, "text": "frist"})
    at = {**ADA, "ts": said["ts"]}
    await call.running.gesture({"type": "edit_message", **at, "text": "first"})
    await call.running.gesture({"type": "reaction", **at, "name": "memo"})
    again = await call.running.gesture({"type": "reaction", **at, "name": "memo"})
    assert again["delivered"] == 2
    await call.running.gesture({"type": "unreaction", **at, "name": ":memo:"})
    with pytest.raises(RefusedError, match="no_reaction"):
        await call.running.gesture({"type": "unreaction", **at, "name": "memo"})
    with pytest.raises(RefusedError, match="own messages"):
        await call.running.gesture({"type": "delete_message", **at, "user": "U_BEN"})
    await call.running.gesture({"type": "delete_message", **at})
    events = [(await app.next())["payload"]["event"] for _ in range(7)]
    assert [one.get("subtype", one["type"]) for one in events] == [
        "message", "message_changed", "reaction_added", "reaction_removed", "reaction_added", "reaction_removed",
        "message_deleted",
    ]  # fmt: skip
    assert events[1]["message"]["edited"]["user"] == "U_ADA"
    assert (events[2]["item"]["ts"], events[2]["item_user"]) == (said["ts"], "U_ADA")
    assert events[6]["previous_message"]["text"] == "first"
    assert await call.messages() == []


@pytest.mark.parametrize(
    ("gesture", "sentence"),
    [
        ({"type": "dance"}, "no gesture 'dance'"),
        ({"type": "message", "user": "U_NOBODY", "channel": "C_SALES", "text": "x"}, "no person"),
        ({"type": "message", "user": "U_CLEO", "channel": "C_SALES", "text": "x"}, "not in sales"),
        ({"type": "message", "user": "U_ADA", "channel": "C_OLD", "text": "x"}, "archived"),
        ({"type": "message", "user": "U_ADA", "channel": "C_SALES", "text": " "}, "text or a file"),
        ({"type": "message", **ADA, "text": "x", "thread_ts": "1.1"}, "no message 1.1"),
        ({"type": "message", **ADA, "text": "x", "files": 3}, "are a list"),
        ({"type": "slash_command", **ADA, "command": "/dance"}, "not a command"),
        ({"type": "global_shortcut", "user": "U_ADA", "callback_id": "x"}, "no global shortcut"),
        ({"type": "reaction", **ADA, "ts": "1.1", "name": "eyes"}, "no message"),
        ({"type": "submit", "user": "U_ADA", "view_id": "V1"}, "no open view"),
        ({"type": "click", "user": "U_ADA", "channel": "C_SALES", "action_id": "x"}, "needs a ts"),
    ],
)
async def test_an_impossible_gesture_gets_a_sentence(call: Caller, gesture: Json, sentence: str) -> None:
    status, body = await call.door("gestures", gesture)
    assert (status, set(body)) == (400, {"error"})
    assert sentence in body["error"]


A_AND_B = [option("a"), option("b")]
ELEMENTS: list[tuple[Json, Json, Json]] = [
    ({"type": "button", "text": words("Go"), "value": "7"}, {}, {"text": words("Go"), "value": "7"}),
    ({"type": "static_select", "options": A_AND_B}, {"value": "b"}, {"selected_option": option("b")}),
    ({"type": "overflow", "options": A_AND_B}, {"value": "B"}, {"selected_option": option("b")}),
    ({"type": "users_select"}, {"value": "U_BEN"}, {"selected_user": "U_BEN"}),
    ({"type": "multi_users_select"}, {"value": "U_BEN"}, {"selected_users": ["U_BEN"]}),
    ({"type": "datepicker"}, {"selected_date": "2026-03-02"}, {"selected_date": "2026-03-02"}),
    ({"type": "checkboxes", "options": A_AND_B}, {"value": ["a"]}, {"selected_options": [option("a")]}),
]


@pytest.mark.parametrize(("element", "pressed", "wanted"), ELEMENTS, ids=[row[0]["type"] for row in ELEMENTS])
async def test_a_click_carries_what_was_chosen(
    call: Caller, app: App, element: Json, pressed: Json, wanted: Json
) -> None:
    blocks = [{"type": "actions", "block_id": "row", "elements": [{**element, "action_id": "act"}]}]
    posted = await call.ok("chat.postMessage", channel="C_SALES", text="choose", blocks=blocks)
    await call.running.gesture({"type": "click", **ADA, "ts": posted["ts"], "action_id": "act", **pressed})
    payload = (await app.next("block_actions"))["payload"]
    action = payload["actions"][0]
    assert {name: action[name] for name in wanted} == wanted
    assert (action["block_id"], payload["container"]["message_ts"]) == ("row", posted["ts"])
    if element["type"] not in ("button", "overflow"):
        held = payload["state"]["values"]["row"]["act"]
        assert {name: held[name] for name in wanted} == wanted


async def test_of_equal_buttons_the_one_with_the_value_is_pressed(call: Caller, app: App) -> None:
    cards = [
        {"type": "card", "title": words(name), "block_id": name,
         "actions": [{"type": "button", "action_id": "take", "text": words("Take"), "value": name}]}
        for name in ("one", "two")
    ]  # fmt: skip
    posted = await call.ok(
        "chat.postMessage", channel="C_SALES", text="t", blocks=[{"type": "carousel", "elements": cards}]
    )
    press = {"type": "click", **ADA, "ts": posted["ts"], "action_id": "take"}
    for more, block_id in (({"value": "two"}, "two"), ({"block_id": "one"}, "one")):
        await call.running.gesture({**press, **more})
        assert (await app.next("block_actions"))["payload"]["actions"][0]["block_id"] == block_id
    with pytest.raises(RefusedError, match="nothing to press"):
        await call.running.gesture({**press, "action_id": "leave"})


async def test_an_ephemeral_message_is_seen_pressed_and_replaced_by_its_user_alone(call: Caller, app: App) -> None:
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "share", "text": words("Share")}]}]
    posted = await call.ok("chat.postEphemeral", channel="C_SALES", user="U_ADA", text="only you", blocks=blocks)
    assert await call.messages(user="U_BEN") == []
    at = {"channel": "C_SALES", "ts": posted["message_ts"]}
    assert (await call("chat.update", **at, text="x"))["error"] == "message_not_found"
    await call.running.gesture({"type": "click", "user": "U_ADA", **at, "action_id": "share"})
    payload = (await app.next("block_actions"))["payload"]
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    async with call.http.post(payload["response_url"], json={"replace_original": True, "text": "shared"}) as answer:
        assert answer.status == 200
    shown = (await call.messages())[0]
    assert (shown["text"], shown["blocks"], shown["ephemeral"]) == ("shared", [], True)
    async with call.http.post(payload["response_url"], json={"delete_original": True}) as answer:
        assert answer.status == 200
    async with call.http.post(payload["response_url"], json={"delete_original": True}) as answer:
        assert answer.status == 404
    for wrong in (b"[1]", b"{", b"{}"):
        async with call.http.post(payload["response_url"], data=wrong) as answer:
            assert answer.status == 400
    assert await call.messages() == []


async def test_a_submit_sends_initial_and_typed_values(call: Caller, app: App) -> None:
    select = {"type": "static_select", "action_id": "typed", "options": [option("a")], "initial_option": option("a")}
    view = await opened(
        call, app, typed_input("note"), typed_input("stage", element=select), typed_input("more", optional=True)
    )
    submit = {"type": "submit", "user": "U_ADA", "view_id": view["id"]}
    empty = await call.running.gesture(submit)
    assert (empty["delivered"], set(empty["errors"])) == (0, {"note"})
    await call.running.gesture({**submit, "values": {"note": {"typed": {"value": "hello"}}}})
    values = (await app.next("view_submission"))["payload"]["view"]["state"]["values"]
    assert values["note"]["typed"] == {"type": "plain_text_input", "value": "hello"}
    assert values["stage"]["typed"]["selected_option"] == option("a")
    assert values["more"]["typed"]["value"] is None
    assert (await call.state())["views"] == []


async def test_answers_to_a_submit_keep_push_update_and_clear(call: Caller, app: App) -> None:
    view = await opened(call, app, typed_input("note"))
    submit = {"type": "submit", "user": "U_ADA", "view_id": view["id"], "values": {"note": {"typed": {"value": "x"}}}}
    for answer, shown in (
        ({"response_action": "errors", "errors": {"note": "Say more."}}, [("", {"note": "Say more."})]),
        ({"response_action": "errors", "errors": {"other": "?"}}, [("", {})]),
        ({"response_action": "dance"}, [("", {})]),
        ({"response_action": "update", "view": modal(typed_input("note"), callback_id="new")}, [("new", {})]),
        ({"response_action": "push", "view": modal(callback_id="top")}, [("new", {}), ("top", {})]),
        ({"response_action": "clear"}, []),
    ):
        app.answer = partial(answered, answer)
        said = await call.running.gesture(submit)
        views = (await call.state())["views"]
        assert [(one["callback_id"], one["errors"]) for one in views] == shown
        assert ("problem" in said) == (answer.get("errors") == {"other": "?"} or answer["response_action"] == "dance")


async def test_a_submit_without_an_ack_keeps_the_modal_and_says_so(call: Caller, app: App) -> None:
    view = await opened(call, app, typed_input("note", optional=True))
    app.answer = lambda envelope: NO_ACK
    gesture = asyncio.create_task(call.running.gesture({"type": "submit", "user": "U_ADA", "view_id": view["id"]}))
    await app.next("view_submission")
    call.running.advance(3)
    assert (await gesture)["shown_error"] == "operation_timeout"
    assert "trouble" in (await call.state())["views"][0]["notice"]


async def test_what_was_typed_stays_where_its_input_stays(call: Caller, app: App) -> None:
    note = typed_input("note", dispatch_action=True)
    view = await opened(call, app, note, typed_input("gone"))
    await call.running.gesture(
        {
            "type": "click",
            "user": "U_ADA",
            "view_id": view["id"],
            "action_id": "typed",
            "block_id": "note",
            "value": "kept",
        }
    )
    payload = (await app.next("block_actions"))["payload"]
    assert payload["view"]["state"]["values"]["note"]["typed"]["value"] == "kept"
    assert "response_url" not in payload
    updated = await call.ok(
        "views.update", view_id=view["id"], hash=view["hash"], view=modal(note, typed_input("fresh"))
    )
    assert updated["view"]["state"]["values"] == {
        "note": {"typed": {"type": "plain_text_input", "value": "kept"}},
        "fresh": {"typed": {"type": "plain_text_input", "value": None}},
    }
    assert (await call("views.update", view_id=view["id"], hash=view["hash"], view=modal()))["error"] == "hash_conflict"


async def test_closing_tells_the_app_only_where_it_asked(call: Caller, app: App) -> None:
    quiet = await opened(call, app)
    assert (await call.running.gesture({"type": "close_view", "user": "U_ADA", "view_id": quiet["id"]}))[
        "delivered"
    ] == 0
    told = await opened(call, app, notify_on_close=True)
    await call.running.gesture({"type": "close_view", "user": "U_ADA", "view_id": told["id"]})
    closed = (await app.next("view_closed"))["payload"]
    assert (closed["view"]["id"], closed["is_cleared"]) == (told["id"], False)
    assert (await call("views.update", view_id=told["id"], view=modal()))["error"] == "not_found"


async def test_typing_into_a_menu_asks_the_app_for_options(call: Caller, app: App) -> None:
    menu = {"type": "external_select", "action_id": "typed", "min_query_length": 1}
    view = await opened(call, app, typed_input("who", element=menu))
    suggest = {"type": "suggest", "user": "U_ADA", "view_id": view["id"], "action_id": "typed", "value": "an"}
    app.answer = lambda envelope: {"options": [option("ann"), option("anton")]}
    assert [one["value"] for one in (await call.running.gesture(suggest))["ack"]["options"]] == ["ann", "anton"]
    asked = (await app.next("block_suggestion"))["payload"]
    assert (asked["value"], asked["block_id"], asked["view"]["id"]) == ("an", "who", view["id"])
    app.answer = lambda envelope: None
    await call.running.gesture(
        {"type": "click", "user": "U_ADA", "view_id": view["id"], "action_id": "typed", "value": "anton"}
    )
    assert (await app.next("block_actions"))["payload"]["actions"][0]["selected_option"] == option("anton")
    app.answer = lambda envelope: {"options": [option(str(n)) for n in range(101)]}
    assert (await call.running.gesture(suggest))["problem"]["error"] == "invalid_arguments"


async def test_an_ack_with_text_is_shown_to_the_user_or_to_all(call: Caller, app: App) -> None:
    command = {"type": "slash_command", **ADA, "command": "/crm", "text": "find <ann> & co"}
    app.answer = lambda envelope: {"text": "secret"} if envelope["type"] == "slash_commands" else None
    assert (await call.running.gesture(command))["ack"] == {"text": "secret"}
    assert (await app.next("/crm"))["payload"]["text"] == "find &lt;ann&gt; &amp; co"
    assert await call.messages(user="U_BEN") == []
    app.answer = lambda envelope: (
        {"text": "open", "response_type": "in_channel"} if "command" in envelope["payload"] else None
    )
    await call.running.gesture(command)
    assert [one["text"] for one in await call.messages(user="U_BEN")] == ["open"]
    app.answer = lambda envelope: {"blocks": [{"type": "nope"}]} if "command" in envelope["payload"] else None
    assert (await call.running.gesture(command))["problem"]["error"] == "invalid_blocks"


async def test_a_message_shortcut_carries_the_message_and_home_its_view(call: Caller, app: App) -> None:
    said = await call.running.gesture({"type": "message", **ADA, "text": "Ann called"})
    await call.running.gesture({"type": "message_shortcut", **ADA, "ts": said["ts"], "callback_id": "log_to_crm"})
    assert (await app.next("message_action"))["payload"]["message"]["text"] == "Ann called"
    first = await call.ok("views.publish", user_id="U_ADA", view={"type": "home", "blocks": [{"type": "divider"}]})
    await call.running.gesture({"type": "open_home", "user": "U_ADA"})
    event = (await app.next("app_home_opened"))["payload"]["event"]
    assert (event["tab"], event["view"]["id"]) == ("home", first["view"]["id"])
    assert (await call.state("U_BEN"))["home"] == {}


async def test_a_modal_chosen_from_offers_answers_in_the_chosen_channel(call: Caller, app: App) -> None:
    where = {"type": "conversations_select", "action_id": "typed", "response_url_enabled": True}
    view = await opened(call, app, typed_input("where", element=where))
    values = {"where": {"typed": {"selected_conversation": "C_CAMPAIGNS"}}}
    await call.running.gesture({"type": "submit", "user": "U_ADA", "view_id": view["id"], "values": values})
    given = (await app.next("view_submission"))["payload"]["response_urls"][0]
    assert given["channel_id"] == "C_CAMPAIGNS"
    async with call.http.post(given["response_url"], json={"text": "done", "response_type": "in_channel"}) as answer:
        assert answer.status == 200
    assert [one["text"] for one in await call.messages("C_CAMPAIGNS", "U_BEN")] == ["done"]
