"""The workspace and Rapport as processes of their own, as in production: either is killed without the other."""

import hashlib
import hmac
import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys import warm
from tests.journeys.house import PATIENCE, Demo, _environment


def open_workspace(data: Path, *arguments: str) -> Demo:
    """The local workspace alone; what a demo offers to a person works here too."""
    process = warm.started("bot.local_slack", arguments, _environment({}), stdout=subprocess.PIPE)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    return Demo(process, ready | {"database": f"sqlite:///{data.absolute() / 'crm.db'}"}, data)


def free_port() -> int:
    """A port nobody listens on, for an address that must be known before its server starts."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass(slots=True)
class Served:
    """One `crm` role process; its log is read as it comes."""

    process: warm.Running
    ready: dict[str, Any]
    log: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, workspace: Demo, role: str = "serve", **environment: str) -> "Served":
        """Start the role on the workspace's store and wait until it says that it is ready."""
        given = {
            "DATABASE_URL": str(workspace.ready["database"]),
            "CRM_DATA": str(workspace.data),
            "CRM_SLACK_API_URL": str(workspace.ready["slack_api"]),
            "CRM_LOG_STYLE": "json",
            "CRM_MAIL_VERIFICATION": "address",
            "SLACK_BOT_TOKEN": str(workspace.ready["bot_token"]),
            "PORT": "0",
            "SMTP_PORT": "0",
        }
        process = warm.started("bot.cli", [role], _environment(given | environment), stderr=subprocess.PIPE)
        assert process.stderr is not None
        early: list[str] = []
        for line in process.stderr:
            if '"event": "ready"' in line:
                served = cls(process, json.loads(line), early)
                threading.Thread(target=served._read_on, daemon=True).start()
                return served
            early.append(line)
        process.stderr.close()
        process.wait()
        raise AssertionError("".join(early))

    def _read_on(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.log.extend(lines)

    def kill(self) -> None:
        """SIGKILL to it and its children, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """A request to Slack's address here: status and body of the answer."""
        address = f"http://127.0.0.1:{self.ready['web_port']}/slack/events"
        request = urllib.request.Request(address, body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()


def signed(body: bytes, at: float, secret: str) -> dict[str, str]:
    """Slack's v0 signature over the time and the body (docs: "Verifying requests from Slack")."""
    stamp = str(int(at))
    mark = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={mark}",
    }


def until(looks: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `looks` finds, as soon as it finds something: of another process nobody tells when it is done."""
    pause, rounds = threading.Event(), int(seconds / 0.1)
    for _ in range(rounds):
        if found := looks():
            return found
        pause.wait(0.1)
    raise AssertionError(f"nothing came within {seconds} seconds")


def rows(workspace: Demo, query: str) -> list[tuple[Any, ...]]:
    """What the store holds by a query, without Rapport between."""
    with closing(sqlite3.connect(workspace.data / "crm.db", timeout=10)) as store:
        return store.execute(query).fetchall()


def logged_lines(workspace: Demo) -> list[str]:
    """The text of every communication that was not taken back."""
    return [str(text) for (text,) in rows(workspace, "SELECT new_text FROM communications WHERE removed_at IS NULL")]
