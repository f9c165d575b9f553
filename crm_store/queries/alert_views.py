"""Alerts as they are true at the moment they leave: what was answered, done or put off in the meantime is left out."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import people
from crm_store.lookup.search import SYSTEM
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Suggestion
from crm_store.models.noise import Alert, Told
from crm_store.queries import alerts, deals, noise, tasks
from crm_store.values.alerts import AlertView, DigestView
from crm_store.values.marketing import OPEN_STATES
from crm_store.values.noise import Kind
from crm_store.values.people import CustomerBrief

_SPOKEN: Final = ("call", "meeting")


def alert(work: Work, alert_id: str) -> AlertView | None:
    """One alert; None where it no longer holds, or its reader may no longer see whom it is about."""
    row = work.session.get(Alert, (work.team_id, alert_id))
    if row is None:
        return None
    who = _customer(work, row.customer_id)
    if row.customer_id and who is None:
        return None
    match Kind(row.kind):
        case Kind.REPLY:
            return _reply(work, row, who)
        case Kind.PROMISE:
            return _promise(work, row, who)
        case kind:
            return _risk(work, row, kind, who)


def _customer(work: Work, customer_id: str | None) -> CustomerBrief | None:
    found = people(work, [customer_id]) if customer_id else {}
    one = found.get(customer_id or "")
    if one is None or (one.level != "team" and work.actor not in {one.owner_id, SYSTEM}):
        return None
    return one.brief


def _reply(work: Work, row: Alert, who: CustomerBrief | None) -> AlertView | None:
    said = work.session.get(Communication, (work.team_id, row.source_id or ""))
    if said is None or said.removed_at is not None or said.level != "team" or _answered(work, row, said):
        return None
    deal = deals.by_id(work, row.deal_id) if row.deal_id else None
    return AlertView(Kind.REPLY, who, deal, None, said.happened_at, said.happened_at, said.subject or "", said.new_text)


def _answered(work: Work, row: Alert, said: Communication) -> bool:
    """Whether we wrote, called or met since."""
    later = (
        select(Communication.communication_id)
        .join(
            Participant,
            (Participant.team_id == Communication.team_id)
            & (Participant.communication_id == Communication.communication_id),
        )
        .where(
            Participant.customer_id == row.customer_id,
            Communication.happened_at > said.happened_at,
            Communication.happened_at <= work.now,
            Communication.removed_at.is_(None),
            or_(Communication.direction == "outgoing", Communication.kind.in_(_SPOKEN)),
            Communication.kind != "note",
        )
    )
    return work.session.scalar(later.limit(1)) is not None


def _promise(work: Work, row: Alert, who: CustomerBrief | None) -> AlertView | None:
    task = next(iter(tasks.by_ids(work, [row.source_id or ""])), None)
    if task is None or task.state != "open" or task.due_at is None:
        return None
    if task.due_at > work.now + alerts.PROMISE_AHEAD:
        return None
    deal = deals.by_id(work, row.deal_id) if row.deal_id else None
    return AlertView(Kind.PROMISE, who, deal, task, row.crossed_at, task.due_at)


def _risk(work: Work, row: Alert, kind: Kind, who: CustomerBrief | None) -> AlertView | None:
    deal = deals.by_id(work, row.deal_id or "")
    still = alerts.risks(work, work.now, deal_id=row.deal_id) if deal else ()
    if deal is None or not any(one.kind is kind and one.customer_id == row.customer_id for one in still):
        return None
    since = who.last_touch_at if who and kind is Kind.CHAMPION else None
    return AlertView(kind, who, deal, None, row.crossed_at, since)


def digest(work: Work, items: Sequence[str]) -> DigestView:
    """What was held back, as far as it still holds."""
    rows = noise.held(work, items)
    found = [alert(work, str(row.payload.get("alert_id"))) for row in rows if row.row_kind == "alert"]
    moves = sum(len(row.payload.get("changes") or ()) for row in rows if row.row_kind == "score_moves")
    news = tuple(str(row.payload.get("text", "")) for row in rows if row.row_kind == "news")
    return DigestView(tuple(one for one in found if one), moves, _suggestions(work, rows), news)


def _suggestions(work: Work, rows: Sequence[Told]) -> tuple[tuple[str, int, str], ...]:
    wanted = [str(row.payload.get("suggestion_id")) for row in rows if row.row_kind == "suggestion"]
    found = work.session.scalars(
        select(Suggestion)
        .where(
            Suggestion.suggestion_id.in_(wanted), Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at > work.now
        )
        .order_by(Suggestion.suggestion_id)
    )
    return tuple((row.suggestion_id, row.version, row.title) for row in found)
