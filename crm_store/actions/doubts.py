"""Letters of which nobody can tell whether they left: asked about once a campaign, sent again if somebody says so."""

from typing import Final

from sqlalchemy import select, update

from crm_store import audit, outbox
from crm_store.engine.work import Work
from crm_store.errors import NotAllowed, NotFound, Stale
from crm_store.models.marketing import Campaign, Response, Send
from crm_store.models.people import User
from crm_store.queries import sends as queries
from crm_store.values import sending
from crm_store.values.acts import Receipt

BELL: Final = "sends"
_OPEN: Final = ("approved", "running", "paused")


def held(work: Work, send_id: str, attempts: int) -> Send | None:
    """The row while this try holds it; the number of tries is the fencing token. Not audited: reads only."""
    row = work.session.get(Send, (work.team_id, send_id), with_for_update=True, populate_existing=True)
    if row is None or row.state != sending.HANDING or row.attempts != attempts:
        return None
    return row


def unknown(work: Work, send_id: str, attempts: int) -> bool:
    """The process died between the last byte and the relay's answer: nobody can tell whether the letter left.

    It is not sent again by itself, since twice is worse than once too few. Not undoable.
    """
    row = held(work, send_id, attempts)
    if row is None:
        return False
    row.state, row.at, row.lease_until, row.reason = sending.UNKNOWN, work.now, None, sending.DOUBT
    audit.append(work, "may have been sent", send_id, {})
    return True


def ask(work: Work) -> int:
    """Ask who approved each campaign with letters in doubt what to do with them, once all others are done with.

    The question is a row, each once for a step of the campaign; says how many are new. Not audited: nothing changed.
    """
    rows = work.session.execute(
        select(Send.team_id, Send.campaign_id, Send.step)
        .where(Send.state == sending.UNKNOWN, Send.reason == sending.DOUBT)
        .distinct()
        .order_by(Send.team_id, Send.campaign_id, Send.step)
    ).all()
    asked = 0
    for team_id, campaign_id, step in rows:
        own = work.act_as(team_id, work.actor)
        campaign = own.session.get(Campaign, (team_id, campaign_id))
        if campaign is None or campaign.state not in _OPEN or queries.waits(own, campaign_id):
            continue
        payload = {"campaign_id": campaign_id, "user_id": campaign.approved_by}
        key = f"doubt:{campaign_id}:{step}"
        asked += outbox.enqueue(own, "campaign_doubt", f"dm:{campaign.approved_by}", key, payload) is not None
    return asked


def send_again(work: Work, campaign_id: str) -> Receipt:
    """Send letters in doubt once more, under the same Message-ID; who has answered meanwhile gets none.

    Raises NotFound, NotAllowed for viewers, Stale where nothing is in doubt or the campaign is over. Not undoable.
    """
    campaign = _campaign(work, campaign_id)
    answered = select(Response.response_id).where(Response.team_id == Send.team_id, Response.send_id == Send.send_id)
    again = _settle(work, campaign_id, Send.state == sending.UNKNOWN, ~answered.exists(), state=sending.WAITING)
    rest = _settle(work, campaign_id, answered.exists(), state=sending.SENT)
    if not again and not rest:
        raise Stale(f"No letter of “{campaign.name}” is in doubt any more; nothing was changed.")
    sentence = f"Sending {_letters(again)} of “{campaign.name}” again"
    audit.append(work, "send again", campaign_id, {"letters": again, "answered": rest})
    work.ring(BELL)
    return Receipt(campaign_id, None, sentence)


def leave(work: Work, campaign_id: str) -> Receipt:
    """Leave letters in doubt as they are: whether they left stays unknown, and nobody is asked any more.

    Raises NotFound, NotAllowed for viewers, Stale where nothing is in doubt. Not undoable.
    """
    campaign = _campaign(work, campaign_id)
    left = _settle(work, campaign_id, state=sending.UNKNOWN)
    if not left:
        raise Stale(f"No letter of “{campaign.name}” is in doubt any more; nothing was changed.")
    audit.append(work, "leave in doubt", campaign_id, {"letters": left})
    return Receipt(campaign_id, None, f"Left {_letters(left)} of “{campaign.name}” as it was")


def _campaign(work: Work, campaign_id: str) -> Campaign:
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None and user.role == "viewer":
        raise NotAllowed("Viewers may look at campaigns, but not steer them.")
    row = work.session.get(Campaign, (work.team_id, campaign_id), with_for_update=True)
    if row is None:
        raise NotFound("That campaign is no longer there.", wanted=campaign_id)
    if row.state not in _OPEN:
        raise Stale(f"“{row.name}” is {row.state} already; nothing was changed.")
    return row


def _settle(work: Work, campaign_id: str, *more: object, state: str) -> int:
    """Give letters in doubt another state, and say how many."""
    values: dict[str, object] = {"state": state, "reason": sending.SETTLED if state == sending.UNKNOWN else None}
    if state == sending.WAITING:
        values |= {"due_at": work.now, "at": None, "holder": None}
    found = work.session.scalars(
        update(Send)
        .where(
            Send.campaign_id == campaign_id,
            Send.state == sending.UNKNOWN,
            Send.reason == sending.DOUBT,
            *more,  # type: ignore[arg-type]
        )
        .values(**values)
        .returning(Send.send_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(found)


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
