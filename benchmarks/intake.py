"""The mail door of a whole demo, durable commit and filing included: rates against a bare listener, and a steady peak.

The peer is aiosmtpd as it comes with an empty handler, in a process of its own, measured in turn with ours each round
so that a busy machine slows both. After that mail comes at 83 a second, the peak of 50 000 people, for a minute
(`intake:300` for five), while filing goes on.
"""

import asyncio
import statistics
from typing import Any, Final

from benchmarks.figures import bare_listener, quantile, running_demo
from benchmarks.postmen import Round, rush, stream
from tests.journeys.house import Demo

_CONNECTIONS: Final = (1, 10, 50)
_ROUNDS: Final = 3
_SECONDS: Final = 2.0
_PEAK: Final = 83.0


def measure(seconds: str = "60") -> dict[str, Any]:
    """Ratios at 1, 10 and 50 connections, and the waits for the 250 at the peak."""
    with bare_listener() as (bare, _process):
        with running_demo(CRM_SMTP_CONNECTIONS_PER_ADDRESS="100") as demo:
            rates = asyncio.run(_rates(demo, bare))
        with running_demo(CRM_SMTP_CONNECTIONS_PER_ADDRESS="100") as demo:
            peak = asyncio.run(stream(*_door(demo), _PEAK, float(seconds)))
            handled = _handled(demo)
    figures: dict[str, Any] = {"peer": "aiosmtpd with an empty handler, which stores nothing"}
    for connections, (ours, peer) in rates.items():
        figures[f"at_{connections}"] = {
            "per_second": round(statistics.median(one.per_second for one in ours)),
            "peer_per_second": round(statistics.median(one.per_second for one in peer)),
            "ratio": round(statistics.median(a.per_second / b.per_second for a, b in zip(ours, peer, strict=True)), 2),
            "p99_ms": round(1_000 * statistics.median(quantile(one.waits, 0.99) for one in ours), 1),
        }
    figures["peak"] = {
        "wanted_per_second": _PEAK,
        "per_second": round(peak.per_second, 1),
        "seconds": round(peak.seconds),
        "mails": len(peak.waits),
        "p50_ms": round(1_000 * quantile(peak.waits, 0.5), 1),
        "p99_ms": round(1_000 * quantile(peak.waits, 0.99), 1),
        "handled_meanwhile": handled,
    }
    return figures


def _door(demo: Demo) -> tuple[str, int, str]:
    smtp = demo.ready["smtp"]
    return smtp["host"], smtp["port"], demo.ready["ingest_addresses"]["U_ADA"]


async def _rates(demo: Demo, bare: int) -> dict[int, tuple[list[Round], list[Round]]]:
    rates: dict[int, tuple[list[Round], list[Round]]] = {connections: ([], []) for connections in _CONNECTIONS}
    host, port, to = _door(demo)
    for number in range(_ROUNDS):
        for connections, (ours, peer) in rates.items():
            turns = [(ours, port, to), (peer, bare, "x@bare.example")]
            for kept, at, rcpt in turns if number % 2 == 0 else reversed(turns):
                kept.append(await rush(host, at, rcpt, connections, _SECONDS))
    return rates


def _handled(demo: Demo) -> int:
    """Mails that filing was done with at the end of the peak."""
    lines = demo.crm("inbox", "--json").stdout.splitlines()
    return sum('"waiting"' not in line and '"working"' not in line and '"mail"' in line for line in lines)
