"""Tasks: add, list what is due, done, snooze; each by line, dialog or button."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.ask import Ask
from bot.cards import dialogs, receipt
from bot.cards import tasks as cards
from bot.gestures import Gesture
from bot.grammar import chores, dates
from bot.grammar.commands import AddTask, Done, Due, Snooze
from bot.handlers import home
from bot.handlers.roles import colleague
from bot.names import Action, Dialog
from bot.routes import Routes
from crm_store.actions import tasks as task_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError
from crm_store.queries import customers as customer_queries
from crm_store.queries import deals as deal_queries
from crm_store.queries import tasks as task_queries
from crm_store.values.acts import NewTask, Receipt
from crm_store.values.people import CustomerBrief

_ANY_DAY: Final = datetime(2028, 2, 1, tzinfo=UTC)
_ANY_ZONE: Final = ZoneInfo("UTC")


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(AddTask, add)
    routes.command(Due, due)
    routes.command(Done, done)
    routes.command(Snooze, snooze)
    routes.button(Action.TASK_DIALOG, open_dialog)
    routes.button(Action.TASK_DONE, pressed_done)
    routes.button(Action.TASK_SNOOZE, pressed_snooze)
    routes.dialog(Dialog.TASK, submitted, check)


async def add(ask: Ask, command: AddTask) -> None:
    """`task "send quote" ann fri`."""
    if not command.title:
        await open_dialog(ask)
        return
    title, customer = command.title, None
    if command.who:
        customer = await ask.who(command.who)
    else:
        title, customer = await _who_in(ask, command.title)
    owner = await _owner(ask, command.owner)
    customer_id = customer.customer_id if customer else None
    deal_id = await _deal(ask, command.deal, customer_id) if command.deal else None
    await _write(ask, NewTask(title, command.due, owner, customer_id, deal_id), customer)


async def _deal(ask: Ask, text: str, customer_id: str | None) -> str:
    """The open deal that `deal:` names, among the customer's where there is one."""
    found = await ask.read(deal_queries.by_name, text, customer_id)
    if len(found) != 1:
        said = f"There is no open deal “{text}”" if not found else f"“{text}” may be {len(found)} deals"
        raise BadInput(f"{said}. `/crm deals` lists them; name one in quotes behind `deal:`.")
    return found[0].deal_id


async def _who_in(ask: Ask, title: str) -> tuple[str, CustomerBrief | None]:
    """Without quotes or a colon the person may stand in the title: "send quote to ann", "call Ann"."""
    if ask.chosen:
        return title, await ask.read(customer_queries.by_id, ask.chosen)
    head, _, tail = title.rpartition(" to ")
    if not head:
        head, _, tail = title.rpartition(" for ")
    if head and (customer := await _surely(ask, tail)):
        return head, customer
    for name in chores.people_in(title):
        if customer := await _surely(ask, name):
            return title, customer
    return title, None


async def _surely(ask: Ask, name: str) -> CustomerBrief | None:
    """The customer of that name, where it is plain who is meant."""
    try:
        return await ask.read(customer_queries.resolve, name)
    except CrmError:
        return None


async def _owner(ask: Ask, name: str) -> str:
    return (await colleague(ask, name)).user_id if name else ask.user.user_id


async def _write(ask: Ask, task: NewTask, customer: CustomerBrief | None) -> None:
    def action(work: Work) -> Receipt:
        return task_actions.add(work, task)

    await ask.act(action, lambda made: receipt.task_made(made, task, customer, now=ask.now, zone=ask.zone), public=True)


async def due(ask: Ask, command: Due) -> None:
    """`due`: what is open, numbered; the numbers stay valid for a day."""
    owner = await _owner(ask, command.owner)
    customer = await ask.who(command.who) if command.who else None
    listed = await ask.read(task_queries.due, owner, command.until, customer.customer_id if customer else None)
    message = cards.due(listed, now=ask.now, zone=ask.zone)

    def remember(work: Work) -> None:
        task_actions.remember_list(work, [one.task_id for one in listed])

    await ask.act(remember, lambda _: message)


async def done(ask: Ask, command: Done) -> None:
    """`done 2 3`."""
    ids = await _meant(ask, command.numbers, command.text)

    def action(work: Work) -> list[Receipt]:
        return [task_actions.done(work, one) for one in ids]

    await ask.act(action, lambda made: receipt.several(made), public=True)


async def snooze(ask: Ask, command: Snooze) -> None:
    """`snooze 2 mon`."""
    ids = await _meant(ask, command.numbers, command.text)

    def action(work: Work) -> list[Receipt]:
        return [task_actions.snooze(work, one, command.until) for one in ids]

    await ask.act(action, lambda made: receipt.several(made), public=True)


async def _meant(ask: Ask, numbers: tuple[int, ...], text: str) -> tuple[str, ...]:
    if numbers:
        return tuple(one.task_id for one in await ask.read(task_queries.numbered, numbers))
    listed = await ask.read(task_queries.due, ask.user.user_id)
    fitting = [one.task_id for one in listed if text and text.lower() in one.title.lower()]
    if len(fitting) != 1:
        raise BadInput("Say which task by its number: `/crm due` shows them, then `/crm done 2`.")
    return tuple(fitting)


async def pressed_done(ask: Ask) -> None:
    """The Done button."""
    task_id = str(ask.pressed.get("task", ""))

    def action(work: Work) -> Receipt:
        return task_actions.done(work, task_id)

    await ask.act(action, receipt.of, public=True)
    await home.refresh(ask)


async def pressed_snooze(ask: Ask) -> None:
    """The Snooze button: until the next working morning."""
    task_id = str(ask.pressed.get("task", ""))
    until = dates.next_working_morning(ask.now + timedelta(hours=1), ask.zone)

    def action(work: Work) -> Receipt:
        return task_actions.snooze(work, task_id, until)

    await ask.act(action, receipt.of, public=True)
    await home.refresh(ask)


async def open_dialog(ask: Ask) -> None:
    """The dialog, for the customer of the card."""
    customer_id = str(ask.pressed.get("customer", ""))
    if customer_id:
        await ask.open_about(ask.read(customer_queries.by_id, customer_id), dialogs.task_dialog)
    else:
        await ask.open(dialogs.task_dialog(None))


def check(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    fields = dialogs.read_task(gesture.values, gesture.metadata)
    errors = {} if fields.title.strip() else {dialogs.TITLE: "Say what is to be done."}
    try:
        # Whether words are a day does not depend on which day it is; what day they mean is read at submission.
        _ = fields.due and dates.read(fields.due, _ANY_DAY, _ANY_ZONE)
    except BadInput as problem:
        errors[dialogs.DUE] = problem.sentence
    return errors


async def submitted(ask: Ask) -> None:
    """The dialog was sent."""
    fields = dialogs.read_task(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id) if fields.customer_id else None
    due_at = dates.read(fields.due, ask.now, ask.zone) if fields.due else None
    customer_id = customer.customer_id if customer else None
    task = NewTask(fields.title, due_at, ask.user.user_id, customer_id, fields.deal_id or None)
    await _write(ask, task, customer)
