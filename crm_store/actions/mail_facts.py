"""Facts about customers that mail tells by itself: what a signature says, and who is away or has left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from crm_store import audit, inbox, outbox
from crm_store.actions import companies, questions
from crm_store.actions.customer_fields import Known, change_field, new_point
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.matching import companies as company_names
from crm_store.matching.contact_points import company_domain, email_key, phone_digits
from crm_store.matching.normalise import clean, fold
from crm_store.models.mail import Absence
from crm_store.models.people import Company, ContactPoint, Customer, FieldHistory, User
from crm_store.values.mail import AwayNote, SenderFacts

SIGNATURE: Final = "signature"
DECLINED: Final = "declined"
_MOST_POINTS: Final = 4
_COMPARED_DIGITS: Final = 8
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that speaks against what is known; somebody is asked."""

    customer_id: str
    field: str
    old: str
    new: str
    sure: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What was written of a signature, in words, and what has to be asked."""

    said: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def learn(work: Work, ledger: Ledger, facts: SenderFacts, source: str = SIGNATURE) -> Learned:
    """Write what is empty, with source, day and confidence; nothing that is there is replaced."""
    row = work.session.get(Customer, (work.team_id, facts.customer_id))
    if row is None or row.removed_at is not None:
        return Learned()
    said: list[str] = []
    conflicts: list[Conflict] = []
    said_at = Known(facts.sure, facts.at)
    title, company = clean(facts.title)[:_LONGEST], clean(facts.company)[:_LONGEST]
    if title and not row.title:
        said += _written(ledger, row, "title", title, said_at, source)
    elif title and fold(title) != fold(row.title or ""):
        conflicts.append(Conflict(row.customer_id, "title", row.title or "", title, facts.sure))
    if company and _is_believed(work, company, facts.address):
        known = work.session.get(Company, (work.team_id, row.company_id)) if row.company_id else None
        if known is None:
            said += _written(ledger, row, "company", company, said_at, source)
        elif not _same_company(known.name, company):
            conflicts.append(Conflict(row.customer_id, "company", known.name, company, facts.sure))
    said += _points(ledger, row, facts, source)
    if said:
        tokens.refresh(work, row.customer_id)
    return Learned(tuple(said), tuple(one for one in conflicts if not _is_settled(work, one, facts.at)))


def ask_about(work: Work, conflicts: Sequence[Conflict], what: str) -> None:
    """Ask the customer's owner which value holds, once for each value."""
    for one in conflicts:
        row = work.session.get(Customer, (work.team_id, one.customer_id))
        if row is None:
            continue
        about = {
            "customer_id": one.customer_id,
            "wanted": row.name,
            "field": one.field,
            "old": one.old,
            "new": one.new,
            "sure": one.sure,
            "source": SIGNATURE,
            "what": what,
        }
        if not _is_asked(work, about):
            questions.ask(work, "which_fact", owner_of(work, row), about)


def note_absences(
    work: Work, inbox_id: str, attempts: int, why: str, notes: Sequence[AwayNote], *, by_hand: bool = False
) -> bool:
    """Keep what automatic replies tell; they are no contact with the customers, and the mail itself is not filed.

    Whoever forwarded them by hand is told what was noted, with one Undo for all.
    """
    rows = [(work.session.get(Customer, (work.team_id, note.customer_id)), note) for note in notes]
    there = [(row, note) for row, note in rows if row is not None and row.removed_at is None]
    if not there:
        return inbox.finish(work, inbox_id, attempts, f"Not filed: {why}")
    sentence = "; ".join(_absence_in_words(row, note) for row, note in there)
    if not inbox.finish(work, inbox_id, attempts, f"Not filed: {why} Noted: {sentence}."[:300]):
        return False
    with audit.record(work, "away", there[0][0].customer_id, f"Noted that {sentence}") as ledger:
        for row, note in there:
            _keep_absence(ledger, row, note)
    if by_hand:
        text = f"Noted on the card: {sentence}. The automatic reply itself is not filed."
        if len(there) > 1:
            text = f"Noted on their cards: {sentence}. The automatic replies themselves are not filed."
        payload = {"user_id": work.actor, "text": text, "undo_id": ledger.undo_id}
        outbox.enqueue(work, "notice", f"dm:{work.actor}", f"away:{inbox_id}", payload)
    for row, note in there:
        if note.gone and row.company_id:
            _ask_whether_left(work, row)
    return True


def _keep_absence(ledger: Ledger, row: Customer, note: AwayNote) -> None:
    work = ledger.work
    known = work.session.get(Absence, (work.team_id, row.customer_id))
    if known is None:
        ledger.add(Absence(customer_id=row.customer_id, **_absence(work, note)))
        return
    ledger.change(known)
    for name, value in _absence(work, note).items():
        setattr(known, name, value)


def _ask_whether_left(work: Work, row: Customer) -> None:
    company = work.session.get(Company, (work.team_id, row.company_id))
    about = {
        "customer_id": row.customer_id,
        "wanted": row.name,
        "company": company.name if company else "",
        "company_id": row.company_id,
        "what": "an automatic reply",
    }
    if not _is_asked(work, about, "has_left"):
        questions.ask(work, "has_left", owner_of(work, row), about)


def owner_of(work: Work, row: Customer) -> str:
    """Whom to ask about a customer: their owner while that is a colleague, else who acts. Not audited: reads only."""
    owner = work.session.get(User, (work.team_id, row.owner)) if row.owner else None
    return owner.user_id if owner and owner.active else work.actor


def _absence(work: Work, note: AwayNote) -> dict[str, Any]:
    return {
        "kind": "left" if note.gone else "away",
        "until": note.until,
        "stand_in": clean(note.stand_in)[:_LONGEST] or None,
        "stand_in_key": email_key(note.stand_in_address) or None,
        "noted_at": work.now,
    }


def _absence_in_words(row: Customer, note: AwayNote) -> str:
    until = f" until {note.until:%a} {note.until.day} {note.until:%b %Y}" if note.until else ""
    who = note.stand_in or note.stand_in_address
    stand_in = f"; {clean(who)[:_LONGEST]} stands in" if who else ""
    return f"{row.name} {'has left' if note.gone else f'is away{until}'}{stand_in}"


def _written(ledger: Ledger, row: Customer, field: str, value: str, known: Known, source: str) -> list[str]:
    done = change_field(ledger, row, field, value, source, known)
    return [f"{field} {value}"] if done else []


def _points(ledger: Ledger, row: Customer, facts: SenderFacts, source: str) -> list[str]:
    """Numbers and links that are new; one more number takes nothing away, so nobody is asked."""
    work = ledger.work
    known = work.session.execute(
        select(ContactPoint.kind, ContactPoint.value_key).where(ContactPoint.owner_row == row.customer_id)
    ).all()
    wanted = [("phone", value, phone_digits(value)) for value in facts.phones]
    wanted += [("link", value, _link_key(value)) for value in facts.links]
    said = []
    there: dict[str, list[str]] = {"phone": [], "link": []}
    for kind, value_key in known:
        there.setdefault(kind, []).append(value_key)
    for place, (kind, value, value_key) in enumerate(wanted):
        tail = value_key[-_COMPARED_DIGITS:] if kind == "phone" else value_key
        if not tail or len(there[kind]) >= _MOST_POINTS or any(one.endswith(tail) for one in there[kind]):
            continue
        point = new_point(work, row.customer_id, kind, clean(value)[:300], value_key, source, place)
        point.confidence = facts.sure
        point.last_seen = min(facts.at, work.now) if facts.at else work.now
        ledger.add(point)
        there[kind].append(value_key)
        said.append(f"{kind} {clean(value)[:_LONGEST]}")
    return said


def _link_key(url: str) -> str:
    return fold(url).partition("://")[2].removeprefix("www.").rstrip("/")[:320] or fold(url).rstrip("/")[:320]


def _is_believed(work: Work, company: str, address: str) -> bool:
    """A line read as a company counts where a company of that name is known, or the address's domain says the same."""
    if companies.by_name(work, company):
        return True
    label = company_domain(address).partition(".")[0].replace("-", "")
    words = company_names.company_key(company).split()
    return len(label) > 1 and bool(words) and (label in "".join(words) or "".join(words) in label)


def _same_company(known: str, named: str) -> bool:
    one, other = set(company_names.company_key(known).split()), set(company_names.company_key(named).split())
    return not one or not other or one <= other or other <= one


def _is_settled(work: Work, one: Conflict, at: datetime | None) -> bool:
    """Whether somebody kept the old value before, or what is known is of a later day than the mail."""
    rows = work.session.execute(
        select(FieldHistory.value, FieldHistory.source, FieldHistory.at).where(
            FieldHistory.row_id == one.customer_id, FieldHistory.field == one.field
        )
    ).all()
    if any((value, source) == (one.new, DECLINED) for value, source, _ in rows):
        return True
    return at is not None and any(value == one.old and since.date() > at.date() for value, _, since in rows)


def _is_asked(work: Work, about: dict[str, Any], kind: str = "which_fact") -> bool:
    """Whether the same is asked already, whatever mail it was read in."""
    same = ("customer_id", "field", "new", "company_id")
    return any(all(one.about.get(name) == about.get(name) for name in same) for one in questions.open_of(work, kind))
