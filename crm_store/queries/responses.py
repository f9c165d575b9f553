"""What came after letters and calls of campaigns and is not attributed yet: read from what the store knows anyway."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import ANSWER_BELL
from crm_store.models.history import Communication, Participant
from crm_store.models.mail import Absence, AddressReport
from crm_store.models.marketing import Campaign, Response, Send, Suppression
from crm_store.models.people import ContactPoint, Customer
from crm_store.models.trade import Deal, DealEvent, DealPerson, Order, Task
from crm_store.queries.features import currency
from crm_store.values.plans import TASK_SENT
from crm_store.values.responses import Answer, Found
from crm_store.values.sending import SENT, UNKNOWN

FILED: Final = ANSWER_BELL
"""Rings when something was filed that may be an answer."""
LEFT: Final = (SENT, UNKNOWN)
"""A letter of which nobody can tell whether it left may be answered like any other."""
OPEN: Final = ("approved", "running", "paused", "stopped")
"""Campaigns that are not measured yet: answers to them still count."""
_HARD: Final = ("hard bounce", "bounced")
_DONE: Final = "done"
_SOFT: Final = ("full", "policy", "passing")
# Whoever was merged away answers as the customer that was kept.
_PERSON: Final = func.coalesce(Customer.merged_into, Send.customer_id)
_AT_ONCE: Final = 400
_Rows = Select[Any]
_Moment = InstrumentedAttribute[datetime]


def anything(work: Work) -> bool:
    """Whether a campaign still waits for answers."""
    return work.session.scalar(select(Campaign.campaign_id).where(Campaign.state.in_(OPEN)).limit(1)) is not None


def unattributed(work: Work, most: int = 500) -> tuple[Found, ...]:
    """Up to so many answers that no row tells of yet; nothing is left when this is empty.

    An answer belongs to the last letter before it, of whichever campaign, or to the last call if that was later, as
    long as that campaign's window has not passed. Held-out people are neither written to nor called, so that nothing
    is attributed to them.
    """
    since = work.session.scalar(select(func.min(Campaign.created_at)).where(Campaign.state.in_(OPEN)))
    if since is None:
        return ()
    money = currency(work)
    found: list[Found] = []
    for kind, rows in _QUERIES.items():
        touches = list(_last_touches(kind, work.session.execute(rows(kind, since)).all(), money))
        known = _known(work, kind, [one.source_id for one in touches])
        found += [one for one in touches if one.source_id not in known]
        if len(found) >= most:
            break
    return tuple(found[:most])


def _last_touches(kind: Answer, rows: Sequence[Any], money: str) -> Iterator[Found]:
    """Of the letters and calls that one answer may belong to, the last; rows come with the latest first."""
    seen: set[str] = set()
    for row in rows:
        # What a person is, such as away or unsubscribed, has no row of its own: it counts once a day.
        source = row.source_id or f"{row.customer_id}:{row.at:%y%m%d}"
        if source in seen:
            continue
        seen.add(source)
        if row.at <= row.sent_at + timedelta(days=row.window_days):
            own = row.currency is None or row.currency == money
            amount = row.amount if own else None
            yield Found(kind, source, row.send_id, row.campaign_id, row.customer_id, row.at, amount)


def _known(work: Work, kind: Answer, sources: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in in_groups(sources, _AT_ONCE):
        rows = select(Response.source_id).where(Response.kind == kind.value, Response.source_id.in_(some))
        found.update(one for one in work.session.scalars(rows) if one)
    return found


def _letters(since: datetime, at: _Moment) -> _Rows:
    """Sent letters beside what came after them; the caller joins the table that tells of it."""
    return _touches(since, at).where(Send.state.in_(LEFT))


def _touches(since: datetime, at: Any, source: Any = None, amount: Any = None, money: Any = None) -> _Rows:
    """Sent letters, and calls that were made, beside what came after them; the caller joins the table that tells."""
    touched = case((Send.state == TASK_SENT, Task.done_at), else_=Send.at)
    return (
        _told(touched, at, source, amount, money)
        .join(Customer, (Customer.team_id == Send.team_id) & (Customer.customer_id == Send.customer_id))
        .outerjoin(Task, (Task.team_id == Send.team_id) & (Task.task_id == Send.task_id) & (Task.state == _DONE))
        .where(
            Send.state.in_(LEFT) | ((Send.state == TASK_SENT) & Task.done_at.is_not(None)),
            Send.at >= since,
            at > touched,
        )
        .order_by(at, touched.desc(), Send.send_id)
    )


def _calls(kind: Answer, since: datetime) -> _Rows:
    """Calls that were made, each told of by its task."""
    return (
        _told(Send.at, Task.done_at, Task.task_id)
        .join(Task, (Task.team_id == Send.team_id) & (Task.task_id == Send.task_id))
        .where(Send.at >= since, Task.state == _DONE, _unknown(kind, Task.task_id))
    )


def _told(touched: Any, at: Any, source: Any, amount: Any = None, money: Any = None) -> _Rows:
    """What an answer is told by: the letter or call, when that was, and when and where the answer stands."""
    more = {"source_id": source, "amount": amount, "currency": money}
    return (
        select(
            Send.send_id,
            Send.campaign_id,
            Send.customer_id,
            touched.label("sent_at"),
            Campaign.window_days,
            at.label("at"),
            *((null() if one is None else one).label(name) for name, one in more.items()),
        )
        .select_from(Send)
        .join(Campaign, (Campaign.team_id == Send.team_id) & (Campaign.campaign_id == Send.campaign_id))
    )


def _unknown(kind: Answer, source: Any) -> ColumnElement[bool]:
    """That no response tells of this row: most are told of, and need not be read again."""
    known = select(Response.response_id).where(
        Response.team_id == Send.team_id, Response.kind == kind.value, Response.source_id == source
    )
    return ~known.exists()


def _replies(kind: Answer, since: datetime) -> _Rows:
    source = Communication.communication_id
    return (
        _touches(since, Communication.happened_at, source)
        .join(Participant, (Participant.team_id == Send.team_id) & (Participant.customer_id == _PERSON))
        .join(
            Communication,
            (Communication.team_id == Send.team_id) & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Participant.role == "from",
            Communication.kind == "mail",
            Communication.direction.in_(("incoming", "in")),
            Communication.removed_at.is_(None),
            _unknown(kind, source),
        )
    )


def _orders(kind: Answer, since: datetime) -> _Rows:
    return (
        _touches(since, Order.ordered_at, Order.order_id, Order.total_minor, Order.currency)
        .join(Order, (Order.team_id == Send.team_id) & (Order.customer_id == _PERSON))
        .where(Order.removed_at.is_(None), Order.total_minor > 0, _unknown(kind, Order.order_id))
    )


def _deals(kind: Answer, since: datetime) -> _Rows:
    """Moves of a deal that the person belongs to, to another stage.

    The deals of a person are asked for by the person: an `or` of both ways would look at every deal for every letter.
    """
    own: type[Deal] = aliased(Deal)
    of_person = union_all(
        *(
            select(one.deal_id).where(one.team_id == Send.team_id, one.customer_id == _PERSON).correlate(Send, Customer)
            for one in (own, DealPerson)
        )
    )
    return (
        _touches(since, DealEvent.at, DealEvent.event_id)
        .join(Deal, (Deal.team_id == Send.team_id) & Deal.deal_id.in_(of_person))
        .join(DealEvent, (DealEvent.team_id == Deal.team_id) & (DealEvent.deal_id == Deal.deal_id))
        .where(DealEvent.field == "stage", Deal.removed_at.is_(None), _unknown(kind, DealEvent.event_id))
    )


def _absences(_kind: Answer, since: datetime) -> _Rows:
    return _letters(since, Absence.noted_at).join(
        Absence, (Absence.team_id == Send.team_id) & (Absence.customer_id == _PERSON)
    )


def _at_an_address(rows: _Rows, told: Select[Any]) -> _Rows:
    """With the addresses of the person, whatever became of them, where one of these addresses is `told` of.

    Those few people are asked for first, else a letter at a time is laid beside every address there is.
    """
    owners = select(ContactPoint.owner_row).where(ContactPoint.kind == "email", ContactPoint.value_key.in_(told))
    merged = select(Customer.customer_id).where(Customer.merged_into.in_(owners))
    return rows.where(Send.customer_id.in_(owners) | Send.customer_id.in_(merged)).join(
        ContactPoint,
        (ContactPoint.team_id == Send.team_id)
        & (ContactPoint.owner_row.in_((Send.customer_id, _PERSON)))
        & (ContactPoint.kind == "email"),
    )


def _suppressed(since: datetime, *, hard: bool) -> _Rows:
    reason = Suppression.reason.in_(_HARD) if hard else Suppression.reason.not_in(_HARD)
    return (
        _at_an_address(_letters(since, Suppression.at), select(Suppression.value_key).where(reason))
        .join(Suppression, (Suppression.team_id == Send.team_id) & (Suppression.value_key == ContactPoint.value_key))
        .where(reason)
    )


def _soft_bounces(_kind: Answer, since: datetime) -> _Rows:
    soft = AddressReport.kind.in_(_SOFT)
    return (
        _at_an_address(_letters(since, AddressReport.last_at), select(AddressReport.value_key).where(soft))
        .join(
            AddressReport,
            (AddressReport.team_id == Send.team_id) & (AddressReport.value_key == ContactPoint.value_key),
        )
        .where(soft)
    )


_QUERIES: Final[Mapping[Answer, Callable[[Answer, datetime], _Rows]]] = {
    Answer.UNSUBSCRIBE: lambda _kind, since: _suppressed(since, hard=False),
    Answer.BOUNCE: lambda _kind, since: _suppressed(since, hard=True),
    Answer.CALL: _calls,
    Answer.REPLY: _replies,
    Answer.ORDER: _orders,
    Answer.DEAL: _deals,
    Answer.AWAY: _absences,
    Answer.SOFT_BOUNCE: _soft_bounces,
}
"""What ends letters to a person comes first."""
