"""Duplicates: the tray of pairs that may be one person, and the look before somebody is added twice."""

from collections.abc import Callable
from typing import Final

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
from crm_store.ids import Prefix
from crm_store.queries import company_pairs, merging
from crm_store.queries import customers as customer_queries
from crm_store.queries import duplicates as queries
from crm_store.values.acts import Receipt
from crm_store.values.duplicates import CompanyPairView, PairView, Record
from crm_store.values.merging import MergeKind

_COMPANIES: Final = frozenset({"companies", "company", "firms"})
_LITTLE: Final = frozenset({"of", "for", "with", "about", "among"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Duplicates, tray)
    routes.button(Action.DUPLICATE_SAME, same)
    routes.button(Action.DUPLICATE_DIFFERENT, different)
    routes.button(Action.DUPLICATE_LATER, later)
    routes.button(Action.DUPLICATE_MOVED, moved)
    routes.button(Action.DUPLICATE_CLOSER, closer)


async def tray(ask: Ask, command: Duplicates) -> None:
    """`duplicates` shows the likeliest pair, own customers first; `duplicates ann` those with Ann, or `companies`."""
    wanted = _whose(command.who)
    if wanted.casefold() in _COMPANIES:
        await ask.answer(_firms(ask, *await ask.read(_next_firms)))
        return
    about = await ask.who(wanted) if wanted else None
    about_id = about.customer_id if about else None
    shown, record = await ask.read(queries.next_with_record, about_id)
    if shown is None:
        await ask.answer(cards.none_left(about.name if about else None, await ask.read(company_pairs.waiting)))
        return
    await ask.answer(cards.pair(shown, record, now=ask.now, zone=ask.zone, about=about_id or ""))


def _whose(words: str) -> str:
    """`of ann`, `for ann`, `among companies`: the little word is not part of a name."""
    first, _, rest = words.strip().partition(" ")
    return rest.strip() if first.casefold() in _LITTLE and rest.strip() else words.strip()


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
    older = company_pairs.older_first if _is_firms(a) else queries.older_first
    kept, absorbed = await ask.read(older, a, b)
    await merge.open_dialog(ask, kept, absorbed)


async def _say(ask: Ask, verdict: str) -> None:
    a, b = _pressed(ask)

    def action(work: Work) -> Receipt:
        return merges.decide_pair(work, a, b, verdict)

    if _is_firms(a):
        await _decided_of_firms(ask, action)
    else:
        await _decided(ask, action)


async def _decided_of_firms(ask: Ask, action: Callable[[Work], Receipt]) -> None:
    """Do it, and show the next two companies."""

    def both(work: Work) -> tuple[Receipt, CompanyPairView | None, Record]:
        done = action(work)
        work.flush()
        return done, *_next_firms(work)

    def say(outcome: tuple[Receipt, CompanyPairView | None, Record]) -> Message:
        return cards.decided(outcome[0], _firms(ask, *outcome[1:]))

    await ask.act(both, say, replace=True)


def _next_firms(work: Work) -> tuple[CompanyPairView | None, Record]:
    shown = company_pairs.next_pair(work)
    return shown, queries.record(work, Prefix.COMPANY, shown.weight if shown else None)


def _firms(ask: Ask, shown: CompanyPairView | None, record: Record) -> Message:
    if shown is None:
        return cards.no_companies_left()
    return cards.companies(shown, record, now=ask.now, zone=ask.zone)


def _is_firms(row_id: str) -> bool:
    return merging.kind_of(row_id) is MergeKind.COMPANY


async def _decided(ask: Ask, action: Callable[[Work], Receipt]) -> None:
    """Do it, and show the next pair in the place of this one, all in one transaction."""
    about = str(ask.pressed.get("about", "")) or None
    name = (await ask.read(customer_queries.by_id, about)).name if about else None

    def both(work: Work) -> tuple[Receipt, PairView | None, Record]:
        done = action(work)
        work.flush()
        return done, *queries.next_with_record(work, about)

    def say(outcome: tuple[Receipt, PairView | None, Record]) -> Message:
        done, shown, record = outcome
        if shown is None:
            return cards.decided(done, cards.none_left(name))
        return cards.decided(done, cards.pair(shown, record, now=ask.now, zone=ask.zone, about=about or ""))

    await ask.act(both, say, replace=True)


def _pressed(ask: Ask) -> tuple[str, str]:
    return str(ask.pressed.get("a", "")), str(ask.pressed.get("b", ""))
