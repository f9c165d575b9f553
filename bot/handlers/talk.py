"""Help, and lines that are nearly a verb."""

from dataclasses import replace

from bot.ask import Ask
from bot.cards import help as cards
from bot.cards import home
from bot.gestures import Did
from bot.grammar.commands import Help, Unknown
from bot.names import Action
from bot.routes import Routes
from crm_store.queries import day as day_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Help, help_)
    routes.command(Unknown, unknown)
    routes.button(Action.DID_YOU_MEAN, did_you_mean)
    routes.button(Action.HELP_TRY, did_you_mean)


async def help_(ask: Ask, command: Help) -> None:
    """`help [TOPIC]`; the bare command shows the day in short as well."""
    if not command.alone:
        await ask.answer(cards.help_card(command.topic))
        return
    mine = await ask.read(day_queries.my_day, ask.user.user_id, ask.user.role)
    await ask.answer(cards.alone(home.short(mine, now=ask.now, zone=ask.zone)))


async def unknown(ask: Ask, command: Unknown) -> None:
    """The nearest verb, with a button that does it."""
    await ask.answer(cards.unknown(command))


async def did_you_mean(ask: Ask) -> None:
    """Do the line that was meant."""
    line = str(ask.pressed.get("line", ""))
    gesture = replace(ask.gesture, did=Did.COMMAND, text=f"/crm {line}", action_id="", value="")
    await ask.perform(replace(ask, gesture=gesture))
