"""Questions about mail: which customer, deal or fact, and what to do with mail that waits for a person's word."""

from bot.ask import Ask
from bot.cards import review as cards
from bot.cards import wording
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import mail_rules, mail_tray, mailroom, questions
from crm_store.engine.work import Work
from crm_store.queries import customers as customer_queries
from crm_store.values.acts import Receipt


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.button(Action.QUESTION_PICK, pick)
    routes.button(Action.QUESTION_NEW, new)
    routes.button(Action.QUESTION_NONE, ignore)
    routes.button(Action.REVIEW_FILE, file)
    routes.button(Action.REVIEW_IGNORE, drop)
    routes.button(Action.QUESTION_DEAL, deal)
    routes.button(Action.QUESTION_TAKE, take)
    routes.button(Action.REVIEW_TRUST, trust)
    routes.button(Action.REVIEW_ATTACH, attach)
    routes.button(Action.REVIEW_FILE_ALL, file_all)
    routes.button(Action.REVIEW_IGNORE_ALL, ignore_all)


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


async def deal(ask: Ask) -> None:
    """One of the deals: the whole conversation goes there."""
    await _answer(ask, str(ask.pressed.get("deal", "")))


async def take(ask: Ask) -> None:
    """What a mail told is taken over."""
    await _answer(ask, questions.TAKE)


async def _answer(ask: Ask, answer: str) -> None:
    question_id = str(ask.pressed.get("question", ""))

    def action(work: Work) -> questions.Answered:
        return questions.answer(work, question_id, answer)

    await ask.act(action, lambda done: cards.answered(done.sentence, done.undo_id), replace=True)


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


async def attach(ask: Ask) -> None:
    """A held mail is of a customer who is known by other addresses: it is filed there, and its address is theirs."""
    inbox_id = ask.gesture.action_id.partition(":")[2]
    customer = await ask.read(customer_queries.by_id, ask.gesture.value)

    def action(work: Work) -> bool:
        return mail_tray.attach(work, inbox_id, customer.customer_id)

    done = f"It is filed to {customer.name} now; a receipt with Undo follows."
    await ask.act(
        action,
        lambda is_first: cards.answered(done if is_first else "It was dealt with already."),
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


async def trust(ask: Ask) -> None:
    """Let this mail in, and those that say they are from the same address, from now on."""
    inbox_id, address = str(ask.pressed.get("inbox", "")), str(ask.pressed.get("address", ""))

    def action(work: Work) -> Receipt:
        done = mail_rules.trust(work, address)
        mailroom.approve(work, inbox_id)
        return done

    await ask.act(action, lambda done: cards.answered(f"{done.sentence}.", done.undo_id), replace=True)


async def file_all(ask: Ask) -> None:
    """File what waits because many mails of one sender came at once."""
    burst = str(ask.pressed.get("burst", ""))

    def action(work: Work) -> int:
        return mail_tray.approve_all(work, burst)

    await ask.act(
        action,
        lambda number: cards.answered(f"{wording.counted(number, 'mail is', 'mails are')} filed now; receipts follow."),
        replace=True,
    )


async def ignore_all(ask: Ask) -> None:
    """Leave out what waits because many mails of one sender came at once."""
    burst = str(ask.pressed.get("burst", ""))

    def action(work: Work) -> int:
        return mail_tray.ignore_all(work, burst)

    await ask.act(
        action,
        lambda number: cards.answered(f"{wording.counted(number, 'mail was', 'mails were')} left unfiled."),
        replace=True,
    )
