"""Duplicates: the tray of pairs that may be one person, and the look before somebody is added twice."""

from collections.abc import Callable

from bot.ask import Ask
from bot.blocks import Message
from bot.cards import duplicates as cards
from bot.grammar.commands import Duplicates
from bot.handlers import merge
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import customers as customer_actions
from crm_store.actions import merges
from crm_store.engine.work import Work
from crm_store.queries import customers as customer_queries
from crm_store.queries import duplicates as queries
from crm_store.values.acts import Receipt
from crm_store.values.duplicates import PairView, Record


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Duplicates, tray)
    routes.button(Action.DUPLICATE_SAME, same)
    routes.button(Action.DUPLICATE_DIFFERENT, different)
    routes.button(Action.DUPLICATE_LATER, later)
    routes.button(Action.DUPLICATE_MOVED, moved)
    routes.button(Action.DUPLICATE_CLOSER, closer)


async def tray(ask: Ask, command: Duplicates) -> None:
    """`duplicates` shows the likeliest pair, own customers first; `duplicates ann` those with Ann."""
    about = await ask.who(command.who) if command.who else None
    about_id = about.customer_id if about else None
    shown, record = await ask.read(queries.next_pair, about_id), await ask.read(queries.record)
    if shown is None:
        await ask.answer(cards.none_left(about.name if about else None))
        return
    await ask.answer(cards.pair(shown, record, now=ask.now, zone=ask.zone, about=about_id or ""))


async def same(ask: Ask) -> None:
    """Join the two; the one known longer is kept."""
    await _say(ask, queries.SAME)


async def different(ask: Ask) -> None:
    """They stay two, and nobody is asked again."""
    await _say(ask, queries.DIFFERENT)


async def later(ask: Ask) -> None:
    """Not now; the pair comes back with the next pass that finds something new."""
    await _say(ask, queries.LATER)


async def moved(ask: Ask) -> None:
    """One person in another company: the two are joined, and the time at the old company ends today."""
    a, b = _pressed(ask)
    kept, newer = await ask.read(queries.older_first, a, b)
    company = (await ask.read(customer_queries.by_id, newer)).company

    def action(work: Work) -> Receipt:
        joined = merges.merge(work, kept, newer, why="changed company")
        if not company:
            return joined
        went = customer_actions.move(work, kept, company, source="manual")
        return Receipt(kept, joined.undo_id, f"{joined.sentence} {went.sentence}.", made=joined.made)

    await _decided(ask, action)


async def closer(ask: Ask) -> None:
    """Field by field, in the dialog of a merge."""
    a, b = _pressed(ask)
    kept, absorbed = await ask.read(queries.older_first, a, b)
    await merge.open_dialog(ask, kept, absorbed)


async def _say(ask: Ask, verdict: str) -> None:
    a, b = _pressed(ask)

    def action(work: Work) -> Receipt:
        return merges.decide_pair(work, a, b, verdict)

    await _decided(ask, action)


async def _decided(ask: Ask, action: Callable[[Work], Receipt]) -> None:
    """Do it, and show the next pair in the place of this one, all in one transaction."""
    about = str(ask.pressed.get("about", "")) or None
    name = (await ask.read(customer_queries.by_id, about)).name if about else None

    def both(work: Work) -> tuple[Receipt, PairView | None, Record]:
        done = action(work)
        work.flush()
        return done, queries.next_pair(work, about), queries.record(work)

    def say(outcome: tuple[Receipt, PairView | None, Record]) -> Message:
        done, shown, record = outcome
        if shown is None:
            return cards.decided(done, cards.none_left(name))
        return cards.decided(done, cards.pair(shown, record, now=ask.now, zone=ask.zone, about=about or ""))

    await ask.act(both, say, replace=True)


def _pressed(ask: Ask) -> tuple[str, str]:
    return str(ask.pressed.get("a", "")), str(ask.pressed.get("b", ""))
