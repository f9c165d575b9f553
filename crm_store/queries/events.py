"""What just happened that calls for a letter: orders and won deals as the audit trail tells; an import is no event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.models.learning import EventMark
from crm_store.models.marketing import Suggestion
from crm_store.models.people import Customer
from crm_store.models.plumbing import Audit
from crm_store.models.trade import Deal, Order
from crm_store.queries.own_segments import zone
from crm_store.values.marketing import OPEN_STATES

SEEN: Final = "ideas"
"""The mark up to which the audit trail was looked at."""
DAY: Final = "crossings"
"""The mark that holds the day on which crossings were last looked for, as an ordinal."""
MORNING: Final = time(8)
"""Nobody is asked anything at midnight, when days cross."""
_VERBS: Final = ("order", "deal")
_AT_ONCE: Final = 500
_SAME: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """Customers of whom an order came, and customers whose deal was won, with the place up to which was looked."""

    ordered: tuple[str, ...]
    won: tuple[str, ...]
    upto: int
    first: bool


def anything(work: Work) -> bool:
    """Whether something may have happened, or the day's crossings wait for their morning."""
    if crossings_due(work) is not None:
        return True
    rows = _after(work, _mark(work, SEEN) or 0)
    return _mark(work, SEEN) is None or len(rows) == _AT_ONCE or any(verb in _VERBS for _, verb, _, _ in rows)


def happened(work: Work) -> Happened:
    """What the audit trail tells since it was last looked at; the first look only sets the mark."""
    mark = _mark(work, SEEN)
    if mark is None:
        return Happened((), (), work.session.scalar(select(func.max(Audit.seq))) or 0, first=True)
    rows = _after(work, mark)
    orders = [row_id for _, verb, row_id, _ in rows if verb == "order"]
    deals = {row_id: at for _, verb, row_id, at in rows if verb == "deal"}
    return Happened(_who_ordered(work, orders), _who_won(work, deals), rows[-1][0] if rows else mark, first=False)


def crossings_due(work: Work) -> date | None:
    """The team's day, where its crossings are not looked for yet and its morning has begun."""
    local = work.now.astimezone(zone(work))
    seen = _mark(work, DAY)
    return local.date() if local.time() >= MORNING and (seen or 0) < local.date().toordinal() else None


def busy(work: Work, kind: str, targets: Sequence[str], rest: timedelta) -> datetime | None:
    """Since when a suggestion of the kind to one of these audiences is open or rests; None says that it is free."""
    return work.session.scalar(
        select(Suggestion.created_at)
        .where(
            Suggestion.kind == kind,
            Suggestion.target.in_(targets),
            or_(
                Suggestion.state.in_(OPEN_STATES) & (Suggestion.expires_at > work.now),
                Suggestion.decided_at > work.now - rest,
            ),
        )
        .order_by(Suggestion.created_at.desc())
        .limit(1)
    )


def proposed_today(work: Work) -> int:
    """How many suggestions events led to since the team's day began."""
    own = zone(work)
    begins = datetime.combine(work.now.astimezone(own).date(), time(), own)
    return (
        work.session.scalar(
            select(func.count())
            .select_from(Suggestion)
            .where(Suggestion.run_id.is_(None), Suggestion.created_at >= begins)
        )
        or 0
    )


def _mark(work: Work, name: str) -> int | None:
    row = work.session.get(EventMark, (work.team_id, name))
    return row.seq if row else None


def _after(work: Work, mark: int) -> list[tuple[int, str, str, datetime]]:
    rows = work.session.execute(
        select(Audit.seq, Audit.verb, Audit.row_id, Audit.at)
        .where(Audit.seq > mark)
        .order_by(Audit.seq)
        .limit(_AT_ONCE)
    )
    return [(seq, verb, row_id, at) for seq, verb, row_id, at in rows]


def _who_ordered(work: Work, order_ids: Sequence[str]) -> tuple[str, ...]:
    """A free order, and one that is long past and only entered now, is no event."""
    lately = work.now - timedelta(days=2)
    rows = work.session.scalars(
        select(Order.customer_id).where(
            Order.order_id.in_(order_ids),
            Order.removed_at.is_(None),
            Order.total_minor > 0,
            Order.ordered_at > lately,
            Order.customer_id.is_not(None),
        )
    )
    return _live(work, [str(one) for one in rows])


def _who_won(work: Work, deals: dict[str, datetime]) -> tuple[str, ...]:
    rows = work.session.scalars(
        select(Deal).where(Deal.deal_id.in_(deals), Deal.state == "won", Deal.removed_at.is_(None))
    )
    # A won deal that is only changed afterwards was no event just now.
    fresh = [one for one in rows if one.closed_at and abs(one.closed_at - deals[one.deal_id]) <= _SAME]
    return _live(work, [one.customer_id for one in fresh if one.customer_id])


def _live(work: Work, ids: Sequence[str]) -> tuple[str, ...]:
    kept = work.session.execute(
        select(Customer.customer_id, Customer.merged_into).where(
            Customer.customer_id.in_(ids), Customer.removed_at.is_(None)
        )
    )
    return tuple(sorted({merged or one for one, merged in kept}))
