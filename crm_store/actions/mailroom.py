"""What becomes of a mail, each in one unit with the end of its inbox row: filed, asked about, held or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from crm_store import audit, inbox, outbox
from crm_store.actions import communications, customers, deals, questions
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.ids import Prefix
from crm_store.matching.contact_points import email_key
from crm_store.models.people import ContactPoint
from crm_store.models.plumbing import InboxRow
from crm_store.queries import teams
from crm_store.values.acts import NewCommunication, Person
from crm_store.values.mail import NEW, BouncedAddress, Filing, HeldMail, LearnedAddress, MailFiling, MailQuestion

_MOST_CARDS = 5
_DIGEST_WINDOW = timedelta(hours=1)
_VERDICT_LENGTH = 300


def file_mail(work: Work, plan: MailFiling) -> str | None:
    """File everything one mail leads to, with one receipt and one undo; None says that another worker holds it."""
    if not inbox.finish(work, plan.inbox_id, plan.attempts, "Being filed"):
        return None
    written: list[communications.Written] = []
    created: list[str] = []
    spoken: NewCommunication | None = None
    with audit.record(work, "log") as ledger:
        for filing in plan.filings:
            new = _with_people(work, ledger, filing, created)
            written.append(_write(work, ledger, filing, new, plan.inbox_id))
            spoken = spoken or new
        first = written[0]
        also = all(one.already for one in written)
        ledger.row_id = first.communication.communication_id
        ledger.sentence = communications.described(work, spoken or plan.filings[0].communication, already=also)
        # A copy that only shows who else saw the mail leaves nothing to take back.
        ledger.undoable = not also
    _settle(work, plan.inbox_id, ledger.sentence)
    outbox.enqueue(
        work,
        "receipt",
        f"dm:{work.actor}",
        f"receipt:{plan.inbox_id}",
        {
            "user_id": work.actor,
            "communication_id": first.communication.communication_id,
            "undo_id": None if also else ledger.undo_id,
            "sure": plan.sure,
            "created": created,
            "warnings": [*plan.warnings, *_beside(plan)],
            "also": also,
        },
    )
    return first.communication.communication_id


def _beside(plan: MailFiling) -> list[str]:
    """What else the same mail led to: the sender's own words, and further mails attached to it."""
    kinds = ["note" if one.communication.kind == "note" else "mail" for one in plan.filings[1:]]
    mails = kinds.count("mail")
    said = [f"{mails} more attached {'mail was' if mails == 1 else 'mails were'} filed as well."] if mails else []
    return [*said, "What you wrote above it is kept as a note."] if "note" in kinds else said


def hold_mail(work: Work, held: HeldMail, attempts: int) -> bool:
    """Keep a mail until the address's owner has looked at it; audited by its inbox row, since nothing else changes."""
    if not inbox.hold(work, held.inbox_id, attempts, held.why[:_VERDICT_LENGTH]):
        return False
    place = f"dm:{work.actor}"
    if outbox.lately(work, "review", place, work.now - _DIGEST_WINDOW) >= _MOST_CARDS:
        text = (
            "More mail waits for your word than is shown here one by one. `why mail` lists it, with the reason of each."
        )
        hour = f"{work.now:%Y-%m-%dT%H}"
        outbox.enqueue(work, "notice", place, f"held:{work.actor}:{hour}", {"user_id": work.actor, "text": text})
        return True
    outbox.enqueue(
        work,
        "review",
        place,
        f"review:{held.inbox_id}",
        {
            "user_id": work.actor,
            "inbox_id": held.inbox_id,
            "why": held.why,
            "from": held.sender,
            "subject": held.subject,
        },
    )
    return True


def drop_mail(work: Work, inbox_id: str, attempts: int, why: str) -> bool:
    """File nothing and keep the reason; the raw mail stays, so a person can still have it filed."""
    return inbox.finish(work, inbox_id, attempts, f"Not filed: {why}"[:_VERDICT_LENGTH])


def ask(work: Work, inbox_id: str, attempts: int, question: MailQuestion) -> bool:
    """Keep a mail under “to sort” and ask its owner what is not clear."""
    if not inbox.hold(work, inbox_id, attempts, f"To sort: who is {question.wanted}?"[:_VERDICT_LENGTH]):
        return False
    about = {
        "inbox_id": inbox_id,
        "wanted": question.wanted,
        "candidates": list(question.candidates),
        "what": question.what,
    }
    questions.ask(work, "which_customer", work.actor, about)
    return True


def note_bounce(work: Work, inbox_id: str, attempts: int, bounced: Sequence[BouncedAddress]) -> bool:
    """Mark addresses that take no mail any more, and tell the owner."""
    told = ", ".join(one.address for one in bounced[:3])
    if not inbox.finish(work, inbox_id, attempts, f"Delivery report: {told} takes no mail"[:_VERDICT_LENGTH]):
        return False
    keys = [key for one in bounced if (key := email_key(one.address))]
    points = work.session.scalars(
        select(ContactPoint).where(ContactPoint.kind == "email", ContactPoint.value_key.in_(keys))
    ).all()
    with audit.record(work, "bounce", inbox_id, f"Marked {told} as not reachable") as ledger:
        for point in points:
            ledger.change(point)
            point.state = "bounced"
    if points:
        text = f"{told} takes no mail any more. The address is marked; it is not written to again."
        outbox.enqueue(work, "notice", f"dm:{work.actor}", f"bounce:{inbox_id}", {"user_id": work.actor, "text": text})
    return True


def set_aside(work: Work, inbox_id: str, attempts: int, problem: str) -> bool:
    """Put a mail aside that could not be handled in all its tries, and tell the admins; its raw bytes stay."""
    if not inbox.set_aside(work, inbox_id, attempts, problem[:_VERDICT_LENGTH]):
        return False
    for admin in teams.admins(work):
        text = (
            f"A mail could not be handled and was set aside ({problem}). "
            f"It is kept as it came. To try again: crm inbox retry {inbox_id}"
        )
        outbox.enqueue(
            work,
            "notice",
            f"dm:{admin.user_id}",
            f"aside:{inbox_id}:{admin.user_id}",
            {"user_id": admin.user_id, "text": text},
        )
    return True


def approve(work: Work, inbox_id: str) -> bool:
    """Let a held mail be filed; False says that it is decided already. Audited, and undone from its receipt."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None:
        raise NotFound("That mail is no longer there.")
    if row.state not in {"held", "set_aside"}:
        return False
    with audit.record(work, "approve-mail", inbox_id, "Let a mail in", undoable=False):
        row.envelope = {**row.envelope, "approved_by": work.actor}
        return inbox.release(work, inbox_id)


def ignore(work: Work, inbox_id: str) -> bool:
    """Leave a held mail unfiled; False says that it is decided already. Audited; its raw bytes stay."""
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None:
        raise NotFound("That mail is no longer there.")
    if row.state not in {"held", "set_aside"}:
        return False
    with audit.record(work, "ignore-mail", inbox_id, "Left a mail unfiled", undoable=False):
        row.state = "done"
        row.verdict = f"Not filed: {_who(work)} left it out."
    return True


def _with_people(work: Work, ledger: Ledger, filing: Filing, created: list[str]) -> NewCommunication:
    """The communication once its new people exist; one that another part of the mail has just made is taken."""
    new = filing.communication
    if communications.find(work, new.source_key) is not None:
        return new
    ids = {}
    for person in filing.new_people:
        known = _owner_of(work, next(iter(person.customer.emails), ""))
        if known is None:
            known = customers.write(ledger, person.customer)
            created.append(known)
        ids[NEW + person.key] = known
    return replace(new, people=tuple(_with_id(one, ids) for one in new.people))


def _owner_of(work: Work, address: str) -> str | None:
    key = email_key(address)
    if not key:
        return None
    return work.session.scalars(
        select(ContactPoint.owner_row).where(
            ContactPoint.kind == "email", ContactPoint.value_key == key, ContactPoint.owner_row.startswith("cus")
        )
    ).first()


def _write(work: Work, ledger: Ledger, filing: Filing, new: NewCommunication, inbox_id: str) -> communications.Written:
    if communications.find(work, new.source_key) is None:
        if filing.new_deal is not None:
            first = next((one.customer_id for one in new.people if one.customer_id), None)
            of_new = (filing.new_deal.customer_id or "").startswith(NEW)
            opened = replace(filing.new_deal, customer_id=first) if of_new else filing.new_deal
            new = replace(new, deal_id=deals.write(work, ledger, opened).deal_id)
        for learned in filing.learned:
            _learn(work, ledger, learned)
    return communications.write(work, ledger, new, inbox_id)


def _learn(work: Work, ledger: Ledger, learned: LearnedAddress) -> None:
    if _owner_of(work, learned.address) is not None:
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


def _settle(work: Work, inbox_id: str, verdict: str) -> None:
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is not None:
        row.verdict = verdict[:_VERDICT_LENGTH]


def _who(work: Work) -> str:
    user = teams.user(work, work.actor)
    return user.name if user else "Somebody"
