"""From a typed look-up to the card that answers it, and how many clicks and milliseconds it takes to log a message.

The peer is a bare Bolt app on a local workspace of its own that answers every command with one word.
"""

import json
import time
import urllib.request
from typing import Any, Final

from benchmarks.figures import bare_bolt, quantile, running_demo
from tests.journeys.house import Demo, words_of

_LOOK_UPS: Final = 200
_LOGS: Final = 20
_CHANNEL: Final = "C_SALES"
# Three wrong letters, first names, companies, addresses and groups; each look-up has its answer.
_LINES: Final = (
    "jhon smth acme", "find raine group", "john", "acme", "ann lee", "smith, john", "find lindn", "j smith acme",
)  # fmt: skip


def measure() -> dict[str, Any]:
    """Milliseconds from the key stroke to the answer in the channel, one look-up after another."""
    with running_demo() as demo:
        ours = _answers(demo.ready["control"])
        by_dialog, by_emoji = _logged(demo)
    peer = _peer()
    return {
        "look_ups": len(ours),
        "p50_ms": round(quantile(ours, 0.5), 1),
        "p95_ms": round(quantile(ours, 0.95), 1),
        "worst_ms": round(max(ours), 1),
        "log_by_menu": {"clicks": 2, "p50_ms": round(quantile(by_dialog, 0.5), 1)},
        "log_by_emoji": {"clicks": 1, "p50_ms": round(quantile(by_emoji, 0.5), 1)},
        "peer": "a bare Bolt app that answers with one word",
        "peer_p50_ms": round(quantile(peer, 0.5), 1),
        "peer_p95_ms": round(quantile(peer, 0.95), 1),
        "ratio": round(quantile(ours, 0.95) / quantile(peer, 0.95), 2),
    }


def _answers(control: str) -> list[float]:
    """The stamp of each answer, given by the workspace, less the moment before the command was typed."""
    waits = []
    for number in range(_LOOK_UPS):
        before = _newest(control)
        began = time.time()
        text = _LINES[number % len(_LINES)]
        _post(control, {"type": "slash_command", "user": "U_ADA", "channel": _CHANNEL, "command": "/crm", "text": text})
        waits.append((_after(control, before) - began) * 1000)
    return waits


def _logged(demo: Demo) -> tuple[list[float], list[float]]:
    """A message filed by its menu and the dialog, and by the emoji: until the dialog is gone, and until the receipt."""
    by_dialog, by_emoji = [], []
    for number in range(_LOGS):
        text = f"John Smith of Acme called about part {number}"
        said = demo.act(type="message", user="U_BEN", channel=_CHANNEL, text=text)
        demo.settle()
        began = time.time()
        demo.act(type="message_shortcut", user="U_ADA", channel=_CHANNEL, ts=said["ts"], callback_id="log_to_crm")
        view = _until(lambda: [one for one in demo.state()["views"] if one["blocks"][0]["type"] == "input"])[-1]
        demo.act(type="submit", user="U_ADA", view_id=view["id"], values={})
        by_dialog.append((_seen(demo, "U_ADA", f"part {number}", began) - began) * 1000)
        said = demo.act(type="message", user="U_BEN", channel=_CHANNEL, text=text.replace("part", "piece"))
        demo.settle()
        began = time.time()
        demo.act(type="reaction", user="U_ADA", channel=_CHANNEL, ts=said["ts"], name="memo")
        by_emoji.append((_seen(demo, "U_ADA", f"piece {number}", began) - began) * 1000)
    return by_dialog, by_emoji


def _seen(demo: Demo, user: str, words: str, since: float) -> float:
    """When a message of the app came that is newer and says that something was logged."""

    def newest() -> list[float]:
        there = [*demo.messages(_CHANNEL, user), *demo.messages(demo.direct(user), user)]
        return [
            float(one["ts"]) for one in there if one["is_bot"] and float(one["ts"]) > since and words_of(one).strip()
        ]

    stamp: float = min(_until(newest))
    return stamp


def _until(look: Any) -> Any:
    for _ in range(1_000):
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError("nothing came within ten seconds")


def _newest(control: str) -> float:
    """The stamp of the newest message that the asker sees."""
    with urllib.request.urlopen(f"{control}state?user=U_ADA&last=1", timeout=20) as answer:
        channels = json.load(answer)["channels"]
    stamps = [float(one["ts"]) for channel in channels for one in channel["messages"] if channel["id"] == _CHANNEL]
    return max(stamps, default=0.0)


def _after(control: str, before: float) -> float:
    return float(_until(lambda: newest if (newest := _newest(control)) > before else 0.0))


def _post(control: str, gesture: dict[str, Any]) -> None:
    request = urllib.request.Request(
        control + "gestures", json.dumps(gesture).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60):
        pass


def _peer() -> list[float]:
    with bare_bolt("answer") as control:
        return _answers(control)
