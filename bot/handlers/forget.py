"""`forget`: erasure of a person, for admins (see `bot/permissions.py`), asked once more before it happens."""

from bot.ask import Ask
from bot.cards import privacy as cards
from bot.grammar.commands import Forget
from bot.names import Action
from bot.routes import Routes
from crm_store.engine.work import Work
from crm_store.privacy import erase as erasing
from crm_store.privacy.erase import Erased
from crm_store.queries import customers as customer_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Forget, forget)
    routes.button(Action.FORGET_KEEP, keep)
    routes.button(Action.FORGET_ERASE, erase)


async def forget(ask: Ask, command: Forget) -> None:
    """`forget ann`: what would go, and two buttons."""
    customer = await ask.who(command.who)
    _, counts = await ask.read(erasing.preview, customer.customer_id)
    await ask.answer(cards.asked(customer, counts))


async def keep(ask: Ask) -> None:
    """The safe button."""
    await ask.answer(cards.kept(), replace=True)


async def erase(ask: Ask) -> None:
    """The other one; a second press reads that there is nobody any more."""
    customer_id = str(ask.pressed.get("customer", ""))
    await ask.read(customer_queries.by_id, customer_id)

    def action(work: Work) -> Erased:
        return erasing.erase(work, customer_id)

    await ask.act(action, cards.erased, replace=True)
