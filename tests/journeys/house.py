"""A running demo seen from outside: the control door, real SMTP and the command line."""

import json
import os
import signal
import smtplib
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys import warm

ROOT = warm.ROOT
# A busy machine takes its time; an idle one answers at once.
PATIENCE = 60


@dataclass(slots=True)
class Demo:
    """One `crm demo` process and its doors."""

    process: warm.Running
    ready: dict[str, Any]
    data: Path

    @classmethod
    def start(cls, data: Path, *arguments: str, **environment: str) -> "Demo":
        """Start the demo and wait for its ready line."""
        command = ["demo", "--port", "0", "--smtp-port", "0", "--data", str(data), "--no-browser", "--json", *arguments]
        process = warm.started("bot.cli", command, _environment(environment), stdout=subprocess.PIPE)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the demo ended before it was ready"
        return cls(process, json.loads(line), data)

    def act(self, **gesture: Any) -> dict[str, Any]:
        """Do what a person would do in Slack."""
        return self._post("gestures", gesture)

    def type(self, text: str, user: str = "U_ADA", channel: str = "C_SALES") -> dict[str, Any]:
        """Type a slash command, and wait until everything has come to rest."""
        answer = self.act(type="slash_command", user=user, channel=channel, command="/crm", text=text)
        self.settle()
        return answer

    def say(self, text: str, user: str = "U_ADA", **more: Any) -> dict[str, Any]:
        """Write to the app's direct channel."""
        answer = self.act(type="message", user=user, channel=self.direct(user), text=text, **more)
        self.settle()
        return answer

    def days_pass(self, days: int) -> None:
        """Move the clock of the workspace and that of the app behind it."""
        self._post("clock", {"advance_s": days * 86_400, "app": True})

    def settle(self, timeout_s: float = PATIENCE) -> None:
        """Wait until no listener runs and inbox and outbox are empty."""
        answer = self._post("settle", {"timeout_s": timeout_s})
        assert answer["settled"], answer

    def state(self, user: str = "U_ADA") -> dict[str, Any]:
        """All that this person can see."""
        return self._get(f"state?user={user}")

    def messages(self, channel: str = "C_SALES", user: str = "U_ADA") -> list[dict[str, Any]]:
        """The messages of a channel as this person sees them."""
        found = [one for one in self.state(user)["channels"] if one["id"] == channel]
        return list(found[0]["messages"]) if found else []

    def direct(self, user: str = "U_ADA") -> str:
        """The direct channel between this person and the app."""
        for one in self.state(user)["channels"]:
            if one.get("is_im"):
                return str(one["id"])
        return user

    def last(self, channel: str = "C_SALES", user: str = "U_ADA") -> dict[str, Any]:
        """The newest message there."""
        return max(self.messages(channel, user), key=lambda one: float(one["ts"]))

    def press(self, message: dict[str, Any], action: str, user: str = "U_ADA", channel: str = "C_SALES") -> Any:
        """Press the first button of a message whose action id begins so."""
        action_id = next(one for one in action_ids(message) if one.split(":")[0] == action)
        answer = self.act(type="click", user=user, channel=channel, ts=message["ts"], action_id=action_id)
        self.settle()
        return answer

    def mail(self, raw: bytes, to: str, sender: str = "ada@halyard.example") -> None:
        """Deliver a mail by SMTP."""
        host = self.ready["smtp"]
        with smtplib.SMTP(host["host"], host["port"], timeout=PATIENCE) as client:
            client.sendmail(sender, [to], raw)

    def crm(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run another `crm` command on the same store."""
        return crm(*arguments, DATABASE_URL=self.ready["database"])

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=PATIENCE)
        if self.process.stdout:
            self.process.stdout.close()
        return status

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.ready["control"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30 + float(body.get("timeout_s", 60))) as answer:
            return dict(json.load(answer))

    def _get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(self.ready["control"] + path, timeout=60) as answer:
            return dict(json.load(answer))


def crm(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a `crm` command to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = warm.started(
            "bot.cli", arguments, _environment(environment), stdout=out.fileno(), stderr=err.fileno()
        )
        status = process.wait(timeout=180)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(["crm", *arguments], status, out.read(), err.read())


def _environment(more: dict[str, str]) -> dict[str, str]:
    still = ("CRM_SCHEDULE_NIGHTLY", "CRM_SCHEDULE_UPKEEP", "CRM_SCHEDULE_ALERTS", "CRM_SCHEDULE_BRIEFS")
    return warm.environment(dict.fromkeys(still, "never") | more)


def action_ids(message: dict[str, Any]) -> list[str]:
    """Every action id in a message, in reading order."""
    return [one["action_id"] for one in _walk(message.get("blocks") or []) if "action_id" in one]


def words_of(message: dict[str, Any]) -> str:
    """Everything a message says, fallback and blocks."""
    texts = [str(one["text"]) for one in _walk(message.get("blocks") or []) if isinstance(one.get("text"), str)]
    return "\n".join([str(message.get("text", "")), *texts])


def _walk(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for one in value for found in _walk(one)]
    if isinstance(value, dict):
        return [value, *(found for one in value.values() for found in _walk(one))]
    return []
