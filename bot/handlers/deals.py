"""Deals, orders and needs in one line."""

from bot.ask import Ask
from bot.cards import receipt
from bot.grammar.commands import Deal, Need, Order
from bot.routes import Routes
from crm_store.actions import deals as deal_actions
from crm_store.actions import needs as need_actions
from crm_store.actions import orders as order_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.money import Money
from crm_store.queries import deals as deal_queries
from crm_store.values.acts import NewDeal, NewOrder, NewOrderLine, Receipt
from crm_store.values.people import CustomerBrief, DealView

_OUTCOMES = {"won": "win", "win": "win", "lost": "lose", "lose": "lose"}


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Deal, deal)
    routes.command(Order, order)
    routes.command(Need, need)


async def deal(ask: Ask, command: Deal) -> None:
    """`deal acme 12k stage:proposal close:eom` changes the only open deal; `deal new acme …` makes one."""
    customer = await ask.who(command.who)
    if command.new:
        await _make(ask, customer, command)
        return
    chosen = await _the_open_deal(ask, customer, command.title)

    def action(work: Work) -> Receipt:
        outcome = _OUTCOMES.get(command.stage.lower())
        if outcome == "win":
            return deal_actions.win(work, chosen.deal_id)
        if outcome == "lose":
            return deal_actions.lose(work, chosen.deal_id, command.title or "no reason given")
        return deal_actions.change(
            work, chosen.deal_id, amount=command.amount, close_on=command.close_on, stage=command.stage or None
        )

    await ask.act(action, receipt.of, public=True)


async def _make(ask: Ask, customer: CustomerBrief, command: Deal) -> None:
    new = NewDeal(
        command.title or f"{customer.company or customer.name}",
        customer.customer_id,
        customer.company_id,
        ask.user.user_id,
        command.amount,
        command.stage,
        command.close_on,
    )

    def action(work: Work) -> Receipt:
        return deal_actions.add(work, new)

    await ask.act(action, receipt.of, public=True)


async def _the_open_deal(ask: Ask, customer: CustomerBrief, title: str) -> DealView:
    found = await ask.read(deal_queries.open_for, customer.customer_id)
    named = [one for one in found if title and title.lower() in one.name.lower()] or list(found)
    if len(named) == 1:
        return named[0]
    if not named:
        raise BadInput(f"{customer.name} has no open deal. `/crm deal new {customer.name} 12k` makes one.")
    names = ", ".join(f"“{one.name}”" for one in named[:5])
    raise BadInput(f"{customer.name} has {len(named)} open deals: {names}. Name one in quotes after the customer.")


async def order(ask: Ask, command: Order) -> None:
    """`order acme 3 x "Seat" 120 eur`."""
    customer = await ask.who(command.who)
    lines = tuple(
        NewOrderLine(one.name, int(one.quantity), _times(one.price, int(one.quantity), ask.team.currency))
        for one in command.lines
    )
    total = command.total or _sum(lines, ask.team.currency)
    if total is None:
        raise BadInput('Say what it cost, such as `order acme 3 x "Seat" 120 eur`.')
    new = NewOrder(
        f"gesture:{ask.claimed.key}", customer.customer_id, command.ordered_at or ask.now, total, lines, "chat"
    )

    def action(work: Work) -> Receipt:
        return order_actions.add(work, new)

    await ask.act(action, receipt.of, public=True)


def _times(price: Money | None, quantity: int, currency: str) -> Money:
    return Money(price.minor * quantity, price.currency) if price else Money(0, currency)


def _sum(lines: tuple[NewOrderLine, ...], currency: str) -> Money | None:
    if not lines or not any(one.amount.minor for one in lines):
        return None
    currencies = {one.amount.currency for one in lines if one.amount.minor}
    if len(currencies) > 1:
        raise BadInput("The lines are in several currencies; write one order for each.")
    return Money(sum(one.amount.minor for one in lines), currencies.pop() if currencies else currency)


async def need(ask: Ask, command: Need) -> None:
    """`need ann: 40 seats by May`."""
    customer = await ask.who(command.who)

    def action(work: Work) -> Receipt:
        return need_actions.add(work, customer.customer_id, command.need.text)

    await ask.act(action, receipt.of, public=True)
