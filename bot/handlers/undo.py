"""Taking things back: the Undo of every receipt, and the list of what can be undone."""

from bot import permissions
from bot.ask import Ask
from bot.cards import receipt
from bot.cards import undo as cards
from bot.grammar.commands import Undo
from bot.handlers import home
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import teams as team_actions
from crm_store.actions import undo as undo_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import teams as team_queries
from crm_store.queries import undo as undo_queries
from crm_store.values.undo import UndoOutcome


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Undo, undo)
    routes.button(Action.UNDO, pressed)


async def undo(ask: Ask, command: Undo) -> None:
    """`undo`, `undo list`, `undo 3`, `undo und_…`."""
    if command.undo_id:
        await _take_back(ask, command.undo_id, replace=False)
        return
    if command.show:
        await _list(ask)
        return
    meant = await ask.read(undo_queries.numbered, command.number) if command.number else None
    if meant:
        await _take_back(ask, meant, replace=False)
        return
    recent = await ask.read(undo_queries.recent, ask.user.user_id)
    if not recent:
        raise BadInput("There is nothing of yours to undo in the last 90 days.")
    number = command.number or 1
    if number > len(recent):
        raise BadInput(f"Your list has {len(recent)} entries; say `undo {len(recent)}` or less.")
    await _take_back(ask, recent[number - 1].undo_id, replace=False)


async def _list(ask: Ask) -> None:
    """The last acts, whose numbers are remembered as they are shown."""
    acts = await ask.read(undo_queries.listed, ask.user.user_id)

    def remember(work: Work) -> None:
        team_actions.remember_undo_list(work, [one.undo_id for one in acts])

    await ask.act(remember, lambda _: cards.listed(acts, now=ask.now, zone=ask.zone))


async def pressed(ask: Ask) -> None:
    """The Undo button of a receipt."""
    await _take_back(ask, str(ask.pressed.get("undo", "")), replace=not ask.gesture.view_id)
    await home.refresh(ask)


async def _take_back(ask: Ask, undo_id: str, *, replace: bool) -> None:
    right = permissions.for_undo(await ask.read(undo_queries.verb, undo_id))
    if not await ask.read(team_queries.may, ask.user.user_id, right):
        raise NotAllowed(permissions.refusal(right, ask.user.role))

    def action(work: Work) -> UndoOutcome:
        admins = team_queries.count_admins(work)
        outcome = undo_actions.undo(work, undo_id)
        team_actions.keep_an_admin(work, admins)
        return outcome

    await ask.act(action, lambda done: receipt.undone(done.sentence, done.conflicts), public=True, replace=replace)
