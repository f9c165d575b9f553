"""Help, and lines that are nearly a verb."""

from dataclasses import replace

from bot.ask import Ask
from bot.cards import help as cards
from bot.gestures import Did
from bot.grammar.commands import Help, Unknown
from bot.names import Action
from bot.routes import Routes


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Help, help_)
    routes.command(Unknown, unknown)
    routes.button(Action.DID_YOU_MEAN, did_you_mean)
    routes.button(Action.HELP_TRY, did_you_mean)


async def help_(ask: Ask, command: Help) -> None:
    """`help [TOPIC]`."""
    await ask.answer(cards.help_card(command.topic))


async def unknown(ask: Ask, command: Unknown) -> None:
    """The nearest verb, with a button that does it."""
    await ask.answer(cards.unknown(command))


async def did_you_mean(ask: Ask) -> None:
    """Do the line that was meant."""
    line = str(ask.pressed.get("line", ""))
    gesture = replace(ask.gesture, did=Did.COMMAND, text=f"/crm {line}", action_id="", value="")
    await ask.perform(replace(ask, gesture=gesture))
