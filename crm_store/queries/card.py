"""Everything one screen shows of a customer."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.briefs import briefs, slack_ids
from crm_store.lookup.search import SYSTEM
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Company, ContactPoint, Customer, Need
from crm_store.models.scoring import ModelRun, Score, Segment, SegmentMember
from crm_store.models.segments import SegmentName
from crm_store.models.trade import Deal, DealPerson, Stage, Task
from crm_store.money import Money
from crm_store.queries import mail_news
from crm_store.values.people import ContactPointView, CustomerCard, DealView, NeedView, ScoreView, TaskView

_DEALS: Final = 3


def card(work: Work, customer_id: str) -> CustomerCard:
    """A customer with what is known and due; private notes of others are counted, never shown. Raises NotFound."""
    found = briefs(work, [customer_id])
    customer = work.session.get(Customer, (work.team_id, customer_id))
    if customer is not None and customer.merged_into is not None:
        return card(work, customer.merged_into)
    if not found or customer is None or not _may_see(work, customer):
        raise NotFound("That customer is no longer there.", wanted=customer_id)
    scores = _scores(work, customer_id)
    deals = _deals(work, customer)
    return CustomerCard(
        customer=found[0],
        title=customer.title,
        points=_points(work, customer_id),
        value=scores.get("value"),
        potential=scores.get("potential") or scores.get("lead"),
        alive=scores.get("alive"),
        next_task=_next_task(work, customer),
        needs=_needs(work, customer_id),
        deals=tuple(deals[:_DEALS]),
        deals_more=max(0, len(deals) - _DEALS),
        segments=_segments(work, customer_id),
        private_notes=_private_notes(work, customer_id),
        version=customer.version,
        news=mail_news.of_customer(work, customer_id),
        level=customer.level,
    )


def _may_see(work: Work, customer: Customer) -> bool:
    """A private customer is their owner's; commands of the house see all."""
    return customer.level == "team" or work.actor in {customer.owner, SYSTEM}


def _points(work: Work, customer_id: str) -> tuple[ContactPointView, ...]:
    rows = work.session.scalars(
        select(ContactPoint).where(ContactPoint.owner_row == customer_id).order_by(ContactPoint.point_id)
    )
    return tuple(ContactPointView(row.kind, row.value, row.source, row.last_seen, row.state) for row in rows)


def _scores(work: Work, customer_id: str) -> dict[str, ScoreView]:
    rows = work.session.execute(
        select(Score, ModelRun.sentence)
        .outerjoin(ModelRun, (ModelRun.team_id == Score.team_id) & (ModelRun.run_id == Score.run_id))
        .where(Score.about == customer_id)
    )
    return {
        row.kind: ScoreView(
            row.kind, row.point, row.low, row.high, row.band, _in_words(row.reasons), row.n, row.as_of, sentence or ""
        )
        for row, sentence in rows
    }


def _in_words(reasons: Sequence[Any]) -> tuple[str, ...]:
    texts = (one.get("text", "") if isinstance(one, dict) else str(one) for one in reasons)
    return tuple(text for text in texts if text)


def _next_task(work: Work, customer: Customer) -> TaskView | None:
    row = work.session.scalars(
        select(Task)
        .where(Task.customer_id == customer.customer_id, Task.state == "open")
        .order_by(Task.due_at.is_(None), Task.due_at, Task.task_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    owner = slack_ids(work).get(row.owner, row.owner)
    return TaskView(row.task_id, row.title, row.due_at, owner, row.customer_id, customer.name, row.state, row.version)


def _needs(work: Work, customer_id: str) -> tuple[NeedView, ...]:
    rows = work.session.scalars(
        select(Need).where(Need.customer_id == customer_id, Need.state == "open").order_by(Need.created_at.desc())
    )
    return tuple(NeedView(row.need_id, row.text, row.created_at) for row in rows)


def _deals(work: Work, customer: Customer) -> list[DealView]:
    """Open deals the customer takes part in, then the company's others; the next to close first."""
    mine = select(DealPerson.deal_id).where(DealPerson.customer_id == customer.customer_id)
    parts = [Deal.customer_id == customer.customer_id, Deal.deal_id.in_(mine)]
    if customer.company_id:
        parts.append(Deal.company_id == customer.company_id)
    rows = work.session.execute(
        select(Deal, Stage.name, Company.name, Customer.name)
        .outerjoin(Stage, (Stage.team_id == Deal.team_id) & (Stage.stage_id == Deal.stage_id))
        .outerjoin(Company, (Company.team_id == Deal.team_id) & (Company.company_id == Deal.company_id))
        .outerjoin(Customer, (Customer.team_id == Deal.team_id) & (Customer.customer_id == Deal.customer_id))
        .where(or_(*parts), Deal.state == "open", Deal.removed_at.is_(None))
        .order_by(
            (Deal.customer_id == customer.customer_id).desc(), Deal.close_on.is_(None), Deal.close_on, Deal.deal_id
        )
    ).all()
    slack = slack_ids(work) if rows else {}
    return [
        DealView(
            deal_id=deal.deal_id,
            name=deal.name,
            stage=stage or "",
            stage_id=deal.stage_id,
            amount=Money(deal.amount_minor, deal.currency) if deal.amount_minor is not None else None,
            close_on=deal.close_on,
            state=deal.state,
            owner=slack.get(deal.owner or ""),
            company=company,
            customer=person,
            version=deal.version,
        )
        for deal, stage, company, person in rows
    ]


def _segments(work: Work, customer_id: str) -> tuple[str, ...]:
    shown = func.coalesce(SegmentName.name, Segment.name)
    rows = work.session.scalars(
        select(shown)
        .select_from(Segment)
        .join(
            SegmentMember,
            (SegmentMember.team_id == Segment.team_id) & (SegmentMember.segment_id == Segment.segment_id),
        )
        .outerjoin(
            SegmentName,
            (SegmentName.team_id == Segment.team_id)
            & (SegmentName.method == Segment.method)
            & (SegmentName.segment_key == Segment.key),
        )
        .where(SegmentMember.customer_id == customer_id, Segment.current.is_(True))
        .order_by(shown)
    )
    return tuple(rows)


def _private_notes(work: Work, customer_id: str) -> int:
    return (
        work.session.scalar(
            select(func.count(Communication.communication_id.distinct()))
            .join(
                Participant,
                (Participant.team_id == Communication.team_id)
                & (Participant.communication_id == Communication.communication_id),
            )
            .where(
                Participant.customer_id == customer_id,
                Communication.level != "team",
                Communication.logged_by != work.actor,
                Communication.removed_at.is_(None),
            )
        )
        or 0
    )
