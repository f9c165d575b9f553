"""Slash commands acknowledged with 20 in flight while the nightly job runs.

The peer is a bare Bolt app on a local workspace of its own that acknowledges and does nothing, under the same load.
"""

import json
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from benchmarks.figures import bare_bolt, quantile, running_demo
from tests.journeys.house import ROOT

_IN_FLIGHT: Final = 20
_COMMANDS: Final = 400
_LINES: Final = ("jhon smth acme", "find raine group", "due", "log john smith acme: a call for the bench", "help")


def measure() -> dict[str, Any]:
    """Milliseconds to the acknowledgement, ours and the peer's, both while the nightly job of our demo runs."""
    with running_demo() as demo:
        night = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run-job", "nightly", "--json"],
            cwd=ROOT,
            env={**_environment(), "DATABASE_URL": demo.ready["database"]},
            stdout=subprocess.PIPE,
        )
        ours = _load(demo.ready["control"])
        under_night = night.poll() is None
        night.communicate()
        demo.settle(120)
        peer = _peer()
    return {
        "commands": len(ours),
        "in_flight": _IN_FLIGHT,
        "night_still_running_at_the_end": under_night,
        "p50_ms": round(quantile(ours, 0.5), 1),
        "p99_ms": round(quantile(ours, 0.99), 1),
        "peer": "a bare Bolt app that only acknowledges, without the night",
        "peer_p50_ms": round(quantile(peer, 0.5), 1),
        "peer_p99_ms": round(quantile(peer, 0.99), 1),
        "ratio": round(quantile(ours, 0.99) / quantile(peer, 0.99), 2),
    }


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415 -- children inherit

    return {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "SLACK_"))}


def _load(control: str) -> list[float]:
    waits: list[float] = []
    lock = threading.Lock()

    def one(number: int) -> None:
        waited = command(control, number)
        with lock:
            waits.append(waited)

    with ThreadPoolExecutor(_IN_FLIGHT) as pool:
        list(pool.map(one, range(_COMMANDS)))
    return waits


def command(control: str, number: int) -> float:
    """Give one of some commands; milliseconds to its acknowledgement."""
    gesture = {
        "type": "slash_command",
        "user": "U_ADA",
        "channel": "C_SALES",
        "command": "/crm",
        "text": _LINES[number % len(_LINES)],
    }
    request = urllib.request.Request(
        control + "gestures", json.dumps(gesture).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return float(json.load(answer)["ack_ms"])


def _peer() -> list[float]:
    with bare_bolt() as control:
        return _load(control)
