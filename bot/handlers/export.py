"""`export customers`: a file in the direct channel, for managers and admins."""

from bot.ask import Ask
from bot.cards import error
from bot.grammar.commands import Export
from bot.routes import Routes
from crm_store.actions import exports
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.values.exports import ALL, KINDS, PERSON


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Export, export)


async def export(ask: Ask, command: Export) -> None:
    """One kind as CSV, or all of it as JSON Lines; others' private notes are in neither."""
    what = command.who.strip().lower()
    if what.startswith(PERSON):
        await _person(ask, command.who.strip()[len(PERSON) :])
        return
    if what not in (*KINDS, ALL):
        names = ", ".join(f"`export {one}`" for one in (*KINDS, ALL))
        raise BadInput(f"Say what to export: {names}, or `export person ann`.")

    def action(work: Work) -> None:
        exports.ask(work, what, ask.claimed.inbox_id)

    said = f"The export of {what} comes as a file in our direct channel."
    await ask.act(action, lambda _: error.sentence(said))


async def _person(ask: Ask, who: str) -> None:
    """All that is known of one person, for the person; admins alone (see `bot/permissions.py`)."""
    customer = await ask.who(who.strip())

    def action(work: Work) -> None:
        exports.ask(work, f"{PERSON}{customer.customer_id}", ask.claimed.inbox_id)

    said = f"What is known of {customer.name} comes as a file in our direct channel."
    await ask.act(action, lambda _: error.sentence(said))
