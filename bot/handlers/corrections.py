"""Putting a log right from its receipt: Correct, Move to…, and who may read it."""

from bot.ask import Ask
from bot.cards import corrections as cards
from bot.cards import receipt
from bot.names import Action, Dialog
from bot.routes import Routes
from crm_store.actions import communications as communication_actions
from crm_store.actions import corrections as correction_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import corrections as correction_queries
from crm_store.values.acts import Receipt
from crm_store.values.corrections import Correction

_LEVELS = frozenset({"team", "private"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.button(Action.CORRECT, open_correct)
    routes.button(Action.MOVE_TO, open_move)
    routes.button(Action.SET_LEVEL, set_level)
    routes.dialog(Dialog.CORRECT, corrected, cards.check_correction)
    routes.dialog(Dialog.MOVE_TO, moved, cards.check_move)


async def open_correct(ask: Ask) -> None:
    """The Correct button: all that was understood, to be put right."""
    reading = ask.read(correction_queries.view, str(ask.pressed.get("communication", "")))
    await ask.open_about(reading, lambda log: cards.correct_dialog(log, ask.zone))


async def corrected(ask: Ask) -> None:
    """The dialog was sent: what differs is written, in one act."""
    fields = cards.read_correction(ask.gesture.values, ask.gesture.metadata)
    log = await ask.read(correction_queries.view, fields.communication_id)
    correction = cards.corrected(fields, log, ask.zone)
    ahead = correction.happened_at is not None and correction.happened_at > ask.now
    if ahead and (correction.kind or log.kind) != "meeting":
        raise BadInput("That day is still to come. A log is of something that was; `/crm task` plans ahead.")
    await _write(ask, fields.communication_id, correction)


async def open_move(ask: Ask) -> None:
    """The Move to… button."""
    reading = ask.read(correction_queries.view, str(ask.pressed.get("communication", "")))
    await ask.open_about(reading, cards.move_dialog)


async def moved(ask: Ask) -> None:
    """Another customer was chosen."""
    communication_id, customer_id = cards.read_move(ask.gesture.values, ask.gesture.metadata)
    log = await ask.read(correction_queries.view, communication_id)
    if [one.customer_id for one in log.customers] == [customer_id]:
        await ask.answer(receipt.done("It is there already.", None))
        return
    await _write(ask, communication_id, Correction(customer_id=customer_id))


async def _write(ask: Ask, communication_id: str, correction: Correction) -> None:
    def action(work: Work) -> Receipt:
        return correction_actions.correct(work, communication_id, correction)

    await ask.act(action, receipt.of)


async def set_level(ask: Ask) -> None:
    """The button that makes a log private, or shows it to the team again."""
    communication_id, level = str(ask.pressed.get("communication", "")), str(ask.pressed.get("level", ""))
    if level not in _LEVELS:
        raise BadInput("That button is too old. Use Correct.")

    def action(work: Work) -> Receipt:
        return communication_actions.set_level(work, communication_id, level)

    await ask.act(action, receipt.of)
