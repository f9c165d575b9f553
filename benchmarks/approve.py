"""From the press on Approve to the first letter at a mail server, and from a reply to its number on the card."""

import email
import email.policy
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import running_demo
from benchmarks.sending import Sink
from tests.journeys.house import Demo, words_of

_GOAL: Final = 5.0
_LONGEST: Final = 60.0


def measure() -> dict[str, Any]:
    """Seconds for each suggestion of a night of the demo, and for one reply."""
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink(Path(folder))
        try:
            with running_demo(CRM_RELAY=sink.address) as demo:
                waits = _approvals(demo, sink)
        finally:
            sink.stop()
    with running_demo() as demo:
        reply = _reply(demo)
    return {
        "approvals": len(waits), "first_letter_s": [round(one, 2) for one in waits], "goal_s": _GOAL,
        "reply_to_card_s": round(reply, 2),
    }  # fmt: skip


def _cards(demo: Demo) -> list[dict[str, Any]]:
    """The suggestions of a night that are letters; a call is a task, and no letter ever leaves for it."""
    demo.crm("run-job", "nightly", "--json")
    demo.settle(120)
    return [one for one in demo.messages(user="U_BEN") if "Approve mail to" in str(one.get("blocks"))]


def _approvals(demo: Demo, sink: Sink) -> list[float]:
    waits = []
    for card in _cards(demo):
        before = sink.got.total()
        began = time.perf_counter()
        _pressed(demo, card)
        while sink.got.total() == before and time.perf_counter() - began < _LONGEST:
            time.sleep(0.01)
        waits.append(time.perf_counter() - began)
        demo.settle(120)
    return waits


def _pressed(demo: Demo, card: dict[str, Any]) -> None:
    """Pressed and no more: the press of the journeys waits until all is at rest."""
    found = str(card["blocks"]).partition("suggestion_approve")[2]
    action = "suggestion_approve" + found.partition("'")[0]
    demo.act(type="click", user="U_BEN", channel="C_SALES", ts=card["ts"], action_id=action)


def _reply(demo: Demo) -> float:
    """From the reply's 250 until the card in the channel counts it."""
    card = _cards(demo)[0]
    demo.press(card, "suggestion_approve", "U_BEN")
    folder, until = demo.data / "outgoing", time.monotonic() + _LONGEST
    while not (letters := sorted(folder.glob("snd_*.eml"))) and time.monotonic() < until:
        time.sleep(0.1)
    first = email.message_from_bytes(letters[0].read_bytes(), policy=email.policy.default)
    demo.settle(120)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = str(first["To"]), str(first["Reply-To"]), f"Re: {first['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = "<answer-1@customer.example>", str(first["Message-ID"])
    reply.set_content("Yes, please call me on Thursday.")
    recipient, sender = first["Reply-To"].addresses[0].addr_spec, first["To"].addresses[0].addr_spec
    demo.mail(bytes(reply), recipient, sender)
    began = time.perf_counter()
    while time.perf_counter() - began < _LONGEST:
        shown = [one for one in demo.messages(user="U_BEN") if one["ts"] == card["ts"]]
        if shown and "1 replied" in words_of(shown[0]):
            break
        time.sleep(0.05)
    return time.perf_counter() - began
