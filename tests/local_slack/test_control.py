"""The control door: who may use it, what it tells, how it settles, and that an unmodified Bolt app lives here."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack.__main__ import ready_line
from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock, SystemClock
from tests.local_slack.conftest import APP_TOKEN, NO_ACK, App, Caller

Json = dict[str, Any]


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["_control/state?user=U_ADA", "", "api/api.test"])
async def test_another_site_or_name_is_refused_everywhere(call: Caller, headers: dict[str, str], path: str) -> None:
    async with call.http.get(call.running.page + path, headers=headers) as answer:
        assert answer.status == 403


async def test_the_own_origin_is_welcome(call: Caller) -> None:
    origin = call.running.page.rstrip("/")
    assert (await call.door("faults", {}, Origin=origin))[0] == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"advance_s": -1}),
        ("clock", {"advance_s": "soon"}),
        ("settle", {"timeout_s": True}),
        ("faults", {"error": 1}),
        ("gestures", {"type": 4}),
        ("state?user=U_NOBODY", None),
        ("state", None),
    ],
)
async def test_a_bad_request_gets_a_sentence(call: Caller, path: str, body: Json | None) -> None:
    status, said = await call.door(path, body)
    assert status == 400
    assert said["error"].endswith(".") or "known are" in said["error"]


async def test_bodies_that_are_no_object_get_a_sentence(call: Caller) -> None:
    for raw in (b"[1]", b"{"):
        async with call.http.post(call.running.control + "gestures", data=raw) as answer:
            assert "The body is not" in (await answer.json())["error"]


async def test_the_log_tells_everything_but_tokens(call: Caller, app: App) -> None:
    await call("api.test", token="xoxb-local", probe="xoxb-local is my token")
    await call.running.gesture({"type": "message", "user": "U_ADA", "channel": "C_SALES", "text": "hello"})
    _, log = await call.door("log")
    text = json.dumps(log)
    assert "xoxb-local" not in text
    assert APP_TOKEN not in text
    probe = next(one for one in log["entries"] if one.get("method") == "api.test")
    assert (probe["args"]["probe"], probe["status"], probe["answer"]["ok"]) == ("[token] is my token", 200, True)
    assert probe["ms"] >= 0
    envelope = next(one for one in log["entries"] if one["kind"] == "envelope")
    assert envelope["acked"]
    assert (await call.door(f"log?since={log['last']}"))[1]["entries"] == []


async def test_a_person_sees_his_own_workspace_alone(call: Caller) -> None:
    ada, cleo = await call.state("U_ADA"), await call.state("U_CLEO")
    assert {one["id"] for one in ada["channels"]} == {
        "C_SALES", "C_CAMPAIGNS", "C_NOAPP", "C_OLD", "C_SHARED", "D_ADA",
    }  # fmt: skip
    assert {one["id"] for one in cleo["channels"]} == {"C_OTHER", "D_CLEO"}
    flags = {
        one["id"]: (one["app_member"], one["is_archived"], one["is_im"], one["is_shared"]) for one in ada["channels"]
    }
    assert flags["C_NOAPP"] == (False, False, False, False)
    assert flags["C_OLD"][1]
    assert flags["D_ADA"][2]
    assert flags["C_SHARED"][3]
    _, around = await call.door("workspace?user=U_CLEO")
    assert around["team"]["id"] == "T_OTHER"
    assert around["app"]["user_id"] == "U_RAPPORT_OTHER"
    assert {one["id"] for one in around["acting_users"]} == {"U_ADA", "U_BEN", "U_GUEST", "U_CLEO"}
    assert [one["command"] for one in around["commands"]] == ["/crm"]
    assert (await call.door("workspace"))[1]["team"]["id"] == "T_RAPPORT"


async def test_the_state_can_be_cut_to_the_newest_messages(call: Caller) -> None:
    for number in range(5):
        call.running.workspace.seed_message("C_SALES", "U_ADA", str(number))
    _, cut = await call.door("state?user=U_ADA&last=2")
    sales = next(one for one in cut["channels"] if one["id"] == "C_SALES")
    assert [one["text"] for one in sales["messages"]] == ["3", "4"]


async def test_the_stream_tells_of_each_change(call: Caller) -> None:
    async with call.http.get(call.running.control + "stream") as stream:
        assert stream.content_type == "text/event-stream"
        first = json.loads((await stream.content.readline()).removeprefix(b"data: "))
        await stream.content.readline()
        call.running.workspace.seed_message("C_SALES", "U_ADA", "news")
        second = json.loads((await asyncio.wait_for(stream.content.readline(), 60)).removeprefix(b"data: "))
        assert second["seq"] > first["seq"]


async def test_settling_waits_for_acknowledgements(call: Caller, app: App) -> None:
    app.answer = lambda envelope: NO_ACK
    gesture = asyncio.create_task(
        call.running.gesture({"type": "open_home", "user": "U_ADA"})
    )  # fmt: skip
    envelope = await app.next("app_home_opened")
    assert (await call.door("settle", {"timeout_s": 0.05}))[1]["settled"] is False
    assert app.socket is not None
    await app.socket.send_json({"envelope_id": envelope["envelope_id"]})
    await gesture
    assert (await call.door("settle", {"timeout_s": 5}))[1]["settled"] is True
    assert await call.running.settle() is True


async def test_settling_asks_the_product_whether_it_rests(clock: MovableClock) -> None:
    looks = []

    async def idle() -> bool:
        looks.append("idle")
        return len(looks) >= 3

    running = await start(demo_workspace(clock), busy=lambda: False, idle=idle)
    async with aiohttp.ClientSession() as http:
        said = (await Caller(running, http).door("settle", {"timeout_s": 5}))[1]
    await running.stop()
    assert (said["settled"], len(looks)) == (True, 3)


async def test_time_passes_for_the_app_as_well_where_its_clock_can_be_moved(clock: MovableClock) -> None:
    begun = clock.now()
    of_the_app = MovableClock(begun)
    for app_clock in (None, of_the_app):
        running = await start(demo_workspace(clock), app_clock=app_clock)
        try:
            async with aiohttp.ClientSession() as http:
                status, said = await Caller(running, http).door("clock", {"advance_s": 86_400, "app": True})
        finally:
            await running.stop()
        assert (status, "error" in said) == ((200, False) if app_clock else (400, True))
    assert of_the_app.now() == begun + timedelta(days=1)


async def test_a_clock_that_cannot_be_moved_says_so() -> None:
    running = await start(demo_workspace(SystemClock()))
    async with aiohttp.ClientSession() as http:
        status, said = await Caller(running, http).door("clock", {"advance_s": 1})
    await running.stop()
    assert (status, "cannot be moved" in said["error"]) == (400, True)


async def test_the_page_is_served_with_its_parts_and_nothing_else(call: Caller) -> None:
    for path, status in (
        ("", 200),
        ("static/../server.py", 404),
        ("static/%2e%2e%2fserver.py", 404),
        ("static/no.js", 404),
    ):
        async with call.http.get(call.running.page + path) as answer:
            assert answer.status == status


def test_the_ready_line_names_all_that_an_app_needs(running: RunningWorkspace) -> None:
    line = json.loads(ready_line(running))
    assert set(line) == {"ready", "page", "slack_api", "control", "bot_token", "app_token", "signing_secret"}
    assert line["slack_api"] == line["page"] + "api/"


async def test_an_unmodified_bolt_app_lives_here(running: RunningWorkspace, caplog: pytest.LogCaptureFixture) -> None:
    client = AsyncWebClient(token="xoxb-local", base_url=running.slack_api)
    bolt = AsyncApp(client=client, signing_secret="local-signing-secret")
    found, shared = asyncio.Event(), asyncio.Event()

    @bolt.command("/crm")
    async def find(ack: Any, respond: Any, command: Json) -> None:
        await ack()
        button = {"type": "button", "action_id": "share", "text": {"type": "plain_text", "text": "Share"}}
        await respond(text=f"found {command['text']}", blocks=[{"type": "actions", "elements": [button]}])
        found.set()

    @bolt.action("share")
    async def share(ack: Any, respond: Any, client: AsyncWebClient, body: Json) -> None:
        await ack()
        await respond(replace_original=True, text="shared")
        await client.chat_postMessage(channel=body["channel"]["id"], text="for all")
        await client.files_upload_v2(channel=body["channel"]["id"], content=b"abc", filename="a.txt")
        shared.set()

    @bolt.event("message")
    async def heard(event: Json) -> None:
        assert event["text"] != "for all", "an app does not hear itself"

    handler = AsyncSocketModeHandler(bolt, APP_TOKEN)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no type here
    async with aiohttp.ClientSession() as http:
        call = Caller(running, http)
        await running.gesture(
            {"type": "slash_command", "user": "U_ADA", "channel": "C_SALES", "command": "/crm", "text": "ann"}
        )
        await asyncio.wait_for(found.wait(), 60)
        answer = (await call.messages())[0]
        assert (answer["text"], answer["ephemeral"]) == ("found ann", True)
        await running.gesture(
            {"type": "click", "user": "U_ADA", "channel": "C_SALES", "ts": answer["ts"], "action_id": "share"}
        )
        await asyncio.wait_for(shared.wait(), 60)
        assert [one["text"] for one in await call.messages()] == ["shared", "for all", ""]
        assert [one["files"][0]["name"] for one in await call.messages(user="U_BEN") if one["files"]] == ["a.txt"]
        assert (await call.door("settle", {"timeout_s": 10}))[1]["settled"]
    await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no type here
    if bolt.client.session:
        await bolt.client.session.close()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_the_manifest_decides_what_the_app_hears_and_may_do(clock: MovableClock) -> None:
    space = demo_workspace(clock)
    space.manifest = replace(space.manifest, hears_itself=False, events=("message.channels",))
    space.teams["T_RAPPORT"] = replace(space.teams["T_RAPPORT"], scopes=("chat:write", "reactions:write"))
    running = await start(space)
    async with aiohttp.ClientSession() as http:
        call, app = Caller(running, http), App()
        reader = await app.connect(call)
        posted = await call.ok("chat.postMessage", channel="C_SALES", text="mine")
        at = {"channel": "C_SALES", "ts": posted["ts"]}
        await call.ok("chat.update", **at, text="still mine")
        await call.ok("reactions.add", channel="C_SALES", timestamp=posted["ts"], name="eyes")
        assert (await call("users.info", user="U_ADA"))["error"] == "missing_scope"
        unheard = await running.gesture({"type": "reaction", "user": "U_ADA", **at, "name": "memo"})
        assert unheard["event_id"] is None
        await running.gesture({"type": "message", "user": "U_ADA", "channel": "C_SALES", "text": "theirs"})
        assert (await app.next())["payload"]["event"]["text"] == "theirs"
        assert app.envelopes.empty()
        assert app.socket is not None
        await app.socket.close()
        await reader
    await running.stop()


async def test_whoever_knows_a_state_is_told_only_what_changed_since(call: Caller) -> None:
    stamps = [call.running.workspace.seed_message("C_SALES", "U_BEN", f"line {number}") for number in range(200)]
    known = await call.state()
    await call.ok("chat.postMessage", channel="C_SALES", text="an answer", thread_ts=stamps[7])
    _, changed = await call.door(f"state?user=U_ADA&after={known['mark']}")
    told = [one["text"] for channel in changed["channels"] for one in channel["messages"]]
    assert told == ["line 7", "an answer"]
    assert len(json.dumps(changed)) < len(json.dumps(known)) / 10
    await call.state()


@pytest.mark.parametrize("mark", ["", "other.3", "x", "{run}.", "{run}.999999"])
async def test_a_mark_of_another_run_or_none_at_all_gets_everything(call: Caller, mark: str) -> None:
    whole = await call.state()
    _, told = await call.door(f"state?user=U_ADA&after={mark.format(run=whole['mark'].partition('.')[0])}")
    assert told == whole
