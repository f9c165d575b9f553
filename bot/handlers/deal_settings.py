"""What the team says about its deals: pipelines with their stages, and the amount that is asked about first."""

import re
from typing import Final

from bot.ask import Ask
from bot.cards import deals as cards
from bot.cards import error, receipt
from crm_store import money
from crm_store.actions import stages as stage_actions
from crm_store.actions import teams as team_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import deals as deal_queries
from crm_store.values.acts import Receipt

_BETWEEN: Final = re.compile(r"\s*(?:,|→|->|>|\||\n)\s*")
_ENDING: Final = re.compile(r"^(?P<name>.*?)\s*(?:=\s*|\(\s*)(?P<outcome>won|lost|open)\s*\)?$", re.IGNORECASE)
_USUAL: Final = {"won": "won", "lost": "lost", "closed won": "won", "closed lost": "lost"}
_OFF: Final = frozenset({"off", "none", "no", "0"})


async def stages(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings stages`, `settings stages Lead, Offer, Signed=won`, `settings stages Partners: Talk, Signed=won`."""
    if not words:
        await ask.answer(cards.pipelines(await ask.read(deal_queries.stages)))
        return
    text = " ".join(words)
    head, colon, tail = text.partition(":")
    pipeline, listed = (head.strip(), tail) if colon else ("", text)
    named = [_stage(one) for one in _BETWEEN.split(listed.strip(" .,")) if one.strip()]
    if len(named) < 2:
        raise BadInput("Say the stages in their order: `/crm settings stages Lead, Offer, Talks, Signed=won, Lost`.")

    def action(work: Work) -> Receipt:
        return stage_actions.arrange(work, pipeline, named)

    await ask.act(action, receipt.of)


def _stage(text: str) -> tuple[str, str]:
    found = _ENDING.match(text)
    if found and found["name"].strip():
        return found["name"].strip(), found["outcome"].lower()
    return text, _USUAL.get(text.casefold(), "open")


async def stage(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings stage Proposal to Offer`: another name."""
    before, to, name = " ".join(words).partition(" to ")
    if not to or not before.strip() or not name.strip():
        raise BadInput("Say it like `/crm settings stage Proposal to Offer`.")

    def action(work: Work) -> Receipt:
        return stage_actions.rename(work, before, name)

    await ask.act(action, receipt.of)


async def limit(ask: Ask, words: tuple[str, ...]) -> None:
    """`settings limit 50k`, `settings limit off`, `settings limit`."""
    if not words:
        known = await ask.read(deal_queries.limit)
        said = (
            f"Deals above {known} are asked about first." if known else "There is no limit: no amount is asked about."
        )
        await ask.answer(error.sentence(f"{said} `/crm settings limit 50k` changes that."))
        return
    text = " ".join(words)
    wanted = None if text.casefold() in _OFF else money.read(text, ask.team.currency)

    def action(work: Work) -> Receipt:
        return team_actions.set_limit(work, wanted)

    await ask.act(action, receipt.of)
