"""Envelopes: sockets in turn, repeats by the workspace's clock, faults, signed requests."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock
from tests.local_slack.conftest import APP_TOKEN, NO_ACK, App, Caller

Json = dict[str, Any]
HELLO = {"type": "message", "user": "U_ADA", "channel": "C_SALES", "text": "hello"}
COMMAND = {"type": "slash_command", "user": "U_ADA", "channel": "C_SALES", "command": "/crm", "text": "find ann"}


async def test_an_event_without_an_ack_is_repeated_at_once_then_after_1_and_5_minutes(call: Caller, app: App) -> None:
    app.answer = lambda envelope: NO_ACK
    gesture = asyncio.create_task(call.running.gesture(HELLO))
    seen = [await app.next("message")]
    for pauses in ((3,), (3, 60), (3, 300)):
        for seconds in pauses:
            call.running.advance(seconds)
        seen.append(await app.next("message"))
    assert [one["retry_attempt"] for one in seen] == [0, 1, 2, 3]
    assert {one["retry_reason"] for one in seen[1:]} == {"timeout"}
    assert len({one["payload"]["event_id"] for one in seen}) == 1
    assert len({one["envelope_id"] for one in seen}) == 4
    call.running.advance(3)
    said = await gesture
    assert (said["ack"], said["ack_ms"], said["delivered"]) == (None, None, 4)
    assert call.running.hub.delivery.quiet.is_set()


async def test_an_acknowledged_event_is_not_repeated(call: Caller, app: App) -> None:
    said = await call.running.gesture(HELLO)
    assert said["delivered"] == 1
    assert said["ack_ms"] < 3000
    await app.next("message")
    call.running.advance(1000)
    assert app.envelopes.empty()


async def test_a_command_without_an_ack_is_not_repeated_and_its_user_is_told(call: Caller, app: App) -> None:
    app.answer = lambda envelope: NO_ACK
    gesture = asyncio.create_task(call.running.gesture(COMMAND))
    await app.next("/crm")
    call.running.advance(3)
    assert (await gesture)["shown_error"] == "operation_timeout"
    assert "operation_timeout" in (await call.messages())[-1]["text"]
    assert await call.messages(user="U_BEN") == []
    call.running.advance(1000)
    assert app.envelopes.empty()


async def test_an_event_for_no_open_socket_comes_as_a_repeat_after_connecting(call: Caller) -> None:
    gesture = asyncio.create_task(call.running.gesture(HELLO))
    await asyncio.sleep(0)  # The gesture's first steps run.
    late = App()
    reader = await late.connect(call)
    envelope = await late.next("message")
    assert envelope["retry_attempt"] == 1
    assert (await gesture)["delivered"] == 1
    assert late.socket is not None
    await late.socket.close()
    await reader


async def test_sockets_take_turns_up_to_ten(call: Caller) -> None:
    apps = [App() for _ in range(10)]
    readers = [await one.connect(call) for one in apps]
    assert [one.hello["num_connections"] for one in apps] == list(range(1, 11))
    url = (await call("apps.connections.open", token=APP_TOKEN))["url"]
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await call.http.ws_connect(url)
    await asyncio.gather(*[call.running.gesture({**HELLO, "text": str(n)}) for n in range(20)])
    assert [one.envelopes.qsize() for one in apps] == [2] * 10
    for one in apps:
        assert one.socket is not None
        await one.socket.close()
    await asyncio.gather(*readers)


async def test_a_ticket_opens_one_socket(call: Caller) -> None:
    url = (await call("apps.connections.open", token=APP_TOKEN))["url"]
    first = await call.http.ws_connect(url)
    for spent in (url, url.partition("?")[0] + "?ticket=made-up"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await call.http.ws_connect(spent)
    await first.close()


async def test_ordered_faults_double_delay_and_drop(call: Caller, app: App) -> None:
    await call.door("faults", {"duplicate_next": 1})
    assert (await call.running.gesture(HELLO))["delivered"] == 2
    first, second = await app.next("message"), await app.next("message")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]
    await call.door("faults", {"delay_next_ms": 60_000})
    late = asyncio.create_task(call.running.gesture(HELLO))
    await asyncio.sleep(0)  # The gesture's first steps run.
    assert app.envelopes.empty()
    call.running.advance(60)
    await late
    assert (await app.next("message"))["retry_attempt"] == 0
    assert (await call.door("faults", {"drop_sockets": True}))[1]["dropped"] == 1
    await asyncio.wait_for(app.closed.wait(), 60)


async def test_events_reach_only_channels_with_the_app(call: Caller, app: App) -> None:
    elsewhere = await call.running.gesture({**HELLO, "channel": "C_NOAPP"})
    assert (elsewhere["event_id"], elsewhere["delivered"]) == (None, 0)
    assert (await call.running.gesture({**COMMAND, "channel": "C_NOAPP"}))["delivered"] == 1
    cleo = await call.running.gesture({**HELLO, "user": "U_CLEO", "channel": "C_OTHER"})
    assert cleo["delivered"] == 1
    assert (await app.next("/crm"))["payload"]["team_id"] == "T_RAPPORT"
    event = (await app.next("message"))["payload"]
    assert (event["team_id"], event["authorizations"][0]["user_id"]) == ("T_OTHER", "U_RAPPORT_OTHER")


class HttpApp:
    """An app with an address of its own, which checks each signature."""

    def __init__(self) -> None:
        self.requests: asyncio.Queue[tuple[dict[str, str], str]] = asyncio.Queue()
        self.answers: list[web.Response] = []
        self.challenges = 0
        self.answering = asyncio.Event()
        self.answering.set()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        wanted = hmac.new(b"local-signing-secret", f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        assert request.headers["X-Slack-Signature"] == "v0=" + wanted
        if b"url_verification" in body:
            self.challenges += 1
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        self.requests.put_nowait((dict(request.headers), body.decode()))
        await self.answering.wait()
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def over_http(clock: MovableClock) -> AsyncIterator[tuple[RunningWorkspace, HttpApp]]:
    theirs = HttpApp()
    site = web.Application()
    site.router.add_post("/slack/events", theirs.handle)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    running = await start(demo_workspace(clock), events_url=f"http://127.0.0.1:{port}/slack/events")
    yield running, theirs
    await running.stop()
    await runner.cleanup()


async def test_signed_requests_carry_events_commands_and_interactions(
    over_http: tuple[RunningWorkspace, HttpApp],
) -> None:
    running, theirs = over_http
    assert (await running.gesture(HELLO))["delivered"] == 1
    _, event = await theirs.requests.get()
    assert json.loads(event)["event"]["text"] == "hello"
    theirs.answers = [web.json_response({"text": "pong"})]
    assert (await running.gesture(COMMAND))["ack"] == {"text": "pong"}
    _, command = await theirs.requests.get()
    assert parse_qs(command)["text"] == ["find ann"]
    theirs.answers = [web.Response(text="plain words")]
    assert (await running.gesture(COMMAND))["ack"] == {"text": "plain words"}
    await theirs.requests.get()
    await running.gesture({"type": "global_shortcut", "user": "U_ADA", "callback_id": "new_contact"})
    _, shortcut = await theirs.requests.get()
    assert json.loads(parse_qs(shortcut)["payload"][0])["callback_id"] == "new_contact"
    assert theirs.challenges == 1
    assert '"verified": true' in running.hub.journal.text()


async def test_a_failed_request_is_repeated_with_its_reason_unless_the_app_forbids(
    over_http: tuple[RunningWorkspace, HttpApp],
) -> None:
    running, theirs = over_http
    theirs.answers = [web.Response(status=500)]
    assert (await running.gesture(HELLO))["delivered"] == 2
    await theirs.requests.get()
    headers, _ = await theirs.requests.get()
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("1", "http_error")
    theirs.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
    assert (await running.gesture(HELLO))["delivered"] == 1


async def test_an_app_that_does_not_answer_its_address_is_told_to_the_user(clock: MovableClock) -> None:
    running = await start(demo_workspace(clock), events_url="http://127.0.0.1:9/slack/events")
    said = await running.gesture(COMMAND)
    await running.stop()
    assert (said["shown_error"], said["delivered"]) == ("dispatch_failed", 1)


async def test_a_slow_address_times_out_and_is_asked_again(over_http: tuple[RunningWorkspace, HttpApp]) -> None:
    running, theirs = over_http
    theirs.answering.clear()
    gesture = asyncio.create_task(running.gesture(HELLO))
    await theirs.requests.get()
    running.advance(3)
    headers, _ = await theirs.requests.get()
    assert headers["X-Slack-Retry-Reason"] == "http_timeout"
    theirs.answering.set()
    assert (await gesture)["delivered"] == 2


async def test_a_command_waits_three_seconds_for_a_socket(call: Caller) -> None:
    early = asyncio.create_task(call.running.gesture(COMMAND))
    await asyncio.sleep(0)  # The gesture's first steps run.
    late = App()
    reader = await late.connect(call)
    assert (await early)["delivered"] == 1
    assert late.socket is not None
    await late.socket.close()
    await reader
    nobody = asyncio.create_task(call.running.gesture(COMMAND))
    await asyncio.sleep(0)  # As above.
    call.running.advance(3)
    assert (await nobody)["shown_error"] == "dispatch_failed"


async def test_a_late_acknowledgement_stops_the_repeats_and_nonsense_is_ignored(call: Caller, app: App) -> None:
    app.answer = lambda envelope: NO_ACK
    gesture = asyncio.create_task(call.running.gesture(HELLO))
    first = await app.next("message")
    call.running.advance(3)
    await app.next("message")
    assert app.socket is not None
    for frame in ("{", "[]", '{"envelope_id": "made-up"}', json.dumps({"envelope_id": first["envelope_id"]})):
        await app.socket.send_str(frame)
    assert (await gesture)["ack_ms"] is not None
    call.running.advance(1000)
    assert app.envelopes.empty()
