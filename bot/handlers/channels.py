"""Linking a channel to a company: `/crm link acme` and `/crm unlink` there, announced to everybody who reads it."""

from bot.ask import Ask
from bot.blocks import Message
from bot.cards import channels as cards
from bot.grammar.house_commands import Link, Unlink
from bot.names import Action
from bot.routes import Routes
from crm_store import outbox
from crm_store.actions import channel_links as link_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.queries import channel_links as link_queries
from crm_store.queries import customers as customer_queries
from crm_store.queries import look_up
from crm_store.queries import teams as team_queries
from crm_store.values.acts import Receipt
from crm_store.values.roles import Right


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Link, link)
    routes.command(Unlink, unlink)
    routes.button(Action.CHANNEL_LINK, confirmed)
    routes.button(Action.CHANNEL_UNLINK, pressed_unlink)


async def link(ask: Ask, command: Link) -> None:
    """`link acme`: this channel belongs to Acme from now on; `link` alone lists the channels that are linked."""
    if not command.who:
        await listed(ask)
        return
    await _check_place(ask)
    company_id, name = await _company(ask, command.who)
    if await ask.slack.outsiders_in(ask.gesture.channel):
        if not await ask.read(team_queries.may, ask.user.user_id, Right.PRIVACY):
            raise NotAllowed("People from outside read this channel, so only an admin can link it.")
        await ask.answer(cards.confirm_outsiders(company_id, name))
        return
    await _link(ask, company_id, name, outsiders=False)


async def listed(ask: Ask) -> None:
    """Every linked channel, with the button that unlinks it."""
    await ask.answer(cards.listed(await ask.read(link_queries.links), now=ask.now, zone=ask.zone))


async def confirmed(ask: Ask) -> None:
    """An admin links a channel that outsiders read."""
    await _check_place(ask)
    company_id = str(ask.pressed.get("company", ""))
    name = await ask.read(link_queries.name_of, company_id)
    await _link(ask, company_id, name, outsiders=await ask.slack.outsiders_in(ask.gesture.channel))


async def _check_place(ask: Ask) -> None:
    channel = ask.gesture.channel
    if not channel or channel.startswith("D"):
        raise BadInput("A direct message cannot belong to a company. Say this in the channel that should.")
    if not await ask.slack.is_member_of(channel):
        raise BadInput("I am not in this channel. `/invite @Rapport` here first, then say this again.")


async def _company(ask: Ask, who: str) -> tuple[str, str]:
    """The company that was named, or the company of the person who was."""
    if ask.chosen is None:
        meant = await ask.read(look_up.meaning, who, prefer_owner=ask.user.user_id)
        if meant.company is not None:
            return meant.company.company_id, meant.company.name
    customer = await ask.who(who)
    if not customer.company_id:
        raise NotFound(f"{customer.name} belongs to no company yet. Say a company's name, or add it with Edit.")
    return customer.company_id, (await ask.read(customer_queries.by_id, customer.customer_id)).company or ""


async def _link(ask: Ask, company_id: str, name: str, *, outsiders: bool) -> None:
    channel = ask.gesture.channel

    def action(work: Work) -> Receipt:
        done = link_actions.link(work, channel, company_id, outsiders=outsiders)
        _tell(ask, work, channel, cards.announced(name, ask.user.slack_user_id, outsiders=outsiders))
        return done

    await ask.act(action, cards.linked)


async def unlink(ask: Ask, _command: Unlink) -> None:
    """`unlink`: nothing new is logged from this channel; what was logged stays."""
    await _unlink(ask, ask.gesture.channel)


async def pressed_unlink(ask: Ask) -> None:
    """The Unlink button, of the announcement or of the list."""
    await _unlink(ask, str(ask.pressed.get("channel", "")) or ask.gesture.channel)


async def _unlink(ask: Ask, channel: str) -> None:
    known = await ask.read(link_queries.of_channel, channel)

    def action(work: Work) -> Receipt:
        done = link_actions.unlink(work, channel)
        _tell(ask, work, channel, cards.ended(known.company if known else "a company", ask.user.slack_user_id))
        return done

    await ask.act(action, cards.linked)


def _tell(ask: Ask, work: Work, channel: str, message: Message) -> None:
    """Tell everybody who reads the channel."""
    payload = {
        "message": message.to_json(), "via": "post", "channel": channel, "user": ask.user.slack_user_id,
        "thread_ts": "", "replace": False,
    }  # fmt: skip
    outbox.enqueue(work, "answer", f"channel:{channel}", f"link:{ask.claimed.inbox_id}", payload)
