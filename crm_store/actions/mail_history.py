"""Years of mail from a mailbox file: filed by the rules of every day, many in one unit, and taken back as one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from crm_store import audit, inbox_parts
from crm_store.actions import files, mail_filing
from crm_store.actions.mail_history_rows import Rows
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.history import Communication, Witness
from crm_store.models.people import ContactPoint
from crm_store.models.plumbing import Import, ImportRow, InboxRow
from crm_store.values.imports import ImportCounts
from crm_store.values.mail import MailFiling
from crm_store.values.mail_history import HistoricMail

KIND: Final = "mails"
SOURCE: Final = "mailbox"
MOST_MAILS: Final = 200
_ROWS_A_MAIL: Final = 1_000
# The last hundred numbers of a mail are those of what its signature said.
_FACTS_AT: Final = 900
_ROWS_AT_ONCE: Final = 20


def file_mails(work: Work, import_id: str, mails: Sequence[HistoricMail], at: int) -> ImportCounts:
    """File some mails in one unit, without receipts; `at` is where the file goes on behind them.

    A mail that was taken in before is passed over, so that a batch may be repeated.
    """
    if len(mails) > MOST_MAILS:
        raise BadInput(f"At most {MOST_MAILS} mails at a time.")
    # Two imports of one mailbox may run at the same moment; the second must see what the first wrote.
    work.lock_team()
    running = work.session.get(Import, (work.team_id, import_id))
    if running is None or running.state != "running":
        raise NotFound("There is no such import under way.", wanted=import_id)
    rows = [mail.row for mail in mails]
    done = set(
        work.session.scalars(select(ImportRow.row).where(ImportRow.import_id == import_id, ImportRow.row.in_(rows)))
    )
    counts = ImportCounts()
    with audit.record(work, "import-mails", import_id, undoable=False) as ledger:
        batch = _Batch(work, ledger, import_id)
        batch.rows.prepare([mail for mail in mails if mail.row not in done])
        for mail in mails:
            if mail.row not in done:
                counts = counts.plus(batch.take_in(mail))
        batch.write()
        ledger.note = {"mails": len(mails) - len(done), "ids": batch.ids}
    running.counts = _summed(running.counts, counts, at, max(rows, default=0))
    return counts


class _Batch:
    """Mails of one unit on their way into the store; `ids` are the communications it made."""

    def __init__(self, work: Work, ledger: Ledger, import_id: str) -> None:
        self.rows = Rows(work, ledger)
        self.ids: list[str] = []
        self._work = work
        self._ledger = ledger
        self._import_id = import_id
        self._notes: list[dict[str, Any]] = []
        self._arrivals: list[dict[str, Any]] = []

    def take_in(self, mail: HistoricMail) -> ImportCounts:
        """One mail, with a note of what became of it."""
        if mail.outcome == "error":
            self._note(mail.row, "error", None, mail.why)
            return ImportCounts(errors=((mail.row, mail.why),))
        if mail.outcome == "skip":
            self._note(mail.row, "skipped", None, mail.why)
            return ImportCounts(skipped=1)
        inbox_id = self._work.new_id(Prefix.INBOX)
        made = self.rows.take(mail, inbox_id) if self.rows.is_plain(mail) else self._with_care(mail, inbox_id)
        if not made:
            self._note(mail.row, "duplicate", None, "")
            return ImportCounts(duplicates=1)
        self._keep_raw(inbox_id, mail)
        files.keep(self._work, mail.files)
        self.ids.append(made[0])
        # The mail's own number stands for its communication; numbers below zero stand for what else it made.
        for place, row_id in enumerate(made[:_FACTS_AT]):
            self._note(-(mail.row * _ROWS_A_MAIL + place) if place else mail.row, "created", row_id, "")
        return ImportCounts(created=1)

    def _with_care(self, mail: HistoricMail, inbox_id: str) -> list[str]:
        """As the mail of every day, for what may be there already; nothing where it is only another copy."""
        self.rows.write()
        before = len(self._ledger.added)
        plan = MailFiling(inbox_id, 0, mail.filings, mail.sure)
        filed = mail_filing.write(self._work, self._ledger, plan)
        added = self._ledger.added[before:]
        self.rows.note_seen(mail.filings)
        self.rows.find_owners(person.customer.emails for one in mail.filings for person in one.new_people)
        if filed.also:
            for row in added:
                if isinstance(row, Witness):
                    row.inbox_id = None
            return []
        mail_filing.remember_reasons(self._work, plan, filed)
        ids = [row.communication_id for row in added if isinstance(row, Communication)]
        points = [row for row in added if isinstance(row, ContactPoint) and row.owner_row not in filed.created]
        return [*ids, *filed.created, *(row.point_id for row in points)] or [filed.communication_id]

    def write(self) -> None:
        """Write what is still to be written; signatures last, when the people they tell of are there."""
        self.rows.write()
        self._work.flush()
        places: Counter[int] = Counter()
        for mail, row_id in self.rows.facts.write(self._work, self._ledger):
            self._note(-(mail * _ROWS_A_MAIL + _FACTS_AT + places[mail]), "created", row_id, "")
            places[mail] += 1
        for start in range(0, len(self._arrivals), _ROWS_AT_ONCE):
            self._work.insert(InboxRow, self._arrivals[start : start + _ROWS_AT_ONCE], or_nothing=True)
        for start in range(0, len(self._notes), MOST_MAILS):
            self._work.insert(ImportRow, self._notes[start : start + MOST_MAILS])

    def _keep_raw(self, inbox_id: str, mail: HistoricMail) -> None:
        """The mail as it was, so that it can be read again; it needs no handling any more."""
        head, beside = inbox_parts.divided(mail.raw)
        row = {
            "inbox_id": inbox_id,
            "source": SOURCE,
            "key": f"{SOURCE}:{self._work.actor}:{mail.key}",
            "raw": head,
            "envelope": {"user_id": self._work.actor},
            "message_id": mail.message_id,
            "received_at": mail.sent_at or self._work.now,
            "state": "done",
            "attempts": 0,
            "not_before": self._work.now,
            "verdict": "Filed from a mailbox file",
        }
        if not beside:
            self._arrivals.append(row)
        elif self._work.insert(InboxRow, [row], or_nothing=True):
            inbox_parts.write(self._work, self._work.team_id, inbox_id, beside)

    def _note(self, row: int, outcome: str, row_id: str | None, problem: str) -> None:
        self._notes.append(
            {
                "import_id": self._import_id,
                "row": row,
                "outcome": outcome,
                "row_id": row_id,
                "problem": problem[:500] or None,
            }
        )


def _summed(before: dict[str, Any], counts: ImportCounts, at: int, mails: int) -> dict[str, Any]:
    more = {
        "created": counts.created,
        "updated": counts.updated,
        "skipped": counts.skipped,
        "duplicates": counts.duplicates,
        "errors": len(counts.errors),
    }
    summed = {name: int(before.get(name, 0)) + number for name, number in more.items()}
    return {**summed, "at": at, "mails": max(mails, int(before.get("mails", 0)))}
