"""What is asked rather than guessed, and the one answer that counts."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from crm_store import audit, inbox, outbox
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.lookup.search import alias_key
from crm_store.models.history import Question
from crm_store.models.lookup import Alias
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import InboxRow

CREATE: Final = "new"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer: `first` is False where somebody was quicker, whom the sentence names."""

    first: bool
    sentence: str


def ask(work: Work, kind: str, user_id: str, about: dict[str, Any]) -> str | None:
    """Ask a colleague by DM; None says that the same thing is asked already. Audited as asked; nothing to undo."""
    open_one = work.session.scalars(
        select(Question).where(Question.kind == kind, Question.asked == user_id, Question.state == "open")
    )
    if any(one.about == about for one in open_one):
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


def answer(work: Work, question_id: str, chosen: str) -> Answered:
    """Take the first answer: a customer id, `new` or `none`; its mail is filed from its own row then."""
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
            case _:
                sentence = "Thank you, that is noted."
        ledger.sentence = sentence
    return Answered(True, sentence)


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
