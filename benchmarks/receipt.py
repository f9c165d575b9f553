"""From the 250 of a forwarded mail to its receipt in the direct channel, at ten mails a second.

The peer is aiosmtpd as it comes with an empty handler: from the end of the data to its 250.
"""

import asyncio
import re
import smtplib
import time
from datetime import UTC, datetime
from typing import Any, Final

from aiosmtpd.controller import Controller

from benchmarks.figures import quantile, running_demo
from bot.demo import mails
from tests.journeys.house import Demo, words_of

_MAILS: Final = 200
_PER_SECOND: Final = 10


def measure() -> dict[str, Any]:
    """Seconds from accepted to receipt."""
    with running_demo(CRM_MAIL_BURST="0") as demo:
        accepted = _send(demo)
        demo.settle(120)
        seen = _receipts(demo)
    waits = [seen[name] - at for name, at in accepted.items() if name in seen]
    peer = _peer()
    return {
        "mails": _MAILS,
        "per_second": _PER_SECOND,
        "receipts": len(waits),
        "p50_s": round(quantile(waits, 0.5), 3),
        "p95_s": round(quantile(waits, 0.95), 3),
        "peer": "aiosmtpd with an empty handler, to its 250",
        "peer_p95_s": round(quantile(peer, 0.95), 4),
        "ratio": round(quantile(waits, 0.95) / quantile(peer, 0.95), 1),
    }


def _send(demo: Demo) -> dict[str, float]:
    accepted: dict[str, float] = {}
    users = (("ada", "U_ADA"), ("ben", "U_BEN"))
    began = time.time()
    for number in range(_MAILS):
        user, seat = users[number % 2]
        name = f"bench {number:04d}"
        raw = mails.forwarded_by(
            f"{user}@halyard.example",
            demo.ready["ingest_addresses"][seat],
            ("John Smith", "john.smith@acme.example"),
            at=datetime(2026, 11, 20, 10, number % 60, tzinfo=UTC),
            subject=name,
            text=f"Hello, this is about {name}.",
        )
        demo.mail(raw, demo.ready["ingest_addresses"][seat], sender=f"{user}@halyard.example")
        accepted[name] = time.time()
        time.sleep(max(0.0, began + (number + 1) / _PER_SECOND - time.time()))
    return accepted


def _receipts(demo: Demo) -> dict[str, float]:
    seen: dict[str, float] = {}
    for user in ("U_ADA", "U_BEN"):
        for message in demo.messages(demo.direct(user), user):
            for name in set(re.findall(r"bench \d{4}", words_of(message))):
                seen.setdefault(name, float(message["ts"]))
    return seen


def _peer() -> list[float]:
    class Nothing:
        async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 -- its name there
            await asyncio.sleep(0)
            return "250 OK"

    controller = Controller(Nothing(), hostname="127.0.0.1", port=0, ready_timeout=10)
    controller.port = _free_port()
    controller.start()
    waits = []
    try:
        with smtplib.SMTP("127.0.0.1", controller.port) as client:
            for number in range(_MAILS):
                began = time.perf_counter()
                client.sendmail("a@b.example", ["c@d.example"], f"Subject: {number}\r\n\r\nhello\r\n".encode())
                waits.append(time.perf_counter() - began)
    finally:
        controller.stop()
    return waits


def _free_port() -> int:
    import socket  # noqa: PLC0415 -- one use

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
