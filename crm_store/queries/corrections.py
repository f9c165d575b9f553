"""A log as the asker may put it right."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.errors import NotAllowed, NotFound
from crm_store.models.history import Communication, Participant, Witness
from crm_store.queries import customers, threads
from crm_store.values.corrections import LoggedView

_OWN_WORDS = frozenset({"mail", "import", "api", "form"})


def view(work: Work, communication_id: str) -> LoggedView:
    """The log; raises NotFound where it was taken back, NotAllowed where the asker may not read it."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That log is no longer there.")
    if not may_change(work, row):
        raise NotAllowed("Only the people who wrote or received this may change it.")
    people = work.session.scalars(
        select(Participant.customer_id)
        .where(Participant.communication_id == communication_id, Participant.customer_id.is_not(None))
        .order_by(Participant.participant_id)
    )
    return LoggedView(
        communication_id,
        row.kind,
        row.direction,
        row.happened_at,
        row.new_text,
        row.level,
        customers.briefs(work, dict.fromkeys(one for one in people if one)),
        own=row.logged_by == work.actor,
        by_hand=row.source not in _OWN_WORDS,
        follows_slack=threads.is_followed(work, communication_id),
    )


def may_change(work: Work, row: Communication) -> bool:
    """Whoever may read a log may put it right: of a private one those who logged it or brought a copy."""
    if row.level == "team" or row.logged_by == work.actor:
        return True
    return work.session.get(Witness, (work.team_id, row.communication_id, work.actor)) is not None
