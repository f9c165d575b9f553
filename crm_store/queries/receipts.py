"""What receipts and questions show, read at the moment they leave."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.history import Communication, Participant, Question, Witness
from crm_store.models.people import User
from crm_store.models.trade import Deal
from crm_store.queries import customers, deals, files, tasks
from crm_store.values.filed import FiledView, QuestionView


def filed(work: Work, communication_id: str) -> FiledView:
    """A filed communication; raises NotFound where it was undone in the meantime."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None:
        raise NotFound("The filed mail was taken back in the meantime.")
    people = work.session.scalars(
        select(Participant.customer_id).where(
            Participant.communication_id == communication_id, Participant.customer_id.is_not(None)
        )
    ).all()
    witnesses = work.session.scalars(
        select(User.slack_user_id)
        .join(Witness, (Witness.team_id == User.team_id) & (Witness.user_id == User.user_id))
        .where(Witness.communication_id == communication_id)
        .order_by(Witness.at)
    ).all()
    deal = work.session.get(Deal, (work.team_id, row.deal_id)) if row.deal_id else None
    return FiledView(
        communication_id,
        row.kind,
        row.direction,
        row.happened_at,
        row.subject,
        tuple(customers.briefs(work, [one for one in dict.fromkeys(people) if one])),
        deal.name if deal else None,
        tuple(witnesses),
        row.level,
        tasks.of_communication(work, communication_id),
        files.of_several(work, [communication_id]).get(communication_id, ()),
    )


def question(work: Work, question_id: str) -> QuestionView:
    """A question with its candidates as they are now."""
    row = work.session.get(Question, (work.team_id, question_id))
    if row is None:
        raise NotFound("This question is no longer there.")
    about = row.about
    return QuestionView(
        question_id,
        row.state,
        str(about.get("what") or ""),
        str(about.get("wanted") or ""),
        tuple(customers.briefs(work, list(about.get("candidates") or []))),
        kind=row.kind,
        deals=tuple(deal for one in about.get("deals") or [] if (deal := deals.by_id(work, str(one))) is not None),
        field=str(about.get("field") or ""),
        old=str(about.get("old") or ""),
        new=str(about.get("new") or ""),
        company=str(about.get("company") or ""),
    )
