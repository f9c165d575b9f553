"""The job that tells owners of thresholds as they are passed: each once, and never of a level."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm_store.actions import alerts
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import alerts as queries
from crm_store.values.alerts import Crossing
from crm_store.values.noise import Kind

KEPT: Final = timedelta(days=30)
_NOON: Final = time(12)


@dataclass(frozen=True, slots=True)
class Raised:
    """How many alerts a run raised of each kind."""

    n: int
    kinds: dict[str, int]
    looked_at: datetime

    def detail(self) -> dict[str, Any]:
        """As the row of the run keeps it."""
        return {"alerts": self.n, **self.kinds, queries.LOOKED: self.looked_at.isoformat()}


def anything(work: Work) -> bool:
    """Whether a run would find something, or should look at the deals again."""
    return queries.anything(work)


async def run(desk: Desk, as_of: date, zone: ZoneInfo) -> Raised:
    """Raise what was passed by now; for another day than today, by the noon of that day."""
    now = desk.store.clock.now()
    today = now.astimezone(zone).date()
    at = now if as_of == today else datetime.combine(as_of, _NOON, zone).astimezone(now.tzinfo)
    found = list(await desk.read(queries.spoken, at))
    looked_at = await desk.read(queries.looked)
    if looked_at is None or as_of != today or await desk.read(queries.should_look, at):
        found += await _of_deals(desk, at)
        looked_at = now
    raised = 0
    for start in range(0, len(found), alerts.AT_ONCE):
        raised += await desk.write(alerts.raise_some, found[start : start + alerts.AT_ONCE])
    while await desk.write(alerts.forget, now - KEPT):
        continue
    kinds = {f"{kind}_alerts": sum(one.kind is kind for one in found) for kind in Kind}
    return Raised(raised, {name: n for name, n in kinds.items() if n}, looked_at)


async def _of_deals(desk: Desk, at: datetime) -> list[Crossing]:
    found: list[Crossing] = []
    after: str | None = None
    while after != "":
        some, after = await desk.read(queries.new_risks, at, after or "")
        found += some
    return found
