"""Thousands of events with duplicates, cut sockets and killed processes: each effect once, none lost.

The control is a Bolt app that acknowledges before it has kept anything, under the same faults: it has to lose some and
do some twice, or the faults were none.
"""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.journeys.apart import Served, logged_lines, open_workspace, rows
from tests.journeys.house import ROOT, Demo

_BATCH: Final = 20
_DUPLICATES: Final = 2  # Of a batch: ten percent.
_KILLS: Final = 20
_DROP_EVERY: Final = 400  # One batch in twenty is cut in the air: five percent.
_SENDERS: Final = 20
_RESENT_AFTER_S: Final = 400
"""Slack sends an event for the last time five minutes after it was not acknowledged."""
_CONTROL_EVENTS, _CONTROL_KILLS = 200, 5
_PEOPLE: Final = "Name,Company,E-mail\nIda Import,Imported Ltd,ida@imported.example\n"


def measure(events: str = "10000", kills: str = str(_KILLS)) -> dict[str, Any]:
    """Effects lost and done twice; how often sockets were cut and the process was killed; and how long it took."""
    with TemporaryDirectory() as folder:
        workspace = open_workspace(Path(folder))
        try:
            return soak(workspace, int(events), int(kills)) | control(workspace)
        finally:
            workspace.stop()


@dataclass(slots=True)
class _Faults:
    """What is done to whoever listens while people write, and how often."""

    workspace: Demo
    restart: Callable[[], None]
    kills: int = 0
    drops: int = 0
    places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Asked once: the answer tells all that was ever said there.
        self.places = {user: self.workspace.direct(user) for user in ("U_ADA", "U_BEN")}

    def write(self, events: int, kills: int, text: str) -> None:
        """People write that many lines, each with its number, in batches with duplicates, cuts and kills."""
        every = max(_BATCH, events // max(1, kills))
        with ThreadPoolExecutor(_SENDERS) as senders:
            for first in range(0, events, _BATCH):
                self._order({"duplicate_next": _DUPLICATES})
                numbers = range(first, min(events, first + _BATCH))
                under_way = [senders.submit(self._say, number, text) for number in numbers]
                if first % _DROP_EVERY == 0 and first:
                    self._order({"drop_sockets": True})
                    self.drops += 1
                if first // every != (first + _BATCH) // every and self.kills < kills:
                    self.restart()
                    self.kills += 1
                for one in under_way:
                    one.result()

    def _say(self, number: int, text: str) -> None:
        user = ("U_ADA", "U_BEN")[number % 2]
        self.workspace.act(type="message", user=user, channel=self.places[user], text=text.format(number))

    def _order(self, body: dict[str, Any]) -> None:
        asked = urllib.request.Request(
            str(self.workspace.ready["control"]) + "faults",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(asked, timeout=30).close()


def soak(workspace: Demo, events: int, kills: int) -> dict[str, Any]:
    """Rapport under the faults; then count what it did."""
    workspace.crm("migrate")
    served = [_serve(workspace)]
    people = workspace.data / "people.csv"
    people.write_text(_PEOPLE)
    workspace.crm("import", str(people))
    starts: list[float] = []

    def restart() -> None:
        served.pop().kill()
        began = time.perf_counter()
        served.append(_serve(workspace))
        starts.append(time.perf_counter() - began)

    faults, began = _Faults(workspace, restart), time.perf_counter()
    faults.write(events, kills, "log ida import: line {} of the soak")
    _settle(workspace, events)
    seconds = time.perf_counter() - began
    served.pop().stop()
    return {
        "events": events,
        "duplicates": events // _BATCH * _DUPLICATES,
        "socket_drops": faults.drops,
        "kills": faults.kills,
        **_counted(events, logged_lines(workspace)),
        "seconds": round(seconds, 1),
        "of_it_starts_s": round(sum(starts), 1),
        "per_s": round(events / seconds, 1),
    }


def _serve(workspace: Demo) -> Served:
    return Served.start(workspace, SLACK_APP_TOKEN=str(workspace.ready["app_token"]))


def _settle(workspace: Demo, events: int) -> None:
    """Slack sends again what was not acknowledged: its clock is moved on until all has arrived and is handled."""
    pause = threading.Event()
    for _ in range(max(120, events)):
        if not _waiting(workspace) and _arrived(workspace) >= events:
            return
        workspace._post("clock", {"advance_s": _RESENT_AFTER_S})
        pause.wait(1.0)
    raise AssertionError("not everything that was sent has arrived")


def _waiting(workspace: Demo) -> int:
    return int(rows(workspace, "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'working')")[0][0])


def _arrived(workspace: Demo) -> int:
    """Each line is one row, however often it came."""
    return int(rows(workspace, "SELECT count(*) FROM inbox WHERE CAST(raw AS TEXT) LIKE '%of the soak%'")[0][0])


def _counted(events: int, texts: list[str]) -> dict[str, int]:
    """How many numbers are missing, and how many are there more than once."""
    counted = Counter(int(found[1]) for text in texts if (found := re.search(r"line (\d+) of the", text)))
    return {
        "lost": sum(number not in counted for number in range(events)),
        "done_twice": sum(count > 1 for count in counted.values()),
    }


def control(workspace: Demo) -> dict[str, Any]:
    """The app that acknowledges first, under the same faults; raises AssertionError where these did it no harm."""
    notes = workspace.data / "notes.txt"
    notes.touch()
    listening = [_early(workspace, notes)]

    def restart() -> None:
        _end(listening.pop())
        listening.append(_early(workspace, notes))

    faults = _Faults(workspace, restart)
    faults.write(_CONTROL_EVENTS, _CONTROL_KILLS, "line {} of the control")
    workspace._post("clock", {"advance_s": _RESENT_AFTER_S})
    time.sleep(2.0)
    _end(listening.pop())
    found = _counted(_CONTROL_EVENTS, notes.read_text(encoding="utf-8").splitlines())
    assert found["lost"] + found["done_twice"], "the faults are too weak to tell anything"
    return {
        "peer": "a Bolt app that acknowledges before it has kept anything",
        "peer_events": _CONTROL_EVENTS,
        "peer_kills": faults.kills,
        **{f"peer_{name}": number for name, number in found.items()},
    }


def _early(workspace: Demo, notes: Path) -> "subprocess.Popen[str]":
    names = ("slack_api", "bot_token", "app_token", "signing_secret")
    command = [sys.executable, "-m", "benchmarks.peers.early_bolt", *(str(workspace.ready[name]) for name in names)]
    started = subprocess.Popen([*command, str(notes)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def _end(running: "subprocess.Popen[str]") -> None:
    running.send_signal(signal.SIGKILL)
    running.wait()
    if running.stdout is not None:
        running.stdout.close()
