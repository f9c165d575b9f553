"""A person's ingest address, and the team's channel."""

import re
from typing import Final

from bot.ask import Ask
from bot.cards import address as cards
from bot.cards import error
from bot.grammar.commands import Address, Settings
from bot.routes import Routes
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import teams as team_queries
from ingest import address as ingest_address

_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9_]+)(?:\|[^>]*)?>")
_MAY_SET = frozenset({"admin", "manager"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Address, address)
    routes.command(Settings, settings)


async def address(ask: Ask, command: Address) -> None:
    """`address`: the address to forward mail to; `address new` replaces it."""
    known = await ask.read(team_queries.ingest_address, ask.user.user_id)
    if known and not command.action:
        await ask.answer(cards.mine(f"{known}@{ask.ingest_domain}"))
        return
    minted = ingest_address.mint(ask.user.name.split()[0])
    hashed = ingest_address.secret_hash(minted.secret)

    def action(work: Work) -> None:
        team_actions.rotate(work, ask.user.user_id, minted.local_part, hashed)

    await ask.act(action, lambda _: cards.mine(f"{minted.local_part}@{ask.ingest_domain}", replaced=known is not None))


def _named(text: str) -> str:
    """The channel that Slack put behind a #name; a name alone tells nobody which channel it is."""
    found = _CHANNEL.search(text)
    return found[1] if found else ""


async def settings(ask: Ask, command: Settings) -> None:
    """`settings channel #deals`: where suggestions and reports go."""
    if command.topic != "channel" or not command.words:
        raise BadInput("Say `settings channel` and the channel, such as `/crm settings channel here`.")
    if ask.user.role not in _MAY_SET:
        raise NotAllowed("Only managers and admins change the team's channel.")
    channel = ask.gesture.channel if command.words[0] == "here" else _named(ask.gesture.text)
    if not channel:
        raise BadInput("Type # and choose the channel from Slack's list, or say `/crm settings channel here` in it.")
    if channel.startswith("D"):
        raise BadInput("Suggestions and reports go to a channel of the team. Say this again in that channel.")
    if not await ask.slack.is_member_of(channel):
        raise BadInput(f"I am not in <#{channel}>. `/invite @Rapport` there first, then say this again.")

    def action(work: Work) -> None:
        team_actions.change_settings(work, channel=channel)

    await ask.act(action, lambda _: error.sentence(f"Suggestions and reports now go to <#{channel}>."))
