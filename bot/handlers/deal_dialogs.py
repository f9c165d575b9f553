"""The dialogs of deals: a new one, a change, and why one was lost."""

from collections.abc import Mapping

from bot.ask import Ask
from bot.blocks import Block
from bot.cards import deal_dialogs as dialogs
from bot.cards import deals as cards
from bot.gestures import Gesture
from bot.grammar import dates
from bot.names import Action, Dialog, Shortcut
from bot.routes import Routes
from crm_store import money
from crm_store.actions import deals as deal_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import customers as customer_queries
from crm_store.queries import deals as deal_queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewDeal, Receipt
from crm_store.values.deals import DealChange, is_above
from crm_store.values.people import CustomerBrief


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.shortcut(Shortcut.NEW_DEAL, open_new)
    routes.button(Action.NEW_DEAL, open_new)
    routes.button(Action.DEAL_EDIT, open_edit)
    routes.button(Action.DEAL_LOSE, open_lost)
    routes.dialog(Dialog.DEAL, new_submitted, check)
    routes.dialog(Dialog.DEAL_EDIT, edit_submitted, check)
    routes.dialog(Dialog.DEAL_LOST, lost_submitted)


def check(gesture: Gesture) -> Mapping[str, str]:
    """What a deal's dialog lacks."""
    return dialogs.check_deal(gesture.values, gesture.metadata)


async def open_new(ask: Ask, name: str = "") -> None:
    """The dialog for a new deal, with the customer of the card it was opened from."""

    async def made() -> Block:
        customer_id = str(ask.pressed.get("customer", ""))
        customer = await ask.read(customer_queries.by_id, customer_id) if customer_id else None
        stages = await ask.read(deal_queries.stages)
        return dialogs.deal_dialog(customer, stages, _company_of(customer), name)

    await ask.open_made(made())


def _company_of(customer: CustomerBrief | None) -> tuple[str, str] | None:
    if customer is None or not customer.company_id or not customer.company:
        return None
    return customer.company_id, customer.company


async def open_edit(ask: Ask) -> None:
    """Edit, on a deal."""
    await ask.open_about(ask.read(deal_queries.details, str(ask.pressed.get("deal", ""))), dialogs.edit_dialog)


async def open_lost(ask: Ask) -> None:
    """Lost, on a deal: the dialog asks why, and sending it is the answer."""

    async def made() -> Block:
        one = await ask.read(deal_queries.details, str(ask.pressed.get("deal", "")))
        if one.view.state == "lost":
            raise BadInput(f"{one.view.name} is lost already.")
        return dialogs.lost_dialog(one.view)

    await ask.open_made(made())


async def new_submitted(ask: Ask) -> None:
    """A new deal was sent; its company is the chosen one, a new one, or the customer's."""
    fields = dialogs.read_deal(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id) if fields.customer_id else None
    is_new = fields.company.startswith(dialogs.NEW_COMPANY)
    company_id = (fields.company if not is_new else "") or (customer.company_id if customer and not is_new else None)
    new = NewDeal(
        fields.name,
        fields.customer_id or None,
        company_id or None,
        ask.user.user_id,
        money.read(fields.amount, ask.team.currency) if fields.amount else None,
        fields.stage,
        dates.read(fields.close, ask.now, ask.zone).astimezone(ask.zone).date() if fields.close else None,
        fields.company.removeprefix(dialogs.NEW_COMPANY) if is_new else "",
    )
    await open_deal(ask, new)


async def open_deal(ask: Ask, new: NewDeal) -> None:
    """Open a deal, or ask first where its amount is above the team's limit."""
    limit = await ask.read(deal_queries.limit)
    if is_above(new.amount, limit):
        await ask.answer(cards.ask_new(new, deal_queries.question_of(ask.claimed.inbox_id), limit))
        return

    def action(work: Work) -> Receipt:
        return deal_actions.add(work, new)

    await ask.act(action, cards.done, public=True)


def carried(ask: Ask) -> NewDeal:
    """The new deal as the button of its question carries it."""
    given, wanted = ask.pressed, cards.read_change(ask.pressed)
    return NewDeal(
        str(given.get("new", "")),
        str(given.get("customer", "")) or None,
        str(given.get("company", "")) or None,
        str(given.get("by", "")) or ask.user.user_id,
        wanted.amount,
        wanted.stage,
        wanted.close_on,
        str(given.get("firm", "")),
    )


async def edit_submitted(ask: Ask) -> None:
    """A changed deal was sent: what differs is done, or asked about first."""
    fields = dialogs.read_deal(ask.gesture.values, ask.gesture.metadata)
    one = await ask.read(deal_queries.details, fields.deal_id)
    owner = await ask.read(team_queries.user_by_slack, fields.owner) if fields.owner else None
    if fields.owner and owner is None:
        raise BadInput("Whom you chose is not of your team yet: they join by speaking to me once.")
    wanted = DealChange(
        amount=money.read(fields.amount, ask.team.currency) if fields.amount else None,
        stage=fields.stage if fields.stage != one.view.stage_id else "",
        close_on=dates.read(fields.close, ask.now, ask.zone).astimezone(ask.zone).date() if fields.close else None,
        owner=owner.user_id if owner else "",
        name=fields.name,
    )
    limit = await ask.read(deal_queries.limit)
    if is_above(wanted.amount if wanted.amount != one.view.amount else None, limit):
        question = deal_queries.question_of(ask.claimed.inbox_id)
        await ask.answer(cards.ask_first(one, wanted, question, limit=limit, now=ask.now, zone=ask.zone))
        return

    def action(work: Work) -> Receipt:
        return deal_actions.carry_out(work, fields.deal_id, wanted)

    await ask.act(action, cards.done, public=True)


async def lost_submitted(ask: Ask) -> None:
    """Why it was lost was sent: that was the answer to whether it was."""
    deal_id, reason = dialogs.read_lost(ask.gesture.values, ask.gesture.metadata)

    def action(work: Work) -> Receipt:
        return deal_actions.carry_out(work, deal_id, DealChange(outcome="lost", reason=reason))

    await ask.act(action, cards.done, public=True)
