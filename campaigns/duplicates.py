"""The pass over all customers for duplicates: proposed to their owners, and joined only where identity is plain."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from analytics import child
from analytics.child import AnalysisOrder, Result
from crm_store.actions import duplicates as acts
from crm_store.actions import merges, news
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.queries import duplicates as queries
from crm_store.values.duplicates import FoundPair, FoundPairs

MODULE: Final = "analytics.duplicates"
MOST: Final = 20_000
"""Pairs kept of one pass; a list with more has a fault that no person can review pair by pair."""
_log = get_logger(__name__)
Progress = Callable[[str], None]


Searcher = Callable[[AnalysisOrder, Progress], AsyncGenerator[Result, None]]
"""Tells the pairs of a team as they are found; the child does."""


@dataclass(frozen=True, slots=True)
class PassOutcome:
    """What a pass did: pairs found, new to people, joined by themselves, and let go."""

    found: int
    new: int
    joined: int
    closed: int


async def in_child(order: AnalysisOrder, on_progress: Progress) -> AsyncGenerator[Result, None]:
    """The search in its own process."""
    async with aclosing(child.run(order, on_progress, module=MODULE)) as results:  # type: ignore[type-var]
        async for result in results:
            yield result


async def run(desk: Desk, order: AnalysisOrder, progress: Progress, search: Searcher = in_child) -> PassOutcome:
    """Search, join what is plainly one, propose the rest, and tell each owner once how many wait."""
    began = desk.store.clock.now()
    found: list[FoundPair] = []
    async with aclosing(search(order, progress)) as results:
        async for result in results:
            if isinstance(result, FoundPairs):
                found += result.pairs
    found = found[:MOST]
    joined = await _join(desk, [one for one in found if one.identity])
    left = [one for one in found if not one.identity or (one.a, one.b) not in joined]
    new = 0
    for start in range(0, len(left), acts.AT_ONCE):
        new += await desk.write(acts.propose, left[start : start + acts.AT_ONCE])
        progress(f"{start + len(left[start : start + acts.AT_ONCE])} of {len(left)} pairs")
    closed = await desk.write(acts.close_others, [(one.a, one.b) for one in left])
    if new:
        await desk.write(_tell_owners, began)
    return PassOutcome(len(found), new, len(joined), closed)


async def _join(desk: Desk, pairs: list[FoundPair]) -> set[tuple[str, str]]:
    """Join those who share a personal address under one name; each by itself, told, and undone by one press."""
    joined = set()
    for one in pairs:
        try:
            if await desk.write(_join_one, one):
                joined.add((one.a, one.b))
        except CrmError as problem:
            # Somebody may have merged or removed one of them meanwhile; a person can still decide.
            _log.info("not_joined", a=one.a, b=one.b, kind=type(problem).__name__)
    return joined


def _join_one(work: Work, pair: FoundPair) -> bool:
    """The one known longer is kept."""
    kept, absorbed = queries.older_first(work, pair.a, pair.b)
    why = pair.why[0] if pair.why else "same address"
    receipt = merges.merge(work, kept, absorbed, why=why)
    owner = queries.owner(work, kept)
    if owner is not None:
        text = f"{receipt.sentence}: {why}. Nobody else has this address."
        news.tell(work, owner, f"joined:{pair.a}:{pair.b}", text, receipt.undo_id)
    return True


def _tell_owners(work: Work, since: datetime) -> int:
    """One message a day to each owner, whatever the number of pairs; pairs that nobody owns are in everybody's tray."""
    told = 0
    for owner, (count, one, other) in queries.newly_found(work, since).items():
        if owner is None:
            continue
        pairs = "1 pair of customers" if count == 1 else f"{count} pairs of customers"
        text = f"{pairs} may be one person, such as {one} and {other}. `/crm duplicates` shows them."
        key = f"duplicates:{owner}:{work.now.date().isoformat()}"
        told += news.tell(work, owner, key, text)
    return told
