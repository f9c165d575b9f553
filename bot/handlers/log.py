"""Logging a call, a meeting or a note in one line: command, dialog and the offers of its receipt."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.ask import Ask
from bot.cards import dialogs, receipt
from bot.gestures import Gesture
from bot.grammar import notes, promises
from bot.grammar.commands import Direction, Kind, Log
from bot.names import Action, Dialog, Shortcut
from bot.routes import Routes
from crm_store.actions import communications as communication_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.matching.contact_points import email_key
from crm_store.queries import customers as customer_queries
from crm_store.queries import deals as deal_queries
from crm_store.queries import good_to_know
from crm_store.values.acts import NewCommunication, NewTask, Person, Receipt
from crm_store.values.people import CustomerBrief, DealView


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Log, log)
    routes.button(Action.LOG_DIALOG, open_dialog)
    routes.shortcut(Shortcut.LOG_CALL, open_dialog)
    routes.dialog(Dialog.LOG, submitted, check)


async def log(ask: Ask, command: Log) -> None:
    """`log ann: called, wants a quote for 200 seats, follow up friday`."""
    if not command.text:
        await open_dialog(ask, who=command.who)
        return
    customer = await ask.who(command.who)
    await write(ask, customer, command)


async def write(ask: Ask, customer: CustomerBrief, understood: Log, deal_id: str = "") -> None:
    """Log what was understood and answer with a receipt: what, to whom, what was made of it, Undo."""
    communication = _communication(ask, replace(customer, email=await _address(ask, customer, understood)), understood)
    deal = await _deal(ask, customer, understood, deal_id)
    if deal is not None:
        communication = replace(communication, deal_id=deal.deal_id)
    known = await ask.read(good_to_know.of, customer.customer_id)
    offers = _offers(ask, understood)

    def action(work: Work) -> Receipt:
        return communication_actions.log(work, communication)

    await ask.act(
        action,
        lambda done: receipt.logged(
            done, customer, communication, deal=deal, known=known, now=ask.now, zone=ask.zone, promises=offers,
        ),
        public=communication.level == "team",
    )  # fmt: skip


async def _address(ask: Ask, customer: CustomerBrief, understood: Log) -> str | None:
    """The address that was typed, where it is theirs: should they be taken apart, the log goes to whose it is."""
    typed = email_key(understood.who) if "@" in understood.who else ""
    owner = (await ask.read(customer_queries.by_points, [typed])).get(typed) if typed else None
    return typed if owner is not None and owner.customer_id == customer.customer_id else customer.email


async def _deal(ask: Ask, customer: CustomerBrief, understood: Log, deal_id: str) -> DealView | None:
    """The chosen deal, the one that `deal:` names among theirs, else the only open one."""
    if deal_id:
        return await ask.read(deal_queries.by_id, deal_id)
    found = await ask.read(deal_queries.open_for, customer.customer_id)
    named = [one for one in found if understood.deal and understood.deal.casefold() in one.name.casefold()]
    meant = named if understood.deal else list(found)
    return meant[0] if len(meant) == 1 else None


def _offers(ask: Ask, understood: Log) -> tuple[receipt.Offer, ...]:
    """Promises in words that make no task at once: those of other languages."""
    if understood.tasks:
        return ()
    found = promises.made_in(understood.text, ask.now, ask.zone, ask.now)
    return tuple(receipt.Offer(one.title, one.due, ask.user.user_id) for one in found)


def _direction(understood: Log) -> str:
    """A note is nobody's message; of a call or meeting that does not say who began, we count as the ones who did."""
    if understood.kind is Kind.NOTE or understood.direction is not Direction.NONE:
        return understood.direction.value
    return Direction.OUTGOING.value


def _communication(ask: Ask, customer: CustomerBrief, understood: Log) -> NewCommunication:
    kind = understood.kind.value
    return NewCommunication(
        kind=kind,
        direction=_direction(understood),
        happened_at=_happened(understood.when, ask.now),
        text=understood.text,
        source="chat",
        source_key=f"gesture:{ask.claimed.key}",
        people=(
            Person("to", customer.name, customer.email, customer_id=customer.customer_id),
            Person("from", ask.user.name, user_id=ask.user.user_id),
        ),
        level="private" if understood.private else "team",
        needs=tuple(need.text for need in understood.needs),
        tasks=tuple(
            NewTask(one.title, one.due, ask.user.user_id, customer_id=customer.customer_id, promised=one.promised)
            for one in understood.tasks
        ),
    )


def _happened(when: datetime | None, now: datetime) -> datetime:
    """A communication lies in the past; a later day in the text is a plan and not its date."""
    return when if when is not None and when <= now else now


async def open_dialog(ask: Ask, who: str = "") -> None:
    """The dialog, filled in with what is known."""
    customer_id = str(ask.pressed.get("customer", ""))
    if not customer_id and not who:
        await ask.open(dialogs.log_dialog(None, text=""))
        return
    reading = ask.read(customer_queries.by_id, customer_id) if customer_id else ask.who(who)
    await ask.open_about(reading, lambda customer: dialogs.log_dialog(customer, text=""))


def check(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    fields = dialogs.read_log(gesture.values, gesture.metadata)
    errors = {}
    if not fields.customer_id:
        errors[dialogs.WHO] = "Choose who this was with."
    if not fields.text.strip():
        errors[dialogs.TEXT] = "Write at least a word about it."
    return errors


async def submitted(ask: Ask) -> None:
    """The dialog was sent: the same as the line would be."""
    fields = dialogs.read_log(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id)
    understood = notes.understand(fields.text, ask.now, ask.zone, ask.team.currency)
    command = Log(
        customer.name,
        understood.text,
        understood.kind,
        understood.direction,
        understood.when,
        understood.private or fields.private,
        understood.needs,
        understood.tasks,
        understood.amounts,
    )
    if not command.text:
        raise BadInput("Write at least a word about it.")
    await write(ask, customer, command, fields.deal_id)
