"""Domains that letters go to: when the next may, known to all workers, so that together they keep one pace."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import MailDomain

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_KEPT: Final = timedelta(days=1)
_AT_ONCE: Final = 1000


class Turns:
    """In whose turn letters go: read once for a claim, whichever teams its letters belong to."""

    def __init__(self, work: Work, gap: timedelta = timedelta(0)) -> None:
        """Between two letters to one domain lies `gap` at least; whoever claims at the same time waits for this one."""
        self._now, self._gap = work.now, gap
        if gap:
            work.lock_team()
        rows = work.session.execute(
            select(MailDomain.domain, func.max(MailDomain.free_at))
            .where(MailDomain.free_at > work.now)
            .group_by(MailDomain.domain)
        )
        self._free: dict[str, datetime] = dict(rows.all())

    def wait(self, domain: str) -> datetime | None:
        """Until when a letter to this domain has to wait; None says that it may go, and that its turn is taken."""
        until = self._free.get(domain)
        if self._gap:
            # Those who wait stand in a row, so that they do not all ask again for the same moment.
            self._free[domain] = max(until or self._now, self._now) + self._gap
        return until

    def keep(self, work: Work, domains: Iterable[str]) -> None:
        """Let other workers know of the turns that a team's letters took. Not audited: it is no one's data."""
        if self._gap:
            for domain in sorted(set(domains)):
                row = _row(work, domain)
                row.free_at = max(row.free_at, work.now + self._gap)


def slow(work: Work, domain: str) -> datetime:
    """It asked for patience: nothing goes there for a minute, after a further refusal for twice as long, up to an hour.

    Letters that were under way when it said so say nothing new; once as much time passed as it had asked for, the next
    refusal is a first one again. Not audited: what becomes of each letter is.
    """
    row, now = _row(work, domain), work.now
    last = timedelta(seconds=row.pause_seconds)
    if last and row.free_at > now:
        return row.free_at
    again = bool(last) and now - row.free_at <= last
    pause = min(_LONGEST, last * 2) if again else _FIRST
    row.pause_seconds, row.free_at = round(pause.total_seconds()), now + pause
    return row.free_at


def forget(work: Work) -> int:
    """Let go of domains that have long been free, some at a time; says how many. Not audited: it is no one's data."""
    old = select(MailDomain.domain).where(MailDomain.free_at < work.now - _KEPT).limit(_AT_ONCE)
    gone = delete(MailDomain).where(MailDomain.domain.in_(old)).returning(MailDomain.domain)
    return len(work.session.scalars(gone.execution_options(synchronize_session=False)).all())


def _row(work: Work, domain: str) -> MailDomain:
    row = work.session.get(MailDomain, (work.team_id, domain))
    if row is None:
        work.insert(MailDomain, [{"domain": domain, "free_at": work.now, "pause_seconds": 0}], or_nothing=True)
        row = work.session.get_one(MailDomain, (work.team_id, domain), with_for_update=True)
    return row
