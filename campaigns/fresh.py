"""Between two nights: features are kept up, and whoever something happened to is scored anew within the minute."""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics import child
from analytics.child import AnalysisFailed, AnalysisOrder
from campaigns.night import Analyst, Progress, calmly
from crm_store.actions import features as acts
from crm_store.actions import fresh
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.log import get_logger
from crm_store.queries import features, reports
from crm_store.values.fresh import Fresh

MOST: Final = 1000
"""Customers a run; who changed last comes first, so that an import of many holds nobody up."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FreshOutcome:
    """What a run did: customers looked at, scores that changed, and whether the analyst answered."""

    customers: int
    changed: int
    answered: bool


def anything(work: Work) -> bool:
    """Whether somebody waits to be scored anew."""
    return bool(features.dirty(work, 1))


async def keep_up(desk: Desk, as_of: date, progress: Progress) -> None:
    """Bring all features up to a day: built where they are not, else only what changed or left its window."""
    if await desk.write(acts.begin, as_of):
        built = 0
        while some := await calmly(desk.write(acts.build_some)):
            built += some
            progress(f"features of {built} customers")
    seen = await desk.read(features.dirty)
    for start in range(0, len(seen), acts.MOST):
        await calmly(desk.write(acts.refresh, [one for one, _ in seen[start : start + acts.MOST]]))


async def run(
    desk: Desk, as_of: date, store_url: str, progress: Progress, analyst: Analyst = child.run
) -> FreshOutcome:
    """Score anew who changed since the last time; where the analyst fails, they keep their scores and their turn."""
    seen = await desk.read(features.dirty, MOST)
    if not seen:
        return FreshOutcome(0, 0, True)
    if await desk.write(acts.begin, as_of):
        # The features of everybody are made at night; until then there is nothing that could be kept up.
        progress("features are made tonight")
    customers = tuple(one for one, _ in seen)
    for start in range(0, len(customers), acts.MOST):
        await desk.write(acts.refresh, customers[start : start + acts.MOST])
    changed = 0
    if await desk.read(reports.latest):
        try:
            changed = await _publish(desk, AnalysisOrder(desk.team_id, as_of, store_url, customers), progress, analyst)
        except AnalysisFailed:
            _log.warning("fresh_scores_failed", team_id=desk.team_id, customers=len(customers))
            return FreshOutcome(len(customers), changed, False)
    # What a night under way read before is shown at its end, so that they are scored once more after it.
    if not await desk.read(fresh.is_night):
        await desk.write(acts.clean, seen)
    return FreshOutcome(len(customers), changed, True)


async def _publish(desk: Desk, order: AnalysisOrder, progress: Progress, analyst: Analyst) -> int:
    changed = 0
    async with aclosing(analyst(order, progress)) as stream:  # type: ignore[type-var]
        async for result in stream:
            if isinstance(result, Fresh):
                changed += await desk.write(fresh.publish_fresh, result, order.as_of)
    return changed
