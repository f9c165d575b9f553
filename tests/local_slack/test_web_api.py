"""The Web API over HTTP: tokens, errors, pages, messages, schedules, streams, files."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from bot.local_slack.server import RunningWorkspace
from crm_store.clock import MovableClock
from tests.local_slack.conftest import APP_TOKEN, App, Caller

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-made-up", "auth.test", "invalid_auth"),
        (APP_TOKEN, "chat.postMessage", "not_allowed_token_type"),
        ("xoxb-local", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-local", "nope.nope", "unknown_method"),
    ],
)
async def test_a_wrong_token_is_refused_by_name(call: Caller, token: str, method: str, error: str) -> None:
    assert (await call(method, token=token))["error"] == error


async def test_each_team_has_its_own_token_and_sees_nothing_of_the_other(call: Caller) -> None:
    other = await call("auth.test", token="xoxb-local-other")
    assert (other["team_id"], other["bot_id"]) == ("T_OTHER", "B_RAPPORT_OTHER")
    for method, args in (
        ("chat.postMessage", {"channel": "C_SALES", "text": "hello"}),
        ("conversations.history", {"channel": "C_SALES"}),
    ):
        assert (await call(method, token="xoxb-local-other", **args))["error"] == "channel_not_found"
    assert (await call("users.info", user="U_CLEO"))["error"] == "user_not_found"
    assert (await call("users.lookupByEmail", email="cleo@linden.example"))["error"] == "users_not_found"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "C_NOAPP", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "C_OLD", "text": "x"}, "is_archived"),
        ("chat.postMessage", {"channel": "C_SALES"}, "no_text"),
        ("chat.postMessage", {"channel": "C_SALES", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "C_SALES", "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "C_SALES", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
        ("chat.postMessage", {"channel": "C_SALES", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ("chat.postEphemeral", {"channel": "C_SALES", "user": "U_GUEST", "text": "x"}, "user_not_in_channel"),
        ("conversations.list", {"types": "secret"}, "invalid_types"),
        ("conversations.list", {"limit": 0}, "invalid_limit"),
        ("conversations.list", {"cursor": "bm9uZQ=="}, "invalid_cursor"),
        ("conversations.open", {"users": "U_RAPPORT"}, "cannot_dm_bot"),
        ("reactions.add", {"channel": "C_SALES", "timestamp": "1.1", "name": "Not An Emoji"}, "invalid_name"),
        ("users.info", {}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.3", "view": {"type": "modal"}}, "invalid_arguments"),
        ("oauth.v2.access", {"client_id": "1.01", "client_secret": "wrong", "code": "x"}, "bad_client_secret"),
        ("bots.info", {"bot": "B_NOBODY"}, "bot_not_found"),
    ],
)
async def test_slack_refuses_by_the_right_code(call: Caller, method: str, args: Json, error: str) -> None:
    assert (await call(method, **args))["error"] == error


async def test_a_missing_scope_says_what_is_needed_and_provided(call: Caller) -> None:
    await call.door("faults", {"error": {"method": "team.info", "error": "missing_scope"}})
    refused = await call("team.info")
    assert refused["error"] == "missing_scope"
    assert refused["needed"] == "team:read"
    assert "chat:write" in refused["provided"]
    assert (await call("team.info"))["ok"]


async def test_a_message_is_updated_and_deleted_by_its_author_alone(call: Caller, app: App) -> None:
    posted = await call.ok("chat.postMessage", channel="#sales", text="first", blocks=[{"type": "divider"}])
    at = {"channel": "C_SALES", "ts": posted["ts"]}
    updated = await call.ok("chat.update", **at, text="second")
    assert updated["message"]["blocks"], "blocks that are not given stay"
    assert (await call.ok("chat.update", **at, text="third", blocks=[]))["message"].get("blocks") is None
    changed = await app.next("message")
    while changed["payload"]["event"].get("subtype") != "message_changed":
        changed = await app.next("message")
    assert changed["payload"]["event"]["previous_message"]["text"] == "first"
    said = await call.running.gesture({"type": "message", "user": "U_ADA", "channel": "C_SALES", "text": "mine"})
    theirs = {"channel": "C_SALES", "ts": said["ts"]}
    assert (await call("chat.update", **theirs, text="x"))["error"] == "cant_update_message"
    assert (await call("chat.delete", **theirs))["error"] == "cant_delete_message"
    await call.ok("chat.delete", **at)
    assert (await call("chat.delete", **at))["error"] == "message_not_found"


async def test_the_pace_of_a_channel_is_one_a_second_and_says_when_to_return(call: Caller, clock: MovableClock) -> None:
    codes = [(await call.raw("chat.postMessage", channel="C_SALES", text=str(n))) for n in range(6)]
    assert [status for status, _, _ in codes] == [200, 200, 200, 429, 429, 429]
    assert codes[-1][2]["Retry-After"] == "1"
    assert (await call("chat.postMessage", channel="C_CAMPAIGNS", text="elsewhere"))["ok"]
    clock.advance(1)
    assert (await call("chat.postMessage", channel="C_SALES", text="after the pause"))["ok"]


async def test_pages_give_each_row_once_though_rows_are_added_between(call: Caller) -> None:
    space = call.running.workspace
    written = [space.seed_message("C_SALES", "U_ADA", str(n)) for n in range(5)]
    first = await call.ok("conversations.history", channel="C_SALES", limit=2)
    space.seed_message("C_SALES", "U_ADA", "newer")
    cursor = first["response_metadata"]["next_cursor"]
    rest = await call.ok("conversations.history", channel="C_SALES", limit=100, cursor=cursor)
    assert [one["ts"] for one in first["messages"] + rest["messages"]] == list(reversed(written))
    assert (first["has_more"], rest["has_more"], rest["response_metadata"]["next_cursor"]) == (True, False, "")


async def test_history_keeps_to_its_bounds(call: Caller) -> None:
    first, second, third = (call.running.workspace.seed_message("C_SALES", "U_ADA", str(n)) for n in range(3))

    async def within(**bounds: Any) -> list[str]:
        found = await call.ok("conversations.history", channel="C_SALES", **bounds)
        return [one["ts"] for one in found["messages"]]

    assert await within(oldest=first, latest=third) == [second]
    assert await within(oldest=second, inclusive=True) == [third, second]
    assert (await call("conversations.history", channel="C_SALES", oldest="soon"))["error"] == "invalid_ts_oldest"


async def test_a_reply_is_in_its_thread_alone_unless_it_is_broadcast(call: Caller) -> None:
    top = call.running.workspace.seed_message("C_SALES", "U_ADA", "top")
    await call.ok("chat.postMessage", channel="C_SALES", thread_ts=top, text="quiet")
    loud = await call.ok("chat.postMessage", channel="C_SALES", thread_ts=top, text="loud", reply_broadcast=True)
    history = await call.ok("conversations.history", channel="C_SALES")
    assert [one["text"] for one in history["messages"]] == ["loud", "top"]
    assert history["messages"][1]["reply_count"] == 2
    thread = await call.ok("conversations.replies", channel="C_SALES", ts=loud["ts"])
    assert [one["text"] for one in thread["messages"]] == ["top", "quiet", "loud"]


async def test_a_scheduled_message_is_posted_when_its_time_comes(call: Caller, clock: MovableClock) -> None:
    soon = int(clock.now().timestamp()) + 600
    planned = await call.ok("chat.scheduleMessage", channel="C_SALES", text="in time", post_at=soon)
    dropped = await call.ok("chat.scheduleMessage", channel="C_SALES", text="never", post_at=soon)
    gone = {"channel": "C_SALES", "scheduled_message_id": dropped["scheduled_message_id"]}
    await call.ok("chat.deleteScheduledMessage", **gone)
    assert (await call("chat.deleteScheduledMessage", **gone))["error"] == "invalid_scheduled_message_id"
    listed = await call.ok("chat.scheduledMessages.list", channel="C_SALES")
    assert [one["id"] for one in listed["scheduled_messages"]] == [planned["scheduled_message_id"]]
    call.running.advance(599)
    assert await call.messages() == []
    call.running.advance(2)
    assert [one["text"] for one in await call.messages()] == ["in time"]
    assert (await call("chat.scheduleMessage", channel="C_SALES", text="x", post_at=soon))["error"] == "time_in_past"


async def test_a_stream_keeps_every_piece_and_ends_once(call: Caller) -> None:
    top = call.running.workspace.seed_message("C_SALES", "U_ADA", "top")
    who = {"recipient_user_id": "U_ADA", "recipient_team_id": "T_RAPPORT"}
    begun = await call.ok(
        "chat.startStream", channel="C_SALES", thread_ts=top, chunks=[{"type": "markdown_text", "text": "one "}], **who
    )
    at = {"channel": "C_SALES", "ts": begun["ts"]}
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "in_progress", "details": "rows "}
    await call.ok("chat.appendStream", **at, chunks=[task, {"type": "plan_update", "title": "Import"}])
    await call.ok("chat.appendStream", **at, markdown_text="two")
    assert (await call("chat.update", **at, text="x"))["error"] == "streaming_state_conflict"
    done = {**task, "status": "complete", "details": "done"}
    await call.ok("chat.stopStream", **at, chunks=[done], blocks=[{"type": "divider"}])
    assert (await call("chat.appendStream", **at, markdown_text="x"))["error"] == "message_not_in_streaming_state"
    shown = (await call.messages())[-1]
    assert (shown["text"], shown["streaming"], shown["streamed"]) == ("one two", False, True)
    assert [block["type"] for block in shown["blocks"]] == ["plan", "divider"]
    assert shown["blocks"][0]["title"] == "Import"
    assert shown["blocks"][0]["tasks"][0] == {
        "task_id": "1", "title": "Read", "status": "complete", "details": "rows done",
    }  # fmt: skip


@pytest.mark.parametrize("chunk", [{"type": "dance"}, {"type": "task_update", "id": "1", "status": "odd"}, "text"])
async def test_a_chunk_slack_does_not_know_is_refused(call: Caller, chunk: object) -> None:
    args = {"channel": "D_ADA", "thread_ts": call.running.workspace.seed_message("D_ADA", "U_ADA", "top")}
    assert (await call("chat.startStream", **args, chunks=[chunk]))["error"] == "invalid_chunks"


async def test_a_file_is_uploaded_shared_and_given_to_its_app_alone(call: Caller) -> None:
    asked = await call.ok("files.getUploadURLExternal", filename="chart.png", length=4, alt_txt="Four bytes")
    named = [{"id": asked["file_id"], "title": "Chart"}]
    early = await call("files.completeUploadExternal", files=named, channel_id="C_SALES")
    assert early["error"] == "file_not_found"
    for content, status in ((b"too long", 400), (b"\x89PNG", 200), (b"\x89PNG", 404)):
        async with call.http.post(asked["upload_url"], data=content) as answer:
            assert answer.status == status
    done = await call.ok("files.completeUploadExternal", files=named, channel_id="C_SALES", initial_comment="look")
    shown = (await call.messages())[0]
    assert (shown["text"], shown["files"][0]["alt_txt"], shown["files"][0]["title"]) == ("look", "Four bytes", "Chart")
    private = done["files"][0]["url_private"]
    for token, status in (("xoxb-local", 200), ("xoxb-local-other", 403), ("", 403)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with call.http.get(private, headers=headers) as answer:
            assert answer.status == status
    async with call.http.get(call.running.page.rstrip("/") + shown["files"][0]["url"]) as answer:
        assert (await answer.read(), answer.content_type) == (b"\x89PNG", "image/png")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (await call.ok("files.info", file=asked["file_id"]))["file"]["size"] == 4
    await call.ok("files.delete", file=asked["file_id"])
    assert (await call.messages())[0]["files"] == []


async def test_a_multipart_upload_is_taken_too(call: Caller) -> None:
    asked = await call.ok("files.getUploadURLExternal", filename="a.txt", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"abc", filename="a.txt")
    async with call.http.post(asked["upload_url"], data=form) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("verb", ["get", "form", "multipart"])
async def test_arguments_are_read_however_they_are_sent(call: Caller, verb: str) -> None:
    fields = {"user": "U_ADA", "token": "xoxb-local"}
    url = call.running.slack_api + "users.info"
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    sends: dict[str, Callable[[], Any]] = {
        "get": lambda: call.http.get(url, params=fields),
        "form": lambda: call.http.post(url, data=fields),
        "multipart": lambda: call.http.post(url, data=multipart),
    }
    async with sends[verb]() as answer:
        body = await answer.json()
        assert body["user"]["profile"]["email"] == "ada@halyard.example"
        assert "users:read" in answer.headers["x-oauth-scopes"]


async def test_an_app_is_installed_by_the_authorize_page(call: Caller) -> None:
    query = {"client_id": "1.01", "redirect_uri": "http://127.0.0.1:9/done", "state": "s1", "team": "T_OTHER"}
    base = call.running.page + "oauth/v2/"
    async with call.http.get(base + "authorize", params=query) as answer:
        assert "Allow in Other team" in await answer.text()
    async with call.http.get(base + "allow", params=query, allow_redirects=False) as answer:
        sent = answer.headers["Location"]
    assert sent.startswith("http://127.0.0.1:9/done?code=code-")
    assert sent.endswith("state=s1")
    code = sent.partition("code=")[2].partition("&")[0]
    trade = {"code": code, "client_id": "1.01", "client_secret": "local-client-secret"}
    assert (await call.ok("oauth.v2.access", **trade))["access_token"] == "xoxb-local-other"
    assert (await call("oauth.v2.access", **trade))["error"] == "invalid_code"
    async with call.http.get(base + "allow", params={**query, "redirect_uri": "https://evil.example/"}) as answer:
        assert answer.status == 400


async def test_a_link_becomes_a_card_with_a_side_pane(call: Caller, app: App) -> None:
    said = await call.running.gesture(
        {"type": "link", "user": "U_ADA", "channel": "C_SALES", "text": "see https://crm.example.com/c/1"}
    )
    shared = (await app.next("link_shared"))["payload"]["event"]
    assert shared["links"] == [{"url": "https://crm.example.com/c/1", "domain": "crm.example.com"}]
    address = shared["links"][0]["url"]
    entity = {
        "entity_type": "slack#/entities/item", "app_unfurl_url": address, "url": address,
        "external_ref": {"id": "cus_1"}, "entity_payload": {"attributes": {"title": {"text": "Ann"}}},
    }  # fmt: skip
    at = {"channel": "C_SALES", "ts": said["ts"]}
    assert (await call("chat.unfurl", **at, metadata={"entities": [{}]}))["error"] == "invalid_metadata_format"
    await call.ok("chat.unfurl", **at, metadata={"entities": [entity]})
    assert (await call.messages())[0]["unfurls"][0]["entity"]["external_ref"] == {"id": "cus_1"}
    await call.running.gesture({"type": "open_entity", "user": "U_ADA", **at, "url": address})
    asked = (await app.next("entity_details_requested"))["payload"]["event"]
    await call.ok("entity.presentDetails", trigger_id=asked["trigger_id"], metadata=entity)
    assert (await call.state())["pane"]["metadata"] == entity
    assert (await call.state("U_BEN"))["pane"] is None


async def test_a_status_lasts_until_the_app_writes_in_its_thread(running: RunningWorkspace, call: Caller) -> None:
    top = running.workspace.seed_message("D_ADA", "U_ADA", "who is Ann?")
    await call.ok("assistant.threads.setStatus", channel_id="D_ADA", thread_ts=top, status="is looking it up")
    await call.ok("assistant.threads.setTitle", channel_id="D_ADA", thread_ts=top, title="Ann")
    threads = running.workspace.channels["D_ADA"].threads
    assert threads[top] == {"status": "is looking it up", "title": "Ann"}
    await call.ok("chat.postMessage", channel="U_ADA", thread_ts=top, text="She is at Acme.")
    assert threads[top] == {"title": "Ann"}
