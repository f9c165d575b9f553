"""Questions about mail: which customer, and what to do with mail from somebody who is not verified."""

from bot.ask import Ask
from bot.cards import review as cards
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import mailroom, questions
from crm_store.engine.work import Work
from crm_store.queries import customers as customer_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.button(Action.QUESTION_PICK, pick)
    routes.button(Action.QUESTION_NEW, new)
    routes.button(Action.QUESTION_NONE, ignore)
    routes.button(Action.REVIEW_FILE, file)
    routes.button(Action.REVIEW_IGNORE, drop)


async def pick(ask: Ask) -> None:
    """One of the candidates: the mail is filed there, and the answer is remembered."""
    customer = await ask.read(customer_queries.by_id, str(ask.pressed.get("customer", "")))
    await _answer(ask, customer.customer_id)


async def new(ask: Ask) -> None:
    """None of them: a new customer is made from the mail."""
    await _answer(ask, questions.CREATE)


async def ignore(ask: Ask) -> None:
    """Not to be filed."""
    await _answer(ask, questions.NONE)


async def _answer(ask: Ask, answer: str) -> None:
    question_id = str(ask.pressed.get("question", ""))

    def action(work: Work) -> questions.Answered:
        return questions.answer(work, question_id, answer)

    await ask.act(action, lambda done: cards.answered(done.sentence), replace=True)


async def file(ask: Ask) -> None:
    """File a held mail although its sender is not verified: a person vouches for it."""
    inbox_id = str(ask.pressed.get("inbox", ""))

    def action(work: Work) -> bool:
        return mailroom.approve(work, inbox_id)

    await ask.act(
        action,
        lambda done: cards.answered("It is filed now; a receipt follows." if done else "It was dealt with already."),
        replace=True,
    )


async def drop(ask: Ask) -> None:
    """Leave a held mail unfiled."""
    inbox_id = str(ask.pressed.get("inbox", ""))

    def action(work: Work) -> bool:
        return mailroom.ignore(work, inbox_id)

    await ask.act(
        action,
        lambda done: cards.answered("Not filed." if done else "It was dealt with already."),
        replace=True,
    )
