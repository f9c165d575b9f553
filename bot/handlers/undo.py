"""Taking things back: the Undo of every receipt, and the list of what can be undone."""

from bot.ask import Ask
from bot.cards import receipt
from bot.grammar.commands import Undo
from bot.handlers import home
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import undo as undo_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import undo as undo_queries
from crm_store.values.undo import UndoOutcome


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Undo, undo)
    routes.button(Action.UNDO, pressed)


async def undo(ask: Ask, command: Undo) -> None:
    """`undo`, `undo 3`, `undo und_…`."""
    if command.undo_id:
        await _take_back(ask, command.undo_id, replace=False)
        return
    recent = await ask.read(undo_queries.recent, ask.user.user_id)
    if not recent:
        raise BadInput("There is nothing of yours to undo in the last 90 days.")
    number = command.number or 1
    if number > len(recent):
        raise BadInput(f"Your list has {len(recent)} entries; say `undo {len(recent)}` or less.")
    await _take_back(ask, recent[number - 1].undo_id, replace=False)


async def pressed(ask: Ask) -> None:
    """The Undo button of a receipt."""
    await _take_back(ask, str(ask.pressed.get("undo", "")), replace=not ask.gesture.view_id)
    await home.refresh(ask)


async def _take_back(ask: Ask, undo_id: str, *, replace: bool) -> None:
    def action(work: Work) -> UndoOutcome:
        return undo_actions.undo(work, undo_id)

    await ask.act(action, lambda done: receipt.undone(done.sentence, done.conflicts), public=True, replace=replace)
