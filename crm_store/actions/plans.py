"""The steps after a campaign's letter: who has not answered gets a reminder, or their owner a task, each once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import sends, tasks
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.briefs import briefs
from crm_store.models.marketing import Campaign, Send
from crm_store.models.people import Customer
from crm_store.queries import plans as queries
from crm_store.queries.plans import Planned
from crm_store.values import plans, sending
from crm_store.values.acts import NewTask

_AT_ONCE: Final = 100


def advance(work: Work) -> int:
    """Put down what is due of all plans, a unit's worth, and say how many steps; nothing is left when this is 0.

    The row of a step is unique, so whoever runs this twice does it once. Not undoable: stop the campaign.
    """
    for one in queries.running(work):
        for number in range(1, len(one.steps) + 1):
            waiting = queries.due(work, one, number, _AT_ONCE)
            if waiting:
                return _step(work, one, number, waiting)
    return 0


def _step(work: Work, one: Planned, number: int, customer_ids: Sequence[str]) -> int:
    answered = queries.answered(work, one.campaign_id, customer_ids)
    step, drawn = one.steps[number - 1], queries.variants_of(work, one.campaign_id, customer_ids)
    state = plans.TASK_SENT if step.do == "task" else sending.WAITING
    rows = [
        {
            "send_id": work.new_id(Prefix.SEND),
            "campaign_id": one.campaign_id,
            "customer_id": customer_id,
            "idempotency_key": f"{one.campaign_id}:{customer_id}:{number}",
            "step": number,
            "variant": drawn.get(customer_id),
            "state": sending.SKIPPED if customer_id in answered else state,
            "reason": "answered before" if customer_id in answered else None,
            "due_at": work.now,
            "at": work.now if step.do == "task" and customer_id not in answered else None,
            "attempts": 0,
        }
        for customer_id in customer_ids
    ]
    work.insert(Send, rows, or_nothing=True)
    silent = [customer_id for customer_id in customer_ids if customer_id not in answered]
    if step.do == "task":
        _call(work, one, silent)
    counts = {"number": number, "silent": len(silent), "answered": len(answered)}
    audit.append(work, "campaign step", one.campaign_id, counts)
    work.ring(sends.BELL)
    return len(rows)


def _call(work: Work, one: Planned, customer_ids: Sequence[str]) -> None:
    """A task for each owner, in the working day that begins next; without an owner it is whoever approved."""
    campaign = work.session.get_one(Campaign, (work.team_id, one.campaign_id))
    rows = work.session.execute(
        select(Customer.customer_id, Customer.owner).where(Customer.customer_id.in_(customer_ids))
    )
    owners = dict(rows.all())
    due = work.now + timedelta(days=1)
    for brief in briefs(work, customer_ids):
        owner = owners.get(brief.customer_id) or campaign.approved_by
        tasks.add(work, NewTask(f"Call {brief.name}: no answer to “{one.name}”", due, owner, brief.customer_id))
