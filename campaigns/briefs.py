"""The job of every minute: morning briefs, briefs before meetings, and digests whose time has come."""

from dataclasses import dataclass

from crm_store.actions import alerts, briefs
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import briefs as queries
from crm_store.queries import noise


@dataclass(frozen=True, slots=True)
class Briefed:
    """How many a run put down of each."""

    mornings: int = 0
    meetings: int = 0
    digests: int = 0


def anything(work: Work) -> bool:
    """Whether a brief or a digest is due."""
    return queries.anything(work)


async def run(desk: Desk) -> Briefed:
    """Put down what is due; a morning brief goes first, since it takes along what is held for its reader."""
    mornings = [await desk.write(briefs.send_morning, one) for one in await desk.read(queries.mornings)]
    meetings = [await desk.write(briefs.send_meeting, one) for one in await desk.read(queries.meetings)]
    digests = [await desk.write(alerts.send_digest, place) for place in await desk.read(noise.digests_due)]
    return Briefed(sum(mornings), sum(meetings), sum(map(bool, digests)))
