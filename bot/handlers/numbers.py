"""Numbers on request: the answer with the question as it was understood, and the query behind it."""

from bot.ask import Ask
from bot.cards import numbers as cards
from bot.grammar import question as grammar
from bot.grammar.commands import Ask as AskNumber
from bot.names import Action
from bot.routes import Routes
from crm_store.errors import BadInput
from crm_store.queries import numbers
from crm_store.values.numbers import Answer


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(AskNumber, number)
    routes.button(Action.NUMBER_QUERY, query)


async def number(ask: Ask, command: AskNumber) -> None:
    """`ask deals won this quarter by owner`."""
    text = command.question.strip()
    if not text:
        await ask.answer(cards.how(grammar.near("", ask.now, ask.zone, 6)))
        return
    try:
        found = await _answer(ask, text)
    except BadInput as problem:
        await ask.answer(cards.not_understood(problem.sentence, grammar.near(text, ask.now, ask.zone)))
        return
    await ask.answer(cards.answer(found, today=ask.now.astimezone(ask.zone).date()))


async def query(ask: Ask) -> None:
    """The button that shows what the database was asked."""
    found = await _answer(ask, str(ask.pressed.get("line", "")))
    await ask.answer(cards.query(found))


async def _answer(ask: Ask, text: str) -> Answer:
    question = grammar.parse(text, ask.now, ask.zone)
    return await ask.read(numbers.answer, question, ask.zone)
