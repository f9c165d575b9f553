"""Merging two records after a look at them side by side, and taking a merge back."""

from collections.abc import Sequence

from bot.ask import Ask
from bot.blocks import Block
from bot.cards import merge as cards
from bot.cards import receipt
from bot.grammar.commands import Merge, Unmerge
from bot.names import Action, Dialog
from bot.routes import Routes
from crm_store.actions import merges
from crm_store.actions import unmerge as unmerge_actions
from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, BadInput, NotFound
from crm_store.queries import customers as customer_queries
from crm_store.queries import merging
from crm_store.values.acts import Receipt
from crm_store.values.people import Found


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Merge, merge)
    routes.command(Unmerge, unmerge)
    routes.button(Action.MERGE, reopen)
    routes.button(Action.UNMERGE, taken_apart)
    routes.dialog(Dialog.MERGE, submitted)


async def merge(ask: Ask, command: Merge) -> None:
    """`merge "Ann Lee" "A. Lee"`, `merge "Acme Ltd" "Acme Limited"`: the first is kept."""
    if not command.first or not command.second:
        raise BadInput(
            'Say both, each in quotes: `merge "Ann Lee" "A. Lee"`. `duplicates` shows who may be one person.'
        )
    firms = await ask.read(merging.companies_named, command.first, command.second)
    kept, absorbed = firms or await _two(ask, command.first, command.second)
    await open_dialog(ask, kept, absorbed)


async def open_dialog(ask: Ask, kept: str, absorbed: str) -> None:
    """Field by field, whose value wins and why; nothing is merged until it is sent."""
    await ask.open_made(_dialog(ask, kept, absorbed))


async def _dialog(ask: Ask, kept: str, absorbed: str) -> Block:
    shown = await ask.read(merging.side_by_side, kept, absorbed)
    labels = await ask.read(merging.labels, [one.field for one in shown.fields])
    return cards.dialog(shown, labels)


async def reopen(ask: Ask) -> None:
    """The button where Slack let nothing but a press open the dialog."""
    await open_dialog(ask, str(ask.pressed.get("kept", "")), str(ask.pressed.get("absorbed", "")))


async def submitted(ask: Ask) -> None:
    """The dialog was sent: merged, kept separate, or left for later."""
    fields = cards.read(ask.gesture.values, ask.gesture.metadata)

    def action(work: Work) -> Receipt:
        if fields.verdict != cards.MERGE:
            return merges.decide_pair(work, fields.kept, fields.absorbed, fields.verdict)
        return merges.merge(
            work, fields.kept, fields.absorbed, fields.chosen, why="looked at side by side", versions=fields.versions
        )

    await ask.act(action, receipt.of, public=True)


async def unmerge(ask: Ask, command: Unmerge) -> None:
    """`unmerge ann`: the merges of that person or company, each with a button that takes it back."""
    if not command.who:
        raise BadInput("Say whom: `unmerge ann`.")
    seat = await ask.read(merging.merged_named, command.who)
    if seat is None:
        seat = (await ask.who(command.who)).customer_id
    found = await ask.read(merging.standing, seat)
    name = await ask.read(_name, seat)
    await ask.answer(cards.standing(name, found, now=ask.now, zone=ask.zone))


async def taken_apart(ask: Ask) -> None:
    """Take apart, from the list."""
    merge_id = str(ask.pressed.get("merge", ""))

    def action(work: Work) -> Receipt:
        return unmerge_actions.unmerge(work, merge_id)

    await ask.act(action, receipt.of, public=True, replace=True)


def _name(work: Work, row_id: str) -> str:
    row = merging.record(work, row_id)
    if row is None:
        raise NotFound("That record is no longer there.", wanted=row_id)
    return row.name


async def _two(ask: Ask, first: str, second: str) -> tuple[str, str]:
    """Both people; where only one of them is open it is asked, where both are the dialog shows who is meant."""
    (one, some), (other, others) = await _who(ask, first), await _who(ask, second)
    kept, absorbed = (_meant(ask, found) if found else [] for found in (some, others))
    if one and other:
        return one, other
    if other:
        return _the_one(some, kept, ask, other), other
    if one:
        return one, _the_one(others, absorbed, ask, one)
    left = [found for found in absorbed if found != kept[0]]
    if not left:
        raise NotFound(f"“{first}” and “{second}” are the same person.", wanted=second)
    return kept[0], left[0]


def _the_one(asked: Ambiguous | None, found: Sequence[str], ask: Ask, beside: str) -> str:
    """The one that was picked; who is not picked yet is asked for."""
    if asked is not None and (ask.chosen not in found or ask.chosen == beside):
        raise asked
    return str(ask.chosen)


def _meant(ask: Ask, asked: Ambiguous) -> list[str]:
    """Who may be meant, the picked one first."""
    found = [one.customer.customer_id for one in asked.candidates if isinstance(one, Found)]
    return sorted(found, key=lambda one: one != ask.chosen)


async def _who(ask: Ask, text: str) -> tuple[str | None, Ambiguous | None]:
    try:
        found = await ask.read(customer_queries.resolve, text)
    except Ambiguous as several:
        return None, several
    return found.customer_id, None
