"""Plain mails of a mailbox file as rows that are written together; what was never seen before needs no second look."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from crm_store.actions import customers
from crm_store.actions.mail_history_facts import HistoricFacts
from crm_store.actions.touches import mark_dirty
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.tokens import in_groups
from crm_store.matching.contact_points import email_key
from crm_store.models.history import Attachment, Communication, Participant, Witness
from crm_store.models.mail import MailKey, MailReason
from crm_store.models.people import ContactPoint, Customer
from crm_store.values.acts import NewCommunication
from crm_store.values.mail import NEW, Filing
from crm_store.values.mail_history import HistoricMail

_AT_ONCE: Final = 200
_MOST_PEOPLE: Final = 500
_LONGEST_KEY: Final = 80
_LONGEST_ABOUT: Final = 320
_TABLES: Final = (Communication, Participant, Witness, Attachment, MailKey, MailReason)


@dataclass(slots=True)
class Rows:
    """The rows of one batch; `made` are customers that were created on the way."""

    work: Work
    ledger: Ledger
    _new: dict[type[Any], list[dict[str, Any]]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _owners: dict[str, str] = field(default_factory=dict)
    _touched: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    facts: HistoricFacts = field(default_factory=HistoricFacts)

    def prepare(self, mails: Sequence[HistoricMail]) -> None:
        """What tells a new mail from a known one, and known people from new ones, in a few statements for all."""
        filings = [filing for mail in mails for filing in mail.filings]
        session = self.work.session
        for some in in_groups(sorted({one.communication.source_key for one in filings}), _AT_ONCE):
            found = session.scalars(select(Communication.source_key).where(Communication.source_key.in_(some)))
            self._seen |= set(found)
        words = {one.identity.words_key for one in filings if one.identity and one.identity.words_key}
        for some in in_groups(sorted(words), _AT_ONCE):
            self._seen |= set(session.scalars(select(MailKey.mail_key).where(MailKey.mail_key.in_(some))))
        self.find_owners(person.customer.emails for one in filings for person in one.new_people)

    def find_owners(self, addresses: Iterable[Iterable[str]]) -> None:
        """Learn whose these addresses are by now."""
        keys = {key for some in addresses for one in some if (key := email_key(one))}
        for some in in_groups(sorted(keys), _AT_ONCE):
            found = self.work.session.execute(
                select(ContactPoint.value_key, ContactPoint.owner_row).where(
                    ContactPoint.kind == "email",
                    ContactPoint.value_key.in_(some),
                    ContactPoint.owner_row.startswith(Prefix.CUSTOMER),
                )
            )
            for key, owner in found:
                self._owners[key] = owner

    def is_plain(self, mail: HistoricMail) -> bool:
        """Whether it is one mail that nobody has filed, and opens, moves or teaches nothing besides."""
        if len(mail.filings) != 1:
            return False
        one = mail.filings[0]
        besides = one.new_deal or one.meeting or one.learned or one.communication.tasks or one.communication.needs
        words = one.identity.words_key if one.identity else ""
        return not besides and one.communication.source_key not in self._seen and words not in self._seen

    def note_seen(self, filings: Iterable[Filing]) -> None:
        """Whatever has the same key or the same words from now on is to be looked at twice."""
        for one in filings:
            self._seen.add(one.communication.source_key)
            if one.identity and one.identity.words_key:
                self._seen.add(one.identity.words_key)

    def take(self, mail: HistoricMail, inbox_id: str) -> list[str]:
        """Make the rows of a plain mail, and give the ids of its communication and of the customers it brought."""
        filing = mail.filings[0]
        new = filing.communication
        communication_id = self.work.new_id(Prefix.COMMUNICATION)
        made, ids = self._people(filing)
        people = [(one, ids.get(one.customer_id or "", one.customer_id)) for one in new.people[:_MOST_PEOPLE]]
        self._add(Communication, **_columns(self.work, new, communication_id))
        for person, customer_id in people:
            self._add(
                Participant,
                participant_id=self.work.new_id(Prefix.PARTICIPANT),
                communication_id=communication_id,
                role=person.role,
                name=person.name,
                address_key=(email_key(person.address) or None) if person.address else None,
                customer_id=customer_id,
                user_id=person.user_id,
            )
            if customer_id and new.happened_at <= self.work.now:
                self._touch(customer_id, new)
        self._add(
            Witness, communication_id=communication_id, user_id=self.work.actor, inbox_id=inbox_id, at=self.work.now
        )
        self._hang_on(communication_id, inbox_id, filing)
        if filing.facts is not None:
            told_of = filing.facts.customer_id
            self.facts.take(filing.facts, ids.get(told_of, told_of), mail.row)
        self.note_seen(mail.filings)
        return [communication_id, *made]

    def _people(self, filing: Filing) -> tuple[list[str], dict[str, str]]:
        """New people are customers from here on; one whom another mail of the batch made is taken."""
        made: list[str] = []
        ids: dict[str, str] = {}
        for person in filing.new_people:
            key = email_key(next(iter(person.customer.emails), ""))
            known = self._owners.get(key)
            if known is None:
                known = customers.write(self.ledger, person.customer)
                made.append(known)
                if key:
                    self._owners[key] = known
            ids[NEW + person.key] = known
        return made, ids

    def _hang_on(self, communication_id: str, inbox_id: str, filing: Filing) -> None:
        for file in filing.communication.attachments:
            self._add(
                Attachment,
                attachment_id=self.work.new_id(Prefix.ATTACHMENT),
                communication_id=communication_id,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
            )
        identity = filing.identity
        if identity is not None:
            undated = f"undated:{identity.words_key}" if identity.words_key and identity.at is None else ""
            for key in dict.fromkeys((identity.id_key, identity.words_key, undated[:_LONGEST_KEY])):
                if key:
                    self._add(MailKey, mail_key=key, communication_id=communication_id)
        for place, reason in enumerate(filing.reasons):
            self._add(
                MailReason,
                inbox_id=inbox_id,
                place=place,
                communication_id=communication_id,
                rule=reason.rule,
                evidence=reason.evidence,
                about=reason.about[:_LONGEST_ABOUT] or None,
            )

    def _touch(self, customer_id: str, new: NewCommunication) -> None:
        known = self._touched.get(customer_id)
        if known is None or known[0] < new.happened_at:
            self._touched[customer_id] = (new.happened_at, new.kind)

    def write(self) -> None:
        """Write what was taken; the session can find it from then on."""
        for model in _TABLES:
            rows = self._new.pop(model, [])
            for some in in_groups(rows, _AT_ONCE):
                self.work.insert(model, some)
        self._write_touches()

    def _write_touches(self) -> None:
        for some in in_groups(sorted(self._touched), _AT_ONCE):
            for row in self.work.session.scalars(select(Customer).where(Customer.customer_id.in_(some))):
                at, kind = self._touched[row.customer_id]
                if row.last_touch_at is None or row.last_touch_at < at:
                    row.last_touch_at, row.last_touch_kind, row.last_touch_by = at, kind, self.work.actor
            mark_dirty(self.work, some)
        self._touched.clear()

    def _add(self, model: type[Any], **values: Any) -> None:
        self._new.setdefault(model, []).append(values)


def _columns(work: Work, new: NewCommunication, communication_id: str) -> dict[str, Any]:
    return {
        "communication_id": communication_id,
        "kind": new.kind,
        "direction": new.direction,
        "happened_at": new.happened_at,
        "logged_at": work.now,
        "logged_by": work.actor,
        "subject": new.subject,
        "new_text": new.text,
        "quoted_text": new.quoted,
        "level": new.level,
        "thread_key": new.thread_key,
        "deal_id": new.deal_id,
        "source": new.source,
        "source_key": new.source_key,
        "permalink": new.permalink,
        "removed_at": None,
        "version": 1,
    }
