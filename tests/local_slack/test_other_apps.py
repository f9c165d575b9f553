"""Other people's apps: the documented lines of Python, a bare Node script, and a manifest that is not ours."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli.main import main
from bot.local_slack import manifest_file
from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.errors import RefusedError
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock
from tests.local_slack.conftest import App, Caller

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "local-slack.md"
NODE = shutil.which("node")

MANIFEST: Json = {
    "display_information": {"name": "Lunch"},
    "features": {
        "bot_user": {"display_name": "lunchbot"},
        "slash_commands": [{"command": "/lunch", "description": "Where to eat", "usage_hint": "[place]"}],
        "shortcuts": [
            {"name": "Remember", "type": "message", "callback_id": "remember"},
            {"name": "New place", "type": "global", "callback_id": "place"},
        ],
        "unfurl_domains": ["lunch.example"],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
}


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """The manifest of another app, as a file."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(MANIFEST), encoding="utf-8")
    return path


@pytest.fixture
async def lunch(another: Path) -> AsyncIterator[RunningWorkspace]:
    """A workspace for that app."""
    manifest, scopes = manifest_file.read(another)
    running = await start(demo_workspace(MovableClock(), manifest, scopes))
    yield running
    await running.stop()


async def test_a_workspace_offers_what_the_manifest_announces(lunch: RunningWorkspace) -> None:
    """Its command and shortcuts, and no others."""
    async with aiohttp.ClientSession() as http:
        seen = (await Caller(lunch, http).door("workspace?user=U_ADA"))[1]
    assert seen["commands"] == [{"command": "/lunch", "description": "Where to eat", "usage": "[place]"}]
    assert [one["callback_id"] for one in seen["message_shortcuts"]] == ["remember"]
    assert [one["callback_id"] for one in seen["global_shortcuts"]] == ["place"]
    with pytest.raises(RefusedError, match="/crm is not a command"):
        await lunch.gesture(
            {"type": "slash_command", "user": "U_ADA", "channel": "C_SALES", "command": "/crm", "text": ""}
        )


async def test_a_scope_and_an_event_that_the_manifest_lacks_are_lacking(lunch: RunningWorkspace) -> None:
    """`users.list` is refused; a reaction is not delivered, a message is."""
    async with aiohttp.ClientSession() as http:
        call, app = Caller(lunch, http), App()
        reader = await app.connect(call)
        refused = await call("users.list")
        assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read")
        here = {"user": "U_ADA", "channel": "C_SALES"}
        ts = (await lunch.gesture({"type": "message", **here, "text": "noon?"}))["ts"]
        assert (await app.next("message"))["payload"]["event"]["text"] == "noon?"
        reacted = await lunch.gesture({"type": "reaction", **here, "ts": ts, "name": "eyes"})
        assert reacted["delivered"] == 0
        assert app.socket is not None
        await app.socket.close()
        await reader


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("display_information:\n  name: x", "is not JSON"), ("[1]", "not a JSON object"), (None, "cannot be read")],
)
def test_a_manifest_that_is_none_is_refused_with_a_sentence(tmp_path: Path, content: str | None, sentence: str) -> None:
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RefusedError, match=sentence):
        manifest_file.read(path)


def test_a_manifest_of_odd_parts_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """Wrong kinds count as missing; a command gets its slash."""
    path = tmp_path / "manifest.json"
    odd = {"features": {"slash_commands": [{"command": "eat"}, "no"], "shortcuts": "none"}, "settings": []}
    path.write_text(json.dumps(odd), encoding="utf-8")
    manifest, scopes = manifest_file.read(path)
    assert [one.command for one in manifest.commands] == ["/eat"]
    assert (manifest.name, manifest.message_shortcuts) == ("app", ())
    assert "chat:write" in scopes


Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Starts an app in a process of its own, which ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*command: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        started.append(
            subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        )
        return started[-1]

    yield run
    for child in started:
        child.kill()
        child.communicate()


def documented(language: str) -> str:
    """The first lines of code in this language on the page about the workspace."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{DOCS.name} has no example in {language}"
    return found[1]


async def _first_answer(call: Caller) -> str:
    """Write hello until an app answers: it may still be on its way to a socket."""
    here = {"user": "U_ADA", "channel": "C_SALES"}
    await call.running.gesture({"type": "message", **here, "text": "hello"})
    for _ in range(100):
        texts = [one["text"] for one in await call.messages() if one["text"] != "hello"]
        if texts:
            return str(texts[0])
        await call.running.settle(0.2)
        call.running.advance(60)  # The event that found no socket is sent again.
    return ""


async def test_the_documented_python_app_answers(call: Caller, begin: Begin) -> None:
    """The lines of docs/local-slack.md run as they stand there."""
    lines = documented("python")
    assert len([line for line in lines.splitlines() if line.strip()]) <= 10
    begin(sys.executable, "-c", lines, call.running.slack_api)
    assert await _first_answer(call) == "Hello, <@U_ADA>!"


def _node_arguments() -> list[str] | None:
    """How to start a Node that has a WebSocket of its own; None where there is none."""
    if NODE is None:
        return None
    for flags in ([], ["--experimental-websocket"]):
        probe = [NODE, *flags, "-e", "process.exit(typeof WebSocket === 'function' ? 0 : 1)"]
        if subprocess.run(probe, check=False, capture_output=True, timeout=60).returncode == 0:
            return [NODE, *flags]
    return None


async def test_a_node_app_without_any_library_answers(call: Caller, begin: Begin) -> None:
    """An event, a command answered within its acknowledgement, and a call by JSON."""
    node = _node_arguments()
    if node is None:
        pytest.skip("no node with a WebSocket")
    begin(*node, str(Path(__file__).with_name("raw_app.mjs")), call.running.slack_api)
    assert await _first_answer(call) == "Hello, <@U_ADA>!"
    here = {"user": "U_ADA", "channel": "C_SALES"}
    await call.running.gesture({"type": "slash_command", **here, "command": "/crm", "text": "one two"})
    assert "You typed one two" in [one["text"] for one in await call.messages()]


def test_the_standalone_workspace_says_where_it_is(another: Path, begin: Begin) -> None:
    """One line of JSON, whether it is started as a module or as a command."""
    for module in (["bot.local_slack"], ["bot.cli", "local-slack"]):
        child = begin(sys.executable, "-m", *module, "--manifest", str(another), "--smtp", "127.0.0.1:25")
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        assert ready["slack_api"].startswith("http://127.0.0.1:")
        assert ready["bot_token"] == "xoxb-local"


def test_a_wrong_option_is_told_in_one_sentence(running: RunningWorkspace, capsys: pytest.CaptureFixture[str]) -> None:
    """A listener that is no address, a manifest that is not there, a port that is taken."""
    wrong = {
        "--smtp takes HOST:PORT": ["--smtp", "nowhere"],
        "cannot be read": ["--manifest", "nowhere.json"],
        f"Port {running.port} cannot be opened": ["--port", str(running.port)],
    }
    for sentence, options in wrong.items():
        assert main(["local-slack", *options]) == 2
        assert sentence in capsys.readouterr().err
