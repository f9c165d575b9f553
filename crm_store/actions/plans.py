"""The steps after a campaign's letter: who has not answered gets a reminder, or their owner a task, each once."""

from collections.abc import Sequence
from typing import Final

from crm_store import audit
from crm_store.actions import calls, sends
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.marketing import Campaign, Send
from crm_store.queries import plans as queries
from crm_store.queries.plans import Planned
from crm_store.values import plans, sending

_AT_ONCE: Final = 100


def advance(work: Work) -> int:
    """Put down what is due of all plans, a unit's worth, and say how many steps; nothing is left when this is 0.

    The row of a step is unique, so whoever runs this twice does it once. Not undoable: stop the campaign.
    """
    # Two workers may find the same step due at the same moment; the second must see the rows of the first.
    work.lock_team()
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
        campaign = work.session.get_one(Campaign, (work.team_id, one.campaign_id))
        calls.put_down(work, campaign, silent, number, f"no answer to “{one.name}”")
    counts = {"number": number, "silent": len(silent), "answered": len(answered)}
    audit.append(work, "campaign step", one.campaign_id, counts)
    work.ring(sends.BELL)
    return len(rows)
