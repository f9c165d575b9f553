"""What is asked rather than guessed, and the one answer that counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from crm_store import audit, inbox, outbox
from crm_store.actions.customer_fields import Known, change_field, keep_history
from crm_store.actions.mail_rules import keep_thread
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.search import alias_key
from crm_store.matching.contact_points import is_role_mailbox
from crm_store.models.history import Communication, Question
from crm_store.models.lookup import Alias
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import InboxRow
from crm_store.models.trade import Deal

CREATE: Final = "new"
NONE: Final = "none"
TAKE: Final = "take"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer: `first` is False where somebody was quicker, whom the sentence names."""

    first: bool
    sentence: str
    undo_id: str | None = None


def ask(work: Work, kind: str, user_id: str, about: dict[str, Any]) -> str | None:
    """Ask a colleague by DM; None says that the same thing is asked already. Audited as asked; nothing to undo."""
    if any(one.about == about and one.asked == user_id for one in open_of(work, kind)):
        return None
    with audit.record(work, "ask", sentence="Asked", undoable=False) as ledger:
        question = Question(
            question_id=work.new_id(Prefix.QUESTION), kind=kind, asked=user_id, about=about, created_at=work.now
        )
        ledger.add(question)
        ledger.row_id = question.question_id
    outbox.enqueue(
        work,
        "question",
        f"dm:{user_id}",
        f"question:{question.question_id}",
        {"user_id": user_id, "question_id": question.question_id},
    )
    return question.question_id


def open_of(work: Work, kind: str) -> Sequence[Question]:
    """The questions of a kind that nobody has answered yet. Not audited: reads only."""
    return work.session.scalars(select(Question).where(Question.kind == kind, Question.state == "open")).all()


def answer(work: Work, question_id: str, chosen: str) -> Answered:
    """Take the first answer: the id of a customer or deal, `new`, `take` or `none`, and do what follows from it."""
    question = work.session.get(Question, (work.team_id, question_id))
    if question is None:
        raise NotFound("That question is no longer there.")
    if not _take(work, question, chosen):
        work.session.refresh(question)
        who = work.session.get(User, (work.team_id, question.answered_by)) if question.answered_by else None
        when = f" at {question.answered_at:%H:%M} UTC" if question.answered_at else ""
        return Answered(False, f"{who.name if who else 'Somebody'} answered this{when}.")
    with audit.record(work, "answer", question_id, undoable=False) as ledger:
        ledger.note["answer"] = chosen
        match question.kind:
            case "which_customer":
                sentence = _customer_chosen(work, ledger, question, chosen)
            case "which_deal":
                sentence = _deal_chosen(work, ledger, question, chosen)
            case "which_fact":
                sentence = _fact_chosen(work, ledger, question, chosen)
            case "has_left":
                sentence = _leaving_chosen(work, ledger, question, chosen)
            case _:
                sentence = "Thank you, that is noted."
        ledger.sentence = sentence
    return Answered(True, sentence, ledger.undo_id if ledger.undoable else None)


def _deal_chosen(work: Work, ledger: audit.Ledger, question: Question, chosen: str) -> str:
    """The conversation goes there, with what is filed of it and what is still to come."""
    thread_key = str(question.about.get("thread_key", ""))
    deal = work.session.get(Deal, (work.team_id, chosen)) if chosen != NONE else None
    if chosen != NONE and (deal is None or deal.removed_at is not None):
        raise BadInput("That deal is no longer there; choose another.")
    deal_id = deal.deal_id if deal else None
    row = work.session.get(Communication, (work.team_id, str(question.about.get("communication_id", ""))))
    if deal_id and row is not None and row.removed_at is None and row.deal_id != deal_id:
        ledger.change(row)
        row.deal_id = deal_id
        row.version += 1
        work.flush()  # The whole conversation is moved next, and this row is not to be moved twice.
    if thread_key:
        keep_thread(work, ledger, thread_key, deal_id)
    ledger.undoable = True
    if deal is None:
        return "The conversation stays with the customer, without a deal."
    return f"The conversation is filed on {deal.name}."


def _fact_chosen(work: Work, ledger: audit.Ledger, question: Question, chosen: str) -> str:
    about = question.about
    field, new = str(about.get("field", "")), str(about.get("new", ""))
    customer = work.session.get(Customer, (work.team_id, str(about.get("customer_id", ""))))
    if customer is None or customer.removed_at is not None:
        return "That customer is no longer there."
    source, known = str(about.get("source", "signature")), Known(float(about.get("sure", 1.0)))
    if chosen != TAKE:
        keep_history(ledger, customer, field, new, "declined", known)
        return f"The {field} of {customer.name} stays {about.get('old') or 'as it is'}."
    done = change_field(ledger, customer, field, new, source, known)
    ledger.undoable = bool(done)
    if not done:
        return f"The {field} of {customer.name} is {new} already."
    ledger.change(customer)
    customer.version += 1
    tokens.refresh(work, customer.customer_id)
    return f"Changed {customer.name}: {done}"


def _leaving_chosen(work: Work, ledger: audit.Ledger, question: Question, chosen: str) -> str:
    customer = work.session.get(Customer, (work.team_id, str(question.about.get("customer_id", ""))))
    if customer is None or customer.removed_at is not None:
        return "That customer is no longer there."
    company = str(question.about.get("company") or "the company")
    if chosen != TAKE or customer.company_id != question.about.get("company_id"):
        return f"{customer.name} stays with {company}."
    change_field(ledger, customer, "company", None, "auto_reply")
    ledger.undoable = True
    ledger.change(customer)
    customer.version += 1
    tokens.refresh(work, customer.customer_id)
    return f"{customer.name} has left {company}; the time there is marked as ended."


def _take(work: Work, question: Question, chosen: str) -> bool:
    taken = work.session.execute(
        update(Question)
        .where(Question.question_id == question.question_id, Question.state == "open")
        .values(state="answered", answer=chosen, answered_by=work.actor, answered_at=work.now)
        .returning(Question.question_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return taken is not None


def _customer_chosen(work: Work, ledger: audit.Ledger, question: Question, chosen: str) -> str:
    wanted = str(question.about.get("wanted", ""))
    inbox_id = str(question.about.get("inbox_id", ""))
    row = work.session.get(InboxRow, (work.team_id, inbox_id))
    if row is None:
        raise NotFound("The mail of that question is no longer there.")
    if chosen == NONE:
        return "The mail stays under “to sort”."
    name = "somebody new"
    if chosen != CREATE:
        customer = work.session.get(Customer, (work.team_id, chosen))
        if customer is None:
            raise BadInput("That customer is no longer there; choose another.")
        name = customer.name
        if not is_role_mailbox(wanted):
            # A shared mailbox may speak of somebody else the next time.
            _learn(work, ledger, wanted, chosen)
    answers = {**row.envelope.get("answers", {}), wanted: chosen}
    row.envelope = {**row.envelope, "answers": answers}
    inbox.release(work, inbox_id)
    return f"The mail is filed to {name}."


def _learn(work: Work, ledger: audit.Ledger, wanted: str, customer_id: str) -> None:
    """The next mail that names them so is filed without asking."""
    text_key = alias_key(wanted)
    if not text_key:
        return
    known = work.session.get(Alias, (work.team_id, text_key))
    if known is None:
        ledger.add(Alias(text_key=text_key, customer_id=customer_id, chosen_by=work.actor))
    else:
        ledger.change(known)
        known.customer_id, known.chosen_by = customer_id, work.actor
