"""`who-knows`: which colleague can introduce you."""

from bot.ask import Ask
from bot.cards import who_knows as cards
from bot.grammar.commands import WhoKnows
from bot.routes import Routes
from crm_store.errors import BadInput
from crm_store.queries import knows, look_up


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(WhoKnows, who_knows)


async def who_knows(ask: Ask, command: WhoKnows) -> None:
    """`who-knows acme`, `who knows ann?`: a company's people all together, or one person."""
    who = command.who.strip().rstrip("?").strip()
    if not who:
        raise BadInput("Say whom: `/crm who-knows acme`.")
    if not ask.chosen:
        meant = await ask.read(look_up.meaning, who, prefer_owner=ask.user.user_id, channel=ask.gesture.channel)
        if meant.company:
            found = await ask.read(knows.of_company, meant.company.company_id, meant.company.name)
            await ask.answer(cards.told(found, now=ask.now, zone=ask.zone, asker=ask.user.slack_user_id))
            return
    customer = await ask.who(who)
    found = await ask.read(knows.of_customer, customer.customer_id)
    await ask.answer(cards.told(found, now=ask.now, zone=ask.zone, asker=ask.user.slack_user_id))
