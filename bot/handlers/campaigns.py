"""Campaigns in chat: the list, a card, pause, resume, stop, who is in it, and hand-over to another tool."""

from typing import Final

from bot.ask import Ask
from bot.blocks import Message
from bot.cards import campaign as cards
from bot.cards import error
from bot.grammar.commands import Campaign
from bot.handlers import audiences
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import doubts, responses
from crm_store.engine.work import Work
from crm_store.queries import campaign_calendar, campaigns, letter_limits
from crm_store.values.acts import Receipt
from crm_store.values.responses import CampaignCard

_STEPS: Final = {"pause": "paused", "resume": "running", "stop": "stopped"}
_MOST_PEOPLE: Final = 20


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Campaign, campaign)
    routes.button(Action.CAMPAIGN_SHOW, show)
    routes.button(Action.CAMPAIGN_PAUSE, pause)
    routes.button(Action.CAMPAIGN_RESUME, resume)
    routes.button(Action.CAMPAIGN_STOP, stop)
    routes.button(Action.CAMPAIGN_PEOPLE, people)
    routes.button(Action.CAMPAIGN_SEND_AGAIN, send_again)
    routes.button(Action.CAMPAIGN_LEAVE, leave)


async def campaign(ask: Ask, command: Campaign) -> None:
    """`campaign` lists, `calendar` is what comes, a NAME shows one, `pause`, `resume`, `stop` steer it, `export:`."""
    text = command.text.strip().strip('"')
    if command.export:
        await audiences.hand_over(ask, text, command.export)
        return
    if not text:
        found = await ask.read(campaigns.listed)
        await ask.answer(cards.listed(found, now=ask.now, zone=ask.zone))
        return
    if text.lower() == "calendar":
        coming, budget = await ask.read(campaign_calendar.coming), (await ask.read(letter_limits.budget)).sentence
        await ask.answer(cards.calendar(coming, budget, now=ask.now, zone=ask.zone))
        return
    name, _, last = text.rpartition(" ")
    if name and last.lower() in _STEPS:
        await _move(ask, await ask.read(campaigns.named, name.strip(' "')), _STEPS[last.lower()])
        return
    await _show(ask, await ask.read(campaigns.named, text))


async def show(ask: Ask) -> None:
    """The card of one."""
    await _show(ask, _pressed(ask))


async def pause(ask: Ask) -> None:
    """Nothing more leaves for now."""
    await _move(ask, _pressed(ask), "paused")


async def resume(ask: Ask) -> None:
    """What waits leaves again."""
    await _move(ask, _pressed(ask), "running")


async def stop(ask: Ask) -> None:
    """Nothing more leaves ever."""
    await _move(ask, _pressed(ask), "stopped")


async def send_again(ask: Ask) -> None:
    """Letters in doubt leave once more."""
    await ask.act(lambda work: doubts.send_again(work, _pressed(ask)), lambda done: error.sentence(f"{done.sentence}."))


async def leave(ask: Ask) -> None:
    """Letters in doubt stay as they are."""
    await ask.act(lambda work: doubts.leave(work, _pressed(ask)), lambda done: error.sentence(f"{done.sentence}."))


async def people(ask: Ask) -> None:
    """Who is written to."""
    briefs = await ask.read(campaigns.people, _pressed(ask), _MOST_PEOPLE)
    await ask.answer(cards.people(briefs, now=ask.now, zone=ask.zone))


async def _show(ask: Ask, campaign_id: str) -> None:
    found = await ask.read(campaigns.card, campaign_id)
    await ask.answer(cards.card(found, now=ask.now, zone=ask.zone))


async def _move(ask: Ask, campaign_id: str, wanted: str) -> None:
    def action(work: Work) -> tuple[Receipt, CampaignCard]:
        done = responses.move(work, campaign_id, wanted)
        work.flush()
        return done, campaigns.card(work, campaign_id)

    def say(outcome: tuple[Receipt, CampaignCard]) -> Message:
        done, after = outcome
        return cards.moved(done, after, now=ask.now, zone=ask.zone)

    await ask.act(action, say)


def _pressed(ask: Ask) -> str:
    return str(ask.pressed.get("campaign", ""))
