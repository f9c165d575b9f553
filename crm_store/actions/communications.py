"""Logging what was said, whoever heard it and by whichever way it came."""

from dataclasses import dataclass

from sqlalchemy import select

from crm_store import audit
from crm_store.actions.touches import recompute, touch
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.ids import Prefix
from crm_store.matching.contact_points import email_key
from crm_store.models.history import Attachment, Communication, Participant, Witness
from crm_store.models.people import Customer, Need, User
from crm_store.models.trade import Deal, Task
from crm_store.values.acts import NewCommunication, Receipt

MOST_PEOPLE = 500
DELETED_IN_SLACK = "The message was deleted in Slack."
_NAMES = {
    "mail": "mail", "call": "call", "meeting": "meeting", "message": "message", "note": "note", "form": "form",
}  # fmt: skip
_SIDES = {"incoming": "from", "outgoing": "to"}


@dataclass(frozen=True, slots=True)
class Written:
    """The communication that holds a log now; `already` where it was there before."""

    communication: Communication
    already: bool
    made: tuple[str, ...] = ()


def log(work: Work, new: NewCommunication) -> Receipt:
    """Log a communication with its people, needs and tasks; a second log of the same thing only adds a witness."""
    with audit.record(work, "log") as ledger:
        written = write(work, ledger, new)
        ledger.row_id = written.communication.communication_id
        ledger.sentence = described(work, new, already=written.already)
        # A second copy changes nothing of its own that could be taken back; its witness stays as the fact it is.
        ledger.undoable = not written.already
    return Receipt(
        written.communication.communication_id,
        None if written.already else ledger.undo_id,
        ledger.sentence,
        made=written.made,
    )


def write(work: Work, ledger: audit.Ledger, new: NewCommunication, inbox_id: str | None = None) -> Written:
    """The rows of one communication, written into the ledger of the action that logs it."""
    known = find(work, new.source_key)
    if known is not None:
        bear_witness(work, ledger, known.communication_id, inbox_id)
        return Written(known, already=True)
    return write_new(work, ledger, new, inbox_id)


def write_new(work: Work, ledger: audit.Ledger, new: NewCommunication, inbox_id: str | None = None) -> Written:
    """The rows of a communication of which the caller knows that it is not logged yet."""
    if not any(person.customer_id for person in new.people) and not new.deal_id and not new.company_id:
        raise BadInput("Say who it was with.", field="who")
    # Nothing here looks for rows that are new, and a look at others would write those one after another.
    with work.session.no_autoflush:
        return _write_all(work, ledger, new, inbox_id)


def _write_all(work: Work, ledger: audit.Ledger, new: NewCommunication, inbox_id: str | None) -> Written:
    row = Communication(
        communication_id=work.new_id(Prefix.COMMUNICATION),
        kind=new.kind,
        direction=new.direction,
        happened_at=new.happened_at,
        logged_at=work.now,
        logged_by=work.actor,
        subject=new.subject,
        new_text=new.text,
        quoted_text=new.quoted,
        level=new.level,
        thread_key=new.thread_key,
        deal_id=new.deal_id,
        company_id=new.company_id,
        source=new.source,
        source_key=new.source_key,
        permalink=new.permalink,
    )
    ledger.add(row)
    _take_part(work, ledger, row.communication_id, new)
    if _has_eyes(work):
        _see(work, ledger, row.communication_id, inbox_id)
    made = _what_follows(work, ledger, row.communication_id, new)
    # A meeting that is still ahead is no contact yet.
    if new.happened_at <= work.now:
        touch(work, ledger, _customers(new), new.happened_at, new.kind, work.actor)
    return Written(row, already=False, made=(row.communication_id, *made))


def find(work: Work, source_key: str) -> Communication | None:
    """The communication with that key, if it is logged."""
    return work.session.scalars(select(Communication).where(Communication.source_key == source_key)).one_or_none()


def follow_edit(work: Work, source_key: str, text: str) -> Receipt:
    """Keep a log in step with the message it came from, after that was edited or its thread went on."""
    row = _found(work, source_key)
    with audit.record(work, "follow", row.communication_id, "Followed an edit in Slack") as ledger:
        # Nobody's act: an undo of it would put the log out of step, and would stand in the way of the log's own.
        ledger.undoable = False
        ledger.change(row)
        row.new_text = text
        row.version += 1
    return Receipt(row.communication_id, None, ledger.sentence)


def hide(work: Work, source_key: str) -> Receipt:
    """Hide the text of a log whose message was deleted, and say so in its place."""
    row = _found(work, source_key)
    with audit.record(work, "hide", row.communication_id, "Hid a message that was deleted in Slack") as ledger:
        ledger.undoable = False  # What its author deleted must not come back.
        ledger.change(row)
        row.new_text, row.quoted_text = DELETED_IN_SLACK, ""
        row.version += 1
    return Receipt(row.communication_id, None, ledger.sentence)


def move(work: Work, communication_id: str, customer_id: str | None = None, deal_id: str | None = None) -> Receipt:
    """File a communication to another customer or deal than it was filed to."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That log is no longer there.")
    with audit.record(work, "move", communication_id) as ledger:
        ledger.change(row)
        row.version += 1
        places = []
        if deal_id is not None:
            row.deal_id = deal_id
            deal = work.session.get(Deal, (work.team_id, deal_id))
            places.append(deal.name if deal else "the deal")
        if customer_id is not None:
            places.append(file_to(work, ledger, row, customer_id))
        ledger.sentence = f"Moved to {' › '.join(reversed(places))}"
    return Receipt(communication_id, ledger.undo_id, ledger.sentence)


def set_level(work: Work, communication_id: str, level: str) -> Receipt:
    """Make a log private to its author, or visible to the team again; only its author may."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None:
        raise NotFound("That log is no longer there.")
    if row.logged_by != work.actor:
        raise NotAllowed("Only the person who logged it may change who sees it.")
    with audit.record(work, "level", communication_id) as ledger:
        ledger.change(row)
        row.level = level
        row.version += 1
        ledger.sentence = "Only you see it now" if level == "private" else "The team sees it now"
    return Receipt(communication_id, ledger.undo_id, ledger.sentence)


def described(work: Work, new: NewCommunication, *, already: bool = False) -> str:
    """What was logged, in words: `Logged a mail from Ann Lee`."""
    names = []
    for customer_id in _customers(new):
        customer = work.session.get(Customer, (work.team_id, customer_id))
        names.append(customer.name if customer else "somebody")
    who = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    kind = _NAMES.get(new.kind, "note")
    between = _SIDES.get(new.direction, "with") if kind in {"mail", "message", "form"} else "with"
    between = "on" if kind == "note" else between
    return f"{'Already logged' if already else 'Logged'} a {kind}" + (f" {between} {who}" if who else "")


def _found(work: Work, source_key: str) -> Communication:
    row = find(work, source_key)
    if row is None or row.removed_at is not None:
        raise NotFound("That message is not logged.")
    return row


def _customers(new: NewCommunication) -> list[str]:
    return list(dict.fromkeys(person.customer_id for person in new.people if person.customer_id))


def _take_part(work: Work, ledger: audit.Ledger, communication_id: str, new: NewCommunication) -> None:
    for person in new.people[:MOST_PEOPLE]:
        ledger.add(
            Participant(
                participant_id=work.new_id(Prefix.PARTICIPANT),
                communication_id=communication_id,
                role=person.role,
                name=person.name,
                address_key=(email_key(person.address) or None) if person.address else None,
                customer_id=person.customer_id,
                user_id=person.user_id,
            )
        )


def bear_witness(work: Work, ledger: audit.Ledger, communication_id: str, inbox_id: str | None) -> None:
    """Note that the actor has seen it; jobs and imports act without eyes of their own."""
    if _has_eyes(work) and work.session.get(Witness, (work.team_id, communication_id, work.actor)) is None:
        _see(work, ledger, communication_id, inbox_id)


def _has_eyes(work: Work) -> bool:
    return work.session.get(User, (work.team_id, work.actor)) is not None


def _see(work: Work, ledger: audit.Ledger, communication_id: str, inbox_id: str | None) -> None:
    ledger.add(Witness(communication_id=communication_id, user_id=work.actor, inbox_id=inbox_id, at=work.now))


def _what_follows(work: Work, ledger: audit.Ledger, communication_id: str, new: NewCommunication) -> tuple[str, ...]:
    made = []
    customers = _customers(new)
    for text in new.needs if customers else ():
        need = Need(
            need_id=work.new_id(Prefix.NEED),
            customer_id=customers[0],
            text=text,
            communication_id=communication_id,
            created_at=work.now,
        )
        ledger.add(need)
        made.append(need.need_id)
    for one in new.tasks:
        task = Task(
            task_id=work.new_id(Prefix.TASK),
            title=one.title,
            owner=one.owner,
            due_at=one.due_at,
            customer_id=one.customer_id or next(iter(customers), None),
            deal_id=one.deal_id or new.deal_id,
            communication_id=communication_id,
            promised_at=min(new.happened_at, work.now) if one.promised else None,
            created_at=work.now,
        )
        ledger.add(task)
        made.append(task.task_id)
    for file in new.attachments:
        ledger.add(
            Attachment(
                attachment_id=work.new_id(Prefix.ATTACHMENT),
                communication_id=communication_id,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
            )
        )
    return tuple(made)


def file_to(work: Work, ledger: audit.Ledger, row: Communication, customer_id: str) -> str:
    """Let a log be with that customer alone, within the ledger of the act that moves it; gives the customer's name."""
    customer = work.session.get(Customer, (work.team_id, customer_id))
    if customer is None:
        raise NotFound("That customer is no longer there.")
    taking_part = work.session.scalars(
        select(Participant).where(
            Participant.communication_id == row.communication_id, Participant.customer_id.is_not(None)
        )
    ).all()
    before = {one.customer_id for one in taking_part if one.customer_id}
    for number, one in enumerate(sorted(taking_part, key=lambda part: part.participant_id)):
        ledger.change(one)
        # One of several is enough to hold the new customer; the others were as wrong as the first.
        one.customer_id = customer_id if number == 0 else None
    if not taking_part:
        ledger.add(
            Participant(
                participant_id=work.new_id(Prefix.PARTICIPANT),
                communication_id=row.communication_id,
                role="about",
                customer_id=customer_id,
            )
        )
    touch(work, ledger, [customer_id], row.happened_at, row.kind, row.logged_by)
    work.flush()  # The query below must see the move.
    recompute(work, before - {customer_id})
    return customer.name
