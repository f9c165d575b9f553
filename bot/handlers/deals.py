"""Deals, orders and needs in one line, and the buttons of a deal: endings and large amounts are asked about first."""

from dataclasses import dataclass

from bot.ask import Ask
from bot.cards import deals as cards
from bot.cards import receipt
from bot.grammar.commands import Deal, Need, Order
from bot.handlers import deal_dialogs
from bot.handlers.roles import colleague
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import deals as deal_actions
from crm_store.actions import needs as need_actions
from crm_store.actions import orders as order_actions
from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, BadInput, NotFound, Stale
from crm_store.money import Money
from crm_store.queries import deals as deal_queries
from crm_store.queries import teams as team_queries
from crm_store.values.acts import NewDeal, NewOrder, NewOrderLine, Receipt
from crm_store.values.deals import DealChange, DealDetails, is_above
from crm_store.values.people import CustomerBrief, DealView

_EVERYBODY = frozenset({"all", "team", "everybody", "everyone", "ours"})
_OWN = frozenset({"", "mine", "my", "me"})
_OUTCOMES = frozenset({"won", "lost"})


@dataclass(frozen=True, slots=True)
class _Meant:
    """The open deals that a line may mean, whose they are, and whether that is sure."""

    deals: tuple[DealView, ...]
    customer: CustomerBrief | None
    sure: bool = True


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Deal, deal)
    routes.command(Order, order)
    routes.command(Need, need)
    routes.button(Action.DEAL, show)
    routes.button(Action.DEAL_PICK, picked)
    routes.button(Action.DEAL_PAGE, turned)
    routes.button(Action.DEAL_STAGE, staged)
    routes.button(Action.DEAL_WIN, won)
    routes.button(Action.DEAL_CONFIRM, confirmed)
    routes.button(Action.DEAL_CANCEL, cancelled)
    routes.button(Action.CUSTOMER_STAGE, of_customer)
    deal_dialogs.register(routes)


async def deal(ask: Ask, command: Deal) -> None:
    """`deal acme 12k close:eom`, `deal win acme`, `deal new acme …`; without a change the deals are shown."""
    if command.new:
        await _make(ask, command)
    elif command.changes:
        meant = await _meant(ask, command)
        await _go_on(ask, meant, await _wanted(ask, command))
    elif command.who.casefold() in _OWN | _EVERYBODY:
        await _listed(ask, command)
    else:
        await _show_all(ask, await _meant(ask, command))


async def _listed(ask: Ask, command: Deal) -> None:
    owner = await colleague(ask, command.owner) if command.owner else ask.user
    await _page(ask, "" if command.who.casefold() in _EVERYBODY else owner.user_id, 0)


async def everybody(ask: Ask) -> None:
    """All open deals by stage: also what a pipeline shows that the night has not drawn yet."""
    await _page(ask, "", 0)


async def turned(ask: Ask) -> None:
    """Another page of a list of deals, in place."""
    page = ask.pressed.get("page", 0)
    await _page(ask, str(ask.pressed.get("owner", "")), page if isinstance(page, int) else 0, replace=True)


async def _page(ask: Ask, owner_id: str, page: int, *, replace: bool = False) -> None:
    """Open deals of a colleague, or of everybody where no owner is named."""
    found = await ask.read(deal_queries.owned, owner_id or None)
    owner = await ask.read(team_queries.user, owner_id) if owner_id else None
    name = owner.name if owner else ask.team.name
    whose = cards.YOU if owner_id == ask.user.user_id else name
    stages = await ask.read(deal_queries.stages)
    of = {"owner": owner_id}
    message = cards.listed(found, whose, now=ask.now, zone=ask.zone, stages=stages, page=page, of=of)
    await ask.answer(message, replace=replace)


async def _show_all(ask: Ask, meant: _Meant) -> None:
    found, customer = meant.deals, meant.customer
    if len(found) == 1:
        await _show(ask, found[0].deal_id)
        return
    if not found and customer:
        await ask.answer(cards.nothing_open(customer.name, customer.customer_id))
        return
    whose = customer.name if customer else found[0].company or found[0].customer or ask.team.name
    stages = await ask.read(deal_queries.stages)
    await ask.answer(cards.listed(found, whose, now=ask.now, zone=ask.zone, stages=stages))


async def _meant(ask: Ask, command: Deal) -> _Meant:
    """The open deals that may be meant: those of the person, else those that the words themselves name."""
    try:
        customer = await ask.who(command.who)
    except (Ambiguous, NotFound) as nobody:
        text = " ".join(part for part in (command.who, command.title) if part)
        named, sure = await ask.read(deal_queries.named, text)
        if not named or (isinstance(nobody, Ambiguous) and not _all_of_one(named)):
            raise
        return _Meant(named, None, sure)
    found = await ask.read(deal_queries.open_for, customer.customer_id)
    title = command.title.casefold()
    return _Meant(tuple(one for one in found if title in one.name.casefold()) or found, customer)


def _all_of_one(found: tuple[DealView, ...]) -> bool:
    """Whether the deals belong to one company or one customer: then the words named it, whoever else they may mean."""
    return len({one.company or one.customer for one in found}) == 1


async def _go_on(ask: Ask, meant: _Meant, wanted: DealChange) -> None:
    """One deal that is surely meant is changed; else it is asked which, and nothing happens meanwhile."""
    if len(meant.deals) == 1 and meant.sure:
        await carry_out(ask, await ask.read(deal_queries.details, meant.deals[0].deal_id), wanted)
    elif meant.deals:
        if wanted.stage:
            await ask.read(deal_queries.stage_named, wanted.stage)  # A stage that there is not is said at once.
        await ask.answer(cards.which(meant.deals, wanted, now=ask.now, zone=ask.zone))
    elif meant.customer:
        await ask.answer(cards.nothing_open(meant.customer.name, meant.customer.customer_id))


async def _wanted(ask: Ask, command: Deal) -> DealChange:
    owner = (await colleague(ask, command.owner)).user_id if command.owner else ""
    outcome = command.stage.casefold()
    ends = outcome in _OUTCOMES
    return DealChange(
        amount=command.amount,
        stage="" if ends else command.stage,
        close_on=command.close_on,
        owner=owner,
        outcome=outcome if ends else "",
        reason=command.reason if outcome == "lost" or not ends else "",
    )


async def carry_out(ask: Ask, one: DealDetails, wanted: DealChange, *, replace: bool = False) -> None:
    """Do it, or ask first: an ending is asked about, and so is an amount above the team's limit."""
    wanted = await _with_ending(ask, one, wanted)
    if wanted.outcome and one.view.state == wanted.outcome:
        raise BadInput(f"{one.view.name} is {wanted.outcome} already.")
    limit = await ask.read(deal_queries.limit)
    risen = wanted.amount if wanted.amount != one.view.amount else None
    if wanted.outcome or is_above(risen, limit):
        question = deal_queries.question_of(ask.claimed.inbox_id)
        message = cards.ask_first(one, wanted, question, limit=limit, now=ask.now, zone=ask.zone)
        await ask.answer(message, replace=replace)
        return

    def action(work: Work) -> Receipt:
        return deal_actions.carry_out(work, one.view.deal_id, wanted)

    await ask.act(action, cards.done, public=True, replace=replace)


async def _with_ending(ask: Ask, one: DealDetails, wanted: DealChange) -> DealChange:
    """A stage in which deals end is an ending, whatever the team calls it."""
    if not wanted.stage or wanted.outcome:
        return wanted
    pipeline = one.stages[0].pipeline_id if one.stages else None
    stage = await ask.read(deal_queries.stage_named, wanted.stage, pipeline)
    ends = stage.outcome if stage.outcome in _OUTCOMES else ""
    reason = wanted.reason if ends == "lost" else ""
    return DealChange(wanted.amount, stage.stage_id, wanted.close_on, wanted.owner, ends, reason, wanted.name)


async def _make(ask: Ask, command: Deal) -> None:
    if not command.who and not command.company:
        await deal_dialogs.open_new(ask, name=command.title)
        return
    customer = await ask.who(command.who) if command.who else None
    name = command.title or (customer.company or customer.name if customer else command.company)
    owner = (await colleague(ask, command.owner)) if command.owner else ask.user
    new = NewDeal(
        name,
        customer.customer_id if customer else None,
        customer.company_id if customer and not command.company else None,
        owner.user_id,
        command.amount,
        command.stage,
        command.close_on,
        command.company,
    )
    await deal_dialogs.open_deal(ask, new)


async def show(ask: Ask) -> None:
    """A button that leads to a deal."""
    await _show(ask, str(ask.pressed.get("deal", "")))


async def _show(ask: Ask, deal_id: str) -> None:
    one = await ask.read(deal_queries.details, deal_id)
    await ask.answer(cards.one(one, now=ask.now, zone=ask.zone))


async def of_customer(ask: Ask) -> None:
    """Stage on a customer's card: the deal with its stages, the list of several, or the way to a first one."""
    await _show_all(ask, await _meant(ask, Deal(str(ask.pressed.get("customer", "")))))


async def picked(ask: Ask) -> None:
    """One of several deals was chosen: what was asked goes on with it."""
    one = await ask.read(deal_queries.details, str(ask.pressed.get("deal", "")))
    await carry_out(ask, one, cards.read_change(ask.pressed), replace=True)


async def staged(ask: Ask) -> None:
    """A stage was chosen from the menu of a deal."""
    one = await ask.read(deal_queries.details, str(ask.pressed.get("deal", "")))
    await carry_out(ask, one, DealChange(stage=str(ask.pressed.get("stage", ""))))


async def won(ask: Ask) -> None:
    """Won, on a deal: asked about first."""
    one = await ask.read(deal_queries.details, str(ask.pressed.get("deal", "")))
    await carry_out(ask, one, DealChange(outcome="won"))


async def confirmed(ask: Ask) -> None:
    """Yes to the question: done once, and only if the deal is still what it was when the question was asked."""
    question, deal_id = str(ask.pressed.get("q", "")), str(ask.pressed.get("deal", ""))
    if await _decided(ask, question):
        return
    wanted, version = cards.read_change(ask.pressed), ask.pressed.get("v")
    now = await ask.read(deal_queries.details, deal_id) if deal_id else None
    if now is not None and now.view.version != version:
        raise Stale(
            f"{now.view.name} was changed since: {now.view.stage}, {now.view.amount or 'no amount'}. Ask again."
        )
    new = deal_dialogs.carried(ask)

    def action(work: Work) -> Receipt:
        deal_actions.decide(work, question, deal_id, "confirmed")
        return deal_actions.carry_out(work, deal_id, wanted) if deal_id else deal_actions.add(work, new)

    try:
        await ask.act(action, cards.done, public=True, replace=True)
    except Stale:
        if not await _decided(ask, question):
            raise


async def cancelled(ask: Ask) -> None:
    """No to the question."""
    question, deal_id = str(ask.pressed.get("q", "")), str(ask.pressed.get("deal", ""))
    if await _decided(ask, question):
        return

    def action(work: Work) -> None:
        deal_actions.decide(work, question, deal_id, "cancelled")

    try:
        await ask.act(action, lambda _: cards.left(), replace=True)
    except Stale:
        if not await _decided(ask, question):
            raise


async def _decided(ask: Ask, question: str) -> bool:
    """Tell whoever presses second who answered, and when."""
    before = await ask.read(deal_queries.decision, question)
    if before is not None:
        await ask.answer(cards.decided(before, now=ask.now, zone=ask.zone))
    return before is not None


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
