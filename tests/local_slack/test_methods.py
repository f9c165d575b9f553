"""The rest of the methods and of Block Kit's rules, each at least once as an app calls it."""

import asyncio
import signal
import sys
from typing import Any

import pytest

from bot.local_slack.blocks.layout import Surface
from bot.local_slack.blocks.surfaces import checked_view, message_blocks
from bot.local_slack.errors import SlackError
from bot.local_slack.inputs import chosen, initial_value
from bot.local_slack.web_api.auth import basic_credentials
from tests.local_slack.conftest import App, Caller
from tests.local_slack.test_gestures import ADA, modal, opened, option, trigger, typed_input, words

Json = dict[str, Any]


async def test_people_are_found_by_id_address_and_list(call: Caller) -> None:
    assert (await call.ok("users.lookupByEmail", email="BEN@halyard.example"))["user"]["id"] == "U_BEN"
    members = (await call.ok("users.list"))["members"]
    assert [one["id"] for one in members] == ["U_ADA", "U_BEN", "U_GUEST", "U_RAPPORT"]
    assert {one["id"]: one["is_restricted"] for one in members}["U_GUEST"]
    assert members[-1]["profile"]["bot_id"] == "B_RAPPORT"
    assert (await call.ok("users.info", user="U_ADA"))["user"]["tz_offset"] in (3600, 7200)
    assert (await call.ok("bots.info"))["bot"]["user_id"] == "U_RAPPORT"
    assert (await call.ok("team.info"))["team"]["name"] == "Rapport demo"
    assert (await call("api.test", error="my_error"))["error"] == "my_error"


async def test_conversations_are_listed_by_kind(call: Caller) -> None:
    async def names(**args: Any) -> list[str]:
        return [one["id"] for one in (await call.ok("conversations.list", **args))["channels"]]

    assert await names() == ["C_SALES", "C_CAMPAIGNS", "C_NOAPP", "C_OLD", "C_SHARED"]
    assert "C_OLD" not in await names(exclude_archived=True)
    assert await names(types="im") == ["D_ADA", "D_BEN", "D_GUEST"]
    assert await names(types="mpim,private_channel") == []
    info = (await call.ok("conversations.info", channel="C_SHARED"))["channel"]
    assert (info["is_ext_shared"], info["is_member"], info["name"]) == (True, True, "acme-shared")
    assert (await call.ok("conversations.info", channel="D_ADA"))["channel"]["user"] == "U_ADA"
    assert "U_GUEST" in (await call.ok("conversations.members", channel="C_SHARED"))["members"]


async def test_direct_messages_open_with_one_and_with_several(call: Caller) -> None:
    assert (await call.ok("conversations.open", users="U_BEN", return_im=True))["channel"]["user"] == "U_BEN"
    several = (await call.ok("conversations.open", users="U_ADA,U_BEN"))["channel"]["id"]
    assert (await call.ok("conversations.open", channel=several))["channel"]["id"] == several
    assert (await call.ok("conversations.list", types="mpim"))["channels"][0]["id"] == several
    assert (await call("conversations.open", users="U_ADA,U_NOBODY"))["error"] == "user_not_found"
    await call.ok("chat.postMessage", channel=several, text="hello both")
    assert [one["text"] for one in await call.messages(several, "U_BEN")] == ["hello both"]
    assert await call.messages(several, "U_GUEST") == []


async def test_the_app_joins_public_channels_alone(call: Caller) -> None:
    assert (await call("conversations.history", channel="C_NOAPP"))["error"] == "not_in_channel"
    assert (await call.ok("conversations.join", channel="C_NOAPP"))["channel"]["is_member"]
    await call.ok("conversations.history", channel="C_NOAPP")
    for channel, error in (("C_OLD", "is_archived"), ("D_ADA", "method_not_supported_for_channel_type")):
        assert (await call("conversations.join", channel=channel))["error"] == error
    call.running.workspace.channels["C_CAMPAIGNS"].is_private = True
    call.running.workspace.channels["C_CAMPAIGNS"].members.remove("U_RAPPORT")
    for method in ("conversations.info", "conversations.members", "conversations.history"):
        assert (await call(method, channel="C_CAMPAIGNS"))["error"] == "channel_not_found"


async def test_reactions_of_the_app_come_and_go_once(call: Caller) -> None:
    ts = call.running.workspace.seed_message("C_SALES", "U_ADA", "well done")
    target = {"channel": "C_SALES", "timestamp": ts, "name": "eyes"}
    await call.ok("reactions.add", **target)
    assert (await call("reactions.add", **target))["error"] == "already_reacted"
    found = (await call.ok("reactions.get", channel="C_SALES", timestamp=ts))["message"]["reactions"]
    assert found == [{"name": "eyes", "users": ["U_RAPPORT"], "count": 1}]
    await call.ok("reactions.remove", **target)
    assert (await call("reactions.remove", **target))["error"] == "no_reaction"


async def test_messages_carry_metadata_attachments_and_markdown(call: Caller) -> None:
    metadata = {"event_type": "logged", "event_payload": {"id": "cmm_1"}}
    attachments = [{"fallback": "old style", "blocks": [{"type": "divider"}]}]
    posted = await call.ok(
        "chat.postMessage", channel="D_ADA", text="hello", metadata=metadata, attachments=attachments
    )
    assert posted["message"]["metadata"] == metadata
    assert posted["message"]["attachments"][0]["blocks"][0]["block_id"]
    said = await call.ok("chat.postMessage", channel="D_ADA", markdown_text="**bold**")
    assert said["message"]["blocks"][0]["type"] == "markdown"
    link = (await call.ok("chat.getPermalink", channel="D_ADA", message_ts=said["ts"]))["permalink"]
    assert link.startswith(call.running.page)
    async with call.http.get(link, allow_redirects=False) as page:
        assert page.headers["Location"].startswith("/#archives/D_ADA/p")
    for wrong, error in (
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"attachments": "none"}, "invalid_attachments"),
        ({"attachments": ["none"]}, "invalid_attachments"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
    ):
        assert (await call("chat.postEphemeral", channel="D_ADA", user="U_ADA", **wrong))["error"] == error
    for method in ("chat.postEphemeral", "chat.scheduleMessage"):
        assert (await call(method, channel="D_ADA", user="U_ADA"))["error"] == "no_text"
    assert (await call("chat.update", channel="D_ADA", ts=said["ts"]))["error"] == "no_text"
    assert (await call("chat.scheduleMessage", channel="D_ADA", text="x"))["error"] == "invalid_arguments"
    late = int(call.running.workspace.clock.now().timestamp()) + 121 * 86_400
    assert (await call("chat.scheduleMessage", channel="D_ADA", text="x", post_at=late))["error"] == "time_too_far"


async def test_views_are_pushed_three_deep_and_named_once(call: Caller, app: App) -> None:
    first = await opened(call, app, external_id="first")
    assert (await call("views.push", trigger_id=await trigger(call, app), view=modal()))["ok"]
    third = await call.ok("views.push", trigger_id=await trigger(call, app), view=modal())
    assert third["view"]["root_view_id"] == first["id"]
    assert (await call("views.push", trigger_id=await trigger(call, app), view=modal()))[
        "error"
    ] == "push_limit_reached"
    again = await call("views.open", trigger_id=await trigger(call, app), view=modal(external_id="first"))
    assert again["error"] == "duplicate_external_id"
    assert (await call.ok("views.update", external_id="first", view=modal(callback_id="x")))["view"]["id"] == first[
        "id"
    ]
    for method in ("views.open", "views.push"):
        assert (await call(method, view=modal()))["error"] == "invalid_arguments"
        assert (await call(method, trigger_id="x"))["error"] == "invalid_arguments"
    assert (await call("views.update", view=modal()))["error"] == "invalid_arguments"
    assert (await call("views.update", view_id=first["id"]))["error"] == "invalid_arguments"
    await call.running.gesture({"type": "close_view", "user": "U_ADA", "view_id": first["id"]})
    assert (await call.state())["views"] == []
    assert (await call("views.push", trigger_id=await trigger(call, app), view=modal()))["error"] == "not_found"


async def test_home_is_published_updated_and_guarded_by_its_hash(call: Caller, app: App) -> None:
    home = {"type": "home", "blocks": [{"type": "section", "text": words("one"), "block_id": "b"}]}
    first = (await call.ok("views.publish", user_id="U_ADA", view=home))["view"]
    second = (await call.ok("views.publish", user_id="U_ADA", view=home, hash=first["hash"]))["view"]
    assert (second["id"], second["hash"] != first["hash"]) == (first["id"], True)
    assert (await call("views.publish", user_id="U_ADA", view=home, hash=first["hash"]))["error"] == "hash_conflict"
    assert (await call.ok("views.update", view_id=first["id"], view=home))["view"]["type"] == "home"
    assert (await call("views.publish", user_id="U_ADA"))["error"] == "invalid_arguments"
    status, said = await call.door("gestures", {"type": "submit", "user": "U_ADA", "view_id": first["id"]})
    assert (status, said["error"]) == (400, "Home has nothing to submit or close.")


async def test_ordinary_unfurls_and_prompts_are_shown(call: Caller) -> None:
    ts = call.running.workspace.seed_message("C_SALES", "U_ADA", "<https://crm.example.com/c/1>")
    at = {"channel": "C_SALES", "ts": ts}
    cards = {"https://crm.example.com/c/1": {"blocks": [{"type": "divider"}]}}
    await call.ok("chat.unfurl", **at, unfurls=cards)
    assert (await call.messages())[0]["unfurls"][0]["from_url"] == "https://crm.example.com/c/1"
    assert (await call("chat.unfurl", **at))["error"] == "missing_unfurls"
    assert (await call("chat.unfurl", **at, unfurls=["x"]))["error"] == "invalid_unfurls"
    assert (await call("entity.presentDetails"))["error"] == "invalid_arguments"
    thread = {"channel_id": "C_SALES", "thread_ts": ts}
    await call.ok("assistant.threads.setSuggestedPrompts", **thread, prompts=[{"title": "a", "message": "b"}])
    wrongs: list[Json] = [{"prompts": [{"title": "a"}]}, {}]
    for wrong in wrongs:
        assert not (await call("assistant.threads.setSuggestedPrompts", **thread, **wrong))["ok"]
    assert not (await call("assistant.threads.setStatus", **thread))["ok"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"filename": "a"}, "invalid_arguments"),
        ({"filename": "a", "length": 0}, "invalid_arguments"),
        ({"filename": "a", "length": "many"}, "invalid_arguments"),
        ({"filename": "a", "length": 100_000_001}, "file_upload_size_restricted"),
    ],
)
async def test_an_upload_needs_a_name_and_a_length(call: Caller, args: Json, error: str) -> None:
    assert (await call("files.getUploadURLExternal", **args))["error"] == error


async def test_a_persons_file_is_not_the_apps_to_delete(call: Caller, app: App) -> None:
    file = {"name": "a.txt", "content_base64": "YQ=="}
    await call.running.gesture({"type": "message", **ADA, "text": "", "files": [file]})
    name = (await call.messages())[0]["files"][0]["id"]
    assert (await call("files.delete", file=name))["error"] == "cant_delete_file"
    assert (await call("files.completeUploadExternal", files=[]))["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("raw", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[1]", "application/json", "json_not_object"),
        (b"", "application/json", "invalid_arguments"),
        (b"\xff", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"[" * 100_000, "application/json", "invalid_json"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(call: Caller, raw: bytes, kind: str, error: str) -> None:
    headers = {"Content-Type": kind, "Authorization": "Bearer xoxb-local"}
    async with call.http.post(call.running.slack_api + "users.info", data=raw, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_half_a_character_does_not_break_an_answer(call: Caller, app: App) -> None:
    body = b'{"channel": "C_SALES", "text": "half \\ud800"}'
    headers = {"Content-Type": "application/json", "Authorization": "Bearer xoxb-local"}
    async with call.http.post(call.running.slack_api + "chat.postMessage", data=body, headers=headers) as answer:
        assert (await answer.json())["message"]["text"] == "half \ud800"
    assert (await app.next("message"))["payload"]["event"]["text"] == "half \ud800"
    assert "half" in (await call.messages())[0]["text"]
    assert (await call.door("log"))[0] == 200


def test_basic_credentials_are_read_or_empty() -> None:
    assert basic_credentials("Basic MS4wMTpzZWNyZXQ=") == ("1.01", "secret")
    assert basic_credentials("Basic ???") == ("", "")
    assert basic_credentials("Bearer x") == ("", "")


CELL = {"type": "raw_text", "text": "a"}
WORKFLOW = {"type": "workflow_button", "text": words("x"), "workflow": 1}
WRONG: dict[str, Json] = {
    "text that is a number": {"type": "header", "text": {"type": "plain_text", "text": 3}},
    "text that is a list": {"type": "section", "text": ["x"]},
    "an address that is none": {"type": "image", "image_url": "somewhere", "alt_text": "a"},
    "a word as a number": {"type": "data_table", "caption": "c", "rows": [[{"type": "raw_number", "value": "7"}]] * 2},
    "a word as a truth": {"type": "section", "text": words("x"), "expand": "yes"},
    "an element that is a word": {"type": "actions", "elements": ["button"]},
    "elements that are none": {"type": "context", "elements": "x"},
    "metadata of a button": {"type": "actions", "elements": [WORKFLOW]},
    "equal categories": {
        "type": "data_visualization", "title": "t",
        "chart": {"type": "line", "series": [{"name": "s", "data": [{"label": "a", "value": 1}] * 2}],
                  "axis_config": {"categories": ["a", "a"]}},
    },
    "two series of one name": {
        "type": "data_visualization", "title": "t",
        "chart": {"type": "bar", "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}] * 2,
                  "axis_config": {"categories": ["a"]}},
    },
    "uneven rows": {"type": "data_table", "caption": "c", "rows": [[CELL] * n for n in (1, 2)]},
    "a header divider that collapses": {
        "type": "container", "title": words("t"), "child_blocks": [{"type": "divider"}],
        "is_collapsible": True, "has_header_divider": True,
    },
    "collapsed but not collapsible": {
        "type": "container", "title": words("t"), "child_blocks": [{"type": "divider"}], "default_collapsed": True,
    },
    "a column that is a word": {"type": "table", "rows": [[CELL]], "column_settings": ["left"]},
}  # fmt: skip


@pytest.mark.parametrize("block", WRONG.values(), ids=WRONG)
def test_values_of_the_wrong_kind_are_refused(block: Json) -> None:
    with pytest.raises(SlackError, match="invalid_blocks"):
        message_blocks([block])


def test_a_column_may_have_no_setting() -> None:
    table = {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": ""}] * 2],
        "column_settings": [None, {"align": "right"}],
    }
    assert message_blocks([table])


def test_a_number_in_a_table_carries_the_text_that_shows_it() -> None:
    table = {"type": "data_table", "caption": "c", "row_header_column_index": None, "rows": [[CELL], [None]]}
    for number, taken in (
        ({"type": "raw_number", "value": 7.5, "text": "7.50"}, True),
        ({"type": "raw_number", "value": 7}, False),
    ):
        block = {**table, "rows": [[CELL], [number]]}
        if taken:
            assert message_blocks([block])
            continue
        with pytest.raises(SlackError) as refusal:
            message_blocks([block])
        assert "missing required field: text" in refusal.value.messages[0]


def test_a_view_that_is_no_object_is_refused() -> None:
    with pytest.raises(SlackError, match="invalid_arguments"):
        checked_view("modal", Surface.MODAL)


def test_feedback_buttons_and_free_menus_take_what_they_offer() -> None:
    sides = {
        "positive_button": {"text": words("Good"), "value": "1"},
        "negative_button": {"text": words("Bad"), "value": "0"},
    }
    feedback = {"type": "feedback_buttons", "action_id": "f", **sides}
    assert chosen(feedback, {"value": "0"}, [])["text"] == words("Bad")
    assert chosen(feedback, {}, [])["value"] == "1"
    external = {"type": "external_select", "action_id": "e"}
    assert chosen(external, {"value": "ann"}, [])["selected_option"]["text"]["text"] == "ann"
    assert chosen(external, {"selected_option": option("ben")}, [])["selected_option"] == option("ben")
    several = {"type": "multi_static_select", "action_id": "m", "options": [option("a"), option("b")]}
    assert chosen(several, {"value": ["a", "b"]}, [])["selected_options"] == [option("a"), option("b")]
    assert chosen(several, {}, [])["selected_options"] == []
    for element, gesture in ((feedback, {"value": "2"}), (several, {"value": "z"}), ({"type": "datepicker"}, {})):
        with pytest.raises(Exception, match=r"no value|no option|needs a value"):
            chosen(element, gesture, [])
    assert initial_value({"type": "file_input"}) == {"type": "file_input", "files": []}


async def test_a_modal_refuses_values_it_has_no_input_for(call: Caller, app: App) -> None:
    view = await opened(call, app, typed_input("note"))
    wrongs: list[Any] = [{"other": {"typed": {}}}, {"note": "x"}, "x"]
    for values in wrongs:
        gesture = {"type": "submit", "user": "U_ADA", "view_id": view["id"], "values": values}
        assert (await call.door("gestures", gesture))[0] == 400
    await call.running.gesture({**gesture, "values": {"note": {"typed": "bare words"}}})
    held = (await app.next("view_submission"))["payload"]["view"]["state"]["values"]
    assert held["note"]["typed"]["value"] == "bare words"


async def test_the_workspace_alone_starts_by_its_module_and_ends_on_sigterm() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.local_slack", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    assert b'"ready": true' in line
    process.send_signal(signal.SIGTERM)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, said) == (0, b"")
