"""A person's ingest address, and the team's channel."""

import re
from typing import Final

from bot.ask import Ask
from bot.cards import address as cards
from bot.cards import error
from bot.grammar.commands import Address, Settings
from bot.handlers import mail_rules, suppressions
from bot.routes import Routes
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.queries import teams as team_queries
from ingest import address as ingest_address

_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9_]+)(?:\|[^>]*)?>")
_MAIL_TOPICS = frozenset({"mail", "never-log"})
_PLACES = frozenset({"channel", "report"})
_SWITCHES = frozenset({"on", "off"})
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
    """`settings channel #deals`: where suggestions and reports go; `report` reports alone; `mail` and `never-log`."""
    if command.topic in _MAIL_TOPICS:
        await mail_rules.settings(ask, command.topic, command.words)
        return
    if command.topic == "suppress":
        await suppressions.settings(ask, command.words)
        return
    if command.topic not in _PLACES or not command.words:
        raise BadInput(
            "Say `/crm settings channel here`, `/crm settings report here`, `/crm settings report off`, "
            "`/crm settings mail`, `/crm settings never-log` with a domain, or `/crm settings suppress` with an "
            "address."
        )
    if ask.user.role not in _MAY_SET:
        raise NotAllowed("Only managers and admins change the team's channel.")
    if command.topic == "report" and command.words[0] in _SWITCHES:
        await _switch(ask, command.words[0])
        return
    channel = await _channel(ask, command.words[0])
    if command.topic == "report":
        if await ask.slack.outsiders_in(channel):
            raise BadInput(f"People from outside read <#{channel}>. Reports name customers; choose another channel.")
        await _keep(ask, f"Reports now go to <#{channel}>.", report_channel=channel, reports="on")
        return
    await _keep(ask, f"Suggestions and reports now go to <#{channel}>.", channel=channel)


async def _channel(ask: Ask, word: str) -> str:
    """The channel that was named, where we are and which is a team's."""
    channel = ask.gesture.channel if word == "here" else _named(ask.gesture.text)
    if not channel:
        raise BadInput("Type # and choose the channel from Slack's list, or say `/crm settings channel here` in it.")
    if channel.startswith("D"):
        raise BadInput("Suggestions and reports go to a channel of the team. Say this again in that channel.")
    if not await ask.slack.is_member_of(channel):
        raise BadInput(f"I am not in <#{channel}>. `/invite @Rapport` there first, then say this again.")
    return channel


async def _switch(ask: Ask, word: str) -> None:
    """Reports by the clock on or off; whoever asks still gets one."""
    said = "come by the clock again" if word == "on" else "no longer come by the clock; `/crm report` still gives them"
    await _keep(ask, f"Reports {said}.", reports=word)


async def _keep(ask: Ask, said: str, **changed: str) -> None:
    def action(work: Work) -> None:
        team_actions.change_settings(work, **changed)

    await ask.act(action, lambda _: error.sentence(said))
