"""What signatures in years of mail say of their writers: written where nothing newer is known, and taken back again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from crm_store.actions import mail_facts
from crm_store.actions.customer_fields import Known, change_field
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.models.people import ContactPoint, Customer, FieldHistory
from crm_store.values.mail import SenderFacts

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TITLE: Final = "title"


@dataclass(slots=True)
class HistoricFacts:
    """The newest signature of each customer in one batch, with the number of the mail that it stands in."""

    _newest: dict[str, tuple[SenderFacts, int]] = field(default_factory=dict)

    def take(self, facts: SenderFacts | None, customer_id: str, mail: int) -> None:
        """Keep what a mail says of this customer, unless a later one of the batch says something.

        A company is left to the domains: where somebody worked years ago is no reason to make a company.
        """
        if facts is None or not (facts.title or facts.phones or facts.links):
            return
        known = self._newest.get(customer_id)
        if known is None or (known[0].at or _LONG_AGO) <= (facts.at or _LONG_AGO):
            self._newest[customer_id] = replace(facts, customer_id=customer_id, company=""), mail

    def write(self, work: Work, ledger: Ledger) -> list[tuple[int, str]]:
        """Write them; gives the ids of what was made, each with its mail's number. Part of the import's own entry."""
        made = []
        for customer_id in sorted(self._newest):
            facts, mail = self._newest[customer_id]
            before = len(ledger.added)
            learned = mail_facts.learn(work, ledger, facts)
            for one in learned.conflicts:
                _follow(work, ledger, one, facts)
            rows = (row for row in ledger.added[before:] if isinstance(row, FieldHistory | ContactPoint))
            made += [(mail, row.history_id if isinstance(row, FieldHistory) else row.point_id) for row in rows]
        self._newest.clear()
        return made


def _follow(work: Work, ledger: Ledger, conflict: mail_facts.Conflict, facts: SenderFacts) -> None:
    """An older signature gives way to a newer one; what a person or a file said stays, and nobody is asked."""
    last = _last(work, conflict.customer_id)
    row = work.session.get(Customer, (work.team_id, conflict.customer_id))
    if row is None or last is None or last.source != mail_facts.SIGNATURE or last.value != conflict.old:
        return
    if facts.at is not None and last.at < facts.at:
        change_field(ledger, row, _TITLE, conflict.new, mail_facts.SIGNATURE, Known(facts.sure, facts.at))


def _last(work: Work, customer_id: str) -> FieldHistory | None:
    return work.session.scalars(
        select(FieldHistory)
        .where(FieldHistory.row_id == customer_id, FieldHistory.field == _TITLE)
        .order_by(FieldHistory.at.desc(), FieldHistory.history_id.desc())
        .limit(1)
    ).first()


def take_back(work: Work, history_ids: Sequence[str]) -> None:
    """Give each title back what it was before these entries, unless somebody has changed it since.

    Not audited: part of the undo of an import, whose entry counts what went.
    """
    entries = work.session.scalars(select(FieldHistory).where(FieldHistory.history_id.in_(history_ids))).all()
    said: dict[str, set[str | None]] = {}
    for entry in entries:
        said.setdefault(entry.row_id, set()).add(entry.value)
        work.session.delete(entry)
    work.flush()
    for customer_id, values in said.items():
        row = work.session.get(Customer, (work.team_id, customer_id))
        if row is not None and row.title in values:
            last = _last(work, customer_id)
            row.title = last.value if last is not None else None
