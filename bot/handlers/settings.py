"""A person's ingest address, and what the team sets: each topic of `settings` with its reader."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.ask import Ask
from bot.cards import address as cards
from bot.cards import error, wording
from bot.cards import settings as setting_cards
from bot.cards.settings import Setting
from bot.grammar.commands import Address, Settings
from bot.handlers import channels, deal_settings, letter_limits, mail_rules, mute, roles, suppressions, web_forms
from bot.routes import Routes
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import deals as deal_queries
from crm_store.queries import letter_limits as limits
from crm_store.queries import reports
from crm_store.queries import teams as team_queries
from crm_store.values.roles import ROLES
from ingest import address as ingest_address

_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9_]+)(?:\|[^>]*)?>")
_SWITCHES = frozenset({"on", "off"})


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
    """`settings channel #deals`, `settings roles`, `settings stages …`: each topic has its own reader."""
    known = _TOPICS.get(command.topic)
    if known is None:
        raise BadInput(f"There is no setting “{command.topic}”. `/crm settings` alone shows those there are.")
    await known(ask, command.words)


async def _overview(ask: Ask, _words: tuple[str, ...]) -> None:
    """`settings` alone: what is set, each with the line that changes it."""
    limit = await ask.read(deal_queries.limit)
    stages = await ask.read(deal_queries.stages)
    users = await ask.read(team_queries.users)
    first = stages[0].pipeline if stages else ""
    counts = [(role, sum(one.role == role for one in users)) for role in reversed(ROLES)]
    team = [
        Setting("Suggestions and reports go to", ask.team.channel or "nobody's channel yet", "settings channel here"),
        Setting("Reports by the clock go to", await ask.read(reports.place) or "no channel", "settings report here"),
        Setting("Stages", " → ".join(one.name for one in stages if one.pipeline == first), "settings stages"),
        Setting("Deals are asked about first above", str(limit or "no amount"), "settings limit 50k"),
        Setting("Roles", ", ".join(wording.counted(n, role) for role, n in counts if n), "settings roles"),
        Setting("Rules about mail", "", "settings mail"),
        Setting("Who campaigns may not write to", "", "settings suppress"),
        Setting("Letters of campaigns", letter_limits.in_short(await ask.read(limits.of_team)), "settings budget 500"),
        Setting("Forms for your site", "", "settings forms"),
    ]
    own = [
        Setting("Quiet hours", "", "settings quiet 19-8"),
        Setting("Morning brief", "", "settings brief 8:15"),
        Setting("Muted", "", "mute list"),
        Setting("Your address to forward mail to", "", "address"),
    ]
    await ask.answer(setting_cards.overview(team, own))


async def _place(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings channel here`: where suggestions and reports go."""
    channel = await _channel(ask, words)
    await _keep(ask, f"Suggestions and reports now go to <#{channel}>.", channel=channel)


async def _report(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings report here`, `settings report off`: where reports alone go, and whether they come by the clock."""
    if words and words[0] in _SWITCHES:
        await _switch(ask, words[0])
        return
    channel = await _channel(ask, words)
    if await ask.slack.outsiders_in(channel):
        raise BadInput(f"People from outside read <#{channel}>. Reports name customers; choose another channel.")
    await _keep(ask, f"Reports now go to <#{channel}>.", report_channel=channel, reports="on")


async def _mail(ask: Ask, words: tuple[str, ...]) -> None:
    await mail_rules.settings(ask, "mail", words)


async def _links(ask: Ask, _words: tuple[str, ...]) -> None:
    await channels.listed(ask)


async def _never_log(ask: Ask, words: tuple[str, ...]) -> None:
    await mail_rules.settings(ask, "never-log", words)


async def _channel(ask: Ask, words: tuple[str, ...]) -> str:
    """The channel that was named, where we are and which is a team's."""
    channel = ask.gesture.channel if words[:1] == ("here",) else _named(ask.gesture.text)
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


_TOPICS: Final[Mapping[str, Callable[[Ask, tuple[str, ...]], Awaitable[None]]]] = {
    "": _overview,
    "channel": _place,
    "report": _report,
    "mail": _mail,
    "never-log": _never_log,
    "links": _links,
    "suppress": suppressions.settings,
    "stages": deal_settings.stages,
    "stage": deal_settings.stage,
    "limit": deal_settings.limit,
    "roles": roles.listed,
    "role": roles.give,
    "quiet": mute.quiet,
    "brief": mute.brief,
    "briefs": mute.brief,
    **dict.fromkeys(web_forms.TOPICS, web_forms.settings),
    **letter_limits.TOPICS,
}
