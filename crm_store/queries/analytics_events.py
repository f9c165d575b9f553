"""Answers to campaigns that web analytics were not told of yet, with what their people allow at this moment."""

from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.marketing import Response, Send
from crm_store.money import Money
from crm_store.queries import suggestions
from crm_store.queries.features import currency
from crm_store.values.analytics_events import LATEST, Untold
from crm_store.values.responses import Answer

_KINDS: Final = (Answer.REPLY.value, Answer.ORDER.value, Answer.DEAL.value)


def untold(work: Work, most: int = 100) -> tuple[Untold, ...]:
    """The oldest of them; what is too old for the tool is left out."""
    rows = work.session.execute(
        select(Response, Send.customer_id, Send.campaign_id)
        .join(Send, (Send.team_id == Response.team_id) & (Send.send_id == Response.send_id))
        .where(Response.analytics_at.is_(None), Response.kind.in_(_KINDS), Response.at > work.now - LATEST)
        .order_by(Response.at, Response.response_id)
        .limit(most)
    ).all()
    standings = suggestions.standings(work, sorted({customer_id for _, customer_id, _ in rows}))
    money = currency(work) if rows else ""
    found = []
    for row, customer_id, campaign_id in rows:
        standing = standings.get(customer_id)
        may = standing is not None and standing.consented and not standing.suppressed
        amount = None if row.amount_minor is None else float(Money(row.amount_minor, money).major)
        found.append(
            Untold(row.response_id, row.kind, customer_id, campaign_id, row.at, may, amount, money if amount else None)
        )
    return tuple(found)
