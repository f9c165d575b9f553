"""Scores in a seller's words: why a customer has them, and who is best by one kind."""

from bot.ask import Ask
from bot.cards import scores as cards
from bot.grammar.commands import Potential, Value, Why
from bot.handlers import mail_rules
from bot.routes import Routes
from crm_store.queries import reports, score_story
from crm_store.queries.best import best as best_of


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Why, why)
    routes.command(Value, value)
    routes.command(Potential, potential)


async def why(ask: Ask, command: Why) -> None:
    """`why ann`: the reasons of the scores; `why mail`: why the last mails were filed or dropped."""
    if command.topic == "mail":
        await mail_rules.show(ask, command.who)
        return
    await _scores(ask, command.who, ("value", "alive", "potential", "lead", "deal"))


async def value(ask: Ask, command: Value) -> None:
    """`value ann`, or the best of the team."""
    await _one_kind(ask, command.who, "value")


async def potential(ask: Ask, command: Potential) -> None:
    """`potential ann`, or the best of the team."""
    await _one_kind(ask, command.who, "potential")


async def _one_kind(ask: Ask, who: str, kind: str) -> None:
    if who or ask.chosen:
        await _scores(ask, who, (kind, "lead") if kind == "potential" else (kind,))
        return
    best = await ask.read(best_of, kind, 10)
    days = await ask.read(reports.horizon_days)
    await ask.answer(cards.best(kind, best, currency=ask.team.currency, days=days))


async def _scores(ask: Ask, who: str, kinds: tuple[str, ...]) -> None:
    customer = await ask.who(who)
    today = ask.now.date()
    found = await ask.read(score_story.stories, customer.customer_id, kinds, today)
    missing = () if found else await ask.read(score_story.missing, customer.customer_id, kinds)
    days = await ask.read(reports.horizon_days)
    await ask.answer(cards.why(customer, found, missing, today=today, currency=ask.team.currency, days=days))
