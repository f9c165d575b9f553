"""The rows of a filed mail, in the ledger of the mailroom: people, communications, facts, meetings, reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, delete, select, update

from crm_store.actions import communications, customers, deals, mail_facts, mail_identity, mail_reports, meetings
from crm_store.actions import questions as question_actions
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.matching.contact_points import email_key, is_role_mailbox
from crm_store.models.history import Communication
from crm_store.models.mail import MailReason
from crm_store.models.people import ContactPoint
from crm_store.models.plumbing import InboxRow
from crm_store.values.acts import NewCommunication, NewCustomer, Person
from crm_store.values.mail import NEW, DealQuestion, Filing, LearnedAddress, MailFiling, Reason, SenderFacts

_VCARD = "vcard"
_LONGEST = 320
_REASONS: Final = cast(Table, MailReason.__table__)
_INBOX: Final = cast(Table, InboxRow.__table__)
# Made once, and past the session: building such a statement costs more than what it does.
_FORGOTTEN: Final = delete(_REASONS).where(
    _REASONS.c.team_id == bindparam("of_team"), _REASONS.c.inbox_id == bindparam("of_mail")
)
_ENVELOPE: Final = (
    update(_INBOX)
    .where(_INBOX.c.team_id == bindparam("of_team"), _INBOX.c.inbox_id == bindparam("of_mail"))
    .values(envelope=bindparam("new_envelope"))
)
_VERDICT: Final = (
    update(_INBOX)
    .where(_INBOX.c.team_id == bindparam("of_team"), _INBOX.c.inbox_id == bindparam("of_mail"))
    .values(verdict=bindparam("new_verdict"))
)


@dataclass(slots=True)
class Filed:
    """What came of one mail; `also` says that it was there before and nothing changed.

    `beside` are the customers of further mails that were attached to it.
    """

    communication_id: str = ""
    sentence: str = ""
    also: bool = True
    created: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    conflicts: list[mail_facts.Conflict] = field(default_factory=list)
    places: list[tuple[str, tuple[Reason, ...]]] = field(default_factory=list)
    deal_question: DealQuestion | None = None
    asked_about: str = ""
    subject: str = ""


def write(work: Work, ledger: Ledger, plan: MailFiling) -> Filed:
    """Write every communication a mail leads to; a copy of one that is there only adds a witness."""
    filed = Filed()
    spoken: NewCommunication | None = None
    for one in plan.filings:
        filing, known = _joined(work, one)
        new, ids = (filing.communication, {}) if known else _with_people(work, ledger, filing, filed.created)
        written = _write(work, ledger, filing, new, plan.inbox_id, known)
        communication_id = written.communication.communication_id
        changes = _follow(work, ledger, filing, new, written)
        _facts(work, ledger, filing, ids, filed, already=written.already)
        filed.also = filed.also and written.already and not changes
        filed.changes += changes
        filed.communication_id = filed.communication_id or communication_id
        filed.subject = filed.subject or new.subject or ""
        filed.places.append((communication_id, filing.reasons))
        if filing.deal_question is not None and not written.already and filed.deal_question is None:
            filed.deal_question, filed.asked_about = filing.deal_question, communication_id
        if spoken is not None and new.kind != "note":
            filed.beside += [one.customer_id for one in new.people if one.customer_id]
        spoken = spoken or new
    filed.sentence = communications.described(work, spoken or plan.filings[0].communication, already=filed.also)
    return filed


def ask(work: Work, filed: Filed) -> None:
    """What is left open after a filing is asked by direct message."""
    mail_facts.ask_about(work, filed.conflicts, filed.subject)
    asked = filed.deal_question
    if asked is None:
        return
    about = {
        "communication_id": filed.asked_about,
        "thread_key": asked.thread_key,
        "deals": list(asked.deals),
        "what": asked.what,
        "wanted": asked.named,
    }
    same = (one.about.get("thread_key") == asked.thread_key for one in question_actions.open_of(work, "which_deal"))
    if not any(same):
        question_actions.ask(work, "which_deal", work.actor, about)


def remember_reasons(work: Work, plan: MailFiling, filed: Filed) -> None:
    """Keep why each part of a mail went where it went. Not audited: it explains rows that are."""
    rows = [
        (communication_id, reason) for communication_id, reasons in filed.places for reason in reasons
    ]  # fmt: skip
    keep_reasons(work, plan.inbox_id, rows)


def keep_reasons(work: Work, inbox_id: str, rows: Sequence[tuple[str | None, Reason]]) -> None:
    """Keep the rules that had a say in a mail, those of an earlier try forgotten. Not audited: it explains only."""
    work.connection.execute(_FORGOTTEN, {"of_team": work.team_id, "of_mail": inbox_id})
    work.insert(
        MailReason,
        [
            {
                "inbox_id": inbox_id,
                "place": place,
                "communication_id": communication_id,
                "rule": reason.rule,
                "evidence": reason.evidence,
                "about": reason.about[:_LONGEST] or None,
            }
            for place, (communication_id, reason) in enumerate(rows)
        ],
    )


def settle(work: Work, inbox_id: str, verdict: str) -> None:
    """Say what became of a mail, in the list of received mails. Not audited: shown only."""
    work.connection.execute(_VERDICT, {"of_team": work.team_id, "of_mail": inbox_id, "new_verdict": verdict})


def remember_head(work: Work, inbox_id: str, sender: str, subject: str) -> None:
    """Keep who sent a mail that is not filed, and its subject, so that a list can show it. Not audited: shown only."""
    # The row itself is heavy, since it holds the whole mail.
    columns = select(InboxRow.envelope).where(InboxRow.inbox_id == inbox_id)
    envelope = work.session.scalar(columns)
    if envelope is not None:
        head = {"from": sender[:_LONGEST], "subject": subject[:_LONGEST]}
        change_envelope(work, inbox_id, {**envelope, "head": head})


def change_envelope(work: Work, inbox_id: str, envelope: Mapping[str, Any]) -> None:
    """Keep more about a mail beside it. Not audited: shown only."""
    named = {"of_team": work.team_id, "of_mail": inbox_id, "new_envelope": dict(envelope)}
    work.connection.execute(_ENVELOPE, named)


def _joined(work: Work, filing: Filing) -> tuple[Filing, Communication | None]:
    """The filing, with its communication where it or another copy of it is there, under that one's key."""
    known = communications.find(work, filing.communication.source_key)
    if known is not None or filing.identity is None:
        return filing, known
    known = mail_identity.same(work, filing.identity)
    if known is None:
        return filing, None
    return replace(filing, communication=replace(filing.communication, source_key=known.source_key)), known


def _with_people(
    work: Work, ledger: Ledger, filing: Filing, created: list[str]
) -> tuple[NewCommunication, Mapping[str, str]]:
    """The communication once its new people exist; one that another part of the mail has just made is taken."""
    new = filing.communication
    ids: dict[str, str] = {}
    for person in filing.new_people:
        known = _owner_of(work, next(iter(person.customer.emails), ""))
        if known is None:
            known = customers.write(ledger, person.customer)
            created.append(known)
        ids[NEW + person.key] = known
    return replace(new, people=tuple(_with_id(one, ids) for one in new.people)), ids


def _owner_of(work: Work, address: str) -> str | None:
    key = email_key(address)
    if not key:
        return None
    return work.session.scalars(
        select(ContactPoint.owner_row).where(
            ContactPoint.kind == "email", ContactPoint.value_key == key, ContactPoint.owner_row.startswith("cus")
        )
    ).first()


def _write(
    work: Work, ledger: Ledger, filing: Filing, new: NewCommunication, inbox_id: str, known: Communication | None
) -> communications.Written:
    if known is not None:
        communications.bear_witness(work, ledger, known.communication_id, inbox_id)
        written = communications.Written(known, already=True)
    else:
        if filing.new_deal is not None:
            first = next((one.customer_id for one in new.people if one.customer_id), None)
            of_new = (filing.new_deal.customer_id or "").startswith(NEW)
            opened = replace(filing.new_deal, customer_id=first) if of_new else filing.new_deal
            new = replace(new, deal_id=deals.write(work, ledger, opened).deal_id)
        for learned in filing.learned:
            _learn(work, ledger, learned)
        written = communications.write_new(work, ledger, new, inbox_id)
    if filing.identity is not None:
        communication_id = written.communication.communication_id
        mail_identity.remember(work, ledger, filing.identity, communication_id, new=known is None)
    return written


def _follow(
    work: Work, ledger: Ledger, filing: Filing, new: NewCommunication, written: communications.Written
) -> list[str]:
    if filing.meeting is None:
        return []
    if written.already:
        return meetings.follow(work, ledger, filing.meeting, new)
    return meetings.start(work, ledger, filing.meeting, written.communication.communication_id)


def _facts(
    work: Work, ledger: Ledger, filing: Filing, ids: Mapping[str, str], filed: Filed, *, already: bool
) -> None:  # fmt: skip
    """What the mail tells of its sender and of contacts that came with it; a copy tells nothing new."""
    if already:
        return
    work.flush()  # The people of this filing must be found below.
    facts = filing.facts
    if facts is not None:
        mail_reports.revive(work, ledger, facts.address)
        learned = mail_facts.learn(
            work, ledger, replace(facts, customer_id=ids.get(facts.customer_id, facts.customer_id))
        )
        filed.facts += [f"From the signature: {', '.join(learned.said)}"] if learned.said else []
        filed.conflicts += learned.conflicts
    for person in filing.cards:
        _card(work, ledger, person.customer, filed)


def _card(work: Work, ledger: Ledger, contact: NewCustomer, filed: Filed) -> None:
    """A vCard is a contact to be checked, or tells more of one who is known."""
    known = next((owner for email in contact.emails if (owner := _owner_of(work, email))), None)
    if known is None:
        filed.created.append(customers.write(ledger, contact))
        work.flush()  # A second card for the same person must find this one.
        return
    facts = SenderFacts(known, next(iter(contact.emails), ""), contact.title or "", contact.company or "",
                        contact.phones, sure=0.9)  # fmt: skip
    learned = mail_facts.learn(work, ledger, facts, _VCARD)
    filed.facts += [f"From the vCard: {', '.join(learned.said)}"] if learned.said else []
    filed.conflicts += learned.conflicts


def _learn(work: Work, ledger: Ledger, learned: LearnedAddress) -> None:
    """A shared mailbox is nobody's own address, whoever wrote from it."""
    if is_role_mailbox(learned.address) or _owner_of(work, learned.address) is not None:
        return
    ledger.add(
        ContactPoint(
            point_id=work.new_id(Prefix.POINT),
            owner_row=learned.customer_id,
            kind="email",
            value=learned.address,
            value_key=email_key(learned.address),
            source="mail",
            confidence=0.9,
            last_seen=work.now,
        )
    )


def _with_id(person: Person, ids: Mapping[str, str]) -> Person:
    known = ids.get(person.customer_id or "")
    return replace(person, customer_id=known) if known else person
