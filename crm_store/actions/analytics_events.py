"""Which answers web analytics were told of."""

from collections.abc import Sequence

from sqlalchemy import update

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.marketing import Response


def told(work: Work, response_ids: Sequence[str], *, withheld: int = 0) -> int:
    """Web analytics know of these, or must not, as of so many; says how many were new. Not undoable: they were told."""
    done = work.session.scalars(
        update(Response)
        .where(Response.response_id.in_(response_ids), Response.analytics_at.is_(None))
        .values(analytics_at=work.now)
        .returning(Response.response_id)
        .execution_options(synchronize_session=False)
    ).all()
    if done:
        audit.append(work, "tell web analytics", "", {"events": len(done) - withheld, "withheld": withheld})
    return len(done)
