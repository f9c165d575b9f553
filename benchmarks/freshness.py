"""Seconds from an order in chat, a mail by SMTP and a deal's next stage to the new scores, by the demo's own clock.

`./run bench freshness` takes the demo as it is; CRM_BENCH_CUSTOMERS adds so many customers to it. Nobody runs a job by
hand: what is measured is the wait for the clock's next tick, the analyst's start, and the scoring.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from benchmarks import night
from benchmarks.figures import quantile
from bot.demo import mails
from crm_store.clock import SystemClock
from tests.journeys.house import Demo

_ROUNDS: Final = 4
_LONGEST: Final = 180.0
_LOOK: Final = 0.1
_APART: Final = 7.0
"""Seconds between two things that happen, which are no part of the clock's half minute."""
_OPEN_DEALS: Final = """
    SELECT deals.deal_id, deals.name, customers.customer_id, customers.name, contact_points.value
    FROM users JOIN deals USING (team_id) JOIN stages USING (team_id, stage_id)
    JOIN customers USING (team_id, customer_id)
    JOIN contact_points ON owner_row = customers.customer_id AND contact_points.kind = 'email'
    WHERE users.slack_user_id = 'U_ADA' AND deals.state = 'open' AND deals.removed_at IS NULL
        AND stages.position = 0 AND customers.removed_at IS NULL AND customers.merged_into IS NULL
    GROUP BY customers.customer_id HAVING count(*) = 1 ORDER BY deals.deal_id LIMIT ?
    """


@dataclass(frozen=True, slots=True)
class Dealing:
    """A customer with one open deal at its first stage."""

    deal_id: str
    deal: str
    customer_id: str
    customer: str
    address: str


def measure() -> dict[str, Any]:
    """Seconds to the new scores by what happened; the peer is the next night, at three."""
    more = int(os.environ.get("CRM_BENCH_CUSTOMERS", "0"))
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo.start(Path(folder))
        demo.settle(120)
        demo.stop()
        if more:
            night.fill(demo.ready["database"])
        demo = Demo.start(Path(folder))
        try:
            demo.crm("run-job", "nightly", "--json")
            return {"more_customers": more, **seconds(demo)}
        finally:
            demo.stop()


def seconds(demo: Demo) -> dict[str, Any]:
    """The longest and the middle of some waits for each of the three, begun at any moment of the clock's round."""
    some = [Dealing(*row) for row in _rows(demo, _OPEN_DEALS, str(len(_ACTS) * _ROUNDS))]
    waiting: dict[Dealing, tuple[str, float, int]] = {}
    waits: dict[str, list[float]] = {name: [] for name in _ACTS}
    todo = list(zip(some, cycle(_ACTS), strict=False))
    last = time.perf_counter()
    while todo or waiting:
        now = time.perf_counter()
        if todo and now - last > _APART:
            one, name = todo.pop(0)
            waiting[one] = (name, now, _written(demo, one))
            _ACTS[name](demo, one)
            last = now
        for one, (name, begun, before) in list(waiting.items()):
            if now - begun > _LONGEST:
                raise RuntimeError(f"nothing was scored anew after the {name} for {_LONGEST:.0f} s")
            if _written(demo, one) != before:
                waits[name].append(now - begun)
                del waiting[one]
        time.sleep(_LOOK)
    told = {
        f"{name}_{what}_s": round(figure, 1)
        for name, all_waits in waits.items()
        for what, figure in (("median", quantile(all_waits, 0.5)), ("longest", max(all_waits)))
    }
    return {**told, "customers": len(some), "peer": "the next night", "peer_s": 24 * 3600}


def _order(demo: Demo, one: Dealing) -> None:
    demo.act(
        type="slash_command", user="U_ADA", channel="C_SALES", command="/crm", text=f"order {one.address} 7300 eur"
    )


def _mail(demo: Demo, one: Dealing) -> None:
    to = demo.ready["ingest_addresses"]["U_ADA"]
    at = SystemClock().now() - timedelta(minutes=5)
    raw = mails.forwarded_by(
        "ada@halyard.example", to, (one.customer, one.address), at=at, subject="Our next order",
        text="Hello, we should like to go on.", note="fyi", user_name="Ada", style=mails.Style.GMAIL,
    )  # fmt: skip
    demo.mail(raw, to)


def _deal(demo: Demo, one: Dealing) -> None:
    demo.act(
        type="slash_command", user="U_ADA", channel="C_SALES", command="/crm",
        text=f'deal {one.address} "{one.deal}" stage:proposal',
    )  # fmt: skip


_ACTS: Final[dict[str, Callable[[Demo, Dealing], None]]] = {"order": _order, "mail": _mail, "deal": _deal}


def _written(demo: Demo, one: Dealing) -> int:
    """Which row of the customer's scores was written last: new ones replace the old, also where they say the same."""
    query = "SELECT coalesce(max(rowid), 0) FROM scores WHERE about IN (?, ?)"
    return int(_rows(demo, query, one.customer_id, one.deal_id)[0][0])


def _rows(demo: Demo, query: str, *values: str) -> list[tuple[Any, ...]]:
    path = demo.ready["database"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()
