"""Answers to campaigns are attributed once, end what they should end, and in the end the effect is measured."""

from collections import Counter
from typing import Final

from sqlalchemy import select, update

from crm_store import audit, outbox
from crm_store.actions import sends
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed, NotFound, Stale
from crm_store.ids import Prefix
from crm_store.models.marketing import Campaign, Response, Send
from crm_store.models.people import User
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import lift, responses
from crm_store.values import sending
from crm_store.values.acts import Receipt
from crm_store.values.lift import Lift
from crm_store.values.responses import ENDS_IT

_STEPS: Final = {
    "paused": (("approved", "running"), "Paused", "pause"),
    "running": (("paused",), "Resumed", "resume"),
    "stopped": (("approved", "running", "paused"), "Stopped", "stop"),
}


def attribute(work: Work, most: int = 500) -> int:
    """Note up to so many answers, each to its letter and each once, and say how many are new.

    After a reply, an order, a hard bounce or an unsubscription nothing more of the campaign goes to that person. Not
    undoable: it says what happened elsewhere.
    """
    # Two workers may find the same answers at the same moment; the unique key lets each in once.
    work.lock_team()
    found = responses.unattributed(work, most)
    rows = [
        {
            "response_id": work.new_id(Prefix.RESPONSE),
            "send_id": one.send_id,
            "kind": one.kind.value,
            "source_id": one.source_id,
            "at": one.at,
            "amount_minor": one.amount_minor,
        }
        for one in found
    ]
    new = work.insert(Response, rows, or_nothing=True) if rows else 0
    for campaign_id in sorted({one.campaign_id for one in found}):
        of_it = [one for one in found if one.campaign_id == campaign_id]
        ending = [one for one in of_it if one.kind in ENDS_IT]
        stopped = sum(sends.skip_rest(work, campaign_id, one.customer_id, one.kind.value) for one in ending)
        counts = Counter(one.kind.value for one in of_it)
        audit.append(work, "answers", campaign_id, {**counts, "letters withheld": stopped})
        redraw(work, campaign_id)
    return new


def redraw(work: Work, campaign_id: str) -> None:
    """Let the suggestion's card show the numbers; while a change of it waits to leave, that one will show them all.

    Not audited: it changes what a card shows, and nothing that it shows.
    """
    row = work.session.get(Campaign, (work.team_id, campaign_id))
    if row is None or row.suggestion_id is None:
        return
    place = f"redraw:{row.suggestion_id}"
    waiting = select(OutboxRow.outbox_id).where(OutboxRow.order_key == place, OutboxRow.state == "waiting")
    if work.session.scalar(waiting.limit(1)) is None:
        key = f"numbers:{row.suggestion_id}:{work.now.isoformat()}"
        outbox.enqueue(work, "suggestion_update", place, key, {"suggestion_id": row.suggestion_id})


def settle(work: Work, campaign_id: str) -> Lift | None:
    """Measure a campaign whose window has passed and tell the thread of its suggestion, once; None if it is not due.

    Not undoable: it says what was counted on that day.
    """
    row = work.session.get(Campaign, (work.team_id, campaign_id), with_for_update=True)
    if row is None or campaign_id not in lift.due(work):
        return None
    found = lift.now(work, row)
    row.measured, row.state = found.to_json(), "measured"
    audit.append(work, "measure", campaign_id, {"finding": found.finding.value})
    payload = {"campaign_id": campaign_id, "suggestion_id": row.suggestion_id, "user_id": row.approved_by}
    outbox.enqueue(work, "campaign_lift", f"campaign:{campaign_id}", f"lift:{campaign_id}", payload)
    redraw(work, campaign_id)
    return found


def move(work: Work, campaign_id: str, wanted: str) -> Receipt:
    """Pause, resume or stop what still waits to be sent (`paused`, `running`, `stopped`); letters that left stay sent.

    Raises NotFound, Stale where the campaign is past that, NotAllowed for viewers. A stop withholds what waits for good
    and is not undoable; a pause is ended by resuming.
    """
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None and user.role == "viewer":
        raise NotAllowed("Viewers may look at campaigns, but not steer them.")
    row = work.session.get(Campaign, (work.team_id, campaign_id), with_for_update=True)
    if row is None:
        raise NotFound("That campaign is no longer there.", wanted=campaign_id)
    before, told, verb = _STEPS[wanted]
    if row.state not in before:
        raise Stale(f"“{row.name}” is {row.state} already; nothing was changed.")
    sentence = f"{told} the campaign “{row.name}”"
    with audit.record(work, verb, campaign_id, sentence, undoable=False) as ledger:
        ledger.change(row)
        row.state = wanted
    if wanted == "stopped":
        _withhold(work, campaign_id)
    work.ring(sends.BELL)
    redraw(work, campaign_id)
    return Receipt(campaign_id, None, sentence)


def _withhold(work: Work, campaign_id: str) -> None:
    work.session.execute(
        update(Send)
        .where(Send.campaign_id == campaign_id, Send.state == sending.WAITING)
        .values(state=sending.SKIPPED, reason="stopped")
        .execution_options(synchronize_session=False)
    )
