"""The round of the campaigns: answers are attributed, and whatever campaign is over is measured."""

from dataclasses import dataclass

from crm_store.actions import plans
from crm_store.actions import responses as acts
from crm_store.engine.store import Desk
from crm_store.queries import lift


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    answers: int
    measured: int
    steps: int = 0


async def run(desk: Desk) -> Round:
    """Attribute all answers there are, take the steps that are due, then measure what is over, a campaign a unit."""
    answers = measured = 0
    while some := await desk.write(acts.attribute):
        answers += some
    steps = 0
    while some := await desk.write(plans.advance):
        steps += some
    for campaign_id in await desk.read(lift.due):
        measured += await desk.write(acts.settle, campaign_id) is not None
    return Round(answers, measured, steps)
